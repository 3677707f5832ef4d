from __future__ import annotations

from tests.reliability.disorder import disorder


def test_order_and_repetition_change_nothing() -> None:
    figures = disorder(conversations=24, deals=4, copies=3)
    assert (figures["posted"], figures["new (202)"], figures["known (200)"]) == (72, 24, 48)
    assert (figures["deals"], figures["deals with another final state"]) == (4, 0)
    assert figures["states"] == {"read": 24}
    assert (figures["wrong"], figures["other answers"]) == (0, 0)

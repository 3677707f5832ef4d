from __future__ import annotations

from tests.reliability.kills import kills


def test_what_is_acknowledged_survives_kills_and_is_applied_once() -> None:
    figures = kills(times=2, conversations=60, deals=6)
    assert figures["kills"] == 2
    assert figures["acknowledged"] == 60
    assert figures["states"] == {"read": 60}
    assert (figures["wrong"], figures["other answers than 2xx and 503"]) == (0, 0)

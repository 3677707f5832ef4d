from __future__ import annotations

from tests.reliability.workers import workers


def test_what_a_killed_worker_had_in_hand_is_done_by_the_other() -> None:
    figures = workers(conversations=12, deals=4, slow_every=2)
    assert figures["states"] == {"read": 12}
    assert figures["unread when it was killed"] > 0
    assert figures["most jobs of one deal at once"] == 1
    assert figures["seconds until all was read"] < float("inf")
    assert figures["wrong"] == 0

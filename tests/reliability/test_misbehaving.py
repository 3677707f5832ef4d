from __future__ import annotations

from tests.reliability.misbehaving import misbehaving


def test_each_effect_is_there_once_or_its_action_is_dead(database: str) -> None:
    figures = misbehaving(database, deals=2, share=0.4)
    assert figures["requests"] > figures["actions"] > 4
    assert set(figures["states"]) <= {"done", "dead"}
    assert figures["states"]["done"] > 0
    assert figures["effects that are there twice"] == 0
    assert figures["done without an effect"] == 0
    assert figures["conversations unread"] == 0

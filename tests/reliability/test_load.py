from __future__ import annotations

from tests.reliability.load import load


def test_a_hundred_clients_at_once_are_all_answered() -> None:
    figures = load("mails", seconds=3, clients=100)
    assert figures["stored"] == figures["acknowledged"] >= 100
    assert figures["other answers"] == 0

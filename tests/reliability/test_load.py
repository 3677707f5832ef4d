from __future__ import annotations

from tests.reliability.load import load


def test_a_hundred_clients_at_once_are_all_answered() -> None:
    figures = load("mails", seconds=3, clients=100)
    assert figures["stored"] == figures["acknowledged"] >= 100
    assert figures["other answers"] == 0


def test_clients_that_post_so_many_a_second_are_answered_by_two_processes() -> None:
    figures = load("calls", seconds=3, clients=20, processes=2, rate=10)
    # From the beginning to the end, both included.
    assert figures["stored"] == figures["acknowledged"] == 31
    assert figures["other answers"] == 0

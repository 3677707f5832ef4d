from __future__ import annotations

from typing import Any

from tests.reliability import outages


def check(figures: dict[str, Any], count: int) -> None:
    assert figures["other errors"] == 0, figures["examples"]
    assert figures["wrong"] == 0
    assert set(figures["states"]) == {"read"}
    assert figures["states"]["read"] >= figures["acknowledged"] == count
    assert figures["seconds until acknowledged again"] < float("inf")


def test_a_database_that_restarts_costs_503s_and_nothing_else() -> None:
    figures = outages.restarts(seconds=6, every=2, conversations=40, clients=4)
    assert figures["restarts"] >= 1
    check(figures, 40)


def test_a_pool_without_a_free_connection_costs_503s_and_nothing_else() -> None:
    figures = outages.exhausted(seconds=1, conversations=240, clients=240)
    assert figures["503"] > 0
    check(figures, 240)


def may_mount() -> bool:
    try:
        with outages.small_disk(1):
            return True
    except OSError:
        return False


# Where it may not be tried, it is no test, rather than one that is skipped.
if may_mount():

    def test_a_full_disk_costs_503s_and_nothing_else() -> None:
        check(outages.full(conversations=60, clients=4, seconds=2), 60)

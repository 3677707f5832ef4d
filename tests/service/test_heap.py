"""What the garbage collector is spared in processes that stay."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from service import heap
from service.commands.serve import listen, work_until_told


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    heap.settle_once.cache_clear()
    gc.unfreeze()
    yield
    gc.unfreeze()
    heap.settle_once.cache_clear()


class Ring:
    def __init__(self) -> None:
        self.me = self


def ring() -> weakref.ref[Ring]:
    """Garbage that only the collector finds."""
    return weakref.ref(Ring())


def test_what_is_alive_is_no_longer_looked_through_and_what_was_garbage_is_gone() -> None:
    gone, kept = ring(), [object()]
    heap.settle()
    assert gone() is None
    assert gc.get_freeze_count() > 1000
    assert not any(each is kept for each in gc.get_objects())


def test_garbage_of_later_is_collected_as_ever() -> None:
    heap.settle()
    later = ring()
    gc.collect()
    assert later() is None


def test_the_first_reading_settles_what_the_reader_loaded_and_no_later_one_does() -> None:
    reads = heap.settling(lambda given: [given])
    assert gc.get_freeze_count() == 0
    assert reads("a") == ["a"]
    assert gc.get_freeze_count() > 1000
    gc.unfreeze()
    assert reads("b") == ["b"]
    assert gc.get_freeze_count() == 0


def test_a_reader_that_stumbles_settles_nothing() -> None:
    def stumble(given: str) -> str:
        raise RuntimeError(given)

    with pytest.raises(RuntimeError, match="given"):
        heap.settling(stumble)("given")
    assert gc.get_freeze_count() == 0


class EndedError(Exception):
    pass


def test_processes_that_stay_are_settled_before_they_are_ready(service: Any) -> None:
    counts: list[int] = []

    def ready(*told: str) -> None:
        counts.append(gc.get_freeze_count())
        gc.unfreeze()
        raise EndedError

    with pytest.raises(EndedError):
        work_until_told(service, ready)
    with pytest.raises(EndedError):
        listen(service, ready, or_any=True)
    assert min(counts) > 1000
    assert len(counts) == 2

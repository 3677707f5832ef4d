from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future

import pytest

from service.together import CrowdedError, Together


class Held:
    """Does one call at a time, and only when it is let go; remembers what each call got."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.begun = threading.Semaphore(0)
        self.let_go = threading.Semaphore(0)

    def __call__(self, items: Sequence[int]) -> Sequence[int | Exception]:
        self.calls.append(list(items))
        self.begun.release()
        assert self.let_go.acquire(timeout=30)
        return [ValueError(str(item)) if item < 0 else item * 10 for item in items]


def begun(held: Held, together: Together[int, int], first: int = 1) -> Future[int]:
    """One item in hand."""
    future = together.put(first)
    assert held.begun.acquire(timeout=30)
    return future


def test_who_comes_alone_is_served_at_once_and_who_comes_meanwhile_is_served_together() -> None:
    held = Held()
    together = Together(held, name="test", most=3, lanes=1)
    futures = [begun(held, together), *(together.put(item) for item in (2, 3, 4, 5))]
    held.let_go.release(3)
    assert [future.result(30) for future in futures] == [10, 20, 30, 40, 50]
    assert held.calls == [[1], [2, 3, 4], [5]]


def test_each_lane_serves_while_another_is_held_up() -> None:
    held = Held()
    together = Together(held, name="test", most=3, lanes=2)
    first, second = begun(held, together, 1), begun(held, together, 2)
    third = together.put(3)
    assert held.calls == [[1], [2]]
    held.let_go.release(3)
    assert [each.result(30) for each in (first, second, third)] == [10, 20, 30]


def test_an_exception_is_for_its_own_caller() -> None:
    held = Held()
    together = Together(held, name="test", most=9, lanes=1)
    futures = [begun(held, together), *(together.put(item) for item in (2, -3, 4))]
    held.let_go.release(2)
    assert (futures[1].result(30), futures[3].result(30)) == (20, 40)
    with pytest.raises(ValueError, match="-3"):
        futures[2].result(30)


def test_what_fails_as_a_whole_fails_for_all_and_the_next_ones_are_done() -> None:
    def do(items: Sequence[int]) -> Sequence[int]:
        if 0 in items:
            raise KeyError("all")
        return items

    together = Together(do, name="test", most=9, lanes=1)
    with pytest.raises(KeyError):
        together.put(0).result(30)
    assert together.put(7).result(30) == 7


def test_what_is_cancelled_before_its_turn_is_never_done() -> None:
    held = Held()
    together = Together(held, name="test", most=9, lanes=1)
    first, second, third = begun(held, together), together.put(2), together.put(3)
    assert second.cancel()
    assert not first.cancel()
    held.let_go.release(2)
    assert (first.result(30), third.result(30)) == (10, 30)
    assert held.calls == [[1], [3]]
    with pytest.raises(CancelledError):
        second.result(30)


def test_who_has_no_turn_in_time_is_told_and_nothing_is_done() -> None:
    held = Held()
    together = Together(held, name="test", most=9, lanes=1, patience=0)
    first = begun(held, together)
    with pytest.raises(CrowdedError):
        asyncio.run(together.ask(2))
    held.let_go.release()
    assert first.result(30) == 10
    assert held.calls == [[1]]


def test_who_has_a_turn_is_waited_for_however_long_it_takes() -> None:
    held = Held()
    together = Together(held, name="test", most=9, lanes=1)
    future = begun(held, together)
    # What the end of patience does.
    assert not future.cancel()
    held.let_go.release()
    assert future.result(30) == 10


def test_a_caller_that_is_cancelled_is_not_told_that_there_was_a_crowd() -> None:
    held = Held()
    together = Together(held, name="test", most=9, lanes=1)

    async def ask() -> None:
        asking = asyncio.create_task(together.ask(2))
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    first = begun(held, together)
    asyncio.run(ask())
    held.let_go.release()
    first.result(30)
    assert held.calls == [[1]]


def test_callers_may_be_on_loops_of_their_own() -> None:
    together = Together(lambda items: [item * 10 for item in items], name="test", most=9, lanes=1)
    assert [asyncio.run(together.ask(item)) for item in (1, 2)] == [10, 20]

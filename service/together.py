"""Doing for many callers at once what each of them wants of the database: one trip, one transaction, one outcome each.

Nobody is held up for company: who comes while nothing is under way is served at once and alone; who comes meanwhile
waits for what is under way to end, and is then served with everybody else who waits.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

__all__ = ["CrowdedError", "Together"]

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


class CrowdedError(Exception):
    """It was not begun within the time that a caller waits for that; nothing was done."""


class Together(Generic[Item, Outcome]):
    """`do` gets up to `most` items, those that came first, and returns as many outcomes in their order; one that is an
    exception is raised for its caller alone. What `do` itself raises, all of its callers get.

    `lanes` are how many calls of `do` may run at a time, each in a thread of its own; `patience` is how many seconds
    an item waits for its turn. Callers may be on any event loop, or on none.
    """

    def __init__(
        self,
        do: Callable[[Sequence[Item]], Sequence[Outcome | Exception]],
        *,
        name: str,
        most: int,
        lanes: int,
        patience: float = 10.0,
    ) -> None:
        self.do = do
        self.most = most
        self.lanes = lanes
        self.patience = patience
        self.busy = 0
        self.waiting: deque[tuple[Item, Future[Outcome]]] = deque()
        self.lock = threading.Lock()
        # Its threads have contexts of their own: what one caller's says (who acts, which request) is not all callers'.
        self.threads = ThreadPoolExecutor(lanes, thread_name_prefix=name)

    async def ask(self, item: Item) -> Outcome:
        """Raises CrowdedError, and whatever became of the item."""
        future = self.put(item)
        timer = asyncio.get_running_loop().call_later(self.patience, future.cancel)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            here = asyncio.current_task()
            if here is not None and here.cancelling():
                raise
            raise CrowdedError from None
        finally:
            timer.cancel()

    def put(self, item: Item) -> Future[Outcome]:
        """What will become of it. What is cancelled before its turn is never done."""
        future: Future[Outcome] = Future()
        with self.lock:
            self.waiting.append((item, future))
            if self.busy < self.lanes:
                self.busy += 1
                self.threads.submit(self.serve)
        return future

    def serve(self) -> None:
        while True:
            with self.lock:
                turn = [self.waiting.popleft() for _ in range(min(self.most, len(self.waiting)))]
                if not turn:
                    self.busy -= 1
                    return
            self.settle([(item, future) for item, future in turn if future.set_running_or_notify_cancel()])

    def settle(self, turn: Sequence[tuple[Item, Future[Outcome]]]) -> None:
        if not turn:
            return
        try:
            outcomes = self.do([item for item, _ in turn])
        except BaseException as error:  # noqa: BLE001 - each of its callers gets it
            for _, future in turn:
                future.set_exception(error)
            return
        for (_, future), outcome in zip(turn, outcomes, strict=True):
            if isinstance(outcome, Exception):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

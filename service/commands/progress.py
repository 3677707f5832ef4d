"""A progress line on standard error, for a terminal and for work that takes longer than a moment."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Progress", "shown"]

QUIET_FOR = 1.5
EVERY = 0.2


class Progress:
    """Counts steps; after a second and a half writes one line that renews itself. Silent where nobody watches."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.done = 0
        self.began = time.monotonic()
        self.wrote = 0.0
        self.visible = False
        self.watched = sys.stderr.isatty()

    def step(self) -> None:
        self.done += 1
        moment = time.monotonic()
        if self.watched and moment - self.began > QUIET_FOR and moment - self.wrote > EVERY:
            rate = self.done / (moment - self.began)
            sys.stderr.write(f"\r\033[K{self.done} {self.what}, {rate:.1f} a second")
            sys.stderr.flush()
            self.wrote, self.visible = moment, True

    @contextmanager
    def aside(self) -> Iterator[None]:
        """The line out of the way while something else is printed."""
        self.clear()
        yield

    def clear(self) -> None:
        if self.visible:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
            self.visible = False


@contextmanager
def shown(what: str) -> Iterator[Progress]:
    progress = Progress(what)
    try:
        yield progress
    finally:
        progress.clear()

"""The garbage collector, in processes that stay."""

from __future__ import annotations

import functools
import gc
from collections.abc import Callable
from typing import TypeVar

__all__ = ["settle", "settling"]

Given = TypeVar("Given")
Got = TypeVar("Got")


def settle() -> None:
    """Whatever is alive now stays, and is no longer looked through.

    A process with all its modules holds some 200,000 objects. The collector's full rounds look through all of them,
    every few seconds while requests come in, and nobody is answered meanwhile: for a tenth of a second on a free
    machine, for three where others work too. What comes later is collected as ever.
    """
    gc.collect()
    gc.freeze()


@functools.cache
def settle_once() -> None:
    settle()


def settling(read: Callable[[Given], Got]) -> Callable[[Given], Got]:
    """The same reader; after a process's first reading, what readers load only then and keep is settled too."""

    def reading(given: Given) -> Got:
        got = read(given)
        settle_once()
        return got

    return reading

"""A next step that both sides settle."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.reading import Reading
from extractors.statement import Statement

__all__ = ["settled_steps"]


def settled_steps(reading: Reading) -> Iterator[Statement]:
    """Pairs."""
    yield from ()

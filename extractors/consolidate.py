"""One fact, all its evidence; the last word wins.

Families find statements; a conversation repeats, corrects and recaps them. Here statements of the same fact become one
signal with every piece of its evidence, and where a later statement changes an earlier one, only the later holds.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from signals import Evidence, Signal

__all__ = ["merge", "merged", "place"]

S = TypeVar("S", bound=Signal)


def place(signal: Signal) -> tuple[int, int]:
    """Where a signal was first said: (segment, offset), in the order of the conversation."""
    first = signal.evidence[0]
    return (-1 if first.segment is None else first.segment, first.start)


def last_place(signal: Signal) -> tuple[int, int]:
    last = signal.evidence[-1]
    return (-1 if last.segment is None else last.segment, last.start)


def merged(statements: Sequence[S]) -> S:
    """Statements of one fact as one signal: the last one's words and values, everyone's evidence, and the probability
    that at least the surest of them is right."""
    last = statements[-1]
    evidence = distinct(piece for statement in statements for piece in statement.evidence)
    return replace(last, evidence=evidence, confidence=max(statement.confidence for statement in statements))


def merge(
    statements: Iterable[S],
    *,
    key: Callable[[S], Hashable],
    rank: Callable[[S], float] | None = None,
) -> list[S]:
    """One signal for each `key`. With `rank`, the statement of the highest rank gives the values (of equal ones the
    last); without, the last word wins."""
    groups: dict[Hashable, list[S]] = {}
    for statement in sorted(statements, key=last_place):
        groups.setdefault(key(statement), []).append(statement)
    out = []
    for group in groups.values():
        ordered = sorted(group, key=rank) if rank else group
        out.append(merged(ordered))
    return sorted(out, key=place)


def distinct(pieces: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Pieces in the order of the text; one that lies inside another is left out."""
    out: list[Evidence] = []
    for piece in sorted(set(pieces), key=lambda p: (-1 if p.segment is None else p.segment, p.start, -p.end)):
        if out and out[-1].segment == piece.segment and piece.end <= out[-1].end:
            continue
        out.append(piece)
    return tuple(out)

"""The words that a proposal quotes, and what is read in and around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from extractors.phrases import Mention
from extractors.reading import Reading, Turn, Unit
from signals import Evidence

__all__ = ["Quoted", "quoted"]

M = TypeVar("M", bound=Mention)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """`spans`: each unit that a quote touches, with the part of it that is quoted (offsets within the unit)."""

    reading: Reading
    turns: tuple[Turn, ...]
    spans: tuple[tuple[Unit, int, int], ...]

    @property
    def units(self) -> list[Unit]:
        return [unit for unit, _, _ in self.spans]

    def mentions(self, read: Callable[[Reading, Unit], Sequence[M]]) -> Iterator[tuple[Unit, M]]:
        """What is read in the quoted words; a mention that the quote cuts is one of them."""
        for unit, start, end in self.spans:
            for mention in read(self.reading, unit):
                if mention.start < end and mention.end > start:
                    yield unit, mention

    def around(self, before: int, after: int) -> list[Unit]:
        """The quoted units and those near them, in order."""
        wanted = {index for unit in self.units for index in range(max(0, unit.index - before), unit.index + after + 1)}
        return [unit for unit in self.reading.units if unit.index in wanted]

    @property
    def words(self) -> str:
        """The quoted words as phrases are matched against them."""
        return " ".join(unit.lower[start:end] for unit, start, end in self.spans)


def quoted(reading: Reading, turns: Sequence[Turn], evidence: Sequence[Evidence]) -> Quoted:
    spans: list[tuple[Unit, int, int]] = []
    for turn, piece in zip(turns, evidence, strict=True):
        for unit in turn.units:
            start, end = max(unit.start, piece.start), min(unit.end, piece.end)
            if start < end:
                spans.append((unit, start - unit.start, end - unit.start))
    spans.sort(key=lambda span: (span[0].index, span[1]))
    return Quoted(reading=reading, turns=tuple(turns), spans=tuple(spans))

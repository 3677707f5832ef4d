"""What a learned reader holds of a conversation's sentences and of what is mentioned in them, as log odds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from models.examples import Mark
from models.labels import MARKS, MARKS_OF, UNITS

__all__ = ["NEVER", "Opinion", "probability"]

UNIT_PLACE = {label: place for place, label in enumerate(UNITS)}
MARK_PLACE = {label: place for place, label in enumerate(MARKS)}


class Row(Protocol):
    """Log odds by the places of labels: a list, or an array."""

    def __getitem__(self, place: int, /) -> Any: ...


# Of a label that was not asked about.
NEVER = -8.0


def probability(odds: float) -> float:
    """Of log odds."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


@dataclass(frozen=True, slots=True)
class Opinion:
    """`units`: a unit's index to log odds by models.labels.UNITS. `marks`: a mention to log odds by MARKS."""

    units: Mapping[int, Row]
    marks: Mapping[Mark, Row]
    places: dict[int, list[Mark]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for mark in self.marks:
            self.places.setdefault(mark.piece, []).append(mark)

    def unit(self, index: int, label: str) -> float:
        row = self.units.get(index)
        return NEVER if row is None else float(row[UNIT_PLACE[label]])

    def mark(self, index: int, start: int, end: int, label: str) -> float:
        """Of the surest mention that overlaps text[start:end] of the unit; of the speaker where that is empty."""
        wanted = MARK_PLACE[label]
        odds = NEVER
        for mark in self.places.get(index, ()):
            speaks = mark.kind == "speaker"
            beside = start == end if speaks else mark.start < end and start < mark.end
            if beside and wanted in MARKS_OF[mark.kind]:
                odds = max(odds, float(self.marks[mark][wanted]))
        return odds

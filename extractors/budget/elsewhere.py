"""Money that is not this purchase's: other projects, other customers, losses, prices of the seller's."""

from __future__ import annotations

from extractors.cues import cues_of
from extractors.reading import Reading, Unit

__all__ = ["elsewhere"]

CUES = cues_of("extractors.budget")
OTHER = CUES["other"]


def elsewhere(reading: Reading, unit: Unit) -> bool:
    return bool(OTHER.search(unit.lower))

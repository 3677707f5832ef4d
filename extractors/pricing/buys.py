"""What a price buys where only the words after it tell: "fourteen cents the word", "eleven dollars a student"."""

from __future__ import annotations

from extractors.amounts import Amount
from extractors.cues import cues_of
from extractors.reading import Unit
from signals import Per

__all__ = ["buys"]

UNIT = cues_of("extractors.pricing")["a_unit"]
LARGEST_PRICE = 1000


def buys(unit: Unit, amount: Amount) -> Per:
    """The amount's own reading, or a unit where a small sum of money is followed by one ("the word", "a door")."""
    if amount.per is not Per.TOTAL or not amount.explicit or amount.high is None or amount.high >= LARGEST_PRICE:
        return amount.per
    return Per.UNIT if UNIT.match(unit.lower, amount.end) else Per.TOTAL

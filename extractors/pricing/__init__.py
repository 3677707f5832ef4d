"""The price of the seller's offer: quoted, found too high, countered, agreed."""

from __future__ import annotations

from extractors.automatic import is_automatic
from extractors.pricing.resolve import resolved
from extractors.pricing.statements import statements
from extractors.reading import Reading
from signals import Pricing

__all__ = ["find_pricing"]


def find_pricing(reading: Reading) -> list[Pricing]:
    """Every price named, refused, countered and agreed, each with all its evidence, in order."""
    return [] if is_automatic(reading) else resolved(reading, statements(reading))

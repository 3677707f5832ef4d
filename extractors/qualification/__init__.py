"""Why the buyer buys and how they will choose: figures, problems, criteria, and the way to a signature."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.qualification.resolve import resolve
from extractors.qualification.vote import voted_elements
from extractors.reading import Reading
from signals import Qualification

__all__ = ["find_qualification"]


def find_qualification(reading: Reading) -> Sequence[Qualification]:
    """One signal for each distinct problem, criterion or figure, and at most one decision process, with all its
    evidence, in the order in which they were first said."""
    return resolve(reading, voted_elements(reading))

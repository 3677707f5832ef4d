"""Why the buyer buys and how they will choose: figures, problems, criteria, and the way to a signature."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.qualification.asked import asked_elements
from extractors.qualification.listed import listed_elements
from extractors.qualification.resolve import resolve
from extractors.qualification.said import said_elements
from extractors.qualification.signs import signed_elements
from extractors.reading import Reading
from signals import Qualification

__all__ = ["find_qualification"]


def find_qualification(reading: Reading) -> Sequence[Qualification]:
    """One signal for each distinct problem, criterion or figure, and at most one decision process, with all its
    evidence, in the order in which they were first said."""
    listed = list(listed_elements(reading))
    # what a list says of its items, neither its heading nor an item says once more
    told = {(item.means, item.unit.index - 1) for item in listed}
    others = (
        statement
        for source in (said_elements, asked_elements, signed_elements)
        for statement in source(reading)
        if (statement.means, statement.unit.index) not in told
    )
    return resolve(reading, [*listed, *others])

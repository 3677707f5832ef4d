"""What the talk says of a company, in the sentences that name it and in those after them that say "they" and "it"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.companies import Company
from extractors.competitors.names import alternatives_in
from extractors.reading import Reading, Unit
from signals import Side

__all__ = ["told_of"]

# So many sentences after a name may go on about it.
GOES_ON = 2
STANDS_FOR = re.compile(
    r"(?<![\w'])(?:they|them|their|'em|it|that one|the other (?:one|lot|guys)|those (?:guys|people|lot)|both)(?!\w)"
)
CLAUSE = re.compile(r"[,;:.()]|\b(?:and|but|while|whereas|then)\b")


def told_of(reading: Reading, name: str) -> Iterator[tuple[Unit, str]]:
    """Pieces of sentences in lower case, in the order of the talk, without what they say of other companies; the name
    is put as "<own>"."""
    for unit in reading.own_units():
        named = [company for company in alternatives_in(reading, unit) if isinstance(company, Company)]
        own = [company for company in named if company.name == name]
        if not own:
            continue
        yield unit, here(unit, own[0], [company for company in named if company.name != name])
        for after in reading.after(unit, GOES_ON):
            if alternatives_in(reading, after):
                break
            asked = reading.side_of(after) is Side.SELLER and after.text.rstrip().endswith("?")
            if not asked and STANDS_FOR.search(after.lower):
                yield after, after.lower


def here(unit: Unit, own: Company, others: list[Company]) -> str:
    end = min((other.start for other in others if other.start >= own.end), default=len(unit.text))
    last = max((other.end for other in others if other.end <= own.start), default=0)
    before = unit.lower[last : own.start]
    return (CLAUSE.split(before)[-1].lstrip() if last else before) + "<own>" + unit.lower[own.end : end]

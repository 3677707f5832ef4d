"""Proposed companies: said where the quotes are, and by the name under which the deal knows them."""

from __future__ import annotations

import re
from dataclasses import replace

from extractors.companies import squeeze
from extractors.competitors.names import IN_HOUSE
from extractors.proposals.faults import Fault, RefusedError
from extractors.proposals.place import Quoted
from extractors.reading import Reading
from extractors.slots import companies_in
from signals import Competitor

__all__ = ["with_company"]

# A company stays what is talked about for so many sentences, and may be named only after it was spoken of.
BEFORE, AFTER = 14, 4
SHORTEST = 3
OWN_WAY = re.compile(
    r"\b(?:ourselves|themselves|yourselves|in-?house|in house|internal(?:ly)?|own|home-?\s?\w+|build|built|building"
    r"|develop\w*|wrote|write|writing|spreadsheets?|excel|scripts?|intern|macros?"
    r"|by hand|manual(?:ly)?|on paper|notebook|whiteboard)\b"
)


def with_company(signal: Competitor, place: Quoted) -> Competitor:
    """The competitor by its canonical name, where it is said in the quotes or was spoken of just before. Raises
    RefusedError."""
    wanted = squeeze(signal.name)
    if wanted in ("inhouse", "internal", "internalbuild", "diy"):
        if any(OWN_WAY.search(unit.lower) for unit in place.around(BEFORE, AFTER)):
            return replace(signal, name=IN_HOUSE)
        raise RefusedError(Fault.NAME_NOT_SAID)
    reading = place.reading
    if not wanted or wanted in reading.companies.excluded:
        raise RefusedError(Fault.NOT_AN_ALTERNATIVE)
    name = canonical(reading, signal.name)
    short = first_word(reading, name)
    for unit in place.around(BEFORE, AFTER):
        if any(squeeze(company.name) == squeeze(name) for company in companies_in(reading, unit)):
            return replace(signal, name=name)
        if squeeze(name) in squeeze(unit.lower) or wanted in squeeze(unit.lower):
            return replace(signal, name=name)
        if short is not None and short.search(unit.lower):
            return replace(signal, name=name)
    raise RefusedError(Fault.NAME_NOT_SAID)


def first_word(reading: Reading, name: str) -> re.Pattern[str] | None:
    """How a company of the catalogue is called for short: "Opera" for Opera Cloud, where no other begins like that."""
    names = [entry.name for entry in reading.deal.competitors]
    word = name.split()[0].lower() if name in names and " " in name else ""
    alike = sum(other.lower().split()[:1] == [word] for other in names)
    return re.compile(rf"\b{re.escape(word)}\b") if len(word) >= SHORTEST and alike == 1 else None


def canonical(reading: Reading, name: str) -> str:
    """The catalogue's name for it, else the name."""
    catalogue = reading.deal.competitors
    for entry in catalogue:
        if squeeze(name) in {squeeze(alias) for alias in (entry.name, *entry.aliases)}:
            return entry.name
    return name

"""Which names in a sentence may be an alternative to the seller, the buyer's own building of it among them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from extractors.companies import Company, How
from extractors.people import How as PersonHow
from extractors.phrases import Mention
from extractors.reading import Reading, Unit
from extractors.slots import companies_in, people_in, titles_in

__all__ = ["IN_HOUSE", "alternatives_in", "listed"]

IN_HOUSE = "in-house"
# A name that nobody listed is a place or a day after these.
PLACE_BEFORE = re.compile(r"\b(?:in|of|near|to the|from the|your|thursdays|mr|mrs|ms|dr)\s+$")

# Building it themselves, and what was built.
OWN_BUILD = re.compile(
    r"\b(?:(?:build|building|built|develop|developing|developed|make|made|code|coded|program|do|doing|write|writing|wrote)"
    r" (?:it|this|that|one|something|our own|a platform|a tool|a system|the thing|everything|your own)"
    r"(?: \w+){0,3}? ?(?:ourselves|yourselves|themselves|internally|in-house|in house|inhouse|our ?selves)"
    r"|(?:building|build|prototyping|made|make|built|do) (?:something )?"
    r"(?:ourselves|yourselves|themselves|in-house|in house|our own)\b"
    r"|(?:internal|in-house|in house|inhouse|own|diy) (?:build|tool|system|platform|development|solution|prototype"
    r"|compressor|app|application|script|database)\b"
    r"|(?:home-?\s?grown|home-?\s?made|home-?\s?built|home-?\s?brewed?|self-?\s?made|self-?\s?built)(?: \w+)?"
    r"|our own (?:intern|developers?|team|it|engineers|data team|programmers?) (?:built|wrote|made|developed"
    r"|could build|can build|would build|builds?))"
)


def alternatives_in(reading: Reading, unit: Unit) -> Sequence[Mention]:
    """Companies and products named in the unit, without people and titles that are written like them."""
    key = ("alternative", unit.index)
    if key not in reading.cache:
        reading.cache[key] = read_alternatives(reading, unit)
    return reading.cache[key]  # type: ignore[return-value]


@cache
def listed(table: str, field: str) -> frozenset[str]:
    """The names or phrases of a table of phrases.toml."""
    raw = tomllib.loads(files("extractors.competitors").joinpath("phrases.toml").read_text(encoding="utf-8"))
    return frozenset(raw[table][field])


def counts(company: Company) -> bool:
    """Whether it may be an alternative at all: not what everyone meets and writes with, unless it is listed."""
    return company.how in (How.CATALOGUE, How.HEARD) or company.name not in listed("everyday", "names")


def read_alternatives(reading: Reading, unit: Unit) -> list[Company]:
    found = [company for company in companies_in(reading, unit) if counts(company)]
    if any(company.how is How.WRITTEN for company in found):
        people = [person for person in people_in(reading, unit) if person.how is not PersonHow.WRITTEN]
        others: list[Mention] = [*people, *titles_in(reading, unit)]
        found = [
            company
            for company in found
            if company.how is not How.WRITTEN
            or (
                not PLACE_BEFORE.search(unit.lower[: company.start])
                and not any(company.start < other.end and other.start < company.end for other in others)
            )
        ]
    for match in OWN_BUILD.finditer(unit.lower):
        if all(match.end() <= other.start or match.start() >= other.end for other in found):
            said = unit.text[match.start() : match.end()]
            found.append(Company(start=match.start(), end=match.end(), text=said, name=IN_HOUSE, how=How.VENDOR))
    return sorted(found, key=lambda company: company.start)

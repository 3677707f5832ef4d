"""Lists in a mail: "Our criteria:" makes each of the items that follow one, in whatever words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from extractors.reading import Reading, Turn
from extractors.statement import Statement
from signals import Element

__all__ = ["listed_elements"]

CONFIDENCE = 0.5
BULLET = re.compile(r"\s*(?:[-*•–·o]|\(?(?:\d{1,2}|[a-h]|[ivx]{1,4})[.)])\s")
ITEM_WORDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    name: str
    means: Element
    opens: re.Pattern[str]


@cache
def openings() -> tuple[Opening, ...]:
    raw = tomllib.loads(files("extractors.qualification").joinpath("lists.toml").read_text(encoding="utf-8"))
    return tuple(
        Opening(
            name=entry["name"],
            means=Element(entry["means"]),
            opens=re.compile(r"(?<!\w)(?:" + "|".join(entry["opens"]) + r")(?!\w)"),
        )
        for entry in raw["list"]
    )


def listed_elements(reading: Reading) -> Iterator[Statement]:
    """A statement for the first sentence of each item of a list that its opening explains."""
    if not reading.is_email:
        return
    for unit in reading.own_units():
        if not unit.lower.rstrip().endswith(":"):
            continue
        opening = next((each for each in openings() if each.opens.search(unit.lower)), None)
        for item in items_after(reading, unit.turn) if opening else ():
            first = item.units[0]
            if opening is not None and len(first.words) >= ITEM_WORDS:
                yield Statement(
                    unit=first,
                    means=opening.means.value,
                    start=0,
                    end=len(first.text),
                    found_by=f"qualification: {opening.name}",
                    confidence=CONFIDENCE,
                )


def items_after(reading: Reading, turn: int) -> Iterator[Turn]:
    """The bullets that follow a turn, up to the first that is none."""
    for item in reading.turns[turn + 1 :]:
        if not item.own or not BULLET.match(item.text):
            return
        if item.units:
            yield item

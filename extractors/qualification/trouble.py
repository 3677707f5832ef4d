"""Problems told without any fixed phrase: a sentence of the buyer's with several different signs of trouble."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from extractors.reading import Reading
from extractors.statement import Statement
from signals import Element, Side

__all__ = ["troubles"]

CONFIDENCE = 0.35


@cache
def signs() -> tuple[re.Pattern[str], int, re.Pattern[str]]:
    """The signs, how many different ones it takes, and what the sentence must not speak of."""
    raw = tomllib.loads(files("extractors.qualification").joinpath("trouble.toml").read_text(encoding="utf-8"))

    def words(pieces: list[str]) -> re.Pattern[str]:
        return re.compile(r"(?<![\w'])(?:" + "|".join(pieces) + r")(?![\w'])")

    return words(raw["signs"]), raw["enough"], words(raw["not_about"])


def troubles(reading: Reading) -> Iterator[Statement]:
    found, enough, not_about = signs()
    for unit in reading.own_units():
        if reading.side_of(unit) is Side.SELLER or len(set(found.findall(unit.lower))) < enough:
            continue
        if not_about.search(unit.lower):
            continue
        yield Statement(
            unit=unit,
            means=Element.PAIN.value,
            start=0,
            end=len(unit.text),
            found_by="qualification: several signs of trouble",
            confidence=CONFIDENCE,
        )

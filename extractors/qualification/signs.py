"""Sentences without any fixed phrase: what they are about is told by signs that stand in them together."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from extractors.qualification.resolve import surely_seller
from extractors.reading import Reading
from extractors.statement import Statement
from signals import Element

__all__ = ["signed_elements"]

CONFIDENCE = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """At least `different` different signs must stand in the sentence, and none of `never`."""

    name: str
    means: Element
    signs: re.Pattern[str]
    different: int
    never: re.Pattern[str]

    def stand_in(self, text: str) -> bool:
        return len(set(self.signs.findall(text))) >= self.different and not self.never.search(text)


@cache
def known_signs() -> tuple[Signs, ...]:
    raw = tomllib.loads(files("extractors.qualification").joinpath("signs.toml").read_text(encoding="utf-8"))
    classes = {
        name: re.compile(r"(?<![\w'])(?:" + "|".join(pieces) + r")(?![\w'])") for name, pieces in raw["classes"].items()
    }
    return tuple(
        Signs(
            name=entry["name"],
            means=Element(entry["means"]),
            signs=classes[entry["of"]],
            different=entry["different"],
            never=classes[entry["not"]],
        )
        for entry in raw["signs"]
    )


def signed_elements(reading: Reading) -> Iterator[Statement]:
    """A statement for each sentence of a buyer's (or of nobody known) in which enough signs stand together."""
    for unit in reading.own_units():
        if surely_seller(reading, unit):
            continue
        for signs in known_signs():
            if signs.stand_in(unit.lower):
                yield Statement(
                    unit=unit,
                    means=signs.means.value,
                    start=0,
                    end=len(unit.text),
                    found_by=f"qualification: {signs.name}",
                    confidence=CONFIDENCE,
                )

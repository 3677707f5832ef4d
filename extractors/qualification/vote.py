"""Which elements a sentence is evidence of, by the sum of what stands in it, beside it and before it."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from extractors.qualification.features import Sentence, sentences
from extractors.qualification.gather import gathered
from extractors.reading import Reading
from extractors.statement import Statement
from signals import Element

__all__ = ["voted_elements"]

CERTAIN = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A sentence is evidence of the element where `base` and the counts of its features sum to more than `least`."""

    element: Element
    base: float
    least: float
    counts: dict[str, float]

    def total(self, features: set[str]) -> float:
        return self.base + sum(self.counts.get(feature, 0.0) for feature in features)


@cache
def weights() -> tuple[Weights, ...]:
    raw = tomllib.loads(files("extractors.qualification").joinpath("weights.toml").read_text(encoding="utf-8"))
    return tuple(
        Weights(element=Element(name), base=entry["base"], least=entry["least"], counts=entry["counts"])
        for name, entry in raw.items()
    )


def voted_elements(reading: Reading) -> Iterator[Statement]:
    """A statement for each element that a sentence's vote is for. The phrase that stands in the sentence explains it;
    where none does, the vote itself."""
    statements, asked = gathered(reading)
    for sentence in sentences(reading, statements, asked):
        for weighed in weights():
            total = weighed.total(sentence.features)
            if total > weighed.least:
                yield statement_of(sentence, weighed, total)


def statement_of(sentence: Sentence, weighed: Weights, total: float) -> Statement:
    element = weighed.element.value
    phrase = next((each for each in sentence.statements if each.means == element), None)
    return Statement(
        unit=sentence.unit,
        means=element,
        start=phrase.start if phrase else 0,
        end=phrase.end if phrase else len(sentence.unit.text),
        mentions=phrase.mentions if phrase else (),
        found_by=phrase.found_by if phrase else f"qualification: signs of {element}",
        confidence=round(min(CERTAIN, 1 / (1 + math.exp(-total))), 2),
    )

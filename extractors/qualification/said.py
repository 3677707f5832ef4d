"""What the phrases find: sentences that sound like a figure, a problem, a criterion or a step to a signature."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from extractors.phrases import Phrasebook, load_phrases
from extractors.reading import Reading
from extractors.slots import READERS
from extractors.statement import Statement
from signals import Element

__all__ = ["said_elements"]

PHRASES = ("words.toml", "reasons.toml", "choice.toml")
CONFIDENCE = {
    Element.METRICS: 0.5,
    Element.PAIN: 0.4,
    Element.DECISION_CRITERIA: 0.45,
    Element.DECISION_PROCESS: 0.5,
}


@cache
def book() -> Phrasebook:
    return Phrasebook(
        load_phrases("extractors.qualification", *PHRASES, means=[element.value for element in Element]), READERS
    )


def said_elements(reading: Reading) -> Iterator[Statement]:
    """A statement for each phrase that stands in the conversation, whatever its stance."""
    for unit in reading.own_units():
        for match in book().matches(reading, unit):
            element = Element(match.phrase.means)
            yield Statement(
                unit=unit,
                means=element.value,
                start=match.start,
                end=match.end,
                mentions=match.mentions,
                found_by=f"qualification: {match.phrase.name}",
                confidence=CONFIDENCE[element],
            )

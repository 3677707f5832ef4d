"""From a conversation to its signals."""

from __future__ import annotations

import logging
from functools import cache

from extractors.catalogue import families
from extractors.confidence import calibrated
from extractors.consolidate import place
from extractors.language import other_language
from extractors.reading import Reading, read
from extractors.sides import nobody_sells
from models.encoder import encoder
from signals import Conversation, Signal

__all__ = ["extract"]

# The encoder learnt from conversations; of a text of fewer words it is less sure than it should be.
FEWEST_WORDS = 40

log = logging.getLogger(__name__)


def extract(conversation: Conversation) -> list[Signal]:
    """The facts stated in the conversation, in the order in which they were first said. Keeps no state between calls,
    so it may be called from threads. A meeting in which nobody sells has none, nor has one in another language than
    English (`extractors.notes` says so)."""
    if other_language(conversation) is not None:
        return []
    reading = read(conversation)
    if nobody_sells(conversation, reading.sides):
        return []
    by_phrases = [signal for family in families() for signal in family(reading)]
    return sorted(weighed(reading, by_phrases), key=lambda signal: (*place(signal), signal.type))


def weighed(reading: Reading, by_phrases: list[Signal]) -> list[Signal]:
    """What holds of the facts that phrases found and of those that the learned reader finds beside them; where no model
    is, or hardly anything was said, what phrases found."""
    if sum(len(unit.words) for unit in reading.own_units()) < FEWEST_WORDS:
        return [calibrated(signal) for signal in by_phrases]
    model = encoder()
    if model is None:
        missing()
        return [calibrated(signal) for signal in by_phrases]
    from extractors.second import second_opinion

    return second_opinion(reading, model, by_phrases)


@cache
def missing() -> None:
    """Says once that phrases read alone."""
    log.warning("no learned model is there: phrases alone read", extra={"see": "models/weights/README.md"})

"""From a conversation to its signals."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache

from extractors.catalogue import families
from extractors.confidence import calibrated
from extractors.consolidate import place
from extractors.language import other_language
from extractors.reading import Reading, read
from extractors.sides import may_be_any_meeting, speaks_to_investors
from models.encoder import encoder
from signals import Conversation, Qualification, Signal

__all__ = ["extract"]

# The encoder learnt from conversations; of a text of fewer words it is less sure than it should be.
FEWEST_WORDS = 40
# A sale has at least so many likely facts (but qualification) in a thousand words, as if it were MORE_WORDS longer: one
# fact may be chance. Project meetings have 0 to 1.2, sales calls 2.3 to 10, also where no side is known.
LEAST, MORE_WORDS, LIKELY = 1.6, 200, 0.5

log = logging.getLogger(__name__)


def extract(conversation: Conversation) -> list[Signal]:
    """The facts stated in the conversation, in the order in which they were first said. Keeps no state between calls,
    so it may be called from threads. A meeting in which nobody sells has none, nor has one in another language than
    English (`extractors.notes` says so)."""
    if other_language(conversation) is not None:
        return []
    reading = read(conversation)
    any_meeting = may_be_any_meeting(conversation, reading.sides)
    if any_meeting and speaks_to_investors(conversation):
        return []
    by_phrases = [signal for family in families() for signal in family(reading)]
    found = sorted(weighed(reading, by_phrases), key=lambda signal: (*place(signal), signal.type))
    return [] if any_meeting and too_few(reading, found) else found


def too_few(reading: Reading, found: Sequence[Signal]) -> bool:
    """Whether so little of a sale was found that this is none. Every meeting has problems and figures, so that
    qualification tells nothing here."""
    told = sum(signal.confidence >= LIKELY and not isinstance(signal, Qualification) for signal in found)
    return told * 1000 < LEAST * (words_of(reading) + MORE_WORDS)


def words_of(reading: Reading) -> int:
    return sum(len(unit.words) for unit in reading.own_units())


def weighed(reading: Reading, by_phrases: list[Signal]) -> list[Signal]:
    """What holds of the facts that phrases found and of those that the learned reader finds beside them; where no model
    is, or hardly anything was said, what phrases found."""
    if words_of(reading) < FEWEST_WORDS:
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

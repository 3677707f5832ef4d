"""What shows advocacy, its weakening and its end: every phrase that stands in a conversation, and whom it is about."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache

from extractors.phrases import Phrasebook, PhraseMatch, load_phrases
from extractors.reading import Reading, Unit
from extractors.stance import stance_of
from extractors.statement import Statement
from extractors.who import Who, speaker_of, who_in
from signals import Side

__all__ = ["Shows", "statements"]


class Shows(StrEnum):
    """What a phrase shows of a person."""

    ACTS = "acts"
    ADVOCATE = "advocate"
    WEAKENED = "weakened"
    WITHDRAWS = "withdraws"
    GONE = "gone"


CONFIDENCE = {Shows.ACTS: 0.5, Shows.ADVOCATE: 0.4, Shows.WEAKENED: 0.5, Shows.WITHDRAWS: 0.6, Shows.GONE: 0.6}


@cache
def book() -> Phrasebook:
    return Phrasebook(load_phrases("extractors.champions", means=list(Shows)), {"person": who_in})


def statements(reading: Reading) -> list[Statement]:
    """Statements whose one mention is the Who that they are about; none where it is told of "he" or "she" whom nobody
    named nearby."""
    out: list[Statement] = []
    for unit in reading.own_units():
        for match in book().matches(reading, unit):
            if not holds(reading, match):
                continue
            who = about(reading, unit, match)
            if who is None and match.phrase.means == Shows.ACTS:
                continue
            out.append(
                Statement(
                    unit=unit,
                    means=match.phrase.means,
                    start=match.start,
                    end=match.end,
                    mentions=() if who is None or who.person is None else (who,),
                    found_by=f"champions: {match.phrase.name}",
                    confidence=CONFIDENCE[Shows(match.phrase.means)],
                )
            )
    return out


def about(reading: Reading, unit: Unit, match: PhraseMatch) -> Who | None:
    """The one in the phrase's slot; without one the speaker, or whom a phrase about others can only mean."""
    filled = next((mention for mention in match.mentions if isinstance(mention, Who)), None)
    if filled is not None:
        return filled
    said = unit.lower[match.start : match.end]
    near = unit.lower[max(0, match.start - NEAR) : match.end]
    if OTHERS.search(said) or (match.phrase.means != Shows.ACTS and not FIRST.search(near)):
        others = [who for who in who_in(reading, unit) if isinstance(who, Who)]
        before = [who for who in others if who.start < match.end]
        return before[-1] if before else others[0] if others else last_named(reading, unit)
    return speaker_of(reading, unit)


# The speaker is meant where "i" or "my" stands in the phrase or so many characters before it.
NEAR = 14
OTHERS = re.compile(r"^(?:he|she|who|his|her|they)\b")
FIRST = re.compile(r"(?<![\w'])(?:i|my|me|i'm|i've|i'll)(?![\w'])|\bi'(?:m|ve|ll|d)\b")


def last_named(reading: Reading, unit: Unit) -> Who | None:
    for before in reading.before(unit, 3):
        if named := [who for who in who_in(reading, before) if isinstance(who, Who) and who.person]:
            return named[-1]
    return None


def holds(reading: Reading, match: PhraseMatch) -> bool:
    unit, shows = match.unit, Shows(match.phrase.means)
    stance = stance_of(reading, unit, match.start, match.end)
    if stance.others or stance.joking or stance.asked:
        return False
    if shows is Shows.ACTS:
        lead = unit.lower[: match.start]
        return reading.side_of(unit) is not Side.SELLER and not stance.denied and not re.search(r"\bif\b", lead)
    if shows is Shows.ADVOCATE:
        return not stance.denied and not stance.supposed
    return not stance.supposed

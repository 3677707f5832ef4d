"""What someone is said to do in the purchase, of them or of "he" and "she" after their name (`roles.toml`, deeds)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractors.reading import Reading, Unit
from extractors.stakeholders.roles import role_by_deed
from extractors.statement import Statement
from extractors.who import Who, who_in
from signals import Side, StakeholderRole

__all__ = ["about", "role_by_deeds", "who_of"]

# So many sentences after the one that speaks of someone may go on about them.
GOES_ON = 2
PRONOUN = re.compile(r"(?<![\w'])(?:he|she|him|his|her)\b")
FIRST_PERSON = re.compile(r"(?<![\w'])(?:i|me|my|mine|myself)\b")
# A title alone stands for somebody else after these; elsewhere it is what someone becomes ("promoted to manager").
HELD = re.compile(r"\b(?:our|the|my|their)\s+$")
CLAUSE = re.compile(r"[,;:.()]| - |\b(?:and|but|then|so|because)\b")


def role_by_deeds(reading: Reading, group: Sequence[Statement]) -> StakeholderRole | None:
    """The first role that is told of the person by what they do, the sentences that name them first."""
    return next(filter(None, (role_by_deed(text, own=own) for text, own in about(reading, group))), None)


def about(reading: Reading, group: Sequence[Statement]) -> Iterator[tuple[str, bool]]:
    """What is said of the person whom the group is about: pieces of sentences in lower case, and whether they say it
    themselves."""
    later: list[str] = []
    for unit, who in {statement.unit.index: (statement.unit, who_of(statement)) for statement in group}.values():
        yield said_here(reading, unit, who)
        later += said_after(reading, unit, who)
    yield from ((text, False) for text in later)


def who_of(statement: Statement) -> Who:
    who = statement.mentions[0]
    assert isinstance(who, Who)
    return who


def said_here(reading: Reading, unit: Unit, who: Who) -> tuple[str, bool]:
    """The unit without what it says of others: from the person's name, or a little before it, to the next one's; of
    someone who speaks themselves, the pieces with "i"."""
    named = [other for other in who_in(reading, unit) if isinstance(other, Who)]
    own = next((other for other in named if same(other, who)), None)
    if own is None and speaks(reading, unit, who):
        return " , ".join(piece for piece in CLAUSE.split(unit.lower) if FIRST_PERSON.search(piece)), True
    others = [
        other for other in named if not same(other, who) and (other.person or HELD.search(unit.lower[: other.start]))
    ]
    start, end = (own.start, own.end) if own else (0, 0)
    next_one = min((other.start for other in others if other.start >= end), default=len(unit.text))
    last_one = max((other.end for other in others if other.end <= start), default=0)
    before = unit.lower[last_one:start]
    if last_one:
        before = CLAUSE.split(before)[-1]
    return before + " " + unit.lower[start:next_one], False


def speaks(reading: Reading, unit: Unit, who: Who) -> bool:
    speaker = reading.turn_of(unit).speaker
    return who.start == who.end or (speaker is not None and speaker == who.participant)


def said_after(reading: Reading, unit: Unit, who: Who) -> Iterator[str]:
    """The sentences after the unit that go on about "him" and "her", as long as nobody else is named."""
    for after in reading.after(unit, GOES_ON):
        named = [other for other in who_in(reading, after) if isinstance(other, Who)]
        if any(not other.pronoun and not same(other, who) for other in named):
            return
        asked = reading.side_of(after) is Side.SELLER and after.text.rstrip().endswith("?")
        if not asked and (any(same(other, who) for other in named) or PRONOUN.search(after.lower)):
            yield after.lower


def same(one: Who, other: Who) -> bool:
    if one.participant is not None or other.participant is not None or not (one.person and other.person):
        return one.key == other.key
    words, others = set(one.key.split()), set(other.key.split())
    return words <= others or others <= words

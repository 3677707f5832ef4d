"""What is said of whom: every phrase that stands in a conversation, and answers to "who signs?"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from extractors.people import title_heads
from extractors.people.words import HONORIFIC
from extractors.phrases import Phrasebook, PhraseMatch, load_phrases
from extractors.reading import Reading, Unit
from extractors.stakeholders.roles import role_by_title
from extractors.stance import answers, confirms, denies, is_question, stance_of
from extractors.statement import Statement
from extractors.who import DEPARTMENTS, Who, called, speaker_of, who_in
from signals import Side, StakeholderChange, StakeholderRole

__all__ = ["SPOKEN_OF", "statements"]

IDENTIFIED = str(StakeholderChange.IDENTIFIED)
MEANS = [*StakeholderChange, *(f"{IDENTIFIED}:{role}" for role in StakeholderRole)]
CONFIDENCE = {
    StakeholderChange.LEFT: 0.6,
    StakeholderChange.UNRESPONSIVE: 0.6,
    StakeholderChange.JOINED: 0.5,
    StakeholderChange.ROLE_CHANGED: 0.5,
    StakeholderChange.IDENTIFIED: 0.4,
}
# Denial is part of what these say ("hasn't answered", "no longer with us").
WITH_DENIAL = {StakeholderChange.UNRESPONSIVE, StakeholderChange.LEFT}

SPEAKER = re.compile(r"\W*(?:(?:this is|it's) mine|i\b|that's mine|my (?:last|call|decision)|is my)")

# found_by of someone who is only spoken of.
SPOKEN_OF = "stakeholders: someone spoken of"
# Without one of these or a title nobody is named for certain.
TITLED = re.compile(rf"\b{HONORIFIC} |\b(?:in|from|of|at) (?:the |our )?(?:{DEPARTMENTS})\b|\((?:{DEPARTMENTS})\b")
# The phrase under which a name with a telling title counts by itself.
INTRODUCED = "<person> with a title that takes part"

# What a question asks for, so that a name answers it.
WHO = r"\bwho (?:\w+ ){0,4}"
ASKED_FOR = (
    (
        StakeholderRole.ECONOMIC_BUYER,
        re.compile(WHO + "(?:signs?|approves?|pays|holds the|controls the|owns the budget)"),
    ),
    (
        StakeholderRole.DECISION_MAKER,
        re.compile(WHO + "(?:decides?|makes the (?:call|decision)|has the (?:last|final))"),
    ),
    (StakeholderRole.TECHNICAL, re.compile(WHO + "(?:technical|evaluat|integration)")),
    (StakeholderRole.LEGAL, re.compile(WHO + "(?:contract|legal|redlines|paper)")),
    (StakeholderRole.SECURITY, re.compile(WHO + "(?:security|infosec)")),
    (StakeholderRole.PROCUREMENT, re.compile(WHO + "(?:procurement|purchasing|negotiat)")),
    (
        StakeholderRole.BLOCKER,
        re.compile(r"\b(?:anyone|anybody|who)\b.{0,30}\b(?:against|rather we|block|say no|kill)"),
    ),
    (StakeholderRole.INFLUENCER, re.compile(WHO + "(?:listens? to|influence)")),
)


ASKS = re.compile(r"\b(?:who|any(?:one|body|thing)?|hear[d]?)\b")
HEARD_FROM = re.compile(r"\b(?:heard|hear|word|news|reply|answer|response)\b.{0,20}\bfrom\b")


@cache
def book() -> Phrasebook:
    return Phrasebook(load_phrases("extractors.stakeholders", means=MEANS), {"person": who_in})


def statements(reading: Reading) -> list[Statement]:
    """Statements whose one mention is the Who that they are about; `means` is "change" or "identified:role"."""
    out: list[Statement] = []
    for unit in reading.own_units():
        for match in book().matches(reading, unit):
            who = next((mention for mention in match.mentions if isinstance(mention, Who)), None)
            if match.phrase.name == INTRODUCED:
                out += introduced(reading, match)
                continue
            who = who or fallback(reading, unit, match)
            if who is None or (match.phrase.means == IDENTIFIED and not role_by_title(who.title)):
                continue
            if holds(reading, match):
                out.append(statement_of(match, who))
        out += answered(reading, unit)
        out += spoken_of(reading, unit)
    return out


def spoken_of(reading: Reading, unit: Unit) -> Iterator[Statement]:
    """Those whom a buyer brings up by name or title who do not take part in the conversation: hardly anyone is named in
    such a conversation who has nothing to do with the decision."""
    seller = reading.side_of(unit) is Side.SELLER
    for who in who_in(reading, unit) if TITLED.search(unit.lower) or not title_heads().isdisjoint(unit.words) else ():
        if not isinstance(who, Who) or who.pronoun or speaks(reading, who) or (seller and who.doubt):
            continue
        known = who.introduced or (who.person is not None and who.doubt == 0 and who.participant is None)
        if known and not stance_of(reading, unit, who.start, who.end).others:
            yield Statement(
                unit=unit, means=IDENTIFIED, start=who.start, end=who.end, mentions=(who,),
                found_by=SPOKEN_OF, confidence=0.35,
            )  # fmt: skip


def speaks(reading: Reading, who: Who) -> bool:
    if who.participant is None:
        return who.person in called(reading).values()
    return any(turn.speaker == who.participant for turn in reading.turns if turn.own)


def introduced(reading: Reading, match: PhraseMatch) -> Iterator[Statement]:
    """Everyone whom the sentence names with a title or department that has a part in purchases."""
    if not holds(reading, match):
        return
    for who in who_in(reading, match.unit):
        if isinstance(who, Who) and who.introduced and who.person and not who.pronoun and role_by_title(who.title):
            yield statement_of(match, who)


def fallback(reading: Reading, unit: Unit, match: PhraseMatch) -> Who | None:
    """Whom a phrase without a filled slot is about: the speaker ("i have left"), else the last one named before it."""
    if SPEAKER.match(unit.lower[match.start : match.end]) or match.phrase.name.startswith("i "):
        return speaker_of(reading, unit)
    before = [who for who in who_in(reading, unit) if isinstance(who, Who) and who.end <= match.start]
    return before[-1] if before else None


def change_of(means: str) -> StakeholderChange:
    return StakeholderChange(means.split(":")[0])


def holds(reading: Reading, match: PhraseMatch) -> bool:
    unit = match.unit
    stance = stance_of(reading, unit, match.start, match.end)
    if stance.others or stance.joking or stance.supposed:
        return False
    change = change_of(match.phrase.means)
    if stance.denied and change not in WITH_DENIAL:
        return False
    if stance.asked:
        answer = answers(reading, unit)
        return answer is not None and confirms(answer) and reading.side_of(answer) is not Side.SELLER
    if reading.side_of(unit) is Side.SELLER:
        answer = answers(reading, unit)
        if change is StakeholderChange.IDENTIFIED:
            return answer is not None and confirms(answer)
        return answer is None or not denies(answer)
    return True


def statement_of(match: PhraseMatch, who: Who) -> Statement:
    return Statement(
        unit=match.unit,
        means=match.phrase.means,
        start=match.start,
        end=match.end,
        mentions=(who,),
        found_by=f"stakeholders: {match.phrase.name}",
        confidence=CONFIDENCE[change_of(match.phrase.means)],
    )


def answered(reading: Reading, unit: Unit) -> Iterator[Statement]:
    """Whom the answer to "and who signs?" names."""
    if not ASKS.search(unit.lower) or not is_question(reading, unit):
        return
    role = next((role for role, asked in ASKED_FOR if asked.search(unit.lower)), None)
    answer = answers(reading, unit)
    asked_about = [who for who in who_in(reading, unit) if isinstance(who, Who)]
    if answer is not None and asked_about and HEARD_FROM.search(unit.lower) and denies(answer):
        yield Statement(
            unit=answer,
            means=str(StakeholderChange.UNRESPONSIVE),
            start=0,
            end=len(answer.text),
            mentions=(asked_about[-1],),
            found_by="stakeholders: nothing heard, in answer",
            confidence=0.6,
        )
        return
    if role is None or answer is None or reading.side_of(answer) is Side.SELLER:
        return
    named = [who for who in who_in(reading, answer) if isinstance(who, Who)]
    if named and named[0].start < 40 and not denies(answer):
        yield Statement(
            unit=answer,
            means=f"{IDENTIFIED}:{role}",
            start=0,
            end=len(answer.text),
            mentions=(named[0],),
            found_by=f"stakeholders: answer to who, {role}",
            confidence=0.6,
        )

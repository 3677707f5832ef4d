"""From statements to signals: one person, one change, with the role, the title and the successor that were told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.consolidate import distinct, place
from extractors.reading import Reading
from extractors.stakeholders.roles import role_by_title, role_by_words
from extractors.stakeholders.statements import SPOKEN_OF
from extractors.statement import Statement
from extractors.who import Who, title_words, who_in
from signals import Stakeholder, StakeholderChange, StakeholderRole

__all__ = ["resolved"]

# Where several changes are told of one person the first of these holds.
PRECEDENCE = (
    StakeholderChange.LEFT,
    StakeholderChange.UNRESPONSIVE,
    StakeholderChange.JOINED,
    StakeholderChange.ROLE_CHANGED,
    StakeholderChange.IDENTIFIED,
)
# A successor is named at most so many sentences from the one who leaves.
NEAR = 3


def resolved(reading: Reading, statements: Sequence[Statement]) -> list[Stakeholder]:
    groups: dict[str, list[Statement]] = {}
    for statement in (named_later(reading, statement) for statement in statements):
        groups.setdefault(key_of(who_of(statement), groups), []).append(statement)
    join_titles(groups)
    found = (signal(reading, group, statements) for group in groups.values())
    return sorted((stakeholder for stakeholder in found if stakeholder is not None), key=place)


# A title is told first and its holder's name after: "the CFO signs." - "Mr. Kibet." / "our manager signs, that's Ann".
NAME_AFTER = 4
NAME_ALONE = 40
NAMING = re.compile(
    r"(?:.*\b(?:that's|that is|that'd be|it's|is|named|called|name(?:'s| is)|who's)\s+"
    r"(?:our |the |a |mr\.? |mrs\.? |ms\.? |dr\.? )*"
    r"|\W*(?:yes|yeah|um|uh|so|ah|well|mr\.?|mrs\.?|ms\.?|,|\s)*)"
)


def named_later(reading: Reading, statement: Statement) -> Statement:
    """The statement about someone with a title alone, with the name where that is told right after."""
    who = who_of(statement)
    if who.person is not None:
        return statement
    for unit in (statement.unit, *reading.after(statement.unit, NAME_AFTER)):
        same = unit is statement.unit
        for other in who_in(reading, unit):
            if not isinstance(other, Who) or other.person is None or other.pronoun or (same and other.start < who.end):
                continue
            if other.participant is not None and other.participant == reading.turn_of(unit).speaker:
                continue
            lead = unit.lower[who.end if same else 0 : other.start]
            whole = len(unit.text) - other.end < NAME_ALONE
            if (NAMING.fullmatch(lead) and (same or whole)) and (not same or ("that" in lead or "name" in lead)):
                named = replace(other, start=who.start, end=who.end, title=who.title)
                return replace(statement, mentions=(named,))
    return statement


def join_titles(groups: dict[str, list[Statement]]) -> None:
    """A title alone and a name that has this title, or stands in the same sentence without one, are one person."""
    for key in [key for key, group in groups.items() if all(who_of(s).person is None for s in group)]:
        title = title_words(key)
        units = {statement.unit.index for statement in groups[key]}
        for other, group in groups.items():
            titles = [title_words(who_of(s).title or "") for s in group if who_of(s).person]
            same = any(words and (words <= title or title <= words) for words in titles)
            beside = bool(titles) and not any(titles) and any(s.unit.index in units for s in group)
            if other != key and (same or beside):
                group.extend(groups.pop(key))
                break


def who_of(statement: Statement) -> Who:
    who = statement.mentions[0]
    assert isinstance(who, Who)
    return who


def key_of(who: Who, groups: dict[str, list[Statement]]) -> str:
    """The group of the same person: the same participant, or a name of which one is part of the other."""
    if who.participant is not None or who.person is None:
        return who.key
    words = set(who.key.split())
    return next((key for key in groups if set(key.split()) <= words or words <= set(key.split())), who.key)


def change_of(statement: Statement) -> StakeholderChange:
    return StakeholderChange(statement.means.split(":")[0])


def signal(reading: Reading, group: Sequence[Statement], everything: Sequence[Statement]) -> Stakeholder | None:
    told = [statement for statement in group if statement.found_by != SPOKEN_OF]
    if not told and part_by_words(reading, group) is None:
        return None
    group = told or group
    changes = {change_of(statement) for statement in group}
    change = next(change for change in PRECEDENCE if change in changes)
    chosen = [statement for statement in group if change_of(statement) is change]
    best = max(chosen, key=lambda statement: statement.confidence)
    people = [who_of(statement) for statement in group]
    person = max((who.person for who in people if who.person), key=len, default=None)
    title = next((who.title for who in people if who.title), None)
    turn = reading.turn_of(best.unit)
    return Stakeholder(
        person=person,
        title=title,
        change=change,
        role=role_of(group, title) if told else part_by_words(reading, group),
        successor=successor_of(group, everything) if change is StakeholderChange.LEFT else None,
        evidence=distinct(statement.unit.evidence() for statement in chosen),
        speaker=turn.speaker.id if turn.speaker else None,
        side=turn.side,
        confidence=best.confidence,
        found_by=best.found_by,
    )


# What is told of someone by these goes before what their title says.
TELLING = {
    StakeholderRole.ECONOMIC_BUYER,
    StakeholderRole.DECISION_MAKER,
    StakeholderRole.INFLUENCER,
    StakeholderRole.BLOCKER,
    StakeholderRole.EXECUTIVE_SPONSOR,
    StakeholderRole.USER,
}
# How far around a name words tell a role where nothing else does.
AROUND = 40


def role_of(group: Sequence[Statement], title: str | None) -> StakeholderRole | None:
    """What the sentences say of their part, what the title says, or what the words around the name say."""
    told = [StakeholderRole(statement.means.split(":")[1]) for statement in group if ":" in statement.means]
    if telling := [role for role in told if role in TELLING]:
        return telling[0]
    around = (s.unit.text[max(0, who_of(s).start - AROUND) : who_of(s).end + AROUND] for s in group)
    return role_by_title(title) or next(iter(told), None) or next(filter(None, map(role_by_title, around)), None)


# So far on either side of a name words tell the part of someone who is only spoken of.
CLOSE = 60
PRONOUN = re.compile(r"(?:and |but |so |because )?(?:he|she|they)\b")


def part_by_words(reading: Reading, group: Sequence[Statement]) -> StakeholderRole | None:
    """The role of someone who is only spoken of: by their title, else by what is said close to their name or of "he"
    and "she" in the sentence after it."""
    if found := next(filter(None, (role_by_title(who_of(s).title) for s in group)), None):
        return found
    for statement in group:
        who, text = who_of(statement), statement.unit.lower
        close = text[max(0, who.start - CLOSE) : who.start] + " " + text[who.end : who.end + CLOSE]
        after = "".join(unit.lower for unit in reading.after(statement.unit) if PRONOUN.match(unit.lower))
        if found := role_by_words(close) or role_by_words(after[:CLOSE]):
            return found
    return None


def successor_of(group: Sequence[Statement], everything: Sequence[Statement]) -> str | None:
    own = {who_of(statement).key for statement in group}
    for statement in everything:
        who = who_of(statement)
        joined = change_of(statement) is StakeholderChange.JOINED and who.key not in own
        if joined and who.person and any(abs(statement.unit.index - other.unit.index) <= NEAR for other in group):
            return who.person
    return None

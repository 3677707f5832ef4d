"""From statements to signals: one person, one change, with the role, the title and the successor that were told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.consolidate import distinct, place
from extractors.reading import Reading
from extractors.stakeholders.deeds import about, role_by_deeds, who_of
from extractors.stakeholders.moves import change_by_words
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
# Somebody takes over from those who leave or move.
HANDED_OVER = {StakeholderChange.LEFT, StakeholderChange.ROLE_CHANGED}
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
    change = change_by_words((text for text, _ in about(reading, group)), change)
    people = [who_of(statement) for statement in group]
    person = max((who.person for who in people if who.person), key=len, default=None)
    title = next((who.title for who in people if who.title), None)
    turn = reading.turn_of(best.unit)
    return Stakeholder(
        person=person,
        title=title,
        change=change,
        role=role_of(reading, group, title) if told else part_by_words(reading, group),
        successor=successor_of(group, everything) if change in HANDED_OVER else None,
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
# Of these a title is right whatever is told: a lawyer who "decides on the clauses" is there for the law.
SURE_BY_TITLE = {StakeholderRole.LEGAL, StakeholderRole.PROCUREMENT, StakeholderRole.SECURITY}


def role_of(reading: Reading, group: Sequence[Statement], title: str | None) -> StakeholderRole | None:
    """What the title, the sentences and the deeds told of the person say of their part; the surest source first."""
    by_title = role_by_title(title)
    if by_title in SURE_BY_TITLE:
        return by_title
    roles = [(s.weighed, StakeholderRole(s.means.split(":")[1])) for s in group if ":" in s.means]
    told = sorted((role for weighed, role in roles if not weighed), key=lambda role: role not in TELLING)
    learned = [role for weighed, role in roles if weighed]
    deed = role_by_deeds(reading, group)
    if deed in TELLING and not (told and told[0] in TELLING):
        return deed
    found = next(iter(told), None) or deed or next(iter(learned), None) or by_title
    return found or next(filter(None, (role_by_words(text) for text, _ in about(reading, group))), None)


# So far on either side of a name words tell the part of someone who is only spoken of.
CLOSE = 60
PRONOUN = re.compile(r"(?:and |but |so |because )?(?:he|she|they)\b")


def part_by_words(reading: Reading, group: Sequence[Statement]) -> StakeholderRole | None:
    """The role of someone who is only spoken of: by their title, else by what is said close to their name or of "he"
    and "she" in the sentence after it."""
    by_title = next(filter(None, (role_by_title(who_of(s).title) for s in group)), None)
    deed = role_by_deeds(reading, group)
    if found := (by_title if by_title in SURE_BY_TITLE else deed or by_title):
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

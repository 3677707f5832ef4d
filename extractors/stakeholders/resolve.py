"""From statements to signals: one person, one change, with the role, the title and the successor that were told."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.consolidate import distinct, place
from extractors.reading import Reading
from extractors.stakeholders.roles import role_by_title
from extractors.statement import Statement
from extractors.who import Who, title_words
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
    for statement in statements:
        groups.setdefault(key_of(who_of(statement), groups), []).append(statement)
    join_titles(groups)
    found = [signal(reading, group, statements) for group in groups.values()]
    return sorted(found, key=place)


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


def signal(reading: Reading, group: Sequence[Statement], everything: Sequence[Statement]) -> Stakeholder:
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
        role=role_of(group, title),
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


def successor_of(group: Sequence[Statement], everything: Sequence[Statement]) -> str | None:
    own = {who_of(statement).key for statement in group}
    for statement in everything:
        who = who_of(statement)
        joined = change_of(statement) is StakeholderChange.JOINED and who.key not in own
        if joined and who.person and any(abs(statement.unit.index - other.unit.index) <= NEAR for other in group):
            return who.person
    return None

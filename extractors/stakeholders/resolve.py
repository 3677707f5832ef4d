"""From statements to signals: one person, one change, with the role, the title and the successor that were told."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from extractors.consolidate import distinct, place
from extractors.reading import Reading
from extractors.stakeholders.who import Who
from extractors.statement import Statement
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


@cache
def roles_by_title() -> tuple[tuple[StakeholderRole, re.Pattern[str]], ...]:
    raw = tomllib.loads(files("extractors.stakeholders").joinpath("roles.toml").read_text(encoding="utf-8"))
    return tuple(
        (StakeholderRole(role), re.compile(r"\b(?:" + "|".join(words) + r")\b", re.IGNORECASE))
        for role, words in raw["titles"].items()
    )


def resolved(reading: Reading, statements: Sequence[Statement]) -> list[Stakeholder]:
    groups: dict[str, list[Statement]] = {}
    for statement in statements:
        groups.setdefault(key_of(who_of(statement), groups), []).append(statement)
    found = [signal(reading, group, statements) for group in groups.values()]
    return sorted(found, key=place)


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


def role_of(group: Sequence[Statement], title: str | None) -> StakeholderRole | None:
    """What a title says by itself, else what the sentence says of their part."""
    told = [StakeholderRole(statement.means.split(":")[1]) for statement in group if ":" in statement.means]
    by_title = next((role for role, words in roles_by_title() if title and words.search(title)), None)
    if told and by_title is not StakeholderRole.LEGAL:
        return told[0]
    return by_title or (told[0] if told else None)


def successor_of(group: Sequence[Statement], everything: Sequence[Statement]) -> str | None:
    own = {who_of(statement).key for statement in group}
    for statement in everything:
        who = who_of(statement)
        if change_of(statement) is StakeholderChange.JOINED and who.key not in own and who.person:
            if any(abs(statement.unit.index - other.unit.index) <= NEAR for other in group):
                return who.person
    return None

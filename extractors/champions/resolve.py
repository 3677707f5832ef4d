"""From statements to signals: one person, one status; what ends advocacy goes before what weakens it, and that before
advocacy itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from extractors.champions.statements import Shows
from extractors.consolidate import distinct, place
from extractors.reading import Reading
from extractors.statement import Statement
from extractors.who import Who
from signals import Champion, ChampionStatus

__all__ = ["resolved"]

# A "he" is someone told of at most so many sentences away.
NEAR = 4
# Advocacy that is told as over shows who a champion was, and no more.
OVER = re.compile(r"\b(?:was|were|used to|had|had been|fought|carried|stood|got us|nagged|opened|rehearsed)\b")


def resolved(reading: Reading, statements: Sequence[Statement]) -> list[Champion]:
    groups: dict[str, list[Statement]] = {}
    for statement in statements:
        if statement.mentions:
            groups.setdefault(key_of(who_of(statement), groups), []).append(statement)
    for statement in statements:
        if not statement.mentions and (group := nearest(statement, groups.values())):
            group.append(statement)
    found = (signal(reading, group) for group in groups.values())
    return sorted((champion for champion in found if champion is not None), key=place)


def nearest(statement: Statement, groups: Iterable[list[Statement]]) -> list[Statement] | None:
    """The person told of closest to a statement about an unnamed "he" or "she"."""

    def distance(group: list[Statement]) -> int:
        return min(abs(other.unit.index - statement.unit.index) for other in group)

    near = [group for group in groups if distance(group) <= NEAR]
    return min(near, key=distance, default=None)


def who_of(statement: Statement) -> Who:
    who = statement.mentions[0]
    assert isinstance(who, Who)
    return who


def key_of(who: Who, groups: dict[str, list[Statement]]) -> str:
    if who.participant is not None:
        return who.key
    words = set(who.key.split())
    return next((key for key in groups if set(key.split()) <= words or words <= set(key.split())), who.key)


def signal(reading: Reading, group: Sequence[Statement]) -> Champion | None:
    status = status_of(group)
    if status is None:
        return None
    telling = {
        ChampionStatus.LOST: (Shows.GONE, Shows.WITHDRAWS, Shows.ADVOCATE),
        ChampionStatus.AT_RISK: (Shows.WEAKENED, Shows.ADVOCATE),
        ChampionStatus.ADVOCATING: (Shows.ACTS, Shows.ADVOCATE),
    }[status]
    chosen = [statement for statement in group if statement.means in telling]
    best = next(statement for means in telling for statement in chosen if statement.means == means)
    turn = reading.turn_of(best.unit)
    names = [who.person for who in map(who_of, (s for s in group if s.mentions)) if who.person]
    return Champion(
        person=max(names, key=len),
        status=status,
        evidence=distinct(statement.unit.evidence() for statement in chosen),
        speaker=turn.speaker.id if turn.speaker else None,
        side=turn.side,
        confidence=best.confidence,
        found_by=best.found_by,
    )


def of_themselves(statement: Statement) -> bool:
    """Whether the speaker says of themselves that they can or will no longer push: who says so was an advocate."""
    return bool(re.search(r"\b(?:i|my|me)\b", statement.unit.lower[statement.start : statement.end]))


def status_of(group: Sequence[Statement]) -> ChampionStatus | None:
    shown = {Shows(statement.means) for statement in group}
    known = bool(shown & {Shows.ADVOCATE, Shows.ACTS})
    if Shows.WITHDRAWS in shown or (Shows.GONE in shown and known):
        return ChampionStatus.LOST
    if any(statement.means == Shows.WEAKENED and (known or of_themselves(statement)) for statement in group):
        return ChampionStatus.AT_RISK
    if Shows.ACTS in shown or any(s.means == Shows.ADVOCATE and not OVER.search(s.unit.lower) for s in group):
        return ChampionStatus.ADVOCATING
    return None

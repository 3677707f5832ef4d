"""From statements to signals: one company, one relation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from extractors.companies import Company
from extractors.competitors.relations import relation_by_words
from extractors.competitors.statements import BESIDE, LOOSE, NAMED
from extractors.competitors.told import told_of
from extractors.consolidate import distinct, place
from extractors.reading import Reading, Unit
from extractors.stance import answers, denies
from extractors.statement import Statement
from signals import Competitor, Relation, Side

__all__ = ["resolved"]

# Where several are said of one company the first of these holds: an incumbent that is weighed again stays one, and
# what was decided goes before what was weighed.
PRECEDENCE = (
    Relation.SELECTED,
    Relation.REJECTED,
    Relation.FAVORED,
    Relation.INCUMBENT,
    Relation.EVALUATING,
    Relation.MENTIONED,
)


def resolved(reading: Reading, statements: Sequence[Statement]) -> list[Competitor]:
    groups: dict[str, list[Statement]] = {}
    for statement in statements:
        company = statement.mentions[0]
        assert isinstance(company, Company)
        groups.setdefault(company.name, []).append(statement)
    found = [
        signal(reading, name, group)
        for name, group in groups.items()
        if not stays_beside(group) and taken_up(reading, group)
    ]
    return sorted(found, key=place)


def relation_of(group: Sequence[Statement]) -> Relation | None:
    """The relation that the phrases tell; where there are only loose words, the one that most of them tell."""
    firm = {statement.means for statement in group if is_firm(statement)}
    if found := next((relation for relation in PRECEDENCE if relation in firm), None):
        return found
    votes = Counter(statement.means for statement in group if statement.means in PRECEDENCE)
    return max(PRECEDENCE, key=lambda relation: votes[relation]) if votes else None


def is_firm(statement: Statement) -> bool:
    return statement.found_by != NAMED and not statement.found_by.startswith(LOOSE)


def stays_beside(group: Sequence[Statement]) -> bool:
    """Whether it is a tool next to the offer: said so, and nothing firm said elsewhere tells that it competes."""
    beside = {statement.unit.index for statement in group if statement.means == BESIDE}
    decided = {Relation.SELECTED, Relation.REJECTED, Relation.FAVORED}
    return bool(beside) and not any(
        is_firm(statement)
        and (
            statement.means in decided
            or (statement.means == Relation.EVALUATING and statement.unit.index not in beside)
        )
        for statement in group
    )


# How a buyer answers that a name which the seller brought up is nothing to them.
DISMISSED = re.compile(
    r"\b(?:nobody|no one|not us|never heard|wouldn't know|who (?:is|are) (?:that|they)|stays?\b|staying"
    r"|(?:haven't|have not|don't|do not|didn't|never) (?:look|talk|know|us|hear|see|consider)\w*"
    r"|(?:leave|leaving) (?:that|it) running)"
)


def taken_up(reading: Reading, group: Sequence[Statement]) -> bool:
    """Whether it matters to the buyer: not a name that only the seller brings up and the buyer waves away."""
    if any(is_firm(statement) and statement.means != Relation.MENTIONED for statement in group):
        return True
    if any(reading.side_of(statement.unit) is not Side.SELLER for statement in group):
        return True
    heard = (answers(reading, statement.unit) for statement in group)
    return not any(answer is not None and waved_away(answer) for answer in heard)


def waved_away(answer: Unit) -> bool:
    return denies(answer) or bool(DISMISSED.search(answer.lower))


def units_of(statement: Statement, group: Sequence[Statement]) -> Iterator[Unit]:
    """The statement's sentence and, where that does not name the company, the last one before it that does."""
    names = [other.unit for other in group if other.found_by == NAMED and other.unit.index <= statement.unit.index]
    if names and names[-1].index != statement.unit.index:
        yield names[-1]
    yield statement.unit


def signal(reading: Reading, name: str, group: Sequence[Statement]) -> Competitor:
    relation = relation_of(group)
    said, telling = relation_by_words(told_of(reading, name), relation or Relation.EVALUATING)
    chosen = [s for s in group if s.means == relation and is_firm(s)]
    chosen = chosen or [s for s in group if s.means == relation] or list(group)
    units = [unit for statement in chosen for unit in units_of(statement, group)]
    best = max(chosen, key=lambda statement: statement.confidence)
    turn = reading.turn_of(best.unit)
    return Competitor(
        name=name,
        relation=said,
        evidence=distinct(unit.evidence() for unit in [*units, *([telling] if telling is not None else [])]),
        speaker=turn.speaker.id if turn.speaker else None,
        side=turn.side,
        confidence=best.confidence,
        found_by=best.found_by,
    )

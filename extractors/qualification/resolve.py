"""From sentences to signals: only what is asserted of this purchase, each figure, problem and criterion once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from extractors.consolidate import merge, place
from extractors.qualification.parts import parts_of
from extractors.reading import Reading, Unit
from extractors.sides import Known
from extractors.stance import answers, confirms, stance_of
from extractors.statement import Statement
from signals import Element, Evidence, Qualification, Side

__all__ = ["resolve", "surely_seller"]

OF_THE_BUYER = re.compile(r"\b(?:you|your|you're|you've|y'all)\b")
NUMBER = re.compile(
    r"\d[\d.,]*\d|\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|(?:twen|thir|for|fif|six|seven|eigh"
    r"|nine)ty|hundred|thousand|million|half)\b"
)
PAIN_TURNS, PAIN_UNITS, FIGURE_TURNS = 2, 2, 2
LONG_UNIT = 220
MARGIN = 70


def resolve(reading: Reading, statements: Iterable[Statement]) -> Sequence[Qualification]:
    held = [
        part
        for statement in statements
        if (evidence := evidence_of(reading, statement))
        for part in parts(statement, evidence)
    ]
    figures = {statement.unit.index for statement, _ in held if statement.means == Element.METRICS}
    firsts = first_places([statement for statement, _ in held])
    facts: dict[tuple[str, int, int], list[Qualification]] = {}
    for statement, evidence in held:
        if statement.means == Element.PAIN and statement.unit.index in figures:
            continue  # a sentence whose point is the number is no problem as well
        fact = (statement.means, *firsts[place_of(statement)])
        facts.setdefault(fact, []).append(signal_of(reading, statement, evidence))
    merged = (
        signal
        for said in facts.values()
        for signal in merge(said, key=lambda _: None, rank=lambda signal: signal.confidence)
    )
    return sorted(merged, key=place)


def parts(statement: Statement, evidence: tuple[Evidence, ...]) -> Iterator[tuple[Statement, tuple[Evidence, ...]]]:
    """The statement, or one for each criterion where its sentence lists several."""
    places = parts_of(statement.unit.text) if statement.means == Element.DECISION_CRITERIA else ()
    if len(places) < 2:
        yield replace(statement, start=0), evidence
    else:
        for start, end in places:
            yield replace(statement, start=start, end=end), (statement.unit.evidence(start, end),)


def place_of(statement: Statement) -> tuple[str, int, int]:
    return statement.means, statement.unit.index, statement.start


def first_places(statements: Sequence[Statement]) -> dict[tuple[str, int, int], tuple[int, int]]:
    """For each element and place, the place that stands for its fact: what is said of one problem within a few turns is
    one, a figure said again soon is the same, and the whole conversation has one decision process."""
    out: dict[tuple[str, int, int], tuple[int, int]] = {}
    last: dict[Element, Statement] = {}
    for statement in sorted(statements, key=lambda each: (each.unit.index, each.start)):
        element, key = Element(statement.means), place_of(statement)
        before = last.get(element)
        joined = before is not None and same_fact(element, before, statement)
        out[key] = out[place_of(before)] if before is not None and joined else (statement.unit.index, statement.start)
        last[element] = statement
    return out


def same_fact(element: Element, before: Statement, after: Statement) -> bool:
    """Whether a statement goes on about the fact of the one before it of its element."""
    units, turns = after.unit.index - before.unit.index, after.unit.turn - before.unit.turn
    match element:
        case Element.DECISION_PROCESS:
            return True
        case Element.PAIN:
            return turns <= PAIN_TURNS and (turns > 0 or units <= PAIN_UNITS)
        case Element.DECISION_CRITERIA:
            return turns == 0 and units == 1 and not (before.start or after.start)
        case Element.METRICS:
            return turns <= FIGURE_TURNS and not numbers(before.unit).isdisjoint(numbers(after.unit))
        case _:
            assert_never(element)


def numbers(unit: Unit) -> set[str]:
    return set(NUMBER.findall(unit.lower))


def signal_of(reading: Reading, statement: Statement, evidence: tuple[Evidence, ...]) -> Qualification:
    speaker = reading.turn_of(statement.unit).speaker
    return Qualification(
        element=Element(statement.means),
        evidence=evidence,
        speaker=speaker.id or None if speaker else None,
        side=reading.side_of(statement.unit),
        confidence=statement.confidence,
        found_by=statement.found_by,
    )


def evidence_of(reading: Reading, statement: Statement) -> tuple[Evidence, ...]:
    """The words that prove the statement; none where it is asked without an answer, supposed, or told of others."""
    if statement.weighed:
        return (piece_of(statement),)
    if surely_seller(reading, statement.unit) and not OF_THE_BUYER.search(statement.unit.lower):
        return ()  # what a seller says of their own house or of others
    stance = stance_of(reading, statement.unit, statement.start, statement.end)
    if stance.others or stance.joking or (stance.past and statement.means != Element.METRICS):
        return ()
    if statement.means in (Element.METRICS, Element.PAIN) and (stance.supposed or stance.denied):
        return ()
    if stance.asked:
        answer = answers(reading, statement.unit)
        return (piece_of(statement), answer.evidence()) if answer is not None and confirms(answer) else ()
    return (piece_of(statement),)


def surely_seller(reading: Reading, unit: Unit) -> bool:
    """Said by the seller, as the conversation tells: a side guessed from the talk is too unsure to drop a fact."""
    speaker = reading.turn_of(unit).speaker
    known = reading.sides.known.get(speaker.id) if speaker else None
    return reading.side_of(unit) is Side.SELLER and known is not Known.TALK


def piece_of(statement: Statement) -> Evidence:
    """The sentence, or, where it never ends, the words around the phrase."""
    unit = statement.unit
    if len(unit.text) <= LONG_UNIT:
        return unit.evidence()
    start = unit.text.rfind(" ", 0, max(0, statement.start - MARGIN)) + 1
    end = unit.text.find(" ", min(len(unit.text), statement.end + MARGIN))
    return unit.evidence(start, len(unit.text) if end < 0 else end)

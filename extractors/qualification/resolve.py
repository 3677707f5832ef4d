"""From sentences to signals: only what is asserted of this purchase, each figure, problem and criterion once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import assert_never

from extractors.consolidate import merge, place
from extractors.reading import Reading, Unit
from extractors.sides import Known
from extractors.stance import answers, confirms, stance_of
from extractors.statement import Statement
from signals import Element, Evidence, Qualification, Side

__all__ = ["resolve", "surely_seller"]

OF_THE_BUYER = re.compile(r"\b(?:you|your|you're|you've|y'all)\b")
LONG_UNIT = 220
MARGIN = 70


def resolve(reading: Reading, statements: Iterable[Statement]) -> Sequence[Qualification]:
    held = [(statement, evidence) for statement in statements if (evidence := evidence_of(reading, statement))]
    figures = {statement.unit.index for statement, _ in held if statement.means == Element.METRICS}
    firsts = first_units(reading, [statement for statement, _ in held])
    facts: dict[tuple[str, int], list[Qualification]] = {}
    for statement, evidence in held:
        if statement.means == Element.PAIN and statement.unit.index in figures:
            continue  # a sentence whose point is the number is no problem as well
        fact = (statement.means, firsts[statement.means, statement.unit.index])
        facts.setdefault(fact, []).append(signal_of(reading, statement, evidence))
    merged = (
        signal
        for said in facts.values()
        for signal in merge(said, key=lambda _: None, rank=lambda signal: signal.confidence)
    )
    return sorted(merged, key=place)


def first_units(reading: Reading, statements: Sequence[Statement]) -> dict[tuple[str, int], int]:
    """For each element and unit, the unit that stands for its fact: sentences in a row that speak of one problem are
    one, and the whole conversation has one decision process."""
    out: dict[tuple[str, int], int] = {}
    for statement in sorted(statements, key=lambda each: each.unit.index):
        element, index = Element(statement.means), statement.unit.index
        match element:
            case Element.DECISION_PROCESS:
                out[element.value, index] = 0
            case Element.PAIN | Element.DECISION_CRITERIA:
                before = out.get((element.value, index - 1))
                same_turn = index > 0 and reading.units[index - 1].turn == statement.unit.turn
                out[element.value, index] = before if before is not None and same_turn else index
            case Element.METRICS:
                out[element.value, index] = index
            case _:
                assert_never(element)
    return out


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

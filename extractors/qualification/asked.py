"""What a question makes of its answer: a seller asks what hurts, how much, what decides or who signs, and the buyer's
next sentences say it, in whatever words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from extractors.qualification.resolve import surely_seller
from extractors.reading import Reading, Unit
from extractors.stance import answers, is_question
from extractors.statement import Statement
from signals import Element, Side

__all__ = ["asked_elements", "topics"]

CONFIDENCE = 0.4
SENTENCES = 2
EVASION = re.compile(
    r"\b(?:i don't know|no idea|not sure|can't say|couldn't tell you|let me (?:check|ask)|why do you ask"
    r"|good question|let us not|none of your|i'd have to|we'll see|nothing|nobody|off the record)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    name: str
    means: Element
    words: int
    asks: re.Pattern[str]
    answer: re.Pattern[str] | None


@cache
def questions() -> tuple[Question, ...]:
    raw = tomllib.loads(files("extractors.qualification").joinpath("questions.toml").read_text(encoding="utf-8"))
    return tuple(
        Question(
            name=entry["name"],
            means=Element(entry["means"]),
            words=entry["words"],
            asks=re.compile(r"\b(?:" + "|".join(entry["asks"]) + r")"),
            answer=re.compile(entry["answer"]) if "answer" in entry else None,
        )
        for entry in raw["question"]
    )


def asked_elements(reading: Reading) -> Iterator[Statement]:
    """A statement for each sentence of a buyer's answer that says enough."""
    if reading.is_email:
        return
    for unit in reading.own_units():
        if reading.side_of(unit) is Side.BUYER:
            continue
        for question in questions():
            if question.asks.search(unit.lower):
                yield from answered(reading, unit, question)


def topics(reading: Reading) -> dict[int, set[str]]:
    """For the turn after each that asks: the elements that the questions in it are about, whoever asked."""
    out: dict[int, set[str]] = {}
    for unit in () if reading.is_email else reading.own_units():
        for question in questions():
            if question.asks.search(unit.lower):
                out.setdefault(unit.turn + 1, set()).add(question.means.value)
    return out


def answered(reading: Reading, unit: Unit, question: Question) -> Iterator[Statement]:
    first = answers(reading, unit)
    if first is None or surely_seller(reading, first):
        return
    turn = reading.turn_of(first)
    for answer in turn.units[:SENTENCES]:
        if is_question(reading, answer) or EVASION.search(answer.lower):
            return
        if len(answer.words) < question.words or (question.answer and not question.answer.search(answer.lower)):
            continue
        yield Statement(
            unit=answer,
            means=question.means.value,
            start=0,
            end=len(answer.text),
            found_by=f"qualification: {question.name}",
            confidence=CONFIDENCE,
        )
        return

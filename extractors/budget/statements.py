"""Where a conversation speaks of the purchase's money, and what each place says of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from extractors.amounts import Amount
from extractors.budget.elsewhere import elsewhere
from extractors.phrases import PhraseMatch, Phrasebook, load_phrases
from extractors.reading import Reading, Unit
from extractors.slots import amounts_in
from extractors.stance import confirms, denies, is_question, stance_of
from extractors.statement import Statement
from signals import BudgetStatus, Side

__all__ = ["statements"]

MONEY = "money"
MEANS = (*BudgetStatus, MONEY)
THRESHOLD = 0.4
TOPIC_UNITS = 4
ANSWER_UNITS = 3
DENIED_APPROVAL = re.compile(
    r"\b(?:not|n't|nobody|never|no one|yet to|until|before)\b[^,.;]{0,30}$"
)
Cues = dict[int, list[PhraseMatch]]


@cache
def book() -> Phrasebook:
    return Phrasebook(load_phrases("extractors.budget", means=MEANS), {"amount": amounts_in})


@cache
def settings() -> dict[str, Any]:
    return tomllib.loads(files("extractors.budget").joinpath("phrases.toml").read_text(encoding="utf-8"))


def statements(reading: Reading) -> list[Statement]:
    """Every sentence that gives the budget a status, with the amounts in it; a question only where it is confirmed."""
    cues: Cues = {}
    for unit in reading.units:
        if matches := list(book().matches(reading, unit)):
            cues[unit.index] = matches
    found = []
    for unit in reading.own_units():
        if unit.index not in cues or elsewhere(reading, unit):
            continue
        for match in cues[unit.index]:
            if match.phrase.means == MONEY:
                continue
            meaning, strength = judged(reading, unit, match, cues)
            if strength >= THRESHOLD:
                found.append(
                    Statement(
                        unit=unit,
                        means=meaning,
                        start=0,
                        end=len(unit.text),
                        mentions=tuple(match.mentions) or tuple(amounts_in(reading, unit)),
                        found_by=f"budget: {match.phrase.name}",
                        confidence=round(strength, 3),
                    )
                )
    return found


def judged(reading: Reading, unit: Unit, match: PhraseMatch, cues: Cues) -> tuple[str, float]:
    meaning = match.phrase.means
    strength = settings()["strength"][match.phrase.name]
    if match.phrase.name not in settings()["sure"]["phrases"]:
        strength *= topic(reading, unit, cues)
    stance = stance_of(reading, unit, match.start, match.end)
    before = unit.lower[max(0, match.start - 40) : match.start]
    if meaning == BudgetStatus.APPROVED and (stance.denied or DENIED_APPROVAL.search(before)):
        meaning = BudgetStatus.PENDING
    elif meaning != BudgetStatus.NONE and stance.denied:
        strength *= 0.4
    if re.search(r"\b(?:if|unless|once|when|would|could|might|suppose|assuming|as soon as)\b[^,.;]{0,40}$", before):
        strength *= 0.4
    if stance.others or stance.joking:
        strength *= 0.4
    if is_question(reading, unit):
        reply = reply_to(reading, unit)
        if reply is None or not confirms(reply) or denies(reply):
            strength *= 0.3
    return meaning, strength


def topic(reading: Reading, unit: Unit, cues: Cues) -> float:
    """How surely the sentence is about money: it says so, or what is said just before does."""
    if speaks(cues.get(unit.index, ())):
        return 1.0
    turn = reading.turn_of(unit)
    best = 0.55 if any(a.explicit for a in amounts_in(reading, unit)) else 0.35 if amounts_in(reading, unit) else 0.2
    for distance, other in enumerate(reading.before(unit, TOPIC_UNITS), 1):
        if not speaks(cues.get(other.index, ())):
            continue
        there = reading.turn_of(other)
        if reading.is_email and there.index != turn.index:
            reach = 0.6
        elif there.index != turn.index:
            reach = 0.95 if is_question(reading, other) else 0.8
        else:
            reach = 0.85
        best = max(best, reach - 0.1 * (distance - 1))
    return best


def speaks(matches: Sequence[PhraseMatch]) -> bool:
    return any(match.phrase.means == MONEY for match in matches)


def reply_to(reading: Reading, unit: Unit) -> Unit | None:
    turn = reading.turn_of(unit)
    for later in reading.after(unit, ANSWER_UNITS):
        other = reading.turn_of(later)
        if other.index != turn.index and other.speaker != turn.speaker:
            return later
    return None

"""Where a conversation speaks of the purchase's money, and what each place says of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from extractors.amounts import Amount
from extractors.budget.elsewhere import elsewhere
from extractors.cues import cues_of
from extractors.phrases import Phrasebook, PhraseMatch, load_phrases
from extractors.reading import Reading, Unit
from extractors.scaling import figure, money_of
from extractors.slots import amounts_in
from extractors.stance import confirms, denies, is_question, stance_of
from extractors.statement import Statement
from signals import BudgetStatus, Side

__all__ = ["statements"]

MONEY = "money"
MEANS = (*BudgetStatus, MONEY)
THRESHOLD = 0.27
CUES = cues_of("extractors.budget")
PRICE = CUES["price"]
DENIED_WITHIN = re.compile(r"\b(?:nobody|not|never|hasn't|haven't|isn't|wasn't|didn't)\b")
LESS = CUES["less"]
LIKE_SIZE = Decimal("1.03")
SPOKEN_OF = 0.6
RECAP = CUES["recap"]
NOT_YET = CUES["not_yet"]
NOT_HAD = re.compile(r"(?:n't|\bnot|\bcannot|\bnever|\bno)\b[^,.;]{0,30}$")
ASKS = CUES["asks"]
TOPIC_UNITS = 4
ANSWER_UNITS = 3
DENIED_APPROVAL = re.compile(r"\b(?:not|n't|nobody|never|no one|yet to|until|before)\b[^,.;]{0,30}$")
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
    found: list[Statement] = []
    for unit in reading.own_units():
        if elsewhere(reading, unit):
            continue
        before = len(found)
        for match in cues.get(unit.index, ()):
            if match.phrase.means == MONEY:
                continue
            meaning, strength = judged(reading, unit, match, cues)
            answer = answer_of(reading, unit)
            if answer is not None and strength >= THRESHOLD:
                found.append(
                    Statement(
                        unit=answer,
                        means=meaning,
                        start=0,
                        end=len(answer.text),
                        found_by=f"budget: {match.phrase.name}",
                        confidence=round(strength, 3),
                    )
                )
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
        if (shrunk := less_than_before(reading, unit, cues)) is not None:
            found.append(shrunk)
        if len(found) == before and (given := answered(reading, unit, cues)) is not None:
            found.append(given)
    return found


def shrinks(reading: Reading, match: PhraseMatch) -> bool:
    """Whether the last of the amounts is clearly less than the first."""
    sums = [
        money.middle
        for mention in match.mentions
        if isinstance(mention, Amount) and (money := money_of(reading, match.unit, mention)) is not None
    ]
    return len(sums) > 1 and sums[-1] * LIKE_SIZE < sums[0] <= sums[-1] * 10


def less_than_before(reading: Reading, unit: Unit, cues: Cues) -> Statement | None:
    """ "It was a hundred and twenty." ... "It's eighty now.": the sum of a moment ago has become a smaller one."""
    if reading.side_of(unit) is Side.SELLER or not LESS.search(unit.lower) or topic(reading, unit, cues) < SPOKEN_OF:
        return None
    for amount in amounts_in(reading, unit):
        if NOT_HAD.search(unit.lower[: amount.start]):
            continue
        money = money_of(reading, unit, amount)
        for other in reading.before(unit, TOPIC_UNITS):
            for earlier in amounts_in(reading, other):
                was = money_of(reading, other, earlier)
                if (
                    money is not None
                    and was is not None
                    and money.per == was.per
                    and money.middle * LIKE_SIZE < was.middle <= money.middle * 5
                ):
                    return Statement(
                        unit=unit,
                        means=BudgetStatus.REDUCED,
                        start=0,
                        end=len(unit.text),
                        mentions=(amount,),
                        found_by="budget: less than before",
                        confidence=settings()["strength"]["less than before"],
                    )
    return None


def answered(reading: Reading, unit: Unit, cues: Cues) -> Statement | None:
    """An amount that the buyer gives when asked for the money is what they have for it."""
    if reading.side_of(unit) is Side.SELLER or is_question(reading, unit):
        return None
    turn = reading.turn_of(unit)
    for other in reading.before(unit, 2):
        if reading.turn_of(other).index == turn.index or not speaks(cues.get(other.index, ())):
            continue
        if not is_question(reading, other) and not ASKS.search(other.lower):
            continue
        amounts = [a for a in amounts_in(reading, unit) if a.explicit or figure(a) >= 10]
        amounts = [a for a in amounts if not NOT_HAD.search(unit.lower[: a.start])]
        if amounts:
            return Statement(
                unit=unit,
                means=BudgetStatus.STATED,
                start=0,
                end=len(unit.text),
                mentions=tuple(amounts),
                found_by="budget: answered",
                confidence=settings()["strength"]["answered"],
            )
    return None


def judged(reading: Reading, unit: Unit, match: PhraseMatch, cues: Cues) -> tuple[str, float]:
    meaning = match.phrase.means
    strength = settings()["strength"][match.phrase.name]
    if match.phrase.name not in settings()["sure"]["phrases"]:
        about = topic(reading, unit, cues)
        strength *= about if about >= settings()["least"].get(match.phrase.name, 0.0) else 0.0
    if PRICE.search(unit.lower) and not speaks(cues.get(unit.index, ())):
        strength *= 0.5
    if reading.side_of(unit) is Side.SELLER and not RECAP.search(unit.lower):
        strength *= 0.25 if reading.is_email else 0.5
    stance = stance_of(reading, unit, match.start, match.end)
    before = unit.lower[max(0, match.start - 40) : match.start]
    if meaning == BudgetStatus.APPROVED and (stance.denied or DENIED_APPROVAL.search(before)):
        meaning = BudgetStatus.PENDING
    elif meaning != BudgetStatus.NONE and (stance.denied or DENIED_WITHIN.search(unit.lower[match.start : match.end])):
        strength *= 0.4
    if re.search(r"\b(?:if|unless|once|when|would|could|might|suppose|assuming|as soon as)\b[^,.;]{0,40}$", before):
        strength *= 0.4
    if stance.others or stance.joking:
        strength *= 0.4
    if match.phrase.name == "<amount> became <amount>" and not shrinks(reading, match):
        strength = 0.0
    if is_question(reading, unit):
        reply = reply_to(reading, unit)
        if reply is not None and denies(reply) and meaning == BudgetStatus.APPROVED and NOT_YET.search(reply.lower):
            meaning = BudgetStatus.PENDING
        elif meaning == BudgetStatus.PENDING and reply is not None and not denies(reply):
            strength *= 0.8
        elif reply is None or not confirms(reply) or denies(reply):
            strength *= 0.3
    return meaning, strength


def topic(reading: Reading, unit: Unit, cues: Cues) -> float:
    """How surely the sentence is about money: it says so, or what is said just before does."""
    if speaks(cues.get(unit.index, ())):
        return 1.0
    turn = reading.turn_of(unit)
    if any(amounts_in(reading, o) and not PRICE.search(o.lower) for o in asked_before(reading, unit)):
        return 0.75
    best = 0.75 if any(a.explicit for a in amounts_in(reading, unit)) else 0.5 if amounts_in(reading, unit) else 0.2
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


def asked_before(reading: Reading, unit: Unit) -> list[Unit]:
    """The question or recap that the other side put just before."""
    turn = reading.turn_of(unit)
    return [other for other in reading.before(unit, 2) if reading.turn_of(other).index == turn.index - 1]


def speaks(matches: Sequence[PhraseMatch]) -> bool:
    return any(match.phrase.means == MONEY for match in matches)


def answer_of(reading: Reading, unit: Unit) -> Unit | None:
    """The answer that makes a question of it a fact."""
    return reply_to(reading, unit) if is_question(reading, unit) else None


def reply_to(reading: Reading, unit: Unit) -> Unit | None:
    turn = reading.turn_of(unit)
    for later in reading.after(unit, ANSWER_UNITS):
        other = reading.turn_of(later)
        if other.index != turn.index and other.speaker != turn.speaker:
            return later
    return None

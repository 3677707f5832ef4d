"""What a figure said without its magnitude stands for: "one thirty-five" among hundreds of thousands is 135,000.

The deal's other figures decide: the same figure said in full elsewhere, else the magnitude that brings it nearest to
the figures around it. Where nobody says a figure in full, business has its habits: thousands, lakhs in India, millions
where the unit of money is small; a price for a month, a quarter or a unit is as said.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from extractors.amounts import Amount
from extractors.reading import Reading, Unit
from extractors.slots import amounts_in
from extractors.stance import is_question
from signals import Money, Per

__all__ = [
    "SAID_IN_FULL",
    "asked_per",
    "figure",
    "habit",
    "magnitudes",
    "money_of",
    "per_in",
    "said_in_full",
    "same_figure",
    "scale_of",
]

SCALES = (Decimal(1), Decimal(1000), Decimal(1_000_000), Decimal(100))
INDIAN = (Decimal(100_000), Decimal(10_000_000))
CENTS = Decimal("0.01")
LAKHS = {"INR", "PKR", "BDT", "NPR", "LKR"}
# Currencies of which a thousand buys little.
SMALL_UNITS = {"JPY", "KRW", "NGN", "IDR", "VND", "HUF", "COP", "CLP", "TZS", "UGX", "PYG", "IRR", "LBP"}
ASKED = (
    (
        Per.UNIT,
        re.compile(
            r"\b(?:per|each|every|a) (?:user|seat|head|site|person|device|licen[cs]e|unit|store|employee|agent)\b"
        ),
    ),
    (Per.MONTH, re.compile(r"\b(?:per|each|every|a) month\b|\bmonthly\b")),
    (Per.QUARTER, re.compile(r"\b(?:per|each|every|a) quarter\b|\bquarterly\b")),
    (Per.YEAR, re.compile(r"\b(?:per|each|every|a) (?:year|annum)\b|\bannual(?:ly)?\b|\byearly\b")),
)
# "How many sign in a month?" asks for no money.
COUNTS = re.compile(r"\bhow (?:many|often|long)\b")
# Nobody leaves out the millions of a sum so large: beside a turnover of 400 million "ninety-five" is thousands.
DEAR = {"USD", "EUR", "GBP", "CHF", "CAD", "AUD", "NZD", "SGD"}
LARGEST = Decimal(50_000_000)
NEAR_UNITS = 14
LIKE = math.log(6)
LIKE_CENTS = 2
FARTHER = 1 / 60
CENTS_DOUBT = 0.3
SAID_IN_FULL = Decimal(1000)


def money_of(reading: Reading, unit: Unit, amount: Amount, *, per: Per | None = None) -> Money | None:
    """The amount with its magnitude, or None where it cannot be money. `per`: what it buys, where that is known."""
    bought = amount.per if per is None or amount.per is not Per.TOTAL else per
    scale = Decimal(1) if amount.explicit else scale_of(reading, unit, amount, bought)
    low = None if amount.low is None else amount.low * scale
    high = None if amount.high is None else amount.high * scale
    if low is None and high is None:
        return None
    if low is not None and high is not None and low > high:
        low, high = high, low
    currency = amount.currency if amount.currency_said or reading.deal.currency else spoken_currency(reading)
    return Money(low=low, high=high, currency=currency or amount.currency, per=bought)


def spoken_currency(reading: Reading) -> str | None:
    """Of a deal whose currency nobody wrote down: the one that the talk names most."""
    key = ("spoken currency", -1)
    if key not in reading.cache:
        said = Counter(
            amount.currency for unit in reading.units for amount in amounts_in(reading, unit) if amount.currency_said
        )
        reading.cache[key] = max(said, key=lambda code: said[code], default=None)
    currency = reading.cache[key]
    return currency if isinstance(currency, str) else None


def figure(amount: Amount) -> Decimal:
    """The one number that stands for the amount."""
    value = amount.high if amount.high is not None else amount.low
    return Decimal(0) if value is None else value


def same_figure(a: Money, b: Money) -> bool:
    """The same sum, whatever is said of what it buys."""
    return (a.low, a.high) == (b.low, b.high) or (a.high is not None and a.high == b.high and 0 in (a.low, b.low))


def asked_per(reading: Reading, unit: Unit) -> Per | None:
    """What the question before wants the amount for: "what can you spend a month?" """
    turn = reading.turn_of(unit)
    for other in reading.before(unit, 2):
        there = reading.turn_of(other)
        if there.index == turn.index or there.speaker == turn.speaker or not is_question(reading, other):
            continue
        if COUNTS.search(other.lower):
            continue
        if (per := per_in(other)) is not None:
            return per
    return None


def per_in(unit: Unit) -> Per | None:
    """What a sentence that speaks of "a month", "per seat" or "annually" wants money for."""
    return next((per for per, words in ASKED if words.search(unit.lower)), None)


def scale_of(reading: Reading, unit: Unit, amount: Amount, per: Per) -> Decimal:
    value = figure(amount)
    if value <= 0:
        return Decimal(1)
    scales = magnitudes(amount.currency)
    around = sorted(said_in_full(reading, unit), key=lambda found: found[0])
    for _, other, _ in around:
        for scale in (*scales, CENTS):
            if value * scale == other and (scale != CENTS or likely(scale, value, other)):
                return scale
    if value >= SAID_IN_FULL:
        return CENTS if in_cents(value, [other for _, other, _ in around]) else Decimal(1)
    best: tuple[float, Decimal] | None = None
    for distance, other, bought in around:
        if per is not Per.TOTAL and bought is not per and {per, bought} != {Per.YEAR, Per.TOTAL}:
            continue
        for scale in (*scales, CENTS):
            if not likely(scale, value, other) or (amount.currency in DEAR and value * scale > LARGEST):
                continue
            apart = abs(math.log(float(value * scale / other))) + (CENTS_DOUBT if scale == CENTS else 0.0)
            if apart <= LIKE and (best is None or apart + distance * FARTHER < best[0]):
                best = (apart + distance * FARTHER, scale)
    return habit(value, amount.currency, per) if best is None else best[1]


def in_cents(value: Decimal, others: Sequence[Decimal]) -> bool:
    """Whether "twenty-six fifty" is 26.50: prices of such a size are named beside it, and none of some thousands."""
    like = [other for other in others if other < 100 and other / LIKE_CENTS <= value * CENTS <= other * LIKE_CENTS]
    return bool(like) and value % 10 == 0 and not any(value / 5 <= other <= value * 5 for other in others)


def magnitudes(currency: str) -> tuple[Decimal, ...]:
    """What people leave out when they name a figure in this currency."""
    return (*SCALES, *INDIAN) if currency in LAKHS else SCALES


def likely(scale: Decimal, value: Decimal, other: Decimal) -> bool:
    """Whether people leave out this magnitude beside such a figure: "three sixty" is 3.60 only beside prices of a few,
    "thirty-six" is hundreds only beside thousands."""
    if scale == CENTS:
        return (other <= 20 and value >= 100) or other < 1
    return scale != 100 or (10 <= value < 100 and 1000 <= other < 10_000)


def habit(value: Decimal, currency: str, per: Per) -> Decimal:
    if per in (Per.UNIT, Per.MONTH, Per.QUARTER):
        return Decimal(1)
    if currency in LAKHS and value < 100:
        return Decimal(100_000)
    return Decimal(1_000_000) if currency in SMALL_UNITS else Decimal(1000)


def said_in_full(reading: Reading, unit: Unit) -> Iterator[tuple[int, Decimal, Per]]:
    """(distance in sentences, figure, what it buys) of the money said with its magnitude nearby."""
    for other in reading.units[max(0, unit.index - NEAR_UNITS) : unit.index + NEAR_UNITS + 1]:
        for amount in amounts_in(reading, other):
            value = figure(amount)
            if value > 0 and (amount.explicit or (value >= SAID_IN_FULL and amount.per is not Per.TOTAL)):
                yield abs(other.index - unit.index), value, amount.per

"""A proposed amount against the one that is said: the grammar reads the quoted words anew, and it wins.

| the quoted words say | then |
|---|---|
| the proposed figures | the amount as the grammar read them (its currency, where one is said) |
| these and others, or these in a magnitude that is only guessed | the same, marked: it may be another |
| other figures, and only one amount | that amount, marked |
| other figures, several of them | the proposal is dropped |
| no amount | a price that was named is dropped; elsewhere the amount is taken away, marked |

Of several amounts one is singled out where the others are put aside ("it was 55 million"), and where it is the least
of them and the budget was cut. "Ninety-five" is thousands of a budget and nothing but itself of a price for a seat;
another magnitude is a guess, unless the figure is said in full somewhere. So is a figure said in pieces ("forty-nine
five"), and one that stands outside the quote ("it's too much"): both are kept as proposed, marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import TypeVar

from extractors.amounts import Amount
from extractors.budget.resolve import CAP, OLD
from extractors.numbers import find_numbers
from extractors.proposals.faults import Fault, Mark, RefusedError
from extractors.proposals.place import Quoted
from extractors.reading import Reading, Unit
from extractors.scaling import SAID_IN_FULL, figure, habit, magnitudes, money_of, per_in, said_in_full
from extractors.slots import amounts_in
from signals import Budget, BudgetStatus, Money, Per, Pricing, PricingStatus

__all__ = ["with_amount_read"]

S = TypeVar("S", Budget, Pricing)

NEAR = Decimal("0.01")
# What an amount is for may be told in these many sentences before and after it.
TOLD_BEFORE, TOLD_AFTER = 3, 4
# A price that was named stays what is spoken of for so many sentences.
SPOKEN_OF = 20
# Two prices for the same are seldom farther apart.
LIKE_SIZE = 3
# Words that speak of what money is for; what is counted by the piece has many names.
SPOKEN = {
    Per.YEAR: re.compile(r"\b(?:years?|annum|annual(?:ly)?|yearly|fy ?\d*|fiscal|p\.? ?a)\b"),
    Per.QUARTER: re.compile(r"\b(?:quarters?|quarterly)\b"),
    Per.MONTH: re.compile(r"\b(?:months?|monthly|p\.? ?m)\b"),
    Per.UNIT: re.compile(
        r"\b(?:per|each|every|by|a|an|one)(?: of (?:my|our|your|the))? "
        r"(?!(?:year|annum|month|quarter|week|day|hour|lot|bit|few|little|number|price|discount|deal|total)\b)[a-z]+|\beach\b"
    ),
}
# A price with these statuses is nothing without its figure.
NAMED = (PricingStatus.QUOTED, PricingStatus.COUNTERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An amount that the quoted words say. `sure`: its currency or magnitude is said too. `digits`: as said, without
    magnitude. `certain`: nothing of the magnitude is a guess. `old`: the words put it aside. `made`: of two amounts."""

    money: Money
    sure: bool
    currency_said: bool
    digits: tuple[Decimal | None, Decimal | None]
    certain: bool = True
    old: bool = False
    made: bool = False


def with_amount_read(signal: S, place: Quoted) -> tuple[S, tuple[Mark, ...]]:
    """The signal with the amount that its words say. Raises RefusedError."""
    said = list(amounts_said(place, signal.amount.per if signal.amount else Per.TOTAL))
    if signal.amount is None:
        if isinstance(signal, Pricing) and signal.status in NAMED:
            return replace(signal, amount=the_only(said, Fault.NO_AMOUNT)), (Mark.AMOUNT,)
        return signal, ()
    proposed = signal.amount
    agreeing = nearest(said, proposed)
    guessed = (
        agreeing or in_another_magnitude(said, proposed) or spelt(place, said, proposed) or elsewhere(place, proposed)
    )
    if guessed is not None:
        money = Money(
            low=guessed.money.low,
            high=guessed.money.high,
            currency=currency_of(place.reading, guessed, proposed),
            per=per_of(place, guessed.money, proposed),
        )
        settled = agreeing is not None and singled_out(agreeing, said, signal)
        return replace(signal, amount=money), () if settled else (Mark.AMOUNT_OPEN,)
    if not said:
        if isinstance(signal, Pricing) and signal.status in NAMED:
            raise RefusedError(Fault.NO_AMOUNT)
        return replace(signal, amount=None), (Mark.AMOUNT_REMOVED,)
    money = the_only(said, Fault.OTHER_AMOUNT)
    return replace(signal, amount=replace(money, per=per_of(place, money, proposed))), (Mark.AMOUNT,)


def nearest(said: list[Said], proposed: Money) -> Said | None:
    """The amount that is proposed; of several so near to it, the nearest."""
    near = [each for each in said if same_figures(each.money, proposed)]
    return min(near, key=lambda each: abs(each.money.middle - proposed.middle), default=None)


def spelt(place: Quoted, said: list[Said], proposed: Money) -> Said | None:
    """A figure that is said in pieces, which no grammar can be sure of: "forty-nine five", "two million and three
    hundred". The digits are what is said; the magnitude is as proposed."""
    if proposed.low != proposed.high or proposed.low is None:
        return None
    wanted = significant(proposed.low)
    for unit, start, end in place.spans:
        run, parts, last = "", 0, start
        for number in find_numbers(unit.lower):
            if not (start <= number.start and number.end <= end):
                continue
            between = unit.lower[last : number.start].strip(" -,")
            goes_on = parts > 0 and between in ("", "and")
            run, parts = (run if goes_on else "") + significant(number.value), (parts if goes_on else 0) + 1
            last = number.end
            if run == wanted and (parts > 1 or not said):
                return Said(money=proposed, sure=False, currency_said=False, digits=(None, None), certain=False)
    return None


def significant(value: Decimal) -> str:
    """The digits of a figure without its magnitude: 49,500 and 0.495 are "495"."""
    return "".join(str(digit) for digit in value.normalize().as_tuple().digits)


def elsewhere(place: Quoted, proposed: Money) -> Said | None:
    """The amount that is spoken of: "it's too much" tells of a price that was named before."""
    reading = place.reading
    if proposed.low is None or proposed.low <= 0:
        return None
    for unit in reversed(place.around(SPOKEN_OF, TOLD_AFTER)):
        for amount in amounts_in(reading, unit):
            money = money_of(reading, unit, amount, per=proposed.per)
            if money is not None and same_figures(money, proposed):
                sure, currency = amount.explicit, amount.currency_said
                return Said(
                    money=money, sure=sure, currency_said=currency, digits=(amount.low, amount.high), certain=False
                )
    return None


def singled_out(agreeing: Said, said: list[Said], signal: Budget | Pricing) -> bool:
    """Whether the words can mean this amount only."""
    if not agreeing.certain or agreeing.old:
        return False
    rivals = [each for each in said if not (each.made or each.old or same_said(each, agreeing))]
    if agreeing.made:
        return len(rivals) <= 2  # its two ends
    if isinstance(signal, Budget) and signal.status is BudgetStatus.REDUCED:
        return all(each.money.middle > agreeing.money.middle for each in rivals)
    return not rivals


def same_said(a: Said, b: Said) -> bool:
    """Whether it is the same amount said again, in full or not, as such or as the most there is."""
    digits = not (a.sure and b.sure) and a.digits == b.digits
    return digits or near(a.money.high, b.money.high)


def in_another_magnitude(said: list[Said], proposed: Money) -> Said | None:
    """An amount said without its magnitude, in the one that is proposed."""
    if any(each.sure for each in said):
        return None
    for each in said:
        for scale in () if each.made else magnitudes(each.money.currency):
            low, high = (None if digits is None else digits * scale for digits in each.digits)
            money = replace(each.money, low=low, high=high)
            if same_figures(money, proposed):
                return replace(each, money=money)
    return None


def amounts_said(place: Quoted, per: Per) -> Iterator[Said]:
    """Each amount of the quoted words, as said; then what two of them or the words before make of it. `per` is what the
    proposal takes it to be for, where nearby words speak of it: a bare figure for a unit is no thousands."""
    bought = per if per in told_near(place) else None
    found: list[Said] = []
    for unit, amount in place.mentions(amounts_in):
        money = money_of(place.reading, unit, amount, per=bought)
        if money is None or not worth_it(amount):
            continue
        one = Said(
            money=money,
            sure=amount.explicit,
            currency_said=amount.currency_said,
            digits=(amount.low, amount.high),
            certain=magnitude_certain(place.reading, unit, amount, money, per),
            old=OLD.search(unit.lower[: amount.start]) is not None,
        )
        found.append(one)
        if money.low == money.high and CAP.search(unit.lower[: amount.start]):
            found.append(replace(one, money=replace(money, low=Decimal(0))))
    yield from found
    figures = [each for each in found if each.money.low is not None and each.money.low == each.money.high]
    for low, high in pairwise(figures):
        if low.money.high is not None and high.money.high is not None and low.money.high < high.money.high:
            said = low.currency_said or high.currency_said
            money = replace(high.money, low=low.money.low)
            yield replace(high, money=money, sure=low.sure and high.sure, currency_said=said, made=True)


def magnitude_certain(reading: Reading, unit: Unit, amount: Amount, money: Money, per: Per) -> bool:
    """Whether the magnitude is said, here or with the same figure elsewhere, or is the one that goes without saying."""
    value, meant = figure(amount), money.high if money.high is not None else money.low
    if amount.explicit or meant is None or value >= SAID_IN_FULL or meant == value * habit(value, amount.currency, per):
        return True
    return any(meant == other for _, other, _ in said_in_full(reading, unit))


def worth_it(amount: Amount) -> bool:
    """Whether it may be money at all: a plain small number is more often a count."""
    return amount.explicit or figure(amount) > 0


def the_only(said: list[Said], otherwise: Fault) -> Money:
    """The one amount that is said for sure. Raises RefusedError where there is none, or more than one."""
    sure = [each.money for each in said if each.sure]
    if not sure or any(not same_figures(sure[0], other) for other in sure[1:]):
        raise RefusedError(otherwise)
    return sure[0]


def same_figures(a: Money, b: Money) -> bool:
    return near(a.low, b.low) and near(a.high, b.high)


def near(a: Decimal | None, b: Decimal | None) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a - b) <= NEAR * max(abs(a), abs(b))


def currency_of(reading: Reading, said: Said, proposed: Money) -> str:
    """The currency said with the amount; else one that is said of another amount, as proposed; else the deal's."""
    if said.currency_said or proposed.currency == said.money.currency:
        return said.money.currency
    elsewhere = (
        amount.currency for unit in reading.own_units() for amount in amounts_in(reading, unit) if amount.currency_said
    )
    return proposed.currency if proposed.currency in elsewhere else said.money.currency


def per_of(place: Quoted, said: Money, proposed: Money) -> Per:
    """What the amount is for: as proposed, where the quotes speak of it, or where it is not said with the amount and a
    sentence nearby speaks of it, or another price of such a size is for it; else as said with it."""
    if proposed.per in (said.per, Per.TOTAL):
        return said.per
    if speaks_of(proposed.per, place.words) or (proposed.per in told_near(place) and said.per is Per.TOTAL):
        return proposed.per
    if said.per is Per.TOTAL and any(like(said, other) for other in prices_for(place.reading, proposed.per)):
        return proposed.per
    return said.per


def speaks_of(per: Per, words: str) -> bool:
    return per in SPOKEN and SPOKEN[per].search(words) is not None


def prices_for(reading: Reading, per: Per) -> list[Money]:
    """Amounts of the conversation whose sentence says that they are for this."""
    key = (f"prices for {per}", -1)
    if key not in reading.cache:
        reading.cache[key] = [
            money
            for unit in reading.own_units()
            if speaks_of(per, unit.lower)
            for amount in amounts_in(reading, unit)
            if (money := money_of(reading, unit, amount, per=per)) is not None
        ]
    return reading.cache[key]  # type: ignore[return-value]


def like(a: Money, b: Money) -> bool:
    """Near enough in size to be another price for the same."""
    low, high = sorted((a.middle, b.middle))
    return low > 0 and high / low <= LIKE_SIZE


def told_near(place: Quoted) -> set[Per | None]:
    """What the sentences in and around the quotes want money for."""
    units = place.around(TOLD_BEFORE, TOLD_AFTER)
    return {per_in(unit) for unit in units} | {amount.per for u in units for amount in amounts_in(place.reading, u)}

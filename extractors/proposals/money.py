"""A proposed amount against the one that is said: the grammar reads the quoted words anew, and it wins.

| the quoted words say | then |
|---|---|
| the proposed figures | the amount as the grammar read them (its currency, where one is said) |
| other figures, and only one amount | that amount, marked |
| other figures, several of them | the proposal is dropped |
| no amount | a price that was named is dropped; elsewhere the amount is taken away, marked |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import TypeVar

from extractors.amounts import Amount
from extractors.budget.resolve import CAP
from extractors.proposals.faults import Fault, Mark, RefusedError
from extractors.proposals.place import Quoted
from extractors.reading import Reading
from extractors.scaling import figure, money_of, per_in
from extractors.slots import amounts_in
from signals import Budget, Money, Per, Pricing, PricingStatus

__all__ = ["with_amount_read"]

S = TypeVar("S", Budget, Pricing)

NEAR = Decimal("0.01")
# What an amount is for may be told in these many sentences before and after it.
TOLD_BEFORE, TOLD_AFTER = 3, 4
# A price with these statuses is nothing without its figure.
NAMED = (PricingStatus.QUOTED, PricingStatus.COUNTERED)


@dataclass(frozen=True, slots=True)
class Said:
    """An amount that the quoted words say. `sure`: its currency or magnitude is said too."""

    money: Money
    sure: bool
    currency_said: bool


def with_amount_read(signal: S, place: Quoted) -> tuple[S, tuple[Mark, ...]]:
    """The signal with the amount that its words say. Raises RefusedError."""
    said = list(amounts_said(place, signal.amount.per if signal.amount else Per.TOTAL))
    if signal.amount is None:
        if isinstance(signal, Pricing) and signal.status in NAMED:
            return replace(signal, amount=the_only(said, Fault.NO_AMOUNT)), (Mark.AMOUNT,)
        return signal, ()
    proposed = signal.amount
    agreeing = next((each for each in said if same_figures(each.money, proposed)), None)
    if agreeing is not None:
        money = Money(
            low=agreeing.money.low,
            high=agreeing.money.high,
            currency=currency_of(place.reading, agreeing, proposed),
            per=per_of(place, agreeing.money, proposed),
        )
        return replace(signal, amount=money), ()
    if not said:
        if isinstance(signal, Pricing) and signal.status in NAMED:
            raise RefusedError(Fault.NO_AMOUNT)
        return replace(signal, amount=None), (Mark.AMOUNT_REMOVED,)
    money = the_only(said, Fault.OTHER_AMOUNT)
    return replace(signal, amount=replace(money, per=per_of(place, money, proposed))), (Mark.AMOUNT,)


def amounts_said(place: Quoted, per: Per) -> Iterator[Said]:
    """Each amount of the quoted words, as said; then what two of them or the words before make of it. `per` is what the
    proposal takes it to be for, where nearby words speak of it: a bare figure for a unit is no thousands."""
    bought = per if per in told_near(place) else None
    found: list[Said] = []
    for unit, amount in place.mentions(amounts_in):
        money = money_of(place.reading, unit, amount, per=bought)
        if money is None or not worth_it(amount):
            continue
        found.append(Said(money, amount.explicit, amount.currency_said))
        if money.low == money.high and CAP.search(unit.lower[: amount.start]):
            found.append(Said(replace(money, low=Decimal(0)), amount.explicit, amount.currency_said))
    yield from found
    figures = [each for each in found if each.money.low is not None and each.money.low == each.money.high]
    for low, high in pairwise(figures):
        if low.money.high is not None and high.money.high is not None and low.money.high < high.money.high:
            said = low.currency_said or high.currency_said
            yield Said(replace(high.money, low=low.money.low), low.sure and high.sure, said)


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
    """What the amount is for: as said with it; else as proposed, where a sentence nearby speaks of it."""
    if said.per is not Per.TOTAL or proposed.per is Per.TOTAL:
        return said.per
    return proposed.per if proposed.per in told_near(place) else Per.TOTAL


def told_near(place: Quoted) -> set[Per | None]:
    """What the sentences in and around the quotes want money for."""
    units = place.around(TOLD_BEFORE, TOLD_AFTER)
    return {per_in(unit) for unit in units} | {amount.per for u in units for amount in amounts_in(place.reading, u)}

"""From statements about the price to signals: figures scaled, what they buy carried along, one signal an offer."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.amounts import Amount
from extractors.consolidate import distinct, place
from extractors.cues import cues_of
from extractors.pricing.buys import buys, of_another
from extractors.reading import Reading, Unit
from extractors.scaling import asked_per, money_of, same_figure
from extractors.slots import amounts_in
from extractors.statement import Statement
from signals import Money, Per, Pricing, PricingStatus, Side

__all__ = ["resolved"]

CUES = cues_of("extractors.pricing")
WHOLE, NO_BID = CUES["whole"], CUES["no_bid"]
ECHO_UNITS = 3
LIKE_SIZE = 3
BACK_UNITS = 20


def resolved(reading: Reading, statements: Sequence[Statement]) -> list[Pricing]:
    signals: list[Pricing] = []
    last: Money | None = None
    named: list[Money] = []
    for statement in statements:
        money = price_in(reading, statement, named)
        status = PricingStatus(statement.means)
        if money is not None:
            last = money
            named.append(money)
        elif status is PricingStatus.QUOTED:
            continue
        elif status is PricingStatus.AGREED:
            if last is None:
                continue
            money = last
        if status is PricingStatus.OBJECTED:
            money = money or last
        turn = reading.turn_of(statement.unit)
        if not turn.own:
            continue
        if status is PricingStatus.QUOTED and money is not None and said_by_buyer(reading, statement.unit, money):
            continue
        signals.append(
            Pricing(
                status=status,
                amount=money,
                evidence=(statement.unit.evidence(statement.start, statement.end),),
                speaker=turn.speaker.id if turn.speaker else None,
                side=turn.side,
                confidence=statement.confidence,
                found_by=statement.found_by,
            )
        )
    return sorted(joined(signals), key=place)


def price_in(reading: Reading, statement: Statement, named: Sequence[Money]) -> Money | None:
    """The statement's last amount; what it buys is as said, else as the sentence or the offer before has it."""
    amounts = [mention for mention in statement.mentions if isinstance(mention, Amount)]
    if not amounts:
        return None
    amount = amounts[-1]
    money = money_of(reading, statement.unit, amount)
    if money is None:
        return None
    per = buys(statement.unit, amount)
    if per is Per.TOTAL:
        per = told_beside(reading, statement.unit, money) or asked_per(reading, statement.unit) or per
    if per is Per.TOTAL and not WHOLE.search(statement.unit.lower):
        per = carried(named, money) or of_the_talk(reading, statement.unit, money)
    return Money(low=money.low, high=money.high, currency=money.currency, per=per)


def carried(named: Sequence[Money], money: Money) -> Per | None:
    """What the last price of such a size was for, where that was told."""
    per = next((other.per for other in reversed(named) if like(other, money)), Per.TOTAL)
    return None if per is Per.TOTAL else per


def of_the_talk(reading: Reading, unit: Unit, money: Money) -> Per:
    """What the last sum of such a size was for that anybody named with what it buys: a haggle says it once."""
    for other in reading.before(unit, BACK_UNITS):
        if NO_BID.search(other.lower):
            continue
        for amount in reversed(amounts_in(reading, other)):
            per = buys(other, amount)
            if per is Per.TOTAL or of_another(reading, other, amount.start):
                continue
            there = money_of(reading, other, amount)
            if there is not None and like(there, money):
                return per
    return Per.TOTAL


def said_by_buyer(reading: Reading, unit: Unit, money: Money) -> bool:
    """Whether the seller only says again what the buyer has just said."""
    if reading.side_of(unit) is not Side.SELLER:
        return False
    for other in reading.before(unit, 2):
        if reading.side_of(other) is Side.SELLER:
            continue
        for amount in amounts_in(reading, other):
            there = money_of(reading, other, amount)
            if there is not None and same_figure(there, money):
                return True
    return False


def told_beside(reading: Reading, unit: Unit, money: Money) -> Per | None:
    for other in (*reading.before(unit, ECHO_UNITS), *reading.after(unit, ECHO_UNITS)):
        for amount in amounts_in(reading, other):
            there = money_of(reading, other, amount)
            if there is not None and there.per is not Per.TOTAL and same_figure(there, money):
                return there.per
    return None


def like(a: Money, b: Money) -> bool:
    """Near enough in size to be another price for the same thing."""
    low, high = sorted((a.middle, b.middle))
    return low > 0 and high / low <= LIKE_SIZE


def joined(signals: Sequence[Pricing]) -> list[Pricing]:
    """One signal for each figure of a status, one objection, one agreement (the last)."""
    out: list[Pricing] = []
    for signal in signals:
        for number, other in enumerate(out):
            if other.status is signal.status and same_offer(other, signal):
                out[number] = Pricing(
                    status=signal.status,
                    amount=signal.amount or other.amount,
                    evidence=distinct((*other.evidence, *signal.evidence)),
                    speaker=other.speaker,
                    side=other.side,
                    confidence=max(other.confidence, signal.confidence),
                    found_by=(other if other.confidence >= signal.confidence else signal).found_by,
                )
                break
        else:
            out.append(signal)
    agreed = [signal for signal in out if signal.status is PricingStatus.AGREED]
    return [signal for signal in out if signal not in agreed[:-1]]


def same_offer(a: Pricing, b: Pricing) -> bool:
    if a.status is PricingStatus.OBJECTED:
        return True
    if a.amount is None or b.amount is None:
        return a.amount is b.amount
    return same_figure(a.amount, b.amount)

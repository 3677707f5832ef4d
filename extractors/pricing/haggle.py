"""Haggling: both sides name figures in turn, often with nothing around them that speaks of a price.

"Fourteen cents." "Ten." "I can put twelve." "Eleven and a half." What tells is the shape: figures of one size, from
both sides, close together, the buyer's below the seller's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extractors.amounts import Amount
from extractors.cues import cues_of
from extractors.pricing.buys import buys, of_another
from extractors.reading import Reading, Unit
from extractors.scaling import money_of, per_in, same_figure
from extractors.slots import amounts_in
from extractors.statement import Statement
from signals import Money, Per, PricingStatus, Side

__all__ = ["haggled"]

GAP_UNITS = 5
ALIKE = 2
BESIDE = 2
PRICE_UNITS = 8
FEW_WORDS = 10
FEWEST = 3
CONFIDENCE = 0.6
DOUBTFUL = 0.45
CUES = cues_of("extractors.pricing")
NOT_ONE, YES, THANKS, NO_BID = CUES["not_one"], CUES["yes"], CUES["thanks"], CUES["no_bid"]
REFUSES = CUES["refuses"]


@dataclass(frozen=True, slots=True)
class Bid:
    unit: Unit
    amount: Amount
    money: Money
    side: Side


def haggled(reading: Reading, priced: Sequence[int]) -> list[Statement]:
    """What each bid of a haggle is: an offer, a counter-offer, or the yes that ends it. `priced`: the places of the
    sentences that speak of a price; figures with none near them and no money among them are no bids."""
    found: list[Statement] = []
    for chain in chains(reading):
        if is_haggle(chain) and about_money(chain, priced):
            found += judged(reading, chain)
    return found


def chains(reading: Reading) -> Iterator[list[Bid]]:
    """Runs of figures of one size, each a few sentences after the one before."""
    chain: list[Bid] = []
    for unit in reading.own_units():
        side = reading.side_of(unit)
        if side is None or reading.is_email or NO_BID.search(unit.lower):
            continue
        for amount in amounts_in(reading, unit):
            money = money_of(reading, unit, amount)
            if money is None or money.middle <= 0 or of_another(reading, unit, amount.start):
                continue
            if not amount.explicit and NOT_ONE.match(unit.lower, amount.end):
                continue
            if chain and unit.index - chain[-1].unit.index > GAP_UNITS:
                yield chain
                chain = []
            if chain and not alike(money, chain[0].money):
                continue
            chain.append(Bid(unit, amount, money, side))
    if chain:
        yield chain


def about_money(chain: Sequence[Bid], priced: Sequence[int]) -> bool:
    first, last = chain[0].unit.index - PRICE_UNITS, chain[-1].unit.index + 1
    return any(first <= place <= last for place in priced) or chain[0].amount.explicit


def alike(a: Money, b: Money) -> bool:
    low, high = sorted((a.middle, b.middle))
    return high <= low * ALIKE


def is_haggle(chain: Sequence[Bid]) -> bool:
    """Each side names a figure that the other has not said before, and the buyer's is the lower."""
    if len({bid.money.middle for bid in chain}) < FEWEST:
        return False
    first_said: dict[object, Bid] = {}
    for bid in chain:
        first_said.setdefault(bid.money.middle, bid)
    new = list(first_said.values())
    sellers = [bid.money.middle for bid in new if bid.side is Side.SELLER]
    buyers = [bid.money.middle for bid in new[1:] if bid.side is Side.BUYER]
    told_at_once = new[0].unit is new[1].unit and new[0].side is Side.BUYER
    return bool(sellers and buyers) and min(buyers) < max(sellers) and not told_at_once


def judged(reading: Reading, chain: Sequence[Bid]) -> Iterator[Statement]:
    bought = next((per for bid in chain if (per := buys(bid.unit, bid.amount)) is not Per.TOTAL), Per.TOTAL)
    if bought is Per.TOTAL:
        bought = told_nearby(reading, chain)
    chain = [bid if bid.amount.per is not Per.TOTAL else with_per(bid, bought) for bid in chain]
    offer: Money | None = None
    counter: Money | None = None
    for number, bid in enumerate(chain):
        in_unit = [other for other in chain if other.unit is bid.unit]
        if number == 0:
            yield statement(bid, PricingStatus.QUOTED)
            offer = bid.money
            if countered_later(chain) and (refused := refusal(reading, chain)) is not None:
                yield refused
            continue
        theirs = counter if bid.side is Side.SELLER else offer
        ours = offer if bid.side is Side.SELLER else counter
        if theirs is not None and same_figure(theirs, bid.money):
            if bid is in_unit[-1] and not REFUSES.search(bid.unit.lower) and yes_beside(reading, bid.unit):
                yield statement(bid, PricingStatus.AGREED)
                return
        elif ours is None or not same_figure(ours, bid.money):
            if bid.side is Side.SELLER:
                yield statement(bid, PricingStatus.QUOTED)
                offer = bid.money
            elif offer is None or bid.money.middle <= offer.middle:
                yield statement(bid, PricingStatus.COUNTERED)
                counter = bid.money


def told_nearby(reading: Reading, chain: Sequence[Bid]) -> Per:
    """What the money is for, where a few words between the bids tell: "that's monthly, yes"."""
    first, last = chain[0].unit.index, chain[-1].unit.index
    for unit in reading.units[max(0, first - BESIDE) : last + BESIDE + 1]:
        if len(unit.words) <= FEW_WORDS and (per := per_in(unit)) is not None:
            return per
    return Per.TOTAL


def countered_later(chain: Sequence[Bid]) -> bool:
    return any(bid.side is Side.BUYER and bid.money.middle < chain[0].money.middle for bid in chain)


def refusal(reading: Reading, chain: Sequence[Bid]) -> Statement | None:
    """Who haggles finds the first price too high: in the sentence that says it again, or in the first answer to it."""
    first = chain[0]
    if first.side is Side.BUYER:
        return replace(statement(first, PricingStatus.OBJECTED), confidence=DOUBTFUL)
    for bid in chain[1:]:
        if bid.side is Side.BUYER:
            if same_figure(bid.money, first.money):
                return replace(statement(bid, PricingStatus.OBJECTED), confidence=DOUBTFUL)
            break
    return None


def with_per(bid: Bid, per: Per) -> Bid:
    return replace(bid, amount=replace(bid.amount, per=per), money=replace(bid.money, per=per))


def yes_beside(reading: Reading, unit: Unit) -> bool:
    """Whether the sentence or one next to it in the turn, or the other side's reply, says yes."""
    beside = [other for other in (unit, *reading.before(unit, 1), *reading.after(unit, 1)) if other.turn == unit.turn]
    reply = [other for other in reading.after(unit, 2) if other.turn == unit.turn + 1][:1]
    return any(YES.match(other.lower) for other in beside) or any(THANKS.match(other.lower) for other in reply)


def statement(bid: Bid, means: PricingStatus) -> Statement:
    return Statement(
        unit=bid.unit,
        means=means,
        start=0,
        end=len(bid.unit.text),
        mentions=(bid.amount,),
        found_by="pricing: haggling",
        confidence=CONFIDENCE,
    )

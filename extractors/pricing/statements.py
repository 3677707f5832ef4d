"""Where a conversation deals about the price, and what each place says of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from importlib.resources import files

from extractors.amounts import Amount
from extractors.cues import cues_of
from extractors.phrases import Phrasebook, PhraseMatch, load_phrases
from extractors.pricing.buys import of_another
from extractors.pricing.haggle import haggled
from extractors.reading import Reading, Unit
from extractors.scaling import figure, money_of
from extractors.slots import amounts_in
from extractors.stance import is_question, stance_of
from extractors.statement import Statement
from signals import Per, PricingStatus, Side

__all__ = ["statements"]

PRICE, OTHER = "price", "other"
MEANS = (*PricingStatus, PRICE, OTHER)
SAID_OUTRIGHT = (PricingStatus.AGREED, PricingStatus.COUNTERED)
OUTRIGHT = 0.58
THRESHOLD = 0.3
TOPIC_UNITS = 6
ANSWER_UNITS = 3
THREAD_UNITS = 5
FEW_WORDS = 8
OFFER_WORDS = 18
LIKE_SIZE = 3
BESIDE_WORDS = 10
SMALLEST_BARE = 20
CUES = cues_of("extractors.pricing")
PUT_OFF = CUES["put_off"]
THANKS = CUES["thanks"]
DEAL = CUES["deal"]
YES = CUES["yes"]
NOT_ONE = CUES["not_one"]
Cues = dict[int, list[PhraseMatch]]


@cache
def book() -> Phrasebook:
    return Phrasebook(load_phrases("extractors.pricing", means=MEANS), {"amount": amounts_in})


@cache
def strengths() -> dict[str, float]:
    raw = tomllib.loads(files("extractors.pricing").joinpath("phrases.toml").read_text(encoding="utf-8"))
    table: dict[str, float] = raw["strength"]
    return table


def statements(reading: Reading) -> list[Statement]:
    """Every sentence that gives the offer's price a status, with the amounts in it."""
    cues: Cues = {}
    for unit in reading.units:
        if matches := list(book().matches(reading, unit)):
            cues[unit.index] = matches
    found: list[Statement] = []
    bids = haggled(reading, [unit.index for unit in reading.units if speaks(cues, unit)])
    haggling = {bid.unit.index for bid in bids}
    for unit in reading.units:
        best: dict[str, Statement] = {}
        for match in cues.get(unit.index, ()):
            if match.phrase.means in (PRICE, OTHER):
                continue
            strength = judged(reading, unit, match, cues, found)
            if strength < THRESHOLD:
                continue
            said = Statement(
                unit=unit,
                means=match.phrase.means,
                start=0,
                end=len(unit.text),
                mentions=tuple(match.mentions),
                found_by=f"pricing: {match.phrase.name}",
                confidence=round(strength, 3),
            )
            if said.means not in best or best[said.means].confidence < strength:
                best[said.means] = said
        if not best and (plain := in_thread(reading, unit, cues, found)) is not None:
            best[plain.means] = plain
        if PricingStatus.OBJECTED in best and (named := named_price(reading, unit, found)) is not None:
            best.setdefault(PricingStatus.QUOTED, named)
        if unit.index in haggling:
            plain = next((best[kind] for kind in SAID_OUTRIGHT if kind in best and best[kind].mentions), None)
            own = [bid for bid in bids if bid.unit is unit]
            if plain is not None and plain.confidence >= OUTRIGHT:
                own = [bid if bid.means == PricingStatus.OBJECTED else replace(bid, means=plain.means) for bid in own]
            best = {kind: said for kind, said in best.items() if kind == PricingStatus.OBJECTED}
            found += own
        found += settled(best)
    return found


def named_price(reading: Reading, unit: Unit, found: Sequence[Statement]) -> Statement | None:
    """Who finds a price too high often names it: it was quoted before, if not in this conversation."""
    for amount in amounts_in(reading, unit):
        if not amount.explicit and amount.per is Per.TOTAL:
            continue
        known = [m for s in found for m in s.mentions if isinstance(m, Amount)]
        if not any(alike(figure(m), figure(amount)) for m in known):
            return plain_statement(unit, PricingStatus.QUOTED, (amount,), "objected to <amount>")
    return None


def in_thread(reading: Reading, unit: Unit, cues: Cues, found: Sequence[Statement]) -> Statement | None:
    """While the price is dealt about, a few words with a figure are the next offer, or yes to the last one."""
    side = reading.side_of(unit)
    amounts = [a for a in amounts_in(reading, unit) if (a.explicit or figure(a) >= 1) and not counted(unit, a)]
    last = found[-1] if found and unit.index - found[-1].unit.index <= THREAD_UNITS else None
    few = len(unit.words) <= (OFFER_WORDS if side is Side.SELLER else FEW_WORDS)
    if last is None:
        if amounts and few and side is Side.SELLER and not is_question(reading, unit):
            asked = read_out(reading, unit, amounts[-1], cues)
            if asked or (amounts[-1].per is Per.UNIT and len(unit.words) <= FEW_WORDS and not cues.get(unit.index)):
                return plain_statement(unit, PricingStatus.QUOTED, (amounts[-1],), "named")
        if (
            amounts
            and few
            and side is Side.BUYER
            and not found
            and amounts[-1].explicit
            and read_out(reading, unit, amounts[-1], cues)
        ):
            return plain_statement(unit, PricingStatus.QUOTED, (amounts[-1],), "read out")
        return None
    if not amounts:
        theirs = PricingStatus.QUOTED if side is Side.BUYER else PricingStatus.COUNTERED
        if side is not None and DEAL.match(unit.lower) and last.means == theirs and last.mentions:
            return plain_statement(unit, PricingStatus.AGREED, (), "deal")
        return None
    if side is not Side.SELLER and not stands_alone(unit, amounts[-1]):
        return None
    if PUT_OFF.search(unit.lower) or of_another(reading, unit, amounts[-1].start):
        return None
    if not few or is_question(reading, unit) or any(m.phrase.means == OTHER for m in cues.get(unit.index, ())):
        return None
    amount = amounts[-1]
    offers = [(s, m) for s in found[-6:] for m in s.mentions if isinstance(m, Amount)]
    same = [s for s, m in offers if alike(figure(m), figure(amount))]
    if same:
        beside = [unit, *reading.before(unit, 1), *reading.after(unit, 1)]
        yes = any(other.turn == unit.turn and YES.match(other.lower) for other in beside)
        reply = reading.after(unit, 1)
        yes = yes or any(other.turn != unit.turn and THANKS.match(other.lower) for other in reply)
        if side is Side.BUYER and yes and same[-1].means == PricingStatus.QUOTED:
            return plain_statement(unit, PricingStatus.AGREED, (amount,), "the same figure")
        return None
    if offers and not any(of_one_size(reading, (s.unit, m), (unit, amount)) for s, m in offers):
        return None
    status = PricingStatus.QUOTED if side is Side.SELLER else PricingStatus.COUNTERED
    return plain_statement(unit, status, (amount,), "another figure")


def of_one_size(reading: Reading, one: tuple[Unit, Amount], other: tuple[Unit, Amount]) -> bool:
    """Whether two figures may be bids for the same thing."""
    first, second = money_of(reading, *one), money_of(reading, *other)
    if first is None or second is None:
        return False
    low, high = sorted((first.middle, second.middle))
    return low > 0 and high <= low * LIKE_SIZE


def read_out(reading: Reading, unit: Unit, amount: Amount, cues: Cues) -> bool:
    """Whether a buyer reads out the seller's figure: the price has just been spoken of, and nobody named it yet."""
    if unit.lower.startswith("the ") and amount.per is not Per.TOTAL:
        return True
    if not stands_alone(unit, amount) or (not amount.explicit and figure(amount) < SMALLEST_BARE):
        return False
    return any(speaks(cues, other) for other in reading.before(unit, 2))


def stands_alone(unit: Unit, amount: Amount) -> bool:
    """Whether the amount is most of what is said."""
    rest = len(unit.lower[: amount.start].split()) + len(unit.lower[amount.end :].split())
    return rest <= BESIDE_WORDS


def alike(a: Decimal, b: Decimal) -> bool:
    """The same figure, whatever magnitude was said."""
    return any(a * scale == b or b * scale == a for scale in (1, 100, 1000, 1_000_000))


def counted(unit: Unit, amount: Amount) -> bool:
    return not amount.explicit and bool(NOT_ONE.match(unit.lower, amount.end))


def plain_statement(unit: Unit, means: str, mentions: tuple[Amount, ...], name: str) -> Statement:
    return Statement(
        unit=unit,
        means=means,
        start=0,
        end=len(unit.text),
        mentions=mentions,
        found_by=f"pricing: {name}",
        confidence=strengths()[name],
    )


def settled(best: dict[str, Statement]) -> list[Statement]:
    """One sentence agrees or counters or quotes a figure, never two of these; it may object beside."""
    if PricingStatus.COUNTERED in best and PricingStatus.AGREED in best and not best[PricingStatus.AGREED].mentions:
        best.pop(PricingStatus.AGREED)
    deals = [
        best[kind] for kind in (PricingStatus.AGREED, PricingStatus.COUNTERED, PricingStatus.QUOTED) if kind in best
    ]
    kept = []
    taken: set[int] = set()
    for statement in sorted(deals, key=lambda s: -s.confidence):
        places = {mention.start for mention in statement.mentions}
        if places & taken:
            continue
        taken |= places
        kept.append(statement)
    if PricingStatus.OBJECTED in best:
        kept.append(best[PricingStatus.OBJECTED])
    return sorted(kept, key=lambda s: s.start)


def judged(reading: Reading, unit: Unit, match: PhraseMatch, cues: Cues, found: Sequence[Statement]) -> float:
    strength = strengths()[match.phrase.name] * topic(reading, unit, match, cues, found)
    status = match.phrase.means
    stance = stance_of(reading, unit, match.start, match.end)
    if any(other.phrase.means == OTHER for other in cues[unit.index]):
        strength *= 0.4
    bare = any(isinstance(m, Amount) and not m.explicit and m.per is Per.TOTAL for m in match.mentions)
    if (
        status == PricingStatus.AGREED
        and bare
        and not found
        and not asked_with_amount(reading, unit)
        and "price" not in unit.lower
    ):
        strength *= 0.4
    if (
        status == PricingStatus.COUNTERED
        and bare
        and not found
        and not any(speaks(cues, other) for other in (unit, *reading.before(unit, TOPIC_UNITS)))
    ):
        strength *= 0.6
    if status in (PricingStatus.QUOTED, PricingStatus.COUNTERED) and of_another(reading, unit, match.start):
        strength *= 0.5
    if stance.others or stance.joking:
        strength *= 0.4
    if stance.denied and status != PricingStatus.OBJECTED:
        strength *= 0.4
    asked = is_question(reading, unit)
    if asked and status in (PricingStatus.AGREED, PricingStatus.OBJECTED):
        strength *= 0.4
    if re.search(r"\b(?:if|unless|suppose|imagine)\b", unit.lower[: match.start]) and status == PricingStatus.AGREED:
        strength *= 0.4
    if status == PricingStatus.QUOTED and reading.side_of(unit) is Side.SELLER and asked:
        strength *= 0.8
    return strength


def asked_with_amount(reading: Reading, unit: Unit) -> bool:
    """Whether the other side has just put a sum of money."""
    turn = reading.turn_of(unit)
    return any(
        amount.explicit
        for other in reading.before(unit, 2)
        if reading.turn_of(other).index == turn.index - 1
        for amount in amounts_in(reading, other)
    )


def topic(reading: Reading, unit: Unit, match: PhraseMatch, cues: Cues, found: Sequence[Statement]) -> float:
    """How surely the price of the offer is spoken of: the sentence says so, or the deal has been about it."""
    if any(other.phrase.means == PRICE for other in cues[unit.index]):
        return 1.0
    best = 0.5
    if match.phrase.means != PricingStatus.AGREED and any(
        isinstance(m, Amount) and (m.explicit or str(m.per) != "total") for m in match.mentions
    ):
        best = 0.75
    if asked_with_amount(reading, unit):
        best = 0.8
    if found and unit.index - found[-1].unit.index <= TOPIC_UNITS:
        best = max(best, 0.95)
    for distance, other in enumerate(reading.before(unit, TOPIC_UNITS), 1):
        if speaks(cues, other):
            best = max(best, 0.95 - 0.06 * (distance - 1))
    return best


def speaks(cues: Cues, unit: Unit) -> bool:
    """Whether the sentence speaks of a price, and not of somebody else's."""
    means = {match.phrase.means for match in cues.get(unit.index, ())}
    return PRICE in means and OTHER not in means

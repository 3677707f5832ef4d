"""Which of several sums holds after a cut: "we'd three hundred, it's two forty now", "of the 95 forty remain"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from extractors.amounts import Amount
from extractors.cues import cues_of
from extractors.reading import Reading, Unit
from extractors.scaling import money_of
from extractors.slots import amounts_in
from extractors.stance import is_question
from signals import Money, Per

__all__ = ["remaining"]

CUES = cues_of("extractors.budget")
GONE_BEFORE, GONE_AFTER = CUES["gone_before"], CUES["gone_after"]
EARLIER, QUOTED = CUES["earlier"], CUES["quoted"]
HOLDS_BEFORE, HOLDS_AFTER = CUES["holds_before"], CUES["holds_after"]
BESIDE_UNITS = 2
# A cut leaves a tenth at least: what is smaller is another sum.
LIKE_SIZE = 10


def remaining(reading: Reading, units: Sequence[Unit]) -> tuple[Unit, Money] | None:
    """The sum that is said to hold beside a larger one that is said to be gone, in the units or right after them."""
    gone: list[Money] = []
    holds: list[tuple[Unit, Money]] = []
    for unit, amount, money in told(reading, units):
        if is_gone(unit, amount):
            gone.append(money)
        elif HOLDS_BEFORE.search(unit.lower[: amount.start]) or HOLDS_AFTER.match(unit.lower, amount.end):
            holds.append((unit, money))
    for unit, money in reversed(holds):
        for old in gone:
            if money.middle < old.middle <= money.middle * LIKE_SIZE:
                # what it buys is said once
                return unit, replace(money, per=old.per if money.per is Per.TOTAL else money.per)
    return None


def is_gone(unit: Unit, amount: Amount) -> bool:
    """What there was last year was spent, and no more of it is wanted."""
    if EARLIER.search(unit.lower[: amount.start]):
        return False
    return bool(GONE_BEFORE.search(unit.lower[: amount.start]) or GONE_AFTER.match(unit.lower, amount.end))


def told(reading: Reading, units: Sequence[Unit]) -> Iterator[tuple[Unit, Amount, Money]]:
    """Every sum of the units and of what their speakers say right beside them, in order."""
    places = {
        other.index: other
        for unit in units
        for other in (unit, *reading.before(unit, BESIDE_UNITS), *reading.after(unit, BESIDE_UNITS))
        if other is unit
        or (other.turn == unit.turn and not is_question(reading, other) and not QUOTED.search(other.lower))
    }
    for _, unit in sorted(places.items()):
        for amount in amounts_in(reading, unit):
            money = money_of(reading, unit, amount)
            if money is not None and money.middle > 0:
                yield unit, amount, money

"""The status put right by the sentences' own words, whoever found it: what "isn't approved yet" is not approved."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.budget.remains import remaining
from extractors.cues import cues_of
from extractors.reading import Reading, Unit
from extractors.stance import is_question
from signals import BudgetStatus

__all__ = ["as_worded"]

CUES = cues_of("extractors.budget")
ENDED, UNAPPROVED, GRANTED = CUES["ended"], CUES["unapproved"], CUES["granted"]
PLANNED, SOUGHT = CUES["planned"], CUES["sought"]
OF_MONEY = CUES["of_money"]
HAD = (BudgetStatus.STATED, BudgetStatus.APPROVED)
BESIDE_UNITS = 2


def as_worded(reading: Reading, status: BudgetStatus, units: Sequence[Unit]) -> BudgetStatus:
    """The status, put right where the sentences' own words leave no doubt."""
    beside = {
        other.index: other.lower
        for unit in units
        for other in (unit, *reading.after(unit, BESIDE_UNITS))
        if other.turn == unit.turn and not is_question(reading, other)
    }
    own = {unit.index for unit in units}
    words = " ".join(text for _, text in sorted(beside.items()))
    if status in HAD and remaining(reading, units):
        return BudgetStatus.REDUCED
    if status in (*HAD, BudgetStatus.REDUCED) and any(
        ENDED.search(text) and (index in own or OF_MONEY.search(text)) for index, text in beside.items()
    ):
        return BudgetStatus.CANCELLED
    if status is BudgetStatus.APPROVED and UNAPPROVED.search(words) and not GRANTED.search(words):
        return BudgetStatus.PENDING
    if status is BudgetStatus.PENDING and PLANNED.search(words) and not SOUGHT.search(words):
        return BudgetStatus.STATED
    return status

"""A dated statement on its way to a signal."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from extractors.periods import PeriodMention
from extractors.statement import Statement
from signals import DateChange, Evidence

__all__ = ["NEARBY", "Said"]

NEARBY = 6
"""So many sentences apart at most, two dates may be said of one thing."""


@dataclass(slots=True)
class Said:
    """`old`: it no longer holds, and gives no signal. `change`: which way its own words say that it went."""

    statement: Statement
    first: dt.date
    last: dt.date
    date: PeriodMention
    old: bool
    change: DateChange | None
    evidence: list[Evidence] = field(default_factory=list)

    @property
    def role(self) -> str:
        return self.statement.means

    @property
    def place(self) -> int:
        return self.statement.unit.index

"""What was said about when, and the days it means."""

from dataclasses import dataclass
from datetime import date, time
from typing import Literal

Grain = Literal["minute", "hour", "day", "week", "month", "quarter", "half", "year", "season", "part"]
"""How finely the words name the time; "part" is a piece of a longer period (early June, the second half of May)."""

Hedge = Literal["by", "before", "around", "until", "from", "after"]
"""The word that bends a period: a limit, a start, or vagueness. `first` and `last` already have it worked in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodMention:
    """A stretch of days named in a text, resolved against the day on which it was said.

    `start` and `end` are character offsets of the words in the text, end exclusive.
    `first` and `last` are days, both inclusive.
    `at` and `until` are times of day on `first` and `last`, where a time was said; they are the speaker's wall clock.
    `phrase` is the shape of the words, which says how the days came about.
    `relative` is true where the days depend on when it was said.
    `past` is true where the words or the dates place it before that.
    """

    start: int
    end: int
    first: date
    last: date
    at: time | None = None
    until: time | None = None
    grain: Grain
    phrase: str
    hedge: Hedge | None = None
    relative: bool = True
    past: bool = False

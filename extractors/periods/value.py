"""What a phrase means before it is known which year, month or week it speaks of.

"The 21st" is a day of every month, "end of March" a day of every year, "Q3" a quarter of every fiscal year.
A Value keeps them all, so that a year said later, a range or the day of the conversation can pick one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Literal, assert_never

from extractors.periods.almanac import Span, fiscal_span, fiscal_year_of, month_span
from extractors.periods.mention import Grain
from extractors.periods.scan import Scan

Cycle = Literal["once", "year", "fiscal", "quarter", "month", "week"]
Way = Literal["next", "after", "last"]
"""Which turn is meant: the nearest that is not over, the nearest that has not begun, or the latest that is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A time of day, or two; `exact` where minutes were said."""

    at: time
    until: time | None = None
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A year as said: its number, whether it is a fiscal one, and how far it lies from this one where so said."""

    number: int = 0
    offset: int | None = None
    fiscal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A span for each turn of a cycle. `at` maps a turn (see `turn_of`) to its span, None where it has none."""

    cycle: Cycle
    at: Callable[[int], Span | None]
    grain: Grain
    phrase: str
    way: Way = "next"
    relative: bool = True
    past: bool = False
    weekday: int | None = None
    clock: Clock | None = None
    vague: bool = False

    def map(self, change: Callable[[Span], Span | None], *, grain: Grain | None = None, phrase: str = "") -> "Value":
        """The same turns, each span changed."""

        def changed(turn: int) -> Span | None:
            span = self.at(turn)
            return None if span is None else change(span)

        return replace(self, at=changed, grain=grain or self.grain, phrase=phrase or self.phrase)


def once(span: Span | None, grain: Grain, phrase: str, *, relative: bool = True, past: bool = False) -> Value | None:
    """A span that needs no choosing."""
    if span is None:
        return None
    return Value(cycle="once", at=lambda _: span, grain=grain, phrase=phrase, relative=relative, past=past)


def one_day(day: date | None, phrase: str, *, past: bool = False) -> Value | None:
    """A day that needs no choosing."""
    return None if day is None else once((day, day), "day", phrase, past=past)


def turn_of(day: date, cycle: Cycle, fiscal: int) -> int:
    """The number of the turn that holds a day: a year, a fiscal year, a quarter, a month or a week."""
    match cycle:
        case "once":
            return 0
        case "year":
            return day.year
        case "fiscal":
            return fiscal_year_of(day, fiscal)
        case "quarter":
            return (day.year * 12 + day.month - fiscal) // 3
        case "month":
            return day.year * 12 + day.month - 1
        case "week":
            return (day.toordinal() - 1) // 7
        case _:
            assert_never(cycle)


def month_of_turn(turn: int) -> tuple[int, int]:
    return turn // 12, turn % 12 + 1


def quarter_of_turn(turn: int, fiscal: int) -> Span:
    return month_span(0, turn * 3 + fiscal, 3)


def monday_of_turn(turn: int) -> date:
    return date.fromordinal(turn * 7 + 1)


def pick(value: Value, scan: Scan) -> Span | None:
    """The span that is meant on the day of the conversation."""
    if value.cycle == "once":
        return value.at(0)
    if value.way == "last":
        return latest(value, scan, lambda span: span[1] < scan.today)
    if value.way == "after":
        return nearest(value, scan, lambda span: span[0] > scan.today)
    if value.cycle == "month" and value.grain == "day":
        return nearest(value, scan, lambda span: span[0] >= scan.today)
    return nearest(value, scan, lambda span: span[1] >= scan.today)


def nearest(value: Value, scan: Scan, fits: Callable[[Span], bool], *, around: date | None = None) -> Span | None:
    """The first span that fits, from the turn before the one that holds `around` (today where not given).

    Where a weekday was said with the day ("Friday the 27th"), one of the next turns that falls on it goes first.
    """
    if value.cycle == "once":
        span = value.at(0)
        return span if span is not None and fits(span) else None
    turn = turn_of(around or scan.today, value.cycle, scan.fiscal)
    spans = [span for span in map(value.at, range(turn - 1, turn + 9)) if span is not None and fits(span)]
    if value.weekday is not None:
        return _on_weekday(value, value.weekday, spans, scan)
    return spans[0] if spans else None


_JUST_OVER = {"year": timedelta(days=120), "month": timedelta(days=31)}


def _on_weekday(value: Value, weekday: int, spans: list[Span], scan: Scan) -> Span | None:
    """The turn that falls on the weekday said with it: one of the next two, else one just over, else a later one."""
    fitting = [
        place
        for place, span in enumerate(spans if value.cycle == "month" else spans[:4])
        if span[0].weekday() == weekday
    ]
    if fitting and fitting[0] < _SOON:
        return spans[fitting[0]]
    window = _JUST_OVER.get(value.cycle, timedelta())
    over = latest(value, scan, lambda span: scan.today - window < span[0] < scan.today)
    if over is not None and over[0].weekday() == weekday:
        return over
    return spans[fitting[0]] if fitting else next(iter(spans), None)


_SOON = 2


def latest(value: Value, scan: Scan, fits: Callable[[Span], bool], *, around: date | None = None) -> Span | None:
    """The last span that fits, up to the turn after the one that holds `around` (today where not given)."""
    if value.cycle == "once":
        span = value.at(0)
        return span if span is not None and fits(span) else None
    turn = turn_of(around or scan.today, value.cycle, scan.fiscal)
    for number in range(turn + 1, turn - 9, -1):
        span = value.at(number)
        if span is not None and fits(span):
            return span
    return None


def settled(value: Value, scan: Scan) -> Value:
    """The value with its week or month chosen, so that what is reckoned from it starts at the day that is meant."""
    span = pick(value, scan) if value.cycle in ("week", "month") else None
    return value if span is None else replace(value, cycle="once", at=lambda _: span, way="next")


def year_span(year: Year, scan: Scan) -> Span:
    number = _number(year, scan, fiscal=year.fiscal)
    return fiscal_span(number, scan.fiscal) if year.fiscal else month_span(number, 1, 12)


def _number(year: Year, scan: Scan, *, fiscal: bool) -> int:
    if year.offset is None:
        return year.number
    this = fiscal_year_of(scan.today, scan.fiscal) if fiscal else scan.today.year
    return this + year.offset


def in_year(value: Value, year: Year, scan: Scan) -> Value | None:
    """A value of a yearly cycle in the year that was said with it."""
    relative = year.offset is not None
    span: Span | None
    if value.cycle == "fiscal":
        number = _number(year, scan, fiscal=True)
        span = value.at(number)
        # "Q1 2027" where fiscal 2027 has its Q1 behind it: the quarter that begins in calendar 2027 is meant.
        if span is not None and not year.fiscal and not relative and span[1] < scan.today:
            later = value.at(number + 1)
            if later is not None and later[0].year == number and later[1] >= scan.today:
                span = later
    elif value.cycle == "year":
        if year.fiscal:
            first, last = year_span(year, scan)
            inside = [value.at(first.year), value.at(last.year)]
            span = next((s for s in inside if s is not None and first <= s[0] <= last), None)
        else:
            span = value.at(_number(year, scan, fiscal=False))
    else:
        return None
    if span is None:
        return None
    return replace(
        value,
        cycle="once",
        at=lambda _: span,
        relative=relative,
        phrase=value.phrase if "<year>" in value.phrase else f"{value.phrase} <year>",
    )

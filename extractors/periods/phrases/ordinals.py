"""The nth of something inside a longer period: its third week, its last Friday, its first working day."""

from collections.abc import Callable
from datetime import date, timedelta

from extractors.periods.almanac import Span, month_span, nth_week, nth_weekday, weekend, whole_months, workday_in
from extractors.periods.grammar import Match
from extractors.periods.mention import Grain
from extractors.periods.phrases.registry import PERIODS
from extractors.periods.phrases.weeks import month_value
from extractors.periods.value import Value

_LAST = -1


def _within(m: Match, value: Value, change: Callable[[Span], Span | date | None], grain: Grain) -> Value | None:
    """A day or days inside each span of a longer value."""
    if value.grain in ("day", "week"):
        return None

    def inside(span: Span) -> Span | None:
        found = change(span)
        return (found, found) if isinstance(found, date) else found

    return value.map(inside, grain=grain, phrase=m.shape)


@PERIODS.phrase("[the] <nth> [full] week of|in|for <whole>")
def _nth_week(m: Match, number: int, value: Value) -> Value | None:
    return _within(m, value, lambda span: nth_week(span, number), "week")


@PERIODS.phrase("[the] <nth> [full] week <whole>", "[the] last|final week <whole>")
def _week_of_next(m: Match, *said: int | Value) -> Value | None:
    """ "The third week next month"; another whole would need its "of"."""
    value = said[-1]
    if not isinstance(value, Value) or m.words[m.words.index("week") + 1] not in ("next", "this"):
        return None
    number = said[0] if isinstance(said[0], int) else _LAST
    return _within(m, value, lambda span: nth_week(span, number), "week")


@PERIODS.phrase("[the] opening week of <whole>")
def _opening_week(m: Match, value: Value) -> Value | None:
    return _within(m, value, lambda span: nth_week(span, 1), "week")


@PERIODS.phrase("[the] <nth> week <month>", "[the] week <n> of <month>")
def _nth_week_month(m: Match, number: int, month: int) -> Value | None:
    return _within(m, month_value(month, m.shape), lambda span: nth_week(span, number), "week")


@PERIODS.phrase("[the] last|final|closing [full] week of|in <whole>")
def _last_week(m: Match, value: Value) -> Value | None:
    return _within(m, value, lambda span: nth_week(span, _LAST), "week")


@PERIODS.phrase("[the] <nth> <weekday> of|in <whole>")
def _nth_weekday(m: Match, number: int, weekday: int, value: Value) -> Value | None:
    return _within(m, value, lambda span: nth_weekday(span, weekday, number), "day")


@PERIODS.phrase("[the] <nth> <weekday> <month>")
def _nth_weekday_month(m: Match, number: int, weekday: int, month: int) -> Value | None:
    return _within(m, month_value(month, m.shape), lambda span: nth_weekday(span, weekday, number), "day")


@PERIODS.phrase("[the] last|final <weekday> of|in <whole>", "[the] last <weekday> <period>")
def _last_weekday(m: Match, weekday: int, value: Value) -> Value | None:
    return _within(m, value, lambda span: nth_weekday(span, weekday, _LAST), "day")


@PERIODS.phrase("[the] <nth> working|business|work day of|in <whole>", "[the] <nth> workday of|in <whole>")
def _nth_workday(m: Match, number: int, value: Value) -> Value | None:
    return _within(m, value, lambda span: workday_in(span, number), "day")


@PERIODS.phrase(
    "[the] last|final working|business|work day of|in <whole>",
    "[the] last|final workday of|in <whole>",
)
def _last_workday(m: Match, value: Value) -> Value | None:
    return _within(m, value, lambda span: workday_in(span, _LAST), "day")


@PERIODS.phrase("[the] <nth> [day] of <whole>")
def _nth_day(m: Match, number: int, value: Value) -> Value | None:
    """ "The 15th of next month", "the first of the year"."""
    if (
        number > 1
        and value.grain != "month"
        and m.scan.word(m.end - 1) != "day"
        and "day" not in m.scan.words[m.start : m.end]
    ):
        return None

    def day(span: Span) -> date | None:
        found = span[0] + timedelta(days=number - 1)
        return found if found <= span[1] else None

    return _within(m, value, day, "day")


@PERIODS.phrase("[the] <nth> month of <whole>")
def _nth_month(m: Match, number: int, value: Value) -> Value | None:
    return _within(m, value, lambda span: _month_in(span, number), "month")


@PERIODS.phrase("[the] first|last|final weekend of|in <whole>")
def _nth_weekend(m: Match, value: Value) -> Value | None:
    nth = 1 if "first" in m.words[:2] else _LAST

    def days(span: Span) -> Span | None:
        saturday = nth_weekday(span, 5, nth)
        return None if saturday is None else weekend(saturday)

    return _within(m, value, days, "week")


@PERIODS.phrase("[the] last|final month of|in <whole>")
def _last_month(m: Match, value: Value) -> Value | None:
    return _within(m, value, lambda span: _month_in(span, _LAST), "month")


def _month_in(span: Span, nth: int) -> Span | None:
    months = whole_months(span)
    offset = nth - 1 if nth > 0 else months - 1
    return month_span(span[0].year, span[0].month + offset) if 0 <= offset < months and months > 1 else None

"""Days by their weekday: the coming one, next week's, a week later; with a number ("Friday the 27th")."""

from dataclasses import replace
from datetime import date, timedelta

from extractors.periods.almanac import DAY, Span, month_span, nth_weekday, weekend, working_week
from extractors.periods.grammar import Match
from extractors.periods.lexicon import UNITS
from extractors.periods.phrases.registry import PERIODS, day_of_month, on_weekday
from extractors.periods.value import Value, monday_of_turn, month_of_turn, nearest, once, one_day

_WEEKS_OF_MONTH = 5
_MOST_WEEKDAYS = 20


def _weekly(weekday: int, phrase: str) -> Value:
    """A weekday of every week; the one that is meant is the next after today."""

    def at(turn: int) -> Span:
        day = monday_of_turn(turn) + timedelta(days=weekday)
        return day, day

    return Value(cycle="week", at=at, grain="day", phrase=phrase, way="after")


def _coming(m: Match, weekday: int, weeks: int) -> Value | None:
    """So many weeks after the coming weekday."""
    coming = nearest(_weekly(weekday, m.shape), m.scan, lambda span: span[0] > m.scan.today)
    return one_day(coming[0] + timedelta(weeks=weeks), m.shape) if coming else None


def _of_week(m: Match, weekday: int, weeks: int) -> Value | None:
    """A weekday of this week, or of the one so many weeks on."""
    day = _day_of_week(m, weekday, weeks)
    return one_day(day, m.shape, past=day < m.scan.today)


def _day_of_week(m: Match, weekday: int, weeks: int) -> date:
    return working_week(m.scan.today)[0] + timedelta(days=weekday, weeks=weeks)


@PERIODS.phrase("[the] [coming|upcoming] <weekday>", "this coming <weekday>", "<weekday> coming")
def _weekday(m: Match, weekday: int) -> Value:
    return _weekly(weekday, m.shape)


@PERIODS.phrase("this <weekday>")
def _this_weekday(m: Match, weekday: int) -> Value | None:
    if _day_of_week(m, weekday, 0) >= m.scan.today:
        return _of_week(m, weekday, 0)
    return _weekly(weekday, m.shape)


@PERIODS.phrase("<weekday> [of|in] this week", "this week [,|on] <weekday>", "<weekday> of the week")
def _weekday_this_week(m: Match, weekday: int) -> Value | None:
    return _of_week(m, weekday, 0)


@PERIODS.phrase(
    "[the] next <weekday>",
    "<weekday> [of|in] next week",
    "next week [,] [on] [the] <weekday>",
    "next week ' s <weekday>",
)
def _next_weekday(m: Match, weekday: int) -> Value | None:
    return _of_week(m, weekday, 1)


@PERIODS.phrase("<weekday> [of|in] the week after next", "the week after next [,] [on] <weekday>")
def _weekday_after_next_week(m: Match, weekday: int) -> Value | None:
    return _of_week(m, weekday, 2)


@PERIODS.phrase("[the] <weekday> after next", "a week on|from|this <weekday>", "a week [on] <weekday>")
def _week_from_weekday(m: Match, weekday: int) -> Value | None:
    return _coming(m, weekday, 1)


@PERIODS.phrase("<n> <weekdays> from now|today", "in <n> <weekdays>", "<n> <weekdays> hence")
def _weekdays_on(m: Match, count: int, weekday: int) -> Value | None:
    """ "Two Fridays from now": the second to come."""
    return _coming(m, weekday, count - 1) if m.closed and count <= _MOST_WEEKDAYS else None


@PERIODS.phrase("<n> <weekdays> ago|back")
def _weekdays_ago(m: Match, count: int, weekday: int) -> Value | None:
    """ "Two Fridays ago": the last but one."""
    latest = m.scan.today - DAY * ((m.scan.today.weekday() - weekday - 1) % 7 + 1)
    return one_day(latest - timedelta(weeks=count - 1), m.shape, past=True) if count <= _MOST_WEEKDAYS else None


@PERIODS.phrase("<weekday> week")
def _weekday_week(m: Match, weekday: int) -> Value | None:
    """ "Thursday week": a week after the coming one."""
    return _coming(m, weekday, 1) if m.closed else None


@PERIODS.phrase("a week from|on next <weekday>")
def _week_from_next(m: Match, weekday: int) -> Value | None:
    return _of_week(m, weekday, 2)


@PERIODS.phrase("<weekday> fortnight", "a fortnight on|from <weekday>")
def _weekday_fortnight(m: Match, weekday: int) -> Value | None:
    return _coming(m, weekday, 2)


@PERIODS.phrase("<weekday> [of|from|in] last week", "last week [,|on] <weekday>", "last week ' s <weekday>")
def _weekday_last_week(m: Match, weekday: int) -> Value | None:
    return _of_week(m, weekday, -1)


@PERIODS.phrase("[the|this] last|previous|past <weekday>")
def _last_weekday(m: Match, weekday: int) -> Value | None:
    if m.after in ("of", "in"):
        return None
    return replace(_weekly(weekday, m.shape), way="last", past=True)


@PERIODS.phrase("[the] <nth> <weekday>")
def _nth_weekday(m: Match, number: int, weekday: int) -> Value | None:
    """ "The first Tuesday", of the month in which it comes next."""
    if number > _WEEKS_OF_MONTH or not m.closed:
        return None

    def at(turn: int) -> Span | None:
        day = nth_weekday(month_span(*month_of_turn(turn)), weekday, number)
        return None if day is None else (day, day)

    return Value(cycle="month", at=at, grain="day", phrase=m.shape)


@PERIODS.phrase("[this|next] <weekday> [,] [the] <nth>", "the <weekday> [,] the <nth>")
def _weekday_nth(m: Match, weekday: int, number: int) -> Value | None:
    """ "Friday the 27th"; "Friday second thoughts" is none."""
    if m.after in UNITS or not (m.closed or m.words[-1] in ("st", "nd", "rd", "th") or number > _WEEKS_OF_MONTH):
        return None
    return on_weekday(day_of_month(number, m.shape), weekday)


@PERIODS.phrase("the <nth> [which|that] [is] a <weekday>")
def _nth_on_weekday(m: Match, number: int, weekday: int) -> Value:
    return on_weekday(day_of_month(number, m.shape), weekday)


@PERIODS.phrase("[the|this|next] <weekday> [,|-] [the] <date>", "[the|this|next] <weekday> ( <date> )")
def _weekday_date(m: Match, weekday: int, value: Value) -> Value | None:
    if value.cycle not in ("year", "month", "once"):
        return None
    if value.cycle == "once" and (value.at(0) is None or (value.relative and not _falls_on(value, weekday))):
        return None  # "Thursday, tomorrow" only where tomorrow is one
    return replace(on_weekday(value, weekday), phrase=m.shape)


def _falls_on(value: Value, weekday: int) -> bool:
    span = value.at(0)
    return span is not None and span[0] == span[1] and span[0].weekday() == weekday


_WEEKEND = "weekend|week_-_end|wkend"


@PERIODS.phrase(f"this|the|the_coming|this_coming {_WEEKEND}")
def _weekend(m: Match) -> Value | None:
    return once(weekend(m.scan.today), "week", m.shape)


@PERIODS.phrase(f"next {_WEEKEND}")
def _next_weekend(m: Match) -> Value | None:
    return once(weekend(m.scan.today + 7 * DAY), "week", m.shape)


@PERIODS.phrase(f"[the] {_WEEKEND} after [the] next")
def _weekend_after_next(m: Match) -> Value | None:
    return once(weekend(m.scan.today + 14 * DAY), "week", m.shape)


@PERIODS.phrase(f"last|this_past {_WEEKEND}")
def _last_weekend(m: Match) -> Value | None:
    return once(weekend(m.scan.today - 7 * DAY), "week", m.shape, past=True)


@PERIODS.phrase(f"<holiday> {_WEEKEND}")
def _holiday_weekend(m: Match, value: Value) -> Value:
    """The Saturday and Sunday nearest to a holiday: before a Monday's, after a Friday's."""
    return value.map(lambda span: weekend(span[0] - 3 * DAY), grain="week", phrase=m.shape)

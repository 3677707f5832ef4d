"""Single days: days of a month, weekdays, today and tomorrow, holidays."""

from dataclasses import replace
from datetime import date, timedelta

from extractors.periods.almanac import DAY, Span, calendar_date, month_span, nth_weekday, weekend, working_week
from extractors.periods.grammar import Match
from extractors.periods.lexicon import DAY_PREPOSITIONS, FOLLOWERS, UNITS
from extractors.periods.phrases.registry import PERIODS, day_of_month, on_weekday
from extractors.periods.value import Value, Year, in_year, monday_of_turn, month_of_turn, nearest, once

Days = tuple[int, int]


def month_day(month: int, day: int, phrase: str, last: int | None = None) -> Value | None:
    """A day, or the days to `last`, of a month of every year."""
    if calendar_date(2028, month, last or day) is None or day < 1 or (last is not None and last <= day):
        return None

    def at(year: int) -> Span | None:
        start, stop = calendar_date(year, month, day), calendar_date(year, month, last or day)
        return (start, stop) if start and stop else None

    return Value(cycle="year", at=at, grain="day", phrase=phrase)


@PERIODS.phrase("<month> [the] <day>", "<month> [-|/] <day>")
def _month_day(m: Match, month: int, day: int) -> Value | None:
    scan = m.scan
    last = scan.word(m.end - 1)
    if scan.word(m.end) in UNITS or scan.word(m.end) in ("half", "floor"):
        return None
    if not last.isdigit() and scan.word(m.end) == "hundred":
        return None
    if scan.glued(m.end) and scan.word(m.end) in ("k", "m", "%", "am", "pm", "h"):
        return None
    # "march twenty two k", "May 10 people": only a month in a date stands before any number.
    return month_day(month, day, m.shape)


@PERIODS.phrase(
    "[the] <day> [day] of <month>",
    "[the] <day> [-|/|,] <month>",
)
def _day_month(m: Match, day: int, month: int) -> Value | None:
    scan = m.scan
    if scan.glued(m.start) and scan.word(m.start - 1) in ("-", ".", "/", "$", "£", "€") and not _after_day(m):
        return None
    if not scan.word(m.start).isdigit() and scan.word(m.start) != "the" and scan.word(m.start + 1) != "of":
        # "in one may", "two march": a plain spoken number needs an ordinal's ending.
        if not _is_ordinal(m):
            return None
    return month_day(month, day, m.shape)


def _after_day(m: Match) -> bool:
    return m.scan.word(m.start - 1) in ("-", "/") and not m.scan.word(m.start - 2).isdigit()


def _is_ordinal(m: Match) -> bool:
    from extractors.periods.numbers import ordinal

    start = m.start + 1 if m.scan.word(m.start) == "the" else m.start
    return bool(ordinal(m.scan, start)) or m.scan.word(m.start) in ("twenty", "thirty", "first")


@PERIODS.phrase("<month> [the] <day> -|to|through|thru|until|till|and|& [the] <day>")
def _month_days(m: Match, month: int, first: int, last: int) -> Value | None:
    return _days(m, month, first, last)


@PERIODS.phrase(
    "[the] <day> -|to|through|thru|until|till|and|&|or|/ [the] <day> [of] <month>",
)
def _days_month(m: Match, first: int, last: int, month: int) -> Value | None:
    return _days(m, month, first, last)


def _days(m: Match, month: int, first: int, last: int) -> Value | None:
    """Days of one month in a row; "the 3rd and the 9th" are no row unless "between" says so."""
    words = m.scan.words[m.start : m.end]
    if not {"and", "or", "&", "/"}.isdisjoint(words) and m.scan.word(m.start - 1) != "between" and last != first + 1:
        return None
    return month_day(month, first, m.shape, last)


@PERIODS.phrase("[the] <the_nth> -|to|through|thru|until|till|and|or <the_nth>")
def _nth_to_nth(m: Match, first: Value, last: Value) -> Value | None:
    words = m.scan.words[m.start : m.end]
    joined = "and" in words or "or" in words
    if not (_closed(m) and (_said_day(m) or any(w.isdigit() for w in words) or (words[0] == "the" and not joined))):
        return None

    def at(turn: int) -> Span | None:
        start = first.at(turn)
        stop = last.at(turn)
        if start is not None and stop is not None and stop[0] <= start[0]:
            stop = last.at(turn + 1)
        if start is None or stop is None:
            return None
        if joined and m.scan.word(m.start - 1) != "between" and (stop[0] - start[0]) != DAY:
            return None
        return start[0], stop[0]

    if at(m.scan.today.year * 12 + m.scan.today.month) is None:
        return None
    return Value(cycle="month", at=at, grain="day", phrase=m.shape)


@PERIODS.phrase("the <nth>")
def _the_nth(m: Match, number: int) -> Value | None:
    """ "The 21st": a day where nothing follows that it would count."""
    if not _closed(m):
        return None
    digits = m.scan.word(m.start + 1).isdigit()
    if not (digits or _said_day(m) or number > 12):
        return None
    if not digits and number <= 5 and m.scan.word(m.end) in ("is", "was", "that", "are", "and", "one", "to"):
        if m.scan.word(m.start - 1) not in ("on", "by", "until", "till"):
            return None
    return day_of_month(number, m.shape)


@PERIODS.phrase("<nth>")
def _nth(m: Match, number: int) -> Value | None:
    """An ordinal alone: after a word that asks for a day, or as a whole answer ("Nineteenth.")."""
    scan = m.scan
    if not _closed(m):
        return None
    if scan.word(m.start - 1) in ("on", "by", "until", "till", "before") and (
        scan.word(m.start).isdigit() or number > 10
    ):
        return day_of_month(number, m.shape)
    answer = scan.begins_sentence(m.start) and scan.ends_here(m.end) and number > 10
    return day_of_month(number, m.shape) if answer else None


@PERIODS.phrase("the <nth> of the|this|next|that month", "the <nth> of next|this")
def _nth_of_month(m: Match, number: int) -> Value | None:
    value = day_of_month(number, m.shape)
    words = m.scan.words[m.start : m.end]
    if words[-1] in ("next", "this") and not _closed(m):
        return None
    turn = m.scan.today.year * 12 + m.scan.today.month - 1
    if "next" in words:
        return once(value.at(turn + 1), "day", m.shape)
    return once(value.at(turn), "day", m.shape) if "this" in words else value


def _said_day(m: Match) -> bool:
    return m.scan.word(m.start - 1) in DAY_PREPOSITIONS


def _closed(m: Match) -> bool:
    return m.scan.ends_here(m.end) or m.scan.word(m.end) in FOLLOWERS


def weekday_value(weekday: int, phrase: str) -> Value:
    """A weekday of every week; the one that is meant is the next after today."""

    def at(turn: int) -> Span:
        day = monday_of_turn(turn) + timedelta(days=weekday)
        return day, day

    return Value(cycle="week", at=at, grain="day", phrase=phrase, way="after")


@PERIODS.phrase("[this|the] [coming] <weekday>", "<weekday> coming")
def _weekday(m: Match, weekday: int) -> Value | None:
    value = weekday_value(weekday, m.shape)
    first = m.scan.word(m.start)
    if first == "the" and m.scan.word(m.start + 1) != "coming":
        # "the Friday": the day itself, "the Friday call": still that Friday.
        return value
    if first == "this" and m.scan.word(m.start + 1) != "coming":
        day = working_week(m.scan.today)[0] + timedelta(days=weekday)
        if day >= m.scan.today:
            return once((day, day), "day", m.shape)
    return value


@PERIODS.phrase("[the] next <weekday>", "<weekday> [of|in] next week", "next week [,] [on] [the] <weekday>")
def _next_weekday(m: Match, weekday: int) -> Value | None:
    return _weekday_of_week(m, weekday, 1)


@PERIODS.phrase("<weekday> [of|in] this week", "this week [,|on] <weekday>", "<weekday> of the week")
def _weekday_this_week(m: Match, weekday: int) -> Value | None:
    return _weekday_of_week(m, weekday, 0)


@PERIODS.phrase("<weekday> [of|in] the week after next", "the <weekday> after next", "<weekday> after next")
def _weekday_after_next(m: Match, weekday: int) -> Value | None:
    if "week" in m.scan.words[m.start : m.end]:
        return _weekday_of_week(m, weekday, 2)
    coming = nearest(weekday_value(weekday, m.shape), m.scan, lambda span: span[0] > m.scan.today)
    return once((coming[0] + 7 * DAY, coming[0] + 7 * DAY), "day", m.shape) if coming else None


@PERIODS.phrase("[the|this] last|previous|past <weekday>", "<weekday> [of] last week", "last week [,|on] <weekday>")
def _last_weekday(m: Match, weekday: int) -> Value | None:
    if m.scan.word(m.end) in ("of", "in") and m.scan.word(m.start) in ("last", "the"):
        return None
    if "week" in m.scan.words[m.start : m.end]:
        return _weekday_of_week(m, weekday, -1)
    return replace(weekday_value(weekday, m.shape), way="last", past=True)


def _weekday_of_week(m: Match, weekday: int, weeks: int) -> Value | None:
    day = working_week(m.scan.today)[0] + timedelta(days=weekday + 7 * weeks)
    return once((day, day), "day", m.shape, past=day < m.scan.today)


@PERIODS.phrase("<weekday> week", "a week on|from|this|next <weekday>", "a week [on] <weekday>")
def _weekday_week(m: Match, weekday: int) -> Value | None:
    """ "Thursday week": a week after the coming one."""
    words = m.scan.words[m.start : m.end]
    if words[-1] == "week" and not _closed(m):
        return None
    value = weekday_value(weekday, m.shape)
    if "next" in words:
        return _weekday_of_week(m, weekday, 2)
    coming = nearest(value, m.scan, lambda span: span[0] > m.scan.today)
    return once((coming[0] + 7 * DAY, coming[0] + 7 * DAY), "day", m.shape) if coming else None


@PERIODS.phrase("[the] <nth> <weekday>")
def _nth_weekday_of_month(m: Match, number: int, weekday: int) -> Value | None:
    """ "The first Tuesday", of the month that comes next."""
    if number > 5 or not _closed(m):
        return None

    def at(turn: int) -> Span | None:
        day = nth_weekday(month_span(*month_of_turn(turn)), weekday, number)
        return None if day is None else (day, day)

    return Value(cycle="month", at=at, grain="day", phrase=m.shape)


@PERIODS.phrase("<weekday> fortnight", "a fortnight on|from <weekday>")
def _weekday_fortnight(m: Match, weekday: int) -> Value | None:
    coming = nearest(weekday_value(weekday, m.shape), m.scan, lambda span: span[0] > m.scan.today)
    return once((coming[0] + 14 * DAY, coming[0] + 14 * DAY), "day", m.shape) if coming else None


@PERIODS.phrase(
    "[this|next] <weekday> [,] [the] <nth>",
    "[the] <weekday> [,] the <nth>",
)
def _weekday_nth(m: Match, weekday: int, number: int) -> Value | None:
    if m.scan.word(m.end) in UNITS or (
        number < 4 and m.scan.word(m.end - 1) not in ("st", "nd", "rd") and not _closed(m)
    ):
        return None
    return on_weekday(day_of_month(number, m.shape), weekday)


@PERIODS.phrase(
    "[the|this|next] <weekday> [,|-|the] <date>",
    "[the|this|next] <weekday> ( <date> )",
    "[the|this|next] <weekday> , the <date>",
)
def _weekday_date(m: Match, weekday: int, value: Value) -> Value | None:
    if value.cycle not in ("year", "month", "once") or value.phrase in _NO_DATES:
        return None
    if value.cycle == "once":
        span = value.at(0)
        if span is None or span[0] != span[1] or (span[0].weekday() != weekday and value.relative):
            return None
    return replace(on_weekday(value, weekday), phrase=m.shape)


@PERIODS.phrase("the <nth> [which|that] [is] a <weekday>")
def _nth_weekday(m: Match, number: int, weekday: int) -> Value:
    return on_weekday(day_of_month(number, m.shape), weekday)


_NO_DATES = frozenset({"today", "tomorrow", "yesterday"})


@PERIODS.phrase("<numbers>", "<holiday>")
def _as_read(m: Match, value: Value) -> Value:
    return value


@PERIODS.phrase("next|this|last|coming <holiday>")
def _next_holiday(m: Match, value: Value) -> Value | None:
    if m.scan.word(m.start) == "last":
        return replace(value, way="last", past=True)
    return value


@PERIODS.phrase("<year> <holiday>")
def _year_holiday(m: Match, year: int, value: Value) -> Value | None:
    return in_year(value, Year(number=year), m.scan)


@PERIODS.phrase("today|tonight|tonite", "this morning|afternoon|evening")
def _today(m: Match) -> Value | None:
    return once((m.scan.today, m.scan.today), "day", "today")


@PERIODS.phrase("tomorrow|tmrw|tmr|tomorow|tommorow|tommorrow")
def _tomorrow(m: Match) -> Value | None:
    return once((m.scan.today + DAY, m.scan.today + DAY), "day", "tomorrow")


@PERIODS.phrase("[the] day after tomorrow", "overmorrow")
def _day_after_tomorrow(m: Match) -> Value | None:
    return once((m.scan.today + 2 * DAY, m.scan.today + 2 * DAY), "day", m.shape)


@PERIODS.phrase("yesterday", "last night", "[the] day before yesterday")
def _yesterday(m: Match) -> Value | None:
    back = DAY if m.end - m.start < 3 else 2 * DAY
    return once((m.scan.today - back, m.scan.today - back), "day", "yesterday", past=True)


@PERIODS.phrase("this|the|next|last weekend")
def _weekend(m: Match) -> Value | None:
    match m.scan.word(m.start):
        case "next":
            return once(weekend(m.scan.today + 7 * DAY), "week", m.shape)
        case "last":
            return once(weekend(m.scan.today - 7 * DAY), "week", m.shape, past=True)
        case _:
            return once(weekend(m.scan.today), "week", m.shape)


def one_day(day: date | None, phrase: str) -> Value | None:
    return None if day is None else once((day, day), "day", phrase)

"""Weeks (Monday to Friday) and months."""

from dataclasses import replace
from datetime import timedelta

from extractors.periods.almanac import DAY, Span, iso_week, month_span, quarter_span, weekend, working_week
from extractors.periods.grammar import Match
from extractors.periods.phrases.registry import PERIODS
from extractors.periods.value import Value, Year, in_year, once, settled

_WEEKS_OF_YEAR = 53
_WEEKS_OF_PROJECT = 10
"""Up to this number "week 3" may be a week of a project as well."""


def _week(m: Match, offset: int) -> Value | None:
    return once(working_week(m.scan.today + 7 * offset * DAY), "week", m.shape, past=offset < 0)


@PERIODS.phrase("this|current|the_current week", "this coming week")
def _this_week(m: Match) -> Value | None:
    if m.after == "-" and m.scan.word(m.end + 1) == "end":
        return None
    return _week(m, 1 if "coming" in m.words else 0)


@PERIODS.phrase("[the] next|coming|upcoming week|wk", "[the] following week")
def _next_week(m: Match) -> Value | None:
    if m.words[-2] == "following" and m.scan.previous is not None:
        return once(working_week(m.scan.previous[1] + 7 * DAY), "week", m.shape)
    return _week(m, 1)


@PERIODS.phrase("last week", "[the] previous|past week")
def _last_week(m: Match) -> Value | None:
    return None if m.after in ("of", "in") else _week(m, -1)


@PERIODS.phrase("[the] week after next", "week after next")
def _week_after_next(m: Match) -> Value | None:
    return _week(m, 2)


@PERIODS.phrase("later [in|on] this|the week", "[the] rest|remainder|balance of the|this week")
def _later_this_week(m: Match) -> Value | None:
    monday, friday = working_week(m.scan.today)
    first = max(monday, m.scan.today + (DAY if m.words[0] == "later" else 0 * DAY))
    return once((min(first, friday), friday), "week", m.shape)


@PERIODS.phrase("later [in|on] this|the month|quarter|year", "[the] rest|remainder of the|this month|quarter|year")
def _later_this(m: Match) -> Value | None:
    today = m.scan.today
    match m.words[-1]:
        case "month":
            last = month_span(today.year, today.month)[1]
        case "quarter":
            last = quarter_span(today, m.scan.fiscal)[1]
        case _:
            last = month_span(today.year, 12)[1]
    first = min(today + (DAY if "later" in m.words else 0 * DAY), last)
    return once((first, last), "part", m.shape)


@PERIODS.phrase("earlier [in|on] this|the week|month|quarter|year", "earlier today")
def _earlier(m: Match) -> Value | None:
    today = m.scan.today
    match m.words[-1]:
        case "today":
            return once((today, today), "day", m.shape, past=True)
        case "week":
            first = working_week(today)[0]
        case "month":
            first = today.replace(day=1)
        case "quarter":
            first = quarter_span(today, m.scan.fiscal)[0]
        case _:
            first = today.replace(month=1, day=1)
    return once((first, max(first, today - DAY)), "part", m.shape, past=True)


def _week_of(span: Span) -> Span:
    """The working week of a day; of a weekend, the week that follows where it is named by its Sunday."""
    return working_week(span[0] + DAY if span[0].weekday() == 6 else span[0])


_WEEK_OF = (
    "week_of|week_commencing|week_beginning|week_beginning_on|week_starting|week_starting_on|week_from|week_containing|week_with|week_around|"
    "w_/_c|w_/_b|wc|wk_of|wk_commencing"
)


@PERIODS.phrase(f"[the] [calendar] {_WEEK_OF} <date>", f"[the] {_WEEK_OF} <the_nth>")
def _week_of_day(m: Match, value: Value) -> Value | None:
    if value.cycle == "week":
        value = replace(value, way="next")
    return value.map(_week_of, grain="week", phrase=m.shape)


@PERIODS.phrase("[the] week ending|ended <date>", "[the] w_/_e <date>", "[the] week ending|ended <the_nth>")
def _week_ending(m: Match, value: Value) -> Value | None:
    return value.map(
        lambda span: working_week(span[0] - DAY if span[0].weekday() == 6 else span[0]), grain="week", phrase=m.shape
    )


@PERIODS.phrase("<holiday> week", "[the] week of <holiday>")
def _holiday_week(m: Match, value: Value) -> Value:
    return value.map(lambda span: working_week(span[0]), grain="week", phrase=m.shape)


@PERIODS.phrase("[the] [calendar] week|wk [number|no] <n>", "[the] kw|cw|w_k <n>")
def _numbered_week(m: Match, number: int) -> Value | None:
    """A week of the year; "week 2 of the pilot" and "week one" count from somewhere else."""
    ends = m.closed or m.after.isdigit() or (number > _WEEKS_OF_PROJECT and m.words[-1].isdigit())
    if not 1 <= number <= _WEEKS_OF_YEAR or m.after == "of" or not ends:
        return None
    sure = number > _WEEKS_OF_PROJECT or not {"kw", "cw", "calendar"}.isdisjoint(m.words)
    if not sure and not (m.words[-1].isdigit() and m.before in ("in", "by", "until", "from")):
        return None
    return Value(cycle="year", at=lambda year: iso_week(year, number), grain="week", phrase=m.shape)


@PERIODS.phrase("[the] [calendar] week|wk|kw|cw <n> of|in|/ <year_said>")
def _numbered_week_of(m: Match, number: int, year: Year) -> Value | None:
    value = Value(cycle="year", at=lambda turn: iso_week(turn, number), grain="week", phrase=m.shape)
    return in_year(value, year, m.scan) if 1 <= number <= _WEEKS_OF_YEAR else None


@PERIODS.phrase(
    "[the] week after|following <date>",
    "[the] week after|following <the_nth>",
)
def _week_after(m: Match, value: Value) -> Value | None:
    return settled(value, m.scan).map(lambda span: working_week(span[1] + 7 * DAY), grain="week", phrase=m.shape)


@PERIODS.phrase("[the] week before|preceding <date>", "[the] week before|preceding <the_nth>")
def _week_before(m: Match, value: Value) -> Value | None:
    return settled(value, m.scan).map(lambda span: working_week(span[0] - 7 * DAY), grain="week", phrase=m.shape)


@PERIODS.phrase("[the] weekend after|following|of <date>", "[the] weekend of <the_nth>")
def _weekend_of(m: Match, value: Value) -> Value | None:
    return value.map(lambda span: weekend(span[0]), grain="week", phrase=m.shape)


@PERIODS.phrase("[the] month after|following <period>")
def _month_after(m: Match, value: Value) -> Value | None:
    return value.map(lambda span: month_span(span[1].year, span[1].month + 1), grain="month", phrase=m.shape)


def month_value(month: int, phrase: str) -> Value:
    return Value(cycle="year", at=lambda year: month_span(year, month), grain="month", phrase=phrase)


@PERIODS.phrase("<month> [,|of] <year>", "<month> <'yy>")
def _month_year(m: Match, month: int, number: int) -> Value | None:
    return in_year(month_value(month, m.shape), Year(number=number), m.scan)


@PERIODS.phrase("<month>", "[the] month of <month>", "this|coming <month>")
def _month(m: Match, month: int) -> Value | None:
    return month_value(month, m.shape)


@PERIODS.phrase("next <month>")
def _next_named_month(m: Match, month: int) -> Value | None:
    return replace(month_value(month, m.shape), way="after")


@PERIODS.phrase("[this] last|past|previous <month>", "<month> just gone|past")
def _last_named_month(m: Match, month: int) -> Value | None:
    return replace(month_value(month, m.shape), way="last", past=True)


@PERIODS.phrase("<year_said> [-] <month>", "<year_said> ' s <month>")
def _year_month(m: Match, year: Year, month: int) -> Value | None:
    return in_year(month_value(month, m.shape), year, m.scan)


@PERIODS.phrase("<month> -|/ <yy>")
def _month_short_year(m: Match, month: int, number: int) -> Value | None:
    """ "Jan-27", "Mar/26"."""
    return in_year(month_value(month, m.shape), Year(number=number), m.scan) if m.scan.glued(m.end - 1) else None


@PERIODS.phrase("<month> -|to|through|thru|until|till|til|/|or|and <month>")
def _months(m: Match, first: int, last: int) -> Value | None:
    joined = m.words[1] in ("or", "and", "/")
    count = (last - first) % 12 + 1
    if count == 1 or (joined and count != 2 and m.before != "between"):
        return None
    return Value(cycle="year", at=lambda year: month_span(year, first, count), grain="month", phrase=m.shape)


@PERIODS.phrase("this|current|the_current month")
def _this_month(m: Match) -> Value | None:
    return _month_from_here(m, 0)


@PERIODS.phrase("[the] next|coming|upcoming|following month")
def _next_month(m: Match) -> Value | None:
    if m.words[-2] == "following" and m.scan.previous is not None:
        last = m.scan.previous[1]
        return once(month_span(last.year, last.month + 1), "month", m.shape)
    return _month_from_here(m, 1)


@PERIODS.phrase("last month", "[the] previous|past month")
def _last_month(m: Match) -> Value | None:
    return None if m.after in ("of", "in") else _month_from_here(m, -1)


@PERIODS.phrase("[the] month after next")
def _month_after_next(m: Match) -> Value | None:
    return _month_from_here(m, 2)


def _month_from_here(m: Match, offset: int) -> Value | None:
    return once(month_span(m.scan.today.year, m.scan.today.month + offset), "month", m.shape, past=offset < 0)


@PERIODS.phrase("midweek|mid_week|mid_-_week [next|this] [week]")
def _midweek(m: Match) -> Value | None:
    wednesday = working_week(m.scan.today)[0] + timedelta(days=2)
    if "next" in m.words or wednesday < m.scan.today:
        wednesday += timedelta(days=7)
    return once((wednesday, wednesday), "day", m.shape)

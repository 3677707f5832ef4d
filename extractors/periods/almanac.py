"""Arithmetic on days: months, weeks, quarters, fiscal years, and the parts of each.

A span is a pair of days, both inclusive. A working week is Monday to Friday.
"""

from calendar import monthrange
from datetime import date, timedelta
from typing import Literal, assert_never

Span = tuple[date, date]
Unit = Literal["day", "workday", "week", "month", "quarter", "half", "year"]
Third = Literal["early", "mid", "late"]

DAY = timedelta(days=1)


def month_span(year: int, month: int, months: int = 1) -> Span:
    """The whole of `months` months, the first of which is `month` (1 to 12, or beyond: 13 is the next January)."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    last = year * 12 + month - 2 + months
    return date(year, month, 1), month_end(last // 12, last % 12 + 1)


def month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def fiscal_year_of(day: date, start_month: int) -> int:
    """The number of the fiscal year that holds a day: the calendar year in which it ends."""
    return day.year + (1 if start_month > 1 and day.month >= start_month else 0)


def fiscal_span(year: int, start_month: int, first_month: int = 0, months: int = 12) -> Span:
    """`months` months of fiscal year `year`, from its month number `first_month` (0 is the first)."""
    opening = year if start_month == 1 else year - 1
    return month_span(opening, start_month + first_month, months)


def quarter_span(day: date, start_month: int, offset: int = 0) -> Span:
    """The quarter of the fiscal year that holds a day, or the one `offset` quarters later."""
    return month_span(day.year, day.month - (day.month - start_month) % 3 + 3 * offset, 3)


def half_span(day: date, start_month: int, offset: int = 0) -> Span:
    """The half of the fiscal year that holds a day, or the one `offset` halves later."""
    return month_span(day.year, day.month - (day.month - start_month) % 6 + 6 * offset, 6)


def working_week(day: date) -> Span:
    """Monday to Friday of the week that holds a day."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=4)


def weekend(day: date) -> Span:
    """Saturday and Sunday of the week that holds a day."""
    monday = day - timedelta(days=day.weekday())
    return monday + timedelta(days=5), monday + timedelta(days=6)


def iso_week(year: int, week: int) -> Span | None:
    try:
        monday = date.fromisocalendar(year, week, 1)
    except ValueError:
        return None
    return monday, monday + timedelta(days=4)


def calendar_date(year: int, month: int, day: int) -> date | None:
    """The date, or None where the calendar has none (30 February)."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def add(day: date, count: int, unit: Unit) -> date | None:
    """The day that lies `count` units after another (before it, where negative); None beyond the calendar.

    A month later than the 31st is the last day of a shorter month.
    """
    try:
        match unit:
            case "day":
                return day + timedelta(days=count)
            case "week":
                return day + timedelta(weeks=count)
            case "workday":
                return _add_workdays(day, count)
            case "month":
                return _add_months(day, count)
            case "quarter":
                return _add_months(day, 3 * count)
            case "half":
                return _add_months(day, 6 * count)
            case "year":
                return _add_months(day, 12 * count)
            case _:
                assert_never(unit)
    except (ValueError, OverflowError):
        return None


def _add_months(day: date, count: int) -> date:
    turn = day.year * 12 + day.month - 1 + count
    year, month = turn // 12, turn % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _add_workdays(day: date, count: int) -> date:
    step = DAY if count >= 0 else -DAY
    weeks, rest = divmod(abs(count), 5)
    day += step * (7 * weeks)
    while rest or day.weekday() > 4:
        day += step
        if day.weekday() < 5:
            rest = max(rest - 1, 0)
    return day


def whole_months(span: Span) -> int:
    """How many calendar months a span covers exactly, 0 where it starts or ends inside one."""
    first, last = span
    if first.day != 1 or (last + DAY).day != 1:
        return 0
    return (last.year - first.year) * 12 + last.month - first.month + 1


def third(span: Span, which: Third) -> Span:
    """The first, middle or last third: of a month 1-10, 11-20, 21-end; of a quarter, half or year by whole months."""
    first, last = span
    months = whole_months(span)
    if months and months % 3 == 0:
        size = months // 3
        offset = {"early": 0, "mid": size, "late": 2 * size}[which]
        return month_span(first.year, first.month + offset, size)
    days = (last - first).days + 1
    size = 10 if months == 1 else max(round(days / 3), 1)
    early, late = first + timedelta(days=size - 1), last - timedelta(days=size - 1)
    if months == 1:
        late = first.replace(day=21)
    match which:
        case "early":
            return first, early
        case "mid":
            return (early + DAY, late - DAY) if early + DAY < late else (early, max(early, late))
        case "late":
            return late, last
        case _:
            assert_never(which)


def half(span: Span, which: int) -> Span:
    """The first (1) or second (2) half: of a month 1-15 and 16-end, of an even number of months by whole months."""
    first, last = span
    months = whole_months(span)
    if months and months % 2 == 0:
        return month_span(first.year, first.month + (which - 1) * (months // 2), months // 2)
    middle = first + timedelta(days=14 if months == 1 else ((last - first).days + 1) // 2 - 1)
    return (first, middle) if which == 1 else (middle + DAY, last)


def nth_weekday(span: Span, weekday: int, nth: int) -> date | None:
    """The nth of a weekday within a span (1 is the first, -1 the last); None where it has no such day."""
    first, last = span
    if nth > 0:
        day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    else:
        day = last - timedelta(days=(last.weekday() - weekday) % 7 + 7 * (-nth - 1))
    return day if first <= day <= last else None


def nth_week(span: Span, nth: int) -> Span | None:
    """The nth week of a longer span (-1 is the last): the first is its first seven days, others are working weeks.

    People count weeks of a month from its 1st ("the first week of July" is 1-7), but mean by the second or the last a
    Monday to Friday; the one of which most, its Wednesday, lies in the span is the first.
    """
    first, last = span
    if nth == 1:
        return first, min(first + timedelta(days=6), last)
    wednesday = nth_weekday(span, 2, nth)
    if wednesday is None:
        return None
    monday, friday = working_week(wednesday)
    return max(monday, first), min(friday, last)


def workday_in(span: Span, nth: int) -> date | None:
    """The nth day of a span that is no Saturday or Sunday (-1 the last)."""
    first, last = span
    day = _add_workdays(first - DAY, nth) if nth > 0 else _add_workdays(last + DAY, nth)
    return day if first <= day <= last else None

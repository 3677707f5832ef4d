"""Dates in digits: 2026-07-06, 06/07/2026, 6.7.2026, and 7/6 where the words around it say that it is a day."""

from datetime import date

from extractors.periods.almanac import Span, calendar_date, month_span
from extractors.periods.lexicon import BEFORE_NUMBERS, FOLLOWERS, UNITS, WEEKDAYS
from extractors.periods.numbers import FIRST_YEAR, LAST_YEAR, full_year
from extractors.periods.scan import Readings, Scan
from extractors.periods.value import Value, once


def numeric_date(scan: Scan, i: int) -> Readings:
    """A date of two or three numbers tied by the same mark."""
    first, mark, second = scan.word(i), scan.word(i + 1), scan.word(i + 2)
    if not (first.isdigit() and second.isdigit() and mark in ("-", "/", ".") and mark):
        return []
    spaced = not scan.glued(i + 1)
    if (scan.glued(i) and scan.word(i - 1) not in ("(", '"', "'", "[", ":", "-")) or spaced != (not scan.glued(i + 2)):
        return []
    if spaced and mark != ".":
        return []
    third = scan.word(i + 4) if scan.word(i + 3) == mark and scan.word(i + 4).isdigit() else ""
    if third and not scan.glued(i + 4) and len(third) == 2 and _time_at(scan, i + 4):
        third = ""  # "19.12. 09:30"
    if third and scan.glued(i + 3):
        found = _in_full(scan, first, second, third, mark)
        if found is None or (scan.glued(i + 5) and scan.word(i + 5) in ("-", "/") and scan.word(i + 6).isdigit()):
            return []
        value = once((found, found), "day", "<numbers>", relative=False)
        return [(i + 5, value)] if value else []
    row = mark == "/" and "/" in (scan.word(i + 5), scan.word(i - 3)) and "-" in (scan.word(i + 3), scan.word(i - 1))
    if not spaced and mark in "-/" and (whole := _month_and_year(first, second)) is not None:
        month = once(month_span(*whole), "month", "<numbers>", relative=False)
        return [(i + 3, month)] if month and not (scan.glued(i + 3) and scan.word(i + 3) == mark) else []
    if spaced or (not row and scan.glued(i + 3) and scan.word(i + 3) in ("-", "/", "%")):
        return []
    return _without_year(scan, i, first, second, mark, said=row)


def _in_full(scan: Scan, first: str, second: str, third: str, mark: str) -> date | None:
    if len(first) == 4:
        year, month, day = int(first), int(second), int(third)
    else:
        if len(third) not in (2, 4) or max(len(first), len(second)) > 2:
            return None
        year = full_year(int(third)) if len(third) == 2 else int(third)
        day, month = _ordered(int(first), int(second), day_first=scan.day_first or mark == ".")
    return calendar_date(year, month, day) if FIRST_YEAR <= year <= LAST_YEAR else None


def _time_at(scan: Scan, i: int) -> bool:
    """Whether a time of day that cannot be missed stands there: 09:30, 2pm, or 22.10 as Germans write it."""
    after = scan.word(i + 1)
    if not scan.word(i).isdigit() or len(scan.word(i)) > 2:
        return False
    if after in (":", ".") and scan.glued(i + 1) and scan.glued(i + 2):
        return len(scan.word(i + 2)) == 2 and scan.word(i + 2).isdigit()
    return after in ("am", "pm", "uhr")


def _month_and_year(first: str, second: str) -> tuple[int, int] | None:
    """The year and month of 11/2026 or 2026-11."""
    year, month = (first, second) if len(first) == 4 else (second, first)
    if len(year) != 4 or len(month) > 2 or not FIRST_YEAR <= int(year) <= LAST_YEAR or not 1 <= int(month) <= 12:
        return None
    return (int(year), int(month)) if len(first) != 4 or len(month) == 2 else None


def _ordered(first: int, second: int, *, day_first: bool) -> tuple[int, int]:
    """Day and month of two numbers: as the country writes them, unless only the other order is a date."""
    day, month = (first, second) if day_first else (second, first)
    return (month, day) if month > 12 >= day else (day, month)


def _without_year(scan: Scan, i: int, first: str, second: str, mark: str, *, said: bool) -> Readings:
    """ "By 7/6", "until 30.09": two numbers are a day only where a word says so, or where nothing else fits."""
    if mark == "-" or len(first) > 2 or len(second) > 2 or first == "0":
        return []
    end = i + 3
    if mark == "." and scan.word(end) == "." and scan.glued(end):
        end += 1
    before = scan.word(i - 1)
    said = said or before in BEFORE_NUMBERS or before in WEEKDAYS or (before == "," and scan.word(i - 2) in WEEKDAYS)
    said = said or (before == "the" and scan.word(i - 2) in BEFORE_NUMBERS)
    timed = (mark == "/" or end > i + 3) and _time_at(scan, end)
    # "5.8. - 16.8."
    said = said or timed or (end > i + 3 and "-" in (before, scan.word(end)))
    if mark == ".":
        padded = len(first) == 2 and second.startswith("0") and 13 <= int(first) <= 31
        said = (said and (len(second) == 2 or end > i + 3)) or padded
    else:
        # 1/31 is no fraction that anyone says; 24/7 and 16/9 are no days.
        said = said or (max(int(first), int(second)) > 12 and second not in ("7", "9") and len(second) == 2)
    if not said or scan.word(end) in UNITS or not (timed or scan.ends_here(end) or scan.word(end) in FOLLOWERS):
        return []
    day, month = int(first), int(second)
    if mark != ".":
        day, month = _ordered(day, month, day_first=scan.day_first)

    def at(year: int) -> Span | None:
        found = calendar_date(year, month, day)
        return None if found is None else (found, found)

    if calendar_date(2028, month, day) is None:
        return []
    return [(end, Value(cycle="year", at=at, grain="day", phrase="<numbers>"))]

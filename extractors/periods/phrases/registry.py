"""The grammars that the phrases enter themselves in, and the readers that their shapes may name."""

from collections.abc import Callable
from dataclasses import replace

from extractors.periods.almanac import Span
from extractors.periods.durations import OPENINGS as DURATION_OPENINGS
from extractors.periods.durations import duration
from extractors.periods.feasts import OPENINGS as FEAST_OPENINGS
from extractors.periods.feasts import feast
from extractors.periods.grammar import Grammar, Reader
from extractors.periods.lexicon import CARDINALS, MONTHS, ORDINALS, PLURAL_WEEKDAYS, TENS, WEEKDAYS
from extractors.periods.names import month, weekday
from extractors.periods.numbers import (
    clipped_year,
    day_number,
    fiscal_year,
    number,
    ordinal,
    short_year,
    year,
)
from extractors.periods.numeric import numeric_date
from extractors.periods.scan import DIGITS, Readings, Scan
from extractors.periods.value import Value, Year, in_year

_DEEPEST = 6
"""Phrases within phrases ("the end of the first week of ..."): deeper ones are nobody's speech."""

_SMALL = frozenset(CARDINALS) | frozenset(TENS) | {DIGITS}
_NTH = frozenset(ORDINALS) | frozenset(TENS) | {DIGITS}
_YEAR = frozenset({DIGITS, "twenty", "nineteen", "two"})


def words(*openings: frozenset[str]) -> Callable[[], frozenset[str]]:
    """The openings of a reader that are known beforehand."""
    together = frozenset[str]().union(*openings)
    return lambda: together


READERS: dict[str, Reader] = {
    "n": Reader(number, words(_SMALL, frozenset("a"))),
    "nth": Reader(ordinal, words(_NTH)),
    "day": Reader(day_number, words(_SMALL, _NTH)),
    "month": Reader(month, words(frozenset(MONTHS))),
    "weekday": Reader(weekday, words(frozenset(WEEKDAYS))),
    "weekdays": Reader(lambda scan, i: [(i + 1, PLURAL_WEEKDAYS[scan.word(i)])], words(frozenset(PLURAL_WEEKDAYS))),
    "year": Reader(year, words(_YEAR)),
    "'yy": Reader(clipped_year, words(frozenset("'"))),
    "yy": Reader(short_year, words(frozenset(TENS), frozenset({"'", DIGITS}))),
    "fiscal_year": Reader(fiscal_year, words(frozenset({"fiscal", "financial", "fy", "fye"}))),
    "duration": Reader(duration, words(_SMALL, DURATION_OPENINGS)),
    "holiday": Reader(feast, words(FEAST_OPENINGS)),
    "numbers": Reader(numeric_date, words(frozenset({DIGITS}))),
}

YEARS = Grammar("year", READERS)
"""Years as they are said beside something else; every meaning is a Year."""
QUARTERS = Grammar("quarter", READERS)
"""Quarters and halves without their year; every meaning is a Value of the fiscal cycle."""
PERIODS = Grammar("period", READERS)
"""Everything that names days; every meaning is a Value."""

READERS["year_said"] = Reader(YEARS.readings, YEARS.openings)
READERS["quarter"] = Reader(QUARTERS.readings, QUARTERS.openings)


def period(scan: Scan, i: int) -> Readings:
    """The longest period at a token, with the year said after it."""
    if scan.depth >= _DEEPEST:
        return ()
    scan.depth += 1
    try:
        found = PERIODS.readings(scan, i)
        return [_with_weekday(scan, *_with_year(scan, end, value)) for end, value in found]
    finally:
        scan.depth -= 1


def _with_year(scan: Scan, i: int, value: Value) -> tuple[int, Value]:
    if value.cycle not in ("year", "fiscal"):
        return i, value
    j = i
    if scan.word(j) in (",", "-", "/", "("):
        j += 1
    if scan.word(j) in ("of", "in", "for"):
        j += 1
    if scan.word(j) == "the" and scan.word(j + 1) == "year" and scan.word(j + 2) not in ("after", "before"):
        return j + 2, value
    if scan.word(j) in ("each", "every") and scan.word(j + 1) == "year":
        return j + 2, value
    said = list(YEARS.readings(scan, j))
    tied = scan.word(j - 1) in ("-", "/") and scan.glued(j) and scan.glued(j - 1) and value.phrase != "<numbers>"
    if not said and (value.cycle == "fiscal" or tied):
        said = [
            (end, Year(number=short))
            for end, short in short_year(scan, j)
            if tied or j > i or _plain_year(scan, i, end)
        ]
    for end, which in said:
        dated = in_year(value, which, scan)
        if dated is not None:
            return (end + 1 if scan.word(j - 1) == "(" and scan.word(end) == ")" else end), dated
    return i, value


def _with_weekday(scan: Scan, i: int, value: Value) -> tuple[int, Value]:
    """A day with its weekday after it: "14 May (Thursday)", "the 14th, a Thursday"."""
    if value.grain != "day" or value.cycle in ("week", "once") or value.weekday is not None:
        return i, value
    mark = scan.word(i)
    if mark not in ("(", ","):
        return i, value
    j = i + 2 if scan.word(i + 1) in ("a", "on") else i + 1
    for end, which in weekday(scan, j):
        if mark == "(" and scan.word(end) == ")":
            return end + 1, on_weekday(value, which)
        if mark == "," and (j > i + 1 or scan.ends_here(end)):
            return end, on_weekday(value, which)
    return i, value


def _plain_year(scan: Scan, i: int, end: int) -> bool:
    """Whether two digits after a quarter are its year ("Q3 27") and count nothing ("Q3 40 seats")."""
    return scan.glued(i) or scan.ends_here(end)


def single_day(scan: Scan, i: int) -> Readings:
    """A period that is one day."""
    return [(end, value) for end, value in scan.read("period", period, i) if value.grain in ("day", "hour", "minute")]


def bare_day(scan: Scan, i: int) -> Readings:
    """ "The 12th", "12th" or "twelfth" inside a phrase that says it is a day: a Value for each month."""
    j = i + 1 if scan.word(i) == "the" else i
    return [(end, day_of_month(number)) for end, number in ordinal(scan, j)]


def day_of_month(number: int, phrase: str = "the <nth>") -> Value:
    """The nth of every month that has it."""
    from extractors.periods.almanac import calendar_date
    from extractors.periods.value import month_of_turn

    def at(turn: int) -> Span | None:
        found = calendar_date(*month_of_turn(turn), number)
        return None if found is None else (found, found)

    return Value(cycle="month", at=at, grain="day", phrase=phrase)


def on_weekday(value: Value, weekday_number: int) -> Value:
    """The same value, said with the weekday on which it falls."""
    return replace(value, weekday=weekday_number)


READERS["period"] = Reader(period, PERIODS.openings)
READERS["date"] = Reader(single_day, PERIODS.openings)
READERS["the_nth"] = Reader(bare_day, words(_NTH, frozenset({"the"})))

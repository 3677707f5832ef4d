"""Lengths of time as they are said: "three to four weeks", "a couple of months", "a year and a half"."""

from dataclasses import dataclass
from datetime import date

from extractors.periods.almanac import Unit, add
from extractors.periods.lexicon import UNITS
from extractors.periods.mention import Grain
from extractors.periods.numbers import digits, number
from extractors.periods.scan import Readings, Scan

_GRAINS: dict[Unit, Grain] = {
    "day": "day",
    "workday": "day",
    "week": "week",
    "month": "month",
    "quarter": "quarter",
    "half": "half",
    "year": "year",
}
OPENINGS = frozenset(
    [
        "a",
        "an",
        "the",
        "couple",
        "few",
        "dozen",
        "half",
        "about",
        "around",
        "roughly",
        "approximately",
        "another",
        "say",
        "just",
        "only",
        "like",
    ]
)
"""Words with which a duration begins, beside the numbers."""
FEW = 3
"""Days, weeks or months in "a few"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """From `low` to `high` units (equal when one number was said), and `extra` days on top of a half month."""

    low: int
    high: int
    unit: Unit
    extra: int = 0
    vague: bool = False

    @property
    def grain(self) -> Grain:
        return _GRAINS[self.unit]

    def after(self, day: date, sign: int = 1) -> tuple[date, date] | None:
        """The days so long after another (before it where `sign` is -1), the nearer bound first in the calendar."""
        near = add(day, sign * self.low, self.unit)
        far = add(day, sign * self.high, self.unit)
        if near is None or far is None:
            return None
        near, far = add(near, sign * self.extra, "day"), add(far, sign * self.extra, "day")
        if near is None or far is None:
            return None
        return (near, far) if near <= far else (far, near)


def duration(scan: Scan, i: int) -> Readings:
    """A length of days, weeks, months, quarters or years; 24, 48 and 72 hours are days."""
    j = i
    if scan.word(j) in ("about", "around", "roughly", "approximately", "another", "say", "just", "only", "like"):
        vague = scan.word(j) in ("about", "around", "roughly", "approximately")
        j += 1
        if scan.word(i) == "another" and (unit := _unit(scan, j)):
            return [(unit[0], Duration(low=unit[2], high=unit[2], unit=unit[1]))]
    else:
        vague = False
    half = _with_half(scan, j)
    if half is not None:
        return [half]
    counted = _count(scan, j)
    if counted is None:
        return []
    j, low, high, loose = counted
    if scan.word(j) in ("more", "full", "short", "whole", "calendar", "solid"):
        j += 1
    if scan.word(j) in ("hours", "hrs") and low == high and low % 24 == 0:
        return [(j + 1, Duration(low=low // 24, high=low // 24, unit="day"))]
    unit = _unit(scan, j)
    if unit is None:
        return []
    j, kind, factor = unit
    low, high, extra = low * factor, high * factor, 0
    if scan.word(j) == "or" and scan.word(j + 1) in ("two", "so"):
        vague = vague or scan.word(j + 1) == "so"
        high = 2 * factor if scan.word(j + 1) == "two" and low == factor else high
        j += 2
    elif scan.word(j) == "and" and scan.word(j + 1) == "a" and scan.word(j + 2) == "half":
        extra = _half_of(kind)
        if kind == "year":
            low, high, kind, extra = 12 * low + 6, 12 * high + 6, "month", 0
        j += 3
    elif kind in ("year", "month", "week") and (more := _more(scan, j)) is not None:
        j, extra, months = more
        if months:
            low, high, kind = 12 * low + months, 12 * high + months, "month"
            if (days := _more(scan, j)) is not None:
                j, extra, _ = days
    return [(j, Duration(low=low, high=high, unit=kind, extra=extra, vague=vague or loose))]


def _more(scan: Scan, i: int) -> tuple[int, int, int] | None:
    """The smaller unit after a greater: "a month and 21 days"; where it ends, its days, or its months after a year."""
    j = i + 1 if scan.word(i) in ("and", ",") else i
    for end, count in number(scan, j):
        unit = _unit(scan, end)
        if unit is None or (scan.word(i) == "," and not scan.word(j).isdigit()):
            return None
        if unit[1] in ("day", "week"):
            return unit[0], count * (7 if unit[1] == "week" else 1) * unit[2], 0
        if unit[1] == "month" and scan.word(i - 1) in ("year", "years", "yr", "yrs"):
            return unit[0], 0, count
    return None


def _half_of(unit: Unit) -> int:
    return {"week": 3, "month": 15}.get(unit, 0)


def _with_half(scan: Scan, i: int) -> tuple[int, Duration] | None:
    """ "Half a year", "two and a half weeks", "half a month"."""
    if scan.word(i) == "half" and scan.word(i + 1) in ("a", "an"):
        match scan.word(i + 2):
            case "year":
                return i + 3, Duration(low=6, high=6, unit="month")
            case "month":
                return i + 3, Duration(low=15, high=15, unit="day")
            case _:
                return None
    for end, count in number(scan, i):
        words = [scan.word(end + k) for k in range(3)]
        after = end + 3 if words == ["and", "a", "half"] else end + 2 if words[:2] == ["and", "half"] else 0
        if after and (unit := _unit(scan, after)):
            if unit[1] == "year":
                return unit[0], Duration(low=12 * count + 6, high=12 * count + 6, unit="month")
            return unit[0], Duration(low=count, high=count, unit=unit[1], extra=_half_of(unit[1]))
    return None


def _count(scan: Scan, i: int) -> tuple[int, int, int, bool] | None:
    """How many: the position after it, the bounds, and whether it is loose ("a few")."""
    j = i + 1 if scan.word(i) in ("a", "the") else i
    match scan.word(j):
        case "couple":
            return (j + 2 if scan.word(j + 1) == "of" else j + 1), 2, 2, False
        case "few":
            return j + 1, FEW, FEW, True
        case "dozen":
            return j + 1, 12, 12, False
    found = number(scan, i)
    if not found:
        return (i + 1, 1, 1, False) if scan.word(i) in ("a", "an", "one") else None
    end, low = found[0]
    if scan.word(end) in ("to", "or", "-"):
        for after, high in number(scan, end + 1):
            if low < high:
                return after, low, high, False
    return end, low, low, False


def _unit(scan: Scan, i: int) -> tuple[int, Unit, int] | None:
    """The unit at a position: where it ends, which it is, and how many of it one is (a fortnight is two weeks)."""
    word = scan.word(i)
    if word in ("working", "business", "work", "trading", "school") and scan.word(i + 1) in ("day", "days"):
        return i + 2, "workday", 1
    unit = UNITS.get(word)
    if unit is None or (scan.glued(i) and digits(scan, i - 1) is None):
        return None
    return i + 1, unit, 2 if word.startswith("fortnight") else 1

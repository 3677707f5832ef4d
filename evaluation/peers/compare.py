"""Whether an answer is right, and where ours is not, whether only a convention parts it from the suite."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from enum import StrEnum

from evaluation.peers.suites import Case, Value

__all__ = ["CONVENTIONS", "Answer", "Verdict", "convention", "verdict"]

Answer = list[list[Value]]


class Verdict(StrEnum):
    RIGHT = "right"
    OTHER = "other"  # something was found, but something else
    NOTHING = "nothing"


def verdict(case: Case, answer: Answer) -> Verdict:
    """Right: as many things as the suite expects, in its order, each with a value that it accepts."""
    if len(answer) == len(case.want) and all(map(_one_right, answer, case.want)):
        return Verdict.RIGHT
    return Verdict.OTHER if answer else Verdict.NOTHING


def _one_right(found: list[Value], accepted: list[Value]) -> bool:
    return any(_same(value, wanted) for value in found for wanted in accepted)


def _same(value: Value, wanted: Value) -> bool:
    if len(value) == 3 and wanted[2:] == [""]:  # money whose currency the suite leaves open
        return value[:2] == wanted[:2]
    return value == wanted


def convention(case: Case, answer: Answer) -> str | None:
    """The convention in which we differ from the suite, or None where we read it wrongly or not at all."""
    kind = {"dates": _DATES, "money": _MONEY, "numbers": _NUMBERS}[case.kind]
    for name, holds in kind.items():
        if len(answer) == len(case.want) and answer:
            pairs = zip(answer, case.want, strict=True)
            if all(_one_right(found, want) or any(holds(case, found[0], w) for w in want) for found, want in pairs):
                return name
        elif holds(case, answer[0][0] if answer else [], case.want[0][0] if case.want else []):
            return name
    return None


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _both(got: Value, want: Value) -> bool:
    return len(got) >= 2 and len(want) >= 2


def _working_week(_: Case, got: Value, want: Value) -> bool:
    if not _both(got, want) or got[0] != want[0] or _day(got[1]).weekday() != 4:
        return False
    return 1 <= (_day(want[1]) - _day(got[1])).days <= 2


def _last_day(case: Case, got: Value, want: Value) -> bool:
    """Recognizers-Text leaves out the last day that is named in a range; duckling the hour."""
    if not _both(got, want):
        return False
    return got[0] == want[0] and abs((_day(got[1]) - _day(want[1])).days) == 1 and "duckling" not in case.suite


def _end(_: Case, got: Value, want: Value) -> bool:
    return _both(got, want) and got[0] == got[1] == want[1] and want[0] < want[1]


def _thirds(case: Case, got: Value, want: Value) -> bool:
    said = re.search(
        r"\b(?:early|late|mid|beginning|start|end|first|last|second|third|summer|winter|spring|fall)\b", case.text, re.I
    )
    return bool(said) and _both(got, want) and got[0] <= want[1] and want[0] <= got[1]


def _time_alone(_: Case, got: Value, want: Value) -> bool:
    return not got and len(want) == 4


def _part_of_day(_: Case, got: Value, want: Value) -> bool:
    return len(want) == 4 and len(got) == 2 and got[0] == want[0]


def _to_come(case: Case, got: Value, want: Value) -> bool:
    today = case.now[:10]
    return _both(got, want) and got[0] >= today > want[0]


def _inside(case: Case, got: Value, want: Value) -> bool:
    """ "Two years ago" is a day for us and a month for duckling."""
    counted = re.search(r"\b(?:ago|in|hence|from now|within)\b", case.text, re.I)
    return bool(counted) and _both(got, want) and got[0] == got[1] and want[0] <= got[0] <= want[1]


def _from_today(case: Case, got: Value, want: Value) -> bool:
    counted = re.search(r"\b(?:next|past|last|previous|upcoming|coming|within|few)\b", case.text, re.I)
    if not counted or not _both(got, want) or got[0] == got[1]:
        return False
    return case.now[:10] in (got[0], got[1])


def _bare_figures(case: Case, got: Value, _: Value) -> bool:
    return (
        not got
        and re.search(r"[^\W\d_]{3}", re.sub(r"\b(?:I'll|go|went|back|on|in|for|the|be|out)\b", "", case.text)) is None
    )


def _length_alone(case: Case, got: Value, _: Value) -> bool:
    """A count of units, or the next or last of a unit, that says from when only by what was said before."""
    if got or "holiday" in case.suite:
        return False
    counted = r"(?:\d|\b(?:an?|one|two|three|few|next|last|past|this|the|my|rest(?: of)?)\b)[\s\w,.+-]*?"
    unit = r"\b(?:decades?|years?|months?|weeks?|weekends?|days?|hours?|minutes?|seconds?|[dy])\b"
    return re.search(counted + unit, case.text, re.I) is not None and "ago" not in case.text.lower()


def _order(_: Case, got: Value, want: Value) -> bool:
    if not _both(got, want):
        return False
    a, b = _day(got[0]), _day(want[0])
    return a != b and {a.day, a.month, a.year % 100} == {b.day, b.month, b.year % 100}


def _long_ago(case: Case, _: Value, want: Value) -> bool:
    return bool(want) and not "1900" <= want[0][:4] <= "2079"


def _clock_of_four(case: Case, got: Value, want: Value) -> bool:
    return len(want) == 4 and len(got) == 2 and re.search(r"\b\d{4}\b", case.text) is not None


def _weekend(case: Case, got: Value, want: Value) -> bool:
    return (
        re.search(r"we?e?k-?\s?end", case.text, re.I) is not None and _both(got, want) and want[0] <= got[0] <= want[1]
    )


def _feast(case: Case, got: Value, want: Value) -> bool:
    if "holiday" not in case.suite or len(got) != 2 or len(want) != 2:
        return False
    apart = abs((_day(got[0]) - _day(want[0])).days)
    return apart <= 1 or want[0] <= got[0] <= want[1] or got[0] <= want[0] <= got[1]


_DATES: dict[str, Callable[[Case, Value, Value], bool]] = {
    "a week is its working days, Monday to Friday": _working_week,
    "the last day that is named belongs to the range": _last_day,
    "the end of a period is its last day": _end,
    "other bounds of early, late, the first week, a season": _thirds,
    "the weekend is Saturday and Sunday, not from Friday evening": _weekend,
    "feasts by the moon: a day more or less, or as long as people are off": _feast,
    "a time of day without a day is no period": _time_alone,
    'four digits after a day are its year, or nothing ("2 Nov 1815")': _clock_of_four,
    'a part of a day ("Friday afternoon") is the day': _part_of_day,
    "the nearest to come, where the suite goes back": _to_come,
    "so long from now is a day, not a month or a year": _inside,
    "the next or past so many days begin or end today": _from_today,
    'bare figures ("15", "4-22", "10/10") are a day only where words ask for one': _bare_figures,
    'a length alone ("1 year 2 months", "2 weeks later") is no day': _length_alone,
    "06-05-2017 is read as the country writes it": _order,
    "no years before 1900 or after 2079": _long_ago,
}


def _coins(case: Case, got: Value, _: Value) -> bool:
    return (
        not got
        and re.search(r"\b(?:nickels?|dimes?|quarters?|penn(?:y|ies)|a dollar|\d+ c)\b", case.text, re.I) is not None
    )


def _whose_dollar(_: Case, got: Value, want: Value) -> bool:
    return len(got) == 3 and got[:2] == want[:2] and got[2] != want[2]


def _first_only(case: Case, got: Value, want: Value) -> bool:
    return "price-parser" in case.suite and got[:1] == want[:1]


def _unsigned(_: Case, got: Value, want: Value) -> bool:
    return bool(got) and [figure.lstrip("-") for figure in want[:2]] == got[:2]


_MONEY: dict[str, Callable[[Case, Value, Value], bool]] = {
    'coins alone ("a dime", "four quarters") are no price': _coins,
    'the deal\'s currency, where the words leave it open ("ten grand")': _whose_dollar,
    "every sum in the text, where the suite wants the first alone": _first_only,
    "no sums below zero": _unsigned,
}


def _fraction(case: Case, _: Value, __: Value) -> bool:
    said = r"\d\s*/\s*\d|\b(?:in|over|out of|half|quarters?|thirds?|fourth|\w+(?:ie)?ths?|twenty.firsts?)\b|[⅓⅔⅙]"
    return re.search(said, case.text, re.I) is not None


def _power(case: Case, _: Value, __: Value) -> bool:
    return re.search(r"\^|\d[eE][+-]?\d|\d\s?G\b|dozs?|dozens|dzs|pairs?|couple|few|single|nil", case.text) is not None


def _negative(_: Case, got: Value, want: Value) -> bool:
    return bool(got and want) and want[0].lstrip("-") == got[0]


def _counted(case: Case, got: Value, want: Value) -> bool:
    """ "180ml", "this one": numbers for us, none for the suite."""
    return not want and bool(got)


_NUMBERS: dict[str, Callable[[Case, Value, Value], bool]] = {
    "no numbers below zero": _negative,
    "fractions of a whole are no counts": _fraction,
    "no powers, dozens, giga or handfuls": _power,
    '"180ml" and "this one" hold a number': _counted,
}

CONVENTIONS = [*_DATES, *_MONEY, *_NUMBERS]

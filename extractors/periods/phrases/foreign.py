"""Days with the month in another language: "15 März 2026", "1er mars", "3 de mayo de 2026".

This grammar finds the words and dateparser reads the month; a conversation is never given to it whole.
"""

from functools import lru_cache

from extractors.periods.grammar import Match, Reader
from extractors.periods.lexicon import FOREIGN_MONTHS
from extractors.periods.numbers import digits
from extractors.periods.phrases.days import month_day
from extractors.periods.phrases.registry import PERIODS, READERS, words
from extractors.periods.scan import Readings, Scan
from extractors.periods.value import Value, Year, in_year


@lru_cache(maxsize=512)
def _month_number(language: str, name: str) -> int | None:
    import dateparser

    found = dateparser.parse(f"15 {name} 2024", languages=[language], settings={"DATE_ORDER": "DMY"})
    return found.month if found is not None else None


def foreign_month(scan: Scan, i: int) -> Readings:
    """A month in a language other than English."""
    language = FOREIGN_MONTHS.get(scan.word(i))
    if language is None:
        return []
    value = _month_number(language, scan.word(i))
    return [] if value is None else [(i + 1, value)]


def foreign_day(scan: Scan, i: int) -> Readings:
    """A day in digits with the ending that another language gives it: 1er, 3., 1º."""
    value = digits(scan, i, 2)
    if value is None or not 1 <= value <= 31:
        return []
    ending = scan.word(i + 1)
    return [(i + 2, value)] if ending in ("er", ".", "º", "°", "e", "ème") else [(i + 1, value)]


READERS["foreign_month"] = Reader(foreign_month, words(frozenset(FOREIGN_MONTHS)))
READERS["foreign_day"] = Reader(foreign_day, READERS["numbers"].openings)


@PERIODS.phrase("[der|den|dem|le|el|il] <foreign_day> [de|di|do] <foreign_month>")
def _day(m: Match, day: int, month: int) -> Value | None:
    return month_day(month, day, m.shape)


@PERIODS.phrase("[der|den|dem|le|el|il] <foreign_day> [de|di|do] <foreign_month> [de|del|di|do] <year>")
def _day_year(m: Match, day: int, month: int, year: int) -> Value | None:
    value = month_day(month, day, m.shape)
    return in_year(value, Year(number=year), m.scan) if value is not None else None

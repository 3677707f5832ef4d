"""Months and weekdays by name, and the neighbours that tell them from the same words in plain speech.

"May" is a verb, "march" is one too, "sat" and "sun" are words, April and June are people.
"""

from extractors.periods.lexicon import (
    AFTER_NAME,
    BEFORE_ANSWER,
    BEFORE_NAME,
    BEFORE_PERIOD,
    DATE_WORDS,
    FOLLOWERS,
    MARCHING,
    MONTHS,
    RECURRING,
    SUBJECTS,
    WEEKDAYS,
)
from extractors.periods.numbers import clipped_year, day_number, ordinal, year
from extractors.periods.scan import Readings, Scan

_DOUBTFUL_MONTHS = frozenset({"april", "june", "jan", "august", "may", "march", "mar", "dec", "sep", "apr"})
_MODALS = frozenset(
    {
        "his",
        "its",
        "their",
        "s",
        "long",
        "will",
        "the",
        "a",
        "and",
        "may",
        "can",
        "could",
        "would",
        "should",
        "must",
        "ll",
        "us",
    }
)
_DOUBTFUL_DAYS = frozenset({"mon", "sat", "sun", "wed", "thu"})


def month(scan: Scan, i: int) -> Readings:
    """A month by name or abbreviation."""
    word = scan.word(i)
    value = MONTHS.get(word)
    if value is None or (scan.glued(i) and scan.word(i - 1) in ("'", "@", "_")):
        return []
    if word in _DOUBTFUL_MONTHS and not _is_month(scan, i, word):
        return []
    end = i + 1
    if len(word) <= 4 and word not in ("may", "june", "july") and scan.word(end) == "." and scan.glued(end):
        return [(end + 1, value), (end, value)] if _goes_on(scan, end + 1) else [(end, value)]
    return [(end, value)]


def _goes_on(scan: Scan, i: int) -> bool:
    """Whether a point before this position shortens a word and ends no sentence."""
    word = scan.word(i)
    return word.isdigit() or (word != "" and word in ",'-)") or (word.isalpha() and not scan.capital(i))


def _is_month(scan: Scan, i: int, word: str) -> bool:
    before, after = scan.word(i - 1), scan.word(i + 1)
    if _dated(scan, i):
        return not (word in ("may", "march") and before in SUBJECTS and before not in ("to", "this"))
    if word == "may":
        return _is_may(scan, i, before, after)
    if word == "march":
        if after in MARCHING and before not in BEFORE_PERIOD:
            return False
        owned = before == "s" and scan.capital(i)  # "next year's March"
        return owned or before in BEFORE_PERIOD or not (before in SUBJECTS or before in _MODALS)
    if word in ("jan", "mar", "dec", "sep", "apr"):
        # APR is a rate, Jan a given name; alone they need a preposition.
        if scan.text[scan.starts[i] : scan.ends[i]].isupper() and word == "apr":
            return False
        return before in BEFORE_PERIOD or before in ("-", "/", "or", "and") or after in ("-", "/")
    # April, June and August may be people.
    if before in BEFORE_PERIOD:
        return True
    if before in BEFORE_NAME or after in AFTER_NAME:
        return False
    surname = scan.capital(i + 1) and scan.capital(i) and not scan.ends_here(i + 1) and len(after) > 1
    return not (surname and after not in DATE_WORDS and after not in FOLLOWERS)


def _is_may(scan: Scan, i: int, before: str, after: str) -> bool:
    """Whether "may" without a day or a year beside it is the month."""
    closes = scan.ends_here(i + 1)
    if scan.capital(i) and not scan.text[scan.starts[i] : scan.ends[i]].isupper():
        if not scan.begins_sentence(i) or before in ("-", "/"):
            return before not in BEFORE_NAME
        return closes or after in ("is", "was", "works", "would", "or", "then", "at", "and", "for")
    if before in ("this", "next", "last"):
        return closes or after in ("or", "and", "for", "at", "so", "when", "we", "because")
    if before in BEFORE_PERIOD:
        return True
    if before == "-" and scan.word(i - 2) in ("early", "mid", "late"):
        return True
    if before in ("or", "and", "to", "through") and scan.word(i - 2) in MONTHS:
        return after != "not"
    return closes and before in BEFORE_ANSWER


def _dated(scan: Scan, i: int) -> bool:
    """Whether a day or a year stands beside the month."""
    j = i + 1
    if scan.word(j) == "." and scan.glued(j):
        j += 1
    if scan.word(j) == "the":
        return bool(ordinal(scan, j + 1))
    if year(scan, j + 1 if scan.word(j) == "," else j) or clipped_year(scan, j):
        return True
    if scan.word(j) in ("-", "/") and scan.glued(j) and scan.word(j + 1).isdigit():
        return True
    k = j + 1 if scan.word(j) == "of" else j
    if scan.word(k) in ("this", "next", "last") and scan.word(k + 1) == "year":
        return True
    numbers = day_number(scan, j)
    if numbers and (scan.word(i) not in ("may", "march") or scan.word(j).isdigit() or bool(ordinal(scan, j))):
        return True
    if numbers and scan.word(i) == "march":
        return True
    return _day_before(scan, i)


def _day_before(scan: Scan, i: int) -> bool:
    """Whether the words before a month are a day: "the ninth of", "6", "twenty first"."""
    j = i - 1
    if scan.word(j) in ("of", "-", "/", "."):
        j -= 1
    if scan.word(j) in ("st", "nd", "rd", "th"):
        j -= 1
    return bool(day_number(scan, j)) if j >= 0 else False


def weekday(scan: Scan, i: int) -> Readings:
    """A day of the week by name or abbreviation, once: neither "Mondays" nor "every Monday"."""
    word = scan.word(i)
    value = WEEKDAYS.get(word)
    if value is None or scan.word(i - 1) in RECURRING or _recurs(scan, i):
        return []
    if word in _DOUBTFUL_DAYS and not _is_weekday(scan, i, word):
        return []
    end = i + 1
    if len(word) <= 5 and not word.endswith("day") and scan.word(end) == "." and scan.glued(end):
        return (
            [(end + 1, value), (end, value)]
            if _goes_on(scan, end + 1) or scan.word(end + 1) in MONTHS
            else [(end, value)]
        )
    return [(end, value)]


def _recurs(scan: Scan, i: int) -> bool:
    """ "Every other Tuesday", "the second Tuesday of each month"."""
    if scan.word(i - 1) in ("other", "second", "single") and scan.word(i - 2) in RECURRING:
        return True
    if scan.word(i + 1) in ("mornings", "afternoons", "evenings", "nights"):
        return True
    return scan.word(i + 1) in ("of", "in") and scan.word(i + 2) in RECURRING


def _is_weekday(scan: Scan, i: int, word: str) -> bool:
    before, j = scan.word(i - 1), i + 1
    if scan.word(j) in (".", ",") and scan.glued(j):
        j += 1
    if scan.word(j) == "the":
        j += 1
    if before != "the" and (ordinal(scan, j) or scan.word(j) in MONTHS or (day_number(scan, j) and scan.capital(i))):
        return True
    if scan.word(j).isdigit() and scan.word(j + 1) in MONTHS:
        return True
    if before in ("on", "by", "this", "next", "until", "till", "before", "or", "coming") and word != "sun":
        return scan.ends_here(i + 1) or scan.word(i + 1) in FOLLOWERS
    if before in ("/", "-") and WEEKDAYS.get(scan.word(i - 2)) is not None:
        return True
    return scan.capital(i) and not scan.begins_sentence(i) and word != "sun" and scan.ends_here(i + 1)

"""Holidays by name, and what only looks like one."""

from collections.abc import Callable
from dataclasses import dataclass

from extractors.periods.almanac import Span
from extractors.periods.feast_days import FEASTS, Reckoning
from extractors.periods.lexicon import AFTER_HOLIDAY, COMMON_IN_HOLIDAYS, DOUBTFUL_HOLIDAYS
from extractors.periods.scan import Readings, Scan, cut
from extractors.periods.value import Value

_HOME = "US"
"""The country whose holidays are meant where none is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Feast:
    words: tuple[str, ...]
    days: Reckoning


def _index() -> dict[str, list[_Feast]]:
    """Feasts by the first word of each name, the longest names first."""
    index: dict[str, list[_Feast]] = {}
    for names, days in FEASTS:
        for name in names.split("|"):
            words, _, _ = cut(name)
            index.setdefault(words[0], []).append(_Feast(words=tuple(words), days=days))
    for feasts in index.values():
        feasts.sort(key=lambda feast: -len(feast.words))
    return index


_BY_FIRST_WORD = _index()
OPENINGS = frozenset(_BY_FIRST_WORD)
ANCHORS = frozenset(w for feasts in _BY_FIRST_WORD.values() for f in feasts for w in f.words) - COMMON_IN_HOLIDAYS


def feast(scan: Scan, i: int) -> Readings:
    """A holiday by name: a Value for each year."""
    for candidate in _BY_FIRST_WORD.get(scan.word(i), ()):
        end = i + len(candidate.words)
        if tuple(scan.words[i:end]) == candidate.words and _is_feast(scan, i, end, candidate):
            at = _in_country(candidate.days, scan.country or _HOME)
            return [(end, Value(cycle="year", at=at, grain="day", phrase="<holiday>"))]
    return []


def _in_country(days: Reckoning, country: str) -> Callable[[int], Span | None]:
    return lambda year: days(year, country)


def _is_feast(scan: Scan, i: int, end: int, candidate: _Feast) -> bool:
    """Whether the words are the feast and not part of something else: "the Christmas campaign" is none."""
    if scan.word(end) in AFTER_HOLIDAY or scan.word(i - 1) in ("happy", "merry", "enjoy", "enjoyed"):
        return False
    if len(candidate.words) == 1 and candidate.words[0] in DOUBTFUL_HOLIDAYS:
        return scan.capital(i) or scan.word(i - 1) in ("before", "after", "by", "until", "around")
    return True

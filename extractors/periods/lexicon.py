"""The words of time, read once from words.toml: what each names, and which neighbours tell it from plain speech."""

import tomllib
from importlib.resources import files
from typing import Any, cast

from extractors.periods.almanac import Unit

_DATA: dict[str, dict[str, Any]] = tomllib.loads(files("extractors.periods").joinpath("words.toml").read_text("utf-8"))


def _words(table: str, key: str) -> list[str]:
    return cast(str, _DATA[table][key]).split()


def _numbered(table: str, start: int) -> dict[str, int]:
    """Every spelling in a table with the place of its line in it."""
    return {word: place for place, key in enumerate(_DATA[table], start) for word in _words(table, key)}


def _neighbours(key: str) -> frozenset[str]:
    return frozenset(_words("neighbours", key))


MONTHS = _numbered("months", 1)
WEEKDAYS = _numbered("weekdays", 0)
PLURAL_WEEKDAYS = {f"{word}s": day for word, day in WEEKDAYS.items() if word.endswith("day")}
DATE_WORDS = frozenset(MONTHS) | frozenset(WEEKDAYS)
UNITS: dict[str, Unit] = {word: cast(Unit, unit) for unit in _DATA["units"] for word in _words("units", unit)}
CARDINALS = {word: number for number, word in enumerate(_words("numbers", "cardinals"))}
TENS = {word: 10 * number for number, word in enumerate(_words("numbers", "tens"), 2)}
ORDINALS = {word: number for number, word in enumerate(_words("numbers", "ordinals"), 1)} | {"thirtieth": 30}
NOUGHTS = frozenset(_words("numbers", "noughts"))
ORDINAL_ENDINGS = frozenset({"st", "nd", "rd", "th"})
SEASONS = cast(dict[str, int], _DATA["seasons"])

FOLLOWERS = _neighbours("followers")
BEFORE_DAY = _neighbours("before_day")
BEFORE_PERIOD = _neighbours("before_period")
BEFORE_SEASON = _neighbours("before_season")
SUBJECTS = _neighbours("subjects")
BEFORE_ANSWER = _neighbours("before_answer")
MARCHING = _neighbours("marching")
BEFORE_NAME = _neighbours("before_name")
AFTER_NAME = _neighbours("after_name")
RECURRING = _neighbours("recurring")
BEFORE_SUBJECT = _neighbours("before_subject")
BEFORE_RETURN = _neighbours("before_return")
MOVES = _neighbours("moves")
BEFORE_NUMBERS = _neighbours("before_numbers")
AFTER_HOLIDAY = _neighbours("after_holiday")

ZONES = frozenset(_words("other", "zones"))
SOUTHERN = frozenset(_words("other", "southern"))
ANCHORS = frozenset(_words("other", "anchors"))
CLOSE_OF_DAY = tuple(_words("other", "close_of_day"))
COMMON_IN_HOLIDAYS = frozenset(_words("other", "common_in_holidays"))
DOUBTFUL_HOLIDAYS = frozenset(_words("other", "doubtful_holidays"))
FOREIGN_MONTHS = {word: language for language in _DATA["foreign_months"] for word in _words("foreign_months", language)}

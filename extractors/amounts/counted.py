"""What makes a figure no money: it counts things, dates something, or is part of a name."""

from __future__ import annotations

import re
from typing import Final

from extractors.amounts.cues import CUES, GAP, after, any_case, before, either
from extractors.numbers import Number

__all__ = ["counts_things", "dates_or_names", "idiom_around"]

_COUNTED: Final = CUES["counted"]
_SINGULAR: Final = frozenset(_COUNTED["singular"])
_STOPS: Final = frozenset(_COUNTED["stops"])
_MONEY: Final = frozenset(_COUNTED["money"])
_WORD: Final = re.compile(r"(?P<gap>[ \u00a0]{1,2}|\n|[ ]?-|)(?P<word>[^\W\d_][\w’'.]*)")
_PERCENT: Final = any_case(rf"(?:{GAP})?(?:%|‰|°|×|\"|percent|per{GAP}cent|pct|bps|basis{GAP}points?|percentage)")
_HYPHENED: Final = any_case(r"-(?:a|an|per|ish|odd|plus|dollar|euro|pound|all|and|to|or)\b")
_OF_PEOPLE: Final = any_case(rf"{GAP}of{GAP}(?:us|them|['’]?em|you|our|my|your|their|those|these)\b|{GAP}out{GAP}of\b")
_NAMED: Final = before(_COUNTED["names"])
_CLOCK_AFTER: Final = after(_COUNTED["clock-after"])
_DAY_BEFORE: Final = any_case(
    rf"(?<!\w)(?:{either(_COUNTED['days'])}),?{GAP}(?:the{GAP})?(?:(?:at|around|about|from|by|till|until){GAP})?$"
)
_MONTH: Final = rf"(?:{either(_COUNTED['months'])}|(?-i:May))"
_MONTH_BEFORE: Final = any_case(rf"(?<!\w){_MONTH}\.?,?{GAP}(?:the{GAP})?$")
_MONTH_AFTER: Final = any_case(rf"(?:{GAP}|[-,.] ?)(?:of{GAP})?{_MONTH}\b")
_STREET: Final = re.compile(
    rf"(?:{GAP}[A-Z][\w’']+){{1,3}}{GAP}(?i:{either(_COUNTED['streets'])})\b|{GAP}(?i:rue|via|calle|avenida)\b"
)
_IDIOM: Final = any_case(rf"\b(?:{either(_COUNTED['idioms'])})\b")
# "ten (10) business days"
_AGAIN: Final = re.compile(rf"(?:{GAP})?\(\d{{1,9}}\)")
_DAY_DOT_MONTH: Final = re.compile(r"(?:0?[1-9]|[12]\d|3[01])\.0[1-9]")
_AT: Final = any_case(rf"(?<!\w)at{GAP}$")
_IRREGULAR: Final = frozenset({"people", "men", "women", "children", "feet", "staff", "folks", "criteria"})
_REFERENCE: Final = re.compile(r"[^\W\d_]-$|[#+@/\\_]$|(?:^|[^\w])['’]$")
_LONGEST_SUM: Final = 8


def counts_things(text: str, end: int) -> bool:
    """Whether what follows `end` is what the figure counts: "40 people", "50k active users", "12 percent"."""
    if _PERCENT.match(text, end) or _OF_PEOPLE.match(text, end):
        return True
    if text.startswith("-", end) and text[end + 1 : end + 2].isalpha():
        return _HYPHENED.match(text, end) is None
    at = again.end() if (again := _AGAIN.match(text, end)) else end + text.startswith(")", end)
    for nth in range(4):
        match = _WORD.match(text, at)
        if match is None or (nth and match["gap"] == ""):
            return False
        word = match["word"].strip(".").lower()
        if nth == 0 and word in _SINGULAR:
            return True
        if word in _STOPS or word in _MONEY or "'" in word or "’" in word or (match["word"][0].isupper() and nth > 0):
            return False
        if _plural(word):
            return True
        at = match.end()
    return False


def _plural(word: str) -> bool:
    return word in _IRREGULAR or (len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "ous")))


def dates_or_names(text: str, number: Number) -> bool:
    """Whether a figure without currency or scale is a year, a date, a time of day or part of a name."""
    window = text[max(0, number.start - 32) : number.start]
    if not number.spoken:
        if _DAY_DOT_MONTH.fullmatch(number.text):
            return True
        if 1900 <= number.value <= 2099 and number.text.isdigit():
            return True
        # "INV-2024", "'24", "item #4500123", "4500123": references.
        if _REFERENCE.search(window) or (number.text.isdigit() and len(number.text) > _LONGEST_SUM):
            return True
    elif number.phrase == "pair" and 1990 <= number.value <= 2049:
        return True
    # "room one twenty" is a name, "the number's two forty" is none.
    if _NAMED.search(window) and not (number.spoken and number.value >= 100):
        return True
    # "I sent the quote Thursday, forty-one two": no time of day
    if (number.phrase != "elided" and _DAY_BEFORE.search(window)) or _CLOCK_AFTER.match(text, number.end):
        return True
    if number.value <= 31 and (_MONTH_BEFORE.search(window) or _MONTH_AFTER.match(text, number.end)):
        return True
    return not number.spoken and _STREET.match(text, number.end) is not None


def at_an_hour(text: str, number: Number) -> bool:
    """ "at ten": a time of day, unless it is the price of something."""
    return number.value <= 12 and _AT.search(text[max(0, number.start - 5) : number.start]) is not None


def idiom_around(text: str, start: int, end: int) -> bool:
    """Whether the figure stands in a saying ("one in a million")."""
    return _IDIOM.search(text[max(0, start - 12) : end + 24]) is not None

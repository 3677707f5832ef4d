"""Which currency stands before or after a figure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final

__all__ = ["PREFIXES", "SINGULARS", "Said", "in_lakhs", "said_after", "said_before"]

_DATA: Final[dict[str, Any]] = tomllib.loads(files(__package__).joinpath("currencies.toml").read_text("utf-8"))
_FAMILIES: Final[dict[str, list[str]]] = _DATA["families"]
_WORDS: Final = {word: name for name, words in _DATA["words"].items() for word in words}
_DOUBTFUL: Final = frozenset(_DATA["doubtful"]["words"])
_HUNDREDTHS: Final = {word: name for name, words in _DATA["hundredths"].items() for word in words}
_CODES: Final = {code.upper(): code.upper() for code in _DATA["codes"]["any-case"]} | {
    code: _DATA["codes"]["other"].get(code, code) for code in _DATA["codes"]["capitals"]
}
# German ledgers: TEUR 50 is 50 thousand euros; so kUSD, MEUR.
_IN_THOUSANDS: Final = {"T": 1000, "k": 1000, "K": 1000, "m": 1_000_000, "M": 1_000_000}

# One letter before the digits: money only where the figure is a sum.
_LONE: Final = frozenset({"R", "N", "P", "US"})
_SUM: Final = re.compile(r"\d{1,3}(?:[ ,.]\d{3})+|\d+(?:[.,]\d+)?\s?(?:[kKmMbB]|mil)|\d{3}")

SINGULARS: Final = ("dollar", "buck", "euro", "pound", "quid")


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_ANY_CASE: Final = "|".join(_DATA["codes"]["any-case"])
_CAPITALS: Final = "|".join(_DATA["codes"]["capitals"])
_CODE: Final = rf"(?:(?i:{_ANY_CASE})|{_CAPITALS})"
_MARKS: Final[dict[str, str]] = _DATA["symbols"] | _DATA["marks"]
_LETTERS: Final = _either(mark for mark in _MARKS if mark[0].isalpha())
_SIGNS: Final = _either(mark for mark in _MARKS if not mark[0].isalpha())
_MARK_BEFORE: Final = re.compile(
    rf"(?:(?P<thousands>(?<![^\W_])T(?=€))?(?P<mark>(?:{_SIGNS})|(?<![^\W_])(?:{_LETTERS}))"
    rf"|(?<![^\W_])(?P<scale>[TkKmM]?)(?P<code>{_CODE}))[ \u00a0\u202f:=~]{{0,2}}$"
)
# Letters that stick to the digits after them ("EUR120k", "Rs2.5"): they are no part of the number.
PREFIXES: Final = re.compile(
    rf"(?<![^\W_])(?:[TkKmM]?{_CODE}|{_either(m.rstrip('.') for m in _DATA['marks'] if m[0].isalpha())})(?=[0-9])"
)
_MARK_AFTER: Final = re.compile(
    rf"[ \u00a0\u202f]?(?:(?P<thousands>T(?=€))?(?P<mark>(?:{_either(_DATA['symbols'])})(?!(?<=\w)\w))"
    rf"|(?P<scale>(?<=[0-9\s])[TkKmM]|)(?P<code>{_CODE})(?![^\W_]))"
)
_WORD_AFTER: Final = re.compile(rf"[ \u00a0\n-]{{0,2}}(?:in )?(?P<word>{_either(_WORDS)})(?![^\W_])", re.IGNORECASE)
_WORD_BEFORE: Final = re.compile(
    rf"(?:^|[^\w\s-]\s{{0,2}}|[^\W\d_]{{2}}\s)(?P<word>{_either(_DATA['before']['words'])})[ \u00a0]$", re.IGNORECASE
)
_HUNDREDTH_AFTER: Final = re.compile(rf"[ \u00a0]?(?P<word>{_either(_HUNDREDTHS)})(?![^\W_])(?!\.\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """A currency beside a figure: its code, the far edge of its own characters, and what it multiplies the figure by.

    `word`: said as a word, which may have hundredths after it ("ten dollars fifty").
    """

    code: str
    edge: int
    worth: Decimal = Decimal(1)
    word: bool = False


@cache
def _meant(name: str, deal: str) -> str:
    """The code that a name stands for in a deal of this currency."""
    family = _FAMILIES.get(name)
    if family is None:
        return name
    return deal if deal in family else family[0]


def said_before(text: str, start: int, deal: str) -> Said | None:
    """The currency just before `start`, where the figure begins: "$", "US$ ", "EUR "."""
    match = _MARK_BEFORE.search(text[max(0, start - 8) : start])
    if match is None:
        return _word_before(text, start, deal)
    edge = start - (len(match.string) - match.start())
    if match["mark"]:
        mark = match["mark"]
        if mark in _LONE and not _lone_letter(mark, text, start, match, deal):
            return None
        return Said(_meant(_MARKS[mark], deal), edge, Decimal(1000 if match["thousands"] else 1))
    return Said(_CODES[match["code"].upper()], edge, Decimal(_IN_THOUSANDS.get(match["scale"], 1)))


def _word_before(text: str, start: int, deal: str) -> Said | None:
    """ "Rupees 42,000", "euros 20k": a word before a sum, with no figure before it ("for 20 dollars 500 people")."""
    match = _WORD_BEFORE.search(text[max(0, start - 28) : start])
    if match is None or not _SUM.match(text, start):
        return None
    word = match["word"].lower()
    return Said(_meant(_WORDS[word], deal), start - (len(match.string) - match.start("word")), word=True)


def _lone_letter(mark: str, text: str, start: int, match: re.Match[str], deal: str) -> bool:
    """ "R2.5m" and "N86m" are money, "R2" and "N 5" are names of things unless the deal is in that currency."""
    if match.end() > match.end("mark"):
        return False
    return deal == _MARKS[mark] or _SUM.match(text, start) is not None


def in_lakhs(deal: str) -> str:
    """The currency of a sum told in lakhs or crores."""
    return _meant("lakh", deal)


def said_after(text: str, end: int, deal: str, *, scaled: bool, written: bool) -> Said | None:
    """The currency just after `end`: " euros", "€", " CAD", " US dollars", " cents".

    `scaled`: the figure had a magnitude. `written`: it is in digits, which letters like "p" may follow.
    """
    match = _MARK_AFTER.match(text, end)
    if match:
        # "80 $50": the mark belongs to the next figure.
        if match["mark"] and re.match(r"\s?\d", text[match.end() : match.end() + 2]) and text[end : end + 1].isspace():
            return None
        if match["mark"]:
            worth = Decimal(1000 if match["thousands"] else 1)
            return Said(_meant(_DATA["symbols"][match["mark"]], deal), match.end(), worth)
        if not (match["code"].isupper() or match["code"].islower()):
            return None
        return Said(_CODES[match["code"].upper()], match.end(), Decimal(_IN_THOUSANDS.get(match["scale"], 1)))
    if match := _WORD_AFTER.match(text, end):
        word = match["word"].lower()
        code = _meant(_WORDS[word], deal)
        if not _doubted(word, code, text, match, deal, scaled=scaled):
            return Said(code, match.end(), word=True)
    if match := _HUNDREDTH_AFTER.match(text, end):
        word = match["word"].lower()
        touches = match.start("word") == end and match["word"].islower()
        if word in ("c", "p") and not (written and touches):
            return None
        owners: list[str] = _DATA["hundredths-of"][_HUNDREDTHS[word]]
        return Said(deal if deal in owners else owners[0], match.end(), Decimal("0.01"))
    return None


def _doubted(word: str, code: str, text: str, match: re.Match[str], deal: str, *, scaled: bool) -> bool:
    if word not in _DOUBTFUL:
        return False
    if word == "us":
        # "send us", "give us": the country is in capitals, or a scale is before it and nothing but an end after it.
        after = text[match.end() : match.end() + 4]
        return not (match["word"].isupper() or (scaled and re.match(r"\s*(?:[.,;!?]|$|a |per|for)", after) is not None))
    return not (scaled or code == deal)

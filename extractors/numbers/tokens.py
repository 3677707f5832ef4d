"""Words and figures of a text, with what stands between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from extractors.numbers import words
from extractors.numbers.figures import Figure, read_figure

__all__ = ["STARTERS", "Token", "tokens_of"]

_TOKEN: Final = re.compile(r"[0-9]+|[½¼¾]|[^\W\d_½¼¾]+")

STARTERS: Final = (
    frozenset(words.DIGITS)
    | frozenset(words.TEENS)
    | frozenset(words.TENS)
    | words.SINGULAR_SCALES
    | frozenset(words.GLYPHS)
    | frozenset(words.ORDINAL_UNITS)
    | frozenset(words.ORDINAL_TENS)
    | words.VAGUE
    | {"a", "an", "half", "quarter", "couple", "dozen", "zero", "nought", "naught", "point", "no"}
)
# Only words of numbers need to know their neighbours; all others are left out of the tokens but for one that follows.
_KEPT: Final = (
    STARTERS
    | frozenset(words.SCALES)
    | frozenset(words.PARTS)
    | words.FILLERS
    | words.AFTER_POINT
    | words.GRAND_OTHERWISE
    | {"and", "of", "oh", "o", "quarters", "dozens", "st", "nd", "rd", "th", "percent", "the"}
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word in lower case, or a figure. `joined`: nothing but a space, a hyphen or a line's end parts it from the
    token before. `comma`: a comma does. `touches`: nothing does."""

    word: str
    start: int
    end: int
    figure: Figure | None
    joined: bool
    comma: bool
    touches: bool


def tokens_of(text: str) -> list[Token]:
    """The words of numbers and the figures in `text`, each with the word after it; other words are left out."""
    return list(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    covered = before = 0
    previous_kept = False
    was_word = False
    for match in _TOKEN.finditer(text):
        start = match.start()
        if start < covered:
            continue
        word = match.group()
        first = word[0]
        if "0" <= first <= "9":
            if start == before and was_word:
                # "Q3", "B2B", "v2.1": the digits are part of a name.
                covered = read_figure(text, start).end
                before, previous_kept = covered, True
                yield Token(word, start, covered, None, False, False, True)
                continue
            figure = read_figure(text, start)
            yield _token(text, "", figure.start, figure.end, before, figure)
            covered = before = figure.end
            previous_kept, was_word = True, False
            continue
        end = match.end()
        if len(word) < 14:
            word = word.lower()
            kept = word in _KEPT
            if kept or previous_kept:
                yield _token(text, word, start, end, before, None)
            previous_kept = kept
        elif previous_kept:
            yield _token(text, word, start, end, before, None)
            previous_kept = False
        before, was_word = end, True


def _token(text: str, word: str, start: int, end: int, before: int, figure: Figure | None) -> Token:
    width = start - before
    gap = text[before:start] if width <= 3 else "?"
    bare = gap.strip()
    return Token(
        word=word,
        start=start,
        end=end,
        figure=figure,
        joined=0 < width <= 3 and (bare == "" or gap in ("-", "‑")) and gap.count("\n") < 2,
        comma=bare == ",",
        touches=width == 0,
    )

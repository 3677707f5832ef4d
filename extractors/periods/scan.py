"""A text cut into tokens once, with everything that the grammar needs to know about when and where it was said."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

# Words, numbers and single marks: "Q3" is q + 3, "21st" is 21 + st, "mid-May" is mid + - + may.
_TOKEN = re.compile(r"[^\W\d_]+|[0-9]+|\S")
_DASHES = dict.fromkeys("–—‐‑−", "-")
_APOSTROPHES = dict.fromkeys("’‘`´", "'")
_PLAIN = str.maketrans(_DASHES | _APOSTROPHES)

DIGITS = "0"
"""Stands for every number in digits among the words with which a phrase may begin."""

Readings = Sequence[tuple[int, Any]]
"""What a reader finds at a token: pairs of the token after the last one read, and its meaning; longest first."""


@dataclass(slots=True, kw_only=True, eq=False)
class Scan:
    """One text under reading. Positions are indices of tokens unless they are called offsets."""

    text: str
    words: list[str]
    keys: list[str]
    starts: list[int]
    ends: list[int]
    today: date
    fiscal: int
    day_first: bool
    country: str | None
    memo: dict[tuple[str, int], Readings] = field(default_factory=dict)
    depth: int = 0
    previous: tuple[date, date] | None = None

    def word(self, i: int) -> str:
        """The token at a position in lower case, empty outside the text."""
        return self.words[i] if 0 <= i < len(self.words) else ""

    def glued(self, i: int) -> bool:
        """Whether nothing lies between this token and the one before it."""
        return 0 < i < len(self.words) and self.starts[i] == self.ends[i - 1]

    def capital(self, i: int) -> bool:
        return 0 <= i < len(self.words) and self.text[self.starts[i]].isupper()

    def begins_sentence(self, i: int) -> bool:
        return i == 0 or self.words[i - 1] in ".!?:;-*•\"'(>" or "\n" in self.text[self.ends[i - 1] : self.starts[i]]

    def ends_here(self, i: int) -> bool:
        """Whether a phrase that stops before this position stops at a mark, a new line or the end of the text."""
        if i >= len(self.words):
            return True
        return not self.words[i][0].isalnum() or "\n" in self.text[self.ends[i - 1] : self.starts[i]]

    def read(self, name: str, reader: Callable[["Scan", int], Readings], i: int) -> Readings:
        """A reader's findings at a position, worked out once."""
        key = (name, i)
        found = self.memo.get(key)
        if found is None:
            self.memo[key] = ()  # a shape that begins with itself finds nothing
            found = self.memo[key] = reader(self, i)
        return found


def cut(text: str) -> tuple[list[str], list[int], list[int]]:
    """Tokens in lower case with typographic dashes and apostrophes made plain, and the offsets of each."""
    plain = text if text.isascii() else text.translate(_PLAIN)
    lower = plain.lower()
    if len(lower) != len(text):  # some capitals have a small letter of two characters
        lower = "".join(small if len(small := c.lower()) == 1 else c for c in plain)
    spans = [match.span() for match in _TOKEN.finditer(lower)]
    return [lower[a:b] for a, b in spans], [a for a, _ in spans], [b for _, b in spans]


def keys_of(words: list[str]) -> list[str]:
    """The words as grammars look them up: all numbers in digits are DIGITS."""
    return [DIGITS if word[0] in "0123456789" else word for word in words]

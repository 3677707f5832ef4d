"""Words made unreadable, and a person's words found wherever they were quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

__all__ = ["MASK", "Said", "masked"]

MASK = "█"
READABLE = re.compile(r"\S")
WORD = re.compile(r"\w+")
# Words in a row that two people hardly say alike; and the shortest saying that is taken for a quote as a whole.
RUN, SHORTEST_SAYING = 5, 8


def masked(text: str) -> str:
    """As long as before and in as many lines, with nothing left to read."""
    return READABLE.sub(MASK, text)


@dataclass(frozen=True)
class Said:
    """What a person said or wrote: whole utterances, and shorter pieces that were quoted."""

    sayings: frozenset[str]

    @cached_property
    def runs(self) -> frozenset[tuple[str, ...]]:
        return frozenset(run for saying in self.sayings for run, _, _ in runs_of(saying))

    @cached_property
    def whole(self) -> list[str]:
        worth = {saying.strip() for saying in self.sayings}
        return sorted((saying for saying in worth if len(saying) >= SHORTEST_SAYING), key=len, reverse=True)

    def masked_in(self, text: str) -> str:
        """The text with every quote of these words masked, also of a part that is five words long or more."""
        spans = [(start, end) for run, start, end in runs_of(text) if run in self.runs]
        for saying in self.whole if len(text) >= SHORTEST_SAYING else ():
            start = text.find(saying)
            while start >= 0:
                spans.append((start, start + len(saying)))
                start = text.find(saying, start + len(saying))
        out = list(text)
        for start, end in spans:
            out[start:end] = masked(text[start:end])
        return "".join(out)


def runs_of(text: str) -> Iterable[tuple[tuple[str, ...], int, int]]:
    """Each run of words with where it begins and ends."""
    words = [(match.group().casefold(), match.start(), match.end()) for match in WORD.finditer(text)]
    for first in range(len(words) - RUN + 1):
        run = words[first : first + RUN]
        yield tuple(word for word, _, _ in run), run[0][1], run[-1][2]

"""Where a proposed quote stands: exactly where it says, or in the one place nearby that holds the same words.

Case, blanks, punctuation and typographic marks may differ; words may not, so that a quote of which one word was altered
is found nowhere. A quote begins and ends with whole words.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from extractors.proposals.faults import Fault, RefusedError
from extractors.reading import Reading, Turn
from signals import Evidence

__all__ = ["Found", "locate"]

# A model may miscount lines by so many.
NEARBY = 2
LONGEST_QUOTE = 2000
# More places than one are too many, however many they are.
SEVERAL = 2
ELLIPSIS = re.compile(r"\s*(?:\[\s*)?(?:\.\.\.|…)(?:\s*\])?\s*")
WORD = re.compile(r"\w+(?:['’]\w+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The places of one quote, in order (several where an ellipsis parts it), and whether it had to be repaired."""

    turn: Turn
    evidence: tuple[Evidence, ...]
    repaired: bool


def locate(reading: Reading, line: int, quote: str) -> Found:
    """The quote's place. `line` is the index of a turn. Raises RefusedError."""
    if not quote.strip() or len(quote) > LONGEST_QUOTE:
        raise RefusedError(Fault.QUOTE_NOT_THERE)
    turns = reading.turns
    if 0 <= line < len(turns) and (at := exact(turns[line].text, quote)) is not None:
        return in_turn(turns[line], [(at, at + len(quote))], repaired=False)
    if 0 <= line < len(turns) and (here := pieces(turns[line].text, quote)):
        if len(here) > 1:
            raise RefusedError(Fault.QUOTE_IN_SEVERAL_PLACES)
        return in_turn(turns[line], here[0], repaired=True)
    around = turns[max(0, line - NEARBY) : max(0, line + NEARBY + 1)]
    near = [(turn, spans) for turn in around for spans in pieces(turn.text, quote)]
    if not near:
        raise RefusedError(Fault.QUOTE_NOT_THERE)
    if len(near) > 1:
        raise RefusedError(Fault.QUOTE_IN_SEVERAL_PLACES)
    turn, spans = near[0]
    at = exact(turn.text, quote)
    return in_turn(turn, spans if at is None else [(at, at + len(quote))], repaired=True)


def in_turn(turn: Turn, spans: list[tuple[int, int]], *, repaired: bool) -> Found:
    if not turn.own:
        raise RefusedError(Fault.QUOTE_OF_CONTEXT)
    evidence = tuple(
        Evidence(segment=turn.segment, start=turn.start + start, end=turn.start + end, text=turn.text[start:end])
        for start, end in spans
    )
    return Found(turn=turn, evidence=evidence, repaired=repaired)


def exact(text: str, quote: str) -> int | None:
    """Where the quote first stands letter for letter, between whole words."""
    if not WORD.search(quote):
        return None
    at = text.find(quote)
    while at >= 0:
        end = at + len(quote)
        inside_before = at and text[at].isalnum() and text[at - 1].isalnum()
        inside_after = end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
        if not inside_before and not inside_after:
            return at
        at = text.find(quote, at + 1)
    return None


def pieces(text: str, quote: str) -> list[list[tuple[int, int]]]:
    """Every place of the quote by its words; each is the spans of its parts, in order, that an ellipsis joins."""
    parts = [part for part in map(plain_words, ELLIPSIS.split(quote)) if part]
    if not parts:
        return []
    words = Words.of(text)
    out: list[list[tuple[int, int]]] = []
    for first, after in words.places(parts[0], 0):
        spans = [words.span(first, after)]
        for part in parts[1:]:
            following = next(words.places(part, after), None)
            if following is None:
                break
            start, after = following
            spans.append(words.span(start, after))
        else:
            out.append(spans)
            if len(out) == SEVERAL:
                break
    return out


@dataclass(frozen=True, slots=True)
class Words:
    """A text's words: where each stands, and all of them as one string, so that runs are found in linear time."""

    spans: tuple[tuple[int, int], ...]
    joined: str
    starts: tuple[int, ...]  # of each word in `joined`

    @classmethod
    def of(cls, text: str) -> Words:
        matches = list(WORD.finditer(text))
        parts = [plain(match.group()) for match in matches]
        ends = accumulate((len(part) + 1 for part in parts), initial=1)
        starts = tuple(end for end, _ in zip(ends, parts, strict=False))
        return cls(tuple(match.span() for match in matches), f" {' '.join(parts)} ", starts)

    def places(self, wanted: list[str], begin: int) -> Iterator[tuple[int, int]]:
        """(first, after the last) of each run of the `wanted` words from word `begin` on."""
        needle = f" {' '.join(wanted)} "
        at = self.joined.find(needle, self.starts[begin] - 1) if begin < len(self.starts) else -1
        while at >= 0:
            first = bisect_left(self.starts, at + 1)
            yield first, first + len(wanted)
            at = self.joined.find(needle, at + 1)

    def span(self, first: int, after: int) -> tuple[int, int]:
        return self.spans[first][0], self.spans[after - 1][1]


def plain_words(text: str) -> list[str]:
    return [plain(word) for word in WORD.findall(text)]


def plain(word: str) -> str:
    return word.lower().replace("’", "'")

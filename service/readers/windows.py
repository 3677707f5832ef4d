"""A conversation in pieces that fit a language model: whole lines, the last ones of a piece again in the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractors.reading import Reading

__all__ = ["Line", "Window", "estimated_tokens", "windows"]

BYTES_A_TOKEN = 3.5
# What stands around a line's text: its number, who says it.
TOKENS_A_LINE = 10
# At most this share of a window is said again in the next one.
OVERLAP, OVERLAP_LINES = 0.2, 8


@dataclass(frozen=True, slots=True)
class Line:
    """A turn of the reading, or a part of one that is too long; `number` is the turn's index."""

    number: int
    text: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Window:
    """`fresh` is the first line that no earlier window has."""

    lines: tuple[Line, ...]
    fresh: int

    @property
    def first(self) -> int:
        return self.lines[0].number

    @property
    def last(self) -> int:
        return self.lines[-1].number

    @property
    def tokens(self) -> int:
        return sum(line.tokens for line in self.lines)


def estimated_tokens(text: str) -> int:
    """About as many tokens as models make of it; they differ, and no tokenizer of theirs is at hand."""
    return round(len(text.encode("utf-8", "replace")) / BYTES_A_TOKEN)


def windows(reading: Reading, *, size: int) -> list[Window]:
    """The conversation in windows of about `size` estimated tokens. None where nobody says anything."""
    out: list[Window] = []
    held: list[Line] = []
    fresh = 0
    for line in lines(reading, size):
        if held and sum(each.tokens for each in held) + line.tokens > size and fresh < len(held):
            out.append(Window(tuple(held), held[fresh].number))
            held = tail(held, size)
            fresh = len(held)
        held.append(line)
    if fresh < len(held):
        out.append(Window(tuple(held), held[fresh].number))
    return out


def lines(reading: Reading, size: int) -> Iterator[Line]:
    longest = max(200, round(size * BYTES_A_TOKEN / 2))
    for turn in reading.turns:
        for text in parts(turn.text, longest):
            yield Line(turn.index, text, estimated_tokens(text) + TOKENS_A_LINE)


def parts(text: str, longest: int) -> Iterator[str]:
    """The text in stretches of at most so many bytes, cut at blanks where there are any."""
    at = 0
    while at < len(text):
        end = at + longest
        while end > at + 1 and len(text[at:end].encode("utf-8", "replace")) > longest:
            end = at + (end - at) * 3 // 4
        if end < len(text):
            blank = text.rfind(" ", at + 1, end)
            end = blank if blank > at + (end - at) // 2 else end
        if text[at:end].strip():
            yield text[at:end].strip()
        at = end


def tail(held: Sequence[Line], size: int) -> list[Line]:
    """The last lines, as many as may be said again."""
    out: list[Line] = []
    for line in reversed(held):
        if len(out) == OVERLAP_LINES or sum(each.tokens for each in out) + line.tokens > size * OVERLAP:
            break
        out.insert(0, line)
    return out

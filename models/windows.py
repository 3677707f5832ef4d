"""Sentences packed into windows of tokens, for training and serving alike.

A window is [CLS], then for each sentence a marker of who speaks and its tokens, then [SEP]. A sentence is judged by the
hidden state at its marker and the mean over its tokens; so it is read with what was said before and after it. Windows
overlap, and each sentence counts in the window where it stands furthest from the edge.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

__all__ = ["Piece", "Placed", "Window", "windows"]

WINDOW_TOKENS = 256
PIECE_TOKENS = 96
OVERLAP = 0.3
MARKERS = {"buyer": "[unused1]", "seller": "[unused2]", "unknown": "[unused3]", "context": "[unused4]"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence to judge. `voice`: buyer, seller, unknown, or context (it stands there only to be understood)."""

    text: str
    voice: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a piece stands in a window: its marker, and its tokens from `first` up to `last` (exclusive) with the
    character offsets of each in the piece's text."""

    piece: int
    marker: int
    first: int
    last: int
    offsets: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Window:
    """`counts` are the pieces whose judgement is taken from this window."""

    ids: list[int]
    placed: tuple[Placed, ...]
    counts: frozenset[int]


def windows(pieces: Sequence[Piece], tokenizer: Tokenizer, *, size: int = WINDOW_TOKENS) -> list[Window]:
    """The windows of one conversation, in order; every piece counts in exactly one of them."""
    encoded = tokenizer.encode_batch([piece.text for piece in pieces], add_special_tokens=False)
    cls, sep = token(tokenizer, "[CLS]"), token(tokenizer, "[SEP]")
    markers = {voice: token(tokenizer, marker) for voice, marker in MARKERS.items()}
    lengths = [1 + min(len(e.ids), PIECE_TOKENS) for e in encoded]
    spans = list(ranges(lengths, size - 2))
    owner = owners(spans, lengths)
    out = []
    for number, (first, last) in enumerate(spans):
        ids, placed = [cls], []
        for index in range(first, last):
            tokens = encoded[index]
            marker = len(ids)
            ids.append(markers[pieces[index].voice])
            ids.extend(tokens.ids[:PIECE_TOKENS])
            placed.append(Placed(index, marker, marker + 1, len(ids), tuple(tokens.offsets[:PIECE_TOKENS])))
        ids.append(sep)
        out.append(Window(ids, tuple(placed), frozenset(i for i in range(first, last) if owner[i] == number)))
    return out


def token(tokenizer: Tokenizer, text: str) -> int:
    id: int | None = tokenizer.token_to_id(text)
    if id is None:
        raise ValueError(f"the tokenizer has no token {text}; Telltale needs a BERT-like vocabulary")
    return id


def ranges(lengths: Sequence[int], size: int) -> Iterator[tuple[int, int]]:
    """Stretches of pieces that fit a window, each beginning a little before the last one ended."""
    first = 0
    while first < len(lengths):
        last, total = first, 0
        while last < len(lengths) and (last == first or total + lengths[last] <= size):
            total += lengths[last]
            last += 1
        yield first, last
        if last == len(lengths):
            return
        back, overlap = last, 0
        while back - 1 > first and overlap + lengths[back - 1] <= size * OVERLAP:
            back -= 1
            overlap += lengths[back]
        first = back


def owners(spans: Sequence[tuple[int, int]], lengths: Sequence[int]) -> list[int]:
    """For each piece the window in which it has the most text on its shorter side."""
    best = [(-1, -1)] * len(lengths)
    starts = [0]
    for length in lengths:
        starts.append(starts[-1] + length)
    for number, (first, last) in enumerate(spans):
        for index in range(first, last):
            before = starts[index] - starts[first] if first else 1 << 30
            after = starts[last] - starts[index + 1] if last < len(lengths) else 1 << 30
            best[index] = max(best[index], (min(before, after), -number))
    return [-number for _, number in best]

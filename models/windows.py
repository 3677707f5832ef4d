"""What the encoder reads: one sentence, with what was said just before and after it.

A view is [CLS], the end of what came before, [SEP], the sentence, [SEP], the start of what came after, [SEP]; before
each of these sentences stands a marker of who speaks. A sentence is judged by the hidden state at its marker and the
mean over its tokens, a mention by the mean over its own. Training and serving cut alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tokenizers import Encoding, Tokenizer

__all__ = ["HIDDEN", "MARKERS", "Piece", "View", "views"]

BEFORE_TOKENS = 36
PIECE_TOKENS = 80
AFTER_TOKENS = 18
HIDDEN = "hidden"
MARKERS = {"buyer": "[unused1]", "seller": "[unused2]", "unknown": "[unused3]", "context": "[unused4]"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence to judge. `voice`: buyer, seller, unknown, context (it stands there only to be understood), or hidden
    (it is left out of every view, as if nobody had said it)."""

    text: str
    voice: str


@dataclass(frozen=True, slots=True)
class View:
    """Token ids around piece `piece`, whose own marker is at `marker` and whose tokens go from `first` up to `last`
    (exclusive), with the characters of the piece's text that each of them covers."""

    piece: int
    ids: list[int]
    marker: int
    first: int
    last: int
    offsets: tuple[tuple[int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """The tokens that cover text[start:end] of the piece; None where it was cut off."""
        inside = [i for i, (first, last) in enumerate(self.offsets) if first < end and last > start]
        return (self.first + inside[0], self.first + inside[-1] + 1) if inside else None


def views(pieces: Sequence[Piece], tokenizer: Tokenizer, chosen: Iterable[int]) -> list[View]:
    """The views of the chosen pieces of one conversation, in their order."""
    cutter = Cutter(pieces, tokenizer)
    return [cutter.view(index) for index in chosen]


class Cutter:
    """Encodes each piece at most once, and only where some view shows it."""

    def __init__(self, pieces: Sequence[Piece], tokenizer: Tokenizer) -> None:
        self.pieces = pieces
        self.tokenizer = tokenizer
        self.encoded: dict[int, Encoding] = {}
        self.cls, self.sep = token(tokenizer, "[CLS]"), token(tokenizer, "[SEP]")
        self.markers = {voice: token(tokenizer, marker) for voice, marker in MARKERS.items()}

    def ids(self, index: int) -> list[int]:
        if index not in self.encoded:
            self.encoded[index] = self.tokenizer.encode(self.pieces[index].text, add_special_tokens=False)
        return self.encoded[index].ids

    def marked(self, index: int) -> int:
        return self.markers[self.pieces[index].voice]

    def view(self, index: int) -> View:
        before: list[int] = []
        at = index - 1
        while at >= 0 and len(before) < BEFORE_TOKENS:
            if self.pieces[at].voice != HIDDEN:
                room = BEFORE_TOKENS - len(before)
                before = [self.marked(at), *self.ids(at)[-room:], *before]
            at -= 1
        after: list[int] = []
        at = index + 1
        while at < len(self.pieces) and len(after) < AFTER_TOKENS:
            if self.pieces[at].voice != HIDDEN:
                after += [self.marked(at), *self.ids(at)[: AFTER_TOKENS - len(after)]]
            at += 1
        own = self.ids(index)[:PIECE_TOKENS]
        ids = [self.cls, *before, self.sep] if before else [self.cls]
        marker = len(ids)
        ids += [self.marked(index), *own]
        last = len(ids)
        ids += [self.sep, *after, self.sep] if after else [self.sep]
        return View(index, ids, marker, marker + 1, last, tuple(self.encoded[index].offsets[:PIECE_TOKENS]))


def token(tokenizer: Tokenizer, text: str) -> int:
    id: int | None = tokenizer.token_to_id(text)
    if id is None:
        raise ValueError(f"the tokenizer has no token {text}; Telltale needs a BERT-like vocabulary")
    return id

"""Sentences packed into windows: each counts once, in the window where it has the most around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from models.windows import MARKERS, PIECE_TOKENS, Piece, windows

SIZE = 40


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """One token a word: enough to see how windows are cut."""
    words = ["[UNK]", "[CLS]", "[SEP]", *MARKERS.values(), *"abcdefgh"]
    built = Tokenizer(models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="[UNK]"))
    built.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return built


@given(lengths=st.lists(st.integers(0, 60), max_size=40))
def test_every_piece_counts_once(tokenizer: Tokenizer, lengths: list[int]) -> None:
    pieces = [Piece(" ".join("a" * length), "buyer") for length in lengths]
    cut = windows(pieces, tokenizer, size=SIZE)
    counted = sorted(piece for window in cut for piece in window.counts)
    assert counted == list(range(len(pieces)))
    for window in cut:
        assert {place.piece for place in window.placed} >= window.counts
        # a piece longer than the window stands alone in one of its own
        assert len(window.ids) <= max(SIZE, 3 + PIECE_TOKENS)
        for place in window.placed:
            assert window.ids[place.marker] == tokenizer.token_to_id(MARKERS["buyer"])
            assert place.last - place.first == len(place.offsets) == min(lengths[place.piece], PIECE_TOKENS)


def test_windows_overlap_and_the_middle_counts(tokenizer: Tokenizer) -> None:
    pieces = [Piece("a b", "seller") for _ in range(20)]
    cut = windows(pieces, tokenizer, size=SIZE)
    spans = [(window.placed[0].piece, window.placed[-1].piece) for window in cut]
    assert spans[1][0] <= spans[0][1]
    assert max(cut[0].counts) < spans[0][1]


def test_nothing_gives_nothing(tokenizer: Tokenizer) -> None:
    assert windows([], tokenizer) == []


def test_who_speaks_is_marked(tokenizer: Tokenizer) -> None:
    (window,) = windows([Piece("a", voice) for voice in MARKERS], tokenizer)
    markers = [window.ids[place.marker] for place in window.placed]
    assert markers == [tokenizer.token_to_id(token) for token in MARKERS.values()]

"""What the encoder reads around a sentence: itself, the end of what came before, the start of what came after."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from models.windows import AFTER_TOKENS, BEFORE_TOKENS, HIDDEN, MARKERS, PIECE_TOKENS, Piece, View, views


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """One token a word: enough to see how views are cut."""
    words = ["[UNK]", "[CLS]", "[SEP]", *MARKERS.values(), *"abcdefgh"]
    built = Tokenizer(models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="[UNK]"))
    built.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return built


def shown(view: View, tokenizer: Tokenizer) -> str:
    return " ".join(tokenizer.id_to_token(id) for id in view.ids)


@given(lengths=st.lists(st.integers(0, 120), min_size=1, max_size=20), data=st.data())
def test_a_view_is_bounded_and_points_at_its_sentence(
    tokenizer: Tokenizer, lengths: list[int], data: st.DataObject
) -> None:
    pieces = [Piece(" ".join("a" * length), "buyer") for length in lengths]
    index = data.draw(st.integers(0, len(pieces) - 1))
    (view,) = views(pieces, tokenizer, [index])
    assert view.piece == index
    assert view.ids[view.marker] == tokenizer.token_to_id(MARKERS["buyer"])
    assert view.first == view.marker + 1
    assert view.last - view.first == len(view.offsets) == min(lengths[index], PIECE_TOKENS)
    markers = 2 * len(pieces)
    assert len(view.ids) <= BEFORE_TOKENS + PIECE_TOKENS + AFTER_TOKENS + markers + 4


def test_what_was_said_around_it_is_read_with_it(tokenizer: Tokenizer) -> None:
    pieces = [Piece("a b", "seller"), Piece("c", "buyer"), Piece("d", "unknown")]
    first, second, third = views(pieces, tokenizer, range(3))
    assert shown(second, tokenizer) == "[CLS] [unused2] a b [SEP] [unused1] c [SEP] [unused3] d [SEP]"
    assert shown(first, tokenizer) == "[CLS] [unused2] a b [SEP] [unused1] c [unused3] d [SEP]"
    assert shown(third, tokenizer) == "[CLS] [unused2] a b [unused1] c [SEP] [unused3] d [SEP]"


def test_of_much_before_the_end_is_read_and_of_much_after_the_start(tokenizer: Tokenizer) -> None:
    before = " ".join(["a"] * 50 + ["b"])
    after = " ".join(["d", *["e"] * 50])
    view = views([Piece(before, "buyer"), Piece("c", "buyer"), Piece(after, "buyer")], tokenizer, [1])[0]
    read = shown(view, tokenizer)
    assert " b [SEP] [unused1] c [SEP] [unused1] d e" in read
    assert read.split().count("a") == BEFORE_TOKENS - 1
    assert 0 < read.split().count("e") < AFTER_TOKENS


def test_a_mention_is_its_tokens(tokenizer: Tokenizer) -> None:
    (view,) = views([Piece("a b c", "buyer")], tokenizer, [0])
    assert view.span(2, 5) == (view.first + 1, view.first + 3)
    assert view.span(40, 50) is None


def test_a_vocabulary_without_the_markers_is_named() -> None:
    bare = Tokenizer(models.WordLevel({"[UNK]": 0, "[CLS]": 1, "[SEP]": 2}, unk_token="[UNK]"))
    with pytest.raises(ValueError, match=r"no token \[unused1\]"):
        views([Piece("a", "buyer")], bare, [0])


def test_what_is_hidden_stands_in_no_view(tokenizer: Tokenizer) -> None:
    pieces = [Piece("a", "seller"), Piece("b", HIDDEN), Piece("c", "buyer"), Piece("d", HIDDEN), Piece("e", "seller")]
    without = [piece for piece in pieces if piece.voice != HIDDEN]
    assert views(pieces, tokenizer, [2])[0].ids == views(without, tokenizer, [1])[0].ids

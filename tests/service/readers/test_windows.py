"""Conversations cut into what a model takes."""

from __future__ import annotations

from itertools import pairwise

import pytest

from extractors.reading import read
from service.readers.windows import estimated_tokens, windows
from tests.service.readers.conversations import conversation, letter, long_call


def test_a_short_conversation_is_one_window() -> None:
    (window,) = windows(read(conversation("b1: Hello.", "s1: Hi.")), size=2000)
    assert [line.number for line in window.lines] == [0, 1]
    assert window.fresh == 0


def test_windows_overlap_and_every_line_is_new_once() -> None:
    reading = read(long_call())
    cut = windows(reading, size=600)
    assert len(cut) > 3
    assert all(window.tokens <= 600 for window in cut)
    fresh = [line.number for window in cut for line in window.lines if line.number >= window.fresh]
    assert fresh == list(range(len(reading.turns)))
    for before, after in pairwise(cut):
        assert before.last + 1 == after.fresh
        assert after.first < after.fresh  # some lines of the one before


def test_an_utterance_without_end_is_cut_and_keeps_its_number() -> None:
    words = " ".join(f"word{n}" for n in range(5000))
    cut = windows(read(conversation("b1: Hello.", f"s1: {words}")), size=1000)
    assert all(window.tokens <= 2000 for window in cut)
    assert {line.number for window in cut for line in window.lines} == {0, 1}
    said = [word for window in cut for line in window.lines for word in line.text.split()]
    assert set(words.split()) <= set(said)


@pytest.mark.parametrize("text", ["字" * 5000, "x" * 9000, "🙂" * 3000])
def test_text_without_blanks_is_cut_hard(text: str) -> None:
    for window in windows(read(conversation(f"b1: {text}")), size=400):
        for line in window.lines:
            assert 0 < estimated_tokens(line.text) <= 400


def test_a_letter_is_cut_into_its_paragraphs() -> None:
    (window,) = windows(read(letter("Hi Sam,\n\nThe budget is approved.\n\nDana")), size=2000)
    assert [line.text for line in window.lines][:2] == ["Hi Sam,", "The budget is approved."]


def test_nobody_says_anything() -> None:
    bounce = letter("Your message could not be delivered.", subject="Undeliverable: offer")
    assert windows(read(bounce), size=2000) == []

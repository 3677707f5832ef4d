"""Phrase files: classes of words, and what makes a file unusable."""

from __future__ import annotations

import pytest

from extractors.phrases import CLASS, Phrase, PhraseError, Words, phrase_of

WORDS = Words(
    {"paper": ["contract*", "order form"], "thing": ["{paper}", "proposal"], "round": ["{round}"]},
    "extractors/example/phrases.toml",
)


def phrase(**fields: object) -> Phrase:
    return phrase_of({"name": "n", "means": "m", "cues": ["{thing}"], **fields}, "example", None, WORDS)


@pytest.mark.parametrize("said", ["sign the contracts", "sign our order form", "sign a proposal"])
def test_a_class_in_a_pattern_stands_for_any_of_its_words(said: str) -> None:
    pattern = phrase(pattern=r"sign (?:the|our|a) {thing}").pattern
    assert pattern is not None and pattern.search(said)


@pytest.mark.parametrize("said", ["sign the subcontract", "sign the proposals", "sign the order formula"])
def test_a_class_stands_for_whole_words(said: str) -> None:
    pattern = phrase(pattern=r"sign the .{0,4}{thing}").pattern
    assert pattern is not None and not pattern.search(said)


def test_a_class_among_the_cues_gives_its_words_and_those_of_the_classes_it_names() -> None:
    assert phrase().cues == ("contract*", "order form", "proposal")


def test_repetitions_in_a_pattern_are_no_classes() -> None:
    assert CLASS.sub("-", r"a{2,3}b{4}") == r"a{2,3}b{4}"


def test_a_list_of_patterns_matches_where_any_does() -> None:
    pattern = phrase(pattern=["alpha", "beta {paper}"]).pattern
    assert pattern is not None and pattern.search("alpha") and pattern.search("beta contract")


@pytest.mark.parametrize("name", ["absent", "round"])
def test_an_unknown_or_circular_class_is_named(name: str) -> None:
    with pytest.raises(PhraseError, match=rf"\{{{name if name == 'absent' else 'round'}\}}.*paper, round, thing"):
        phrase(pattern=f"{{{name}}}")

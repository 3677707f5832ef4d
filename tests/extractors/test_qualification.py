"""Qualification: every example of the family's corpus, and what joins statements to one fact."""

from __future__ import annotations

from typing import Any

import pytest

from extractors.qualification import find_qualification
from extractors.qualification.parts import parts_of
from extractors.reading import read
from signals import Element
from tests.extractors.family_corpus import check, conversation_of, examples


@pytest.mark.parametrize("example", examples("qualification"))
def test_corpus(example: dict[str, Any]) -> None:
    check(example, find_qualification)


def test_one_decision_process_a_conversation() -> None:
    conversation = conversation_of(
        {"call": "dana: Then it goes to the board.\nsam: I see.\ndana: The contract must be signed by two directors."}
    )
    found = [s for s in find_qualification(read(conversation)) if s.element is Element.DECISION_PROCESS]
    assert len(found) == 1
    assert [piece.segment for piece in found[0].evidence] == [0, 2]


def test_a_sentence_whose_point_is_the_number_is_no_pain_as_well() -> None:
    conversation = conversation_of({"call": "dana: Retyping it by hand, we lose thirty hours a week."})
    assert [s.element for s in find_qualification(read(conversation))] == [Element.METRICS]


def test_a_side_that_was_only_guessed_drops_nothing() -> None:
    said = "?: We retype every order by hand and nobody knows which ones got lost, our platform and our product."
    assert [s.element for s in find_qualification(read(conversation_of({"call": said})))] == [Element.PAIN]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It must run offline all day.", ["It must run offline all day."]),
        ("Two things: hosted in the EU, and no agent on the laptops", ["hosted in the EU", "no agent on the laptops"]),
        ("Gate: ISO certificate held; ten years of warranty", ["ISO certificate held", "ten years of warranty"]),
        ("First it works offline and second it is in Greek", ["First it works offline", "it is in Greek"]),
        ("It takes a second to open the screen", ["It takes a second to open the screen"]),
    ],
)
def test_a_list_is_as_many_criteria_as_it_has_items(text: str, parts: list[str]) -> None:
    assert [text[start:end] for start, end in parts_of(text)] == parts


def test_a_figure_that_the_seller_says_again_is_one() -> None:
    said = "dana: We lose eleven percent of the calls every week.\nsam: Eleven percent of the calls.\ndana: Yes."
    found = find_qualification(read(conversation_of({"call": said})))
    assert [s.element for s in found] == [Element.METRICS]

"""Milestones: every example of the family's corpus, and what joins statements to one fact."""

from __future__ import annotations

from typing import Any

import pytest

from extractors.milestones import find_milestones
from extractors.milestones.said import EVENTS, REACH, TOPICS
from extractors.reading import read
from signals import DealContext, MilestoneKind
from tests.extractors.family_corpus import check, conversation_of, examples


@pytest.mark.parametrize("example", examples("milestones"))
def test_corpus(example: dict[str, Any]) -> None:
    check(example, find_milestones)


def test_every_event_has_its_topics_and_reach() -> None:
    assert set(EVENTS) == set(REACH)
    assert {topic for kinds in EVENTS.values() for topic, _ in kinds} == set(TOPICS)


def test_the_corpus_shows_every_kind() -> None:
    shown = {meant["kind"] for case in examples("milestones") for meant in case.values[0]["means"]}
    assert shown == {kind.value for kind in MilestoneKind}


def test_a_kind_is_one_milestone_with_all_its_evidence() -> None:
    conversation = conversation_of(
        {"call": "dana: The pilot was a success.\nsam: Great.\ndana: The pilot was a success."}
    )
    (found,) = find_milestones(read(conversation))
    assert [piece.segment for piece in found.evidence] == [0, 2]
    assert found.speaker == "dana"


def test_a_word_given_may_name_the_seller() -> None:
    seller = (conversation_of({"call": "dana: Yes."}).deal or DealContext()).seller
    assert seller is not None
    conversation = conversation_of({"call": f"dana: The director says go with {seller.split()[0]}."})
    assert [step.kind for step in find_milestones(read(conversation))] == [MilestoneKind.VERBAL_COMMITMENT]


def test_a_question_that_says_a_time_again_settles_nothing() -> None:
    call = "dana: We'll have the order out on the twenty-sixth.\nsam: The twenty-sixth of this month?"
    assert not find_milestones(read(conversation_of({"call": call})))

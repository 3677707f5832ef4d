"""The pipeline for leads: every gate and every rule of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine import Pipeline
from tests.engine.story import Story, at

LEAD = Pipeline.load("lead")
Tell = Callable[[Story], object]

MOVES: list[tuple[str, str, str, Tell]] = [
    ("new", "qualified", "lead.score", lambda s: s.add(1, "deal.updated", lead_score=50)),
    ("qualified", "meeting", "lead.meeting", lambda s: s.add(1, "meeting.scheduled", meeting="m", at=at(3))),
    ("qualified", "meeting", "gates", lambda s: s.add(1, "activity.meeting", minutes=10, contacts=[])),
    ("meeting", "proposal", "gates", lambda s: s.call(1, 10)),
    ("meeting", "proposal", "lead.proposal", lambda s: s.add(1, "document.sent", document="proposal")),
    ("meeting", "proposal", "lead.proposal", lambda s: s.milestone(1, "proposal_sent")),
    ("proposal", "negotiation", "lead.terms", lambda s: s.pricing(1, "countered", 10)),
    ("proposal", "negotiation", "lead.terms", lambda s: s.pricing(1, "agreed", 10)),
    ("negotiation", "closed_won", "activity.signed", lambda s: s.add(1, "esign.completed", envelope="e")),
    ("new", "closed_lost", "lost", lambda s: s.milestone(1, "deal_lost")),
]


@pytest.mark.parametrize(("stage", "target", "rule", "tell"), MOVES, ids=[f"{n}-{m[2]}" for n, m in enumerate(MOVES)])
def test_a_lead_moves(stage: str, target: str, rule: str, tell: Tell) -> None:
    told = Story(stage, pipeline=LEAD)
    tell(told)
    assert told.told().moves()[0] == (stage, target, rule)


STAYS: list[tuple[str, Tell]] = [
    ("new", lambda s: s.add(1, "deal.updated", lead_score=49)),
    ("new", lambda s: s.signal(1, "qualification", element="pain")),
    ("new", lambda s: s.add(1, "contact.added", person="A B", title="Owner")),
    ("qualified", lambda s: s.call(1, 10)),
    ("meeting", lambda s: s.add(1, "activity.call", minutes=10, contacts=[])),
    ("proposal", lambda s: s.pricing(1, "quoted", 10)),
    ("proposal", lambda s: s.pricing(1, "objected")),
    ("negotiation", lambda s: s.pricing(1, "agreed", 10)),
]


@pytest.mark.parametrize(("stage", "tell"), STAYS, ids=[f"{n}-{s[0]}" for n, s in enumerate(STAYS)])
def test_a_lead_stays(stage: str, tell: Tell) -> None:
    told = Story(stage, pipeline=LEAD)
    tell(told)
    assert told.told().moves() == []


def test_a_lead_is_qualified_by_a_score_at_its_creation() -> None:
    assert Story("new", pipeline=LEAD, lead_score=50).told().moves() == [("new", "qualified", "lead.score")]


def test_a_lead_is_qualified_by_a_pain_and_a_role() -> None:
    told = Story("new", pipeline=LEAD)
    told.signal(1, "qualification", element="pain")
    told.add(2, "contact.added", person="A B", title="Owner")
    assert told.told().moves() == [("new", "qualified", "gates")]


def test_a_meeting_scheduled_for_a_new_lead_waits_for_the_manager() -> None:
    told = Story("new", pipeline=LEAD)
    asked = told.add(1, "meeting.scheduled", meeting="m", at=at(3))
    outcome = told.told()
    assert outcome.one("approval_requested", rule="lead.meeting")["to"] == "meeting"
    assert outcome.stage == "new"
    told.add(1, "approval.granted", approval=asked, by="raj")
    assert told.told().moves() == [("new", "meeting", "lead.meeting")]


def test_a_proposal_is_viewed_and_terms_are_agreed() -> None:
    told = Story("proposal", pipeline=LEAD)
    told.add(1, "document.sent", document="proposal")
    told.add(2, "document.viewed", document="proposal")
    told.pricing(3, "agreed", 10)
    outcome = told.told()
    assert outcome.moves() == [("proposal", "negotiation", "gates")]
    assert outcome.gate("negotiation.terms_agreed")


MODES = [
    ("new", "intake"),
    ("qualified", "nurture"),
    ("meeting", "nurture"),
    ("proposal", "closing"),
    ("closed_won", None),
]


@pytest.mark.parametrize(("stage", "mode"), [*MODES, ("negotiation", "closing"), ("closed_lost", None)])
def test_the_mode_of_a_stage(stage: str, mode: str | None) -> None:
    assert Story(stage, pipeline=LEAD).told().state["conversation_mode"] == mode


BASES = {"new": 5, "qualified": 15, "meeting": 30, "proposal": 50, "negotiation": 70, "closed_won": 100}


@pytest.mark.parametrize("stage", BASES)
def test_the_base_of_a_stage(stage: str) -> None:
    assert LEAD.stages[LEAD.index(stage)].probability == BASES[stage]


def test_a_lead_overstays_in_days() -> None:
    told = Story("new", pipeline=LEAD)
    told.clock(4)
    alerts = [(rule, when) for rule, when in told.told().alerts() if rule.startswith("alert.stage")]
    assert alerts == [("alert.stage_1_5x", at(3)), ("alert.stage_2x", at(4))]

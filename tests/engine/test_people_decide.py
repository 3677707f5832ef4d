"""Overrides, approvals, the CRM's word, and what closes and reopens a deal."""

from __future__ import annotations

import pytest

from engine import Pipeline
from engine.analytics import exceptions
from tests.engine.story import B2B, Story, at, on


def override(told: Story, day: float, to: str, **data: object) -> str:
    return told.add(day, "override.stage", to=to, reason="They asked us to.", by="ana", **data)


@pytest.mark.parametrize(
    ("stage", "to"),
    [("identified", "discovery"), ("proposal", "negotiation"), ("negotiation", "closed_won")],
)
def test_a_person_moves_a_deal_one_stage_on(stage: str, to: str) -> None:
    told = Story(stage)
    override(told, 1, to)
    outcome = told.told()
    assert outcome.moves() == [(stage, to, "override.stage")]
    assert outcome.one("stage_advanced")["data"]["by"] == "ana"
    assert "They asked us to." in outcome.one("stage_advanced")["why"]


@pytest.mark.parametrize(("stage", "to"), [("identified", "qualified"), ("proposal", "closed_won")])
def test_further_on_a_move_waits_for_approval(stage: str, to: str) -> None:
    told = Story(stage)
    asked = override(told, 1, to)
    outcome = told.told()
    assert outcome.moves() == []
    request = outcome.one("approval_requested", rule="override.stage")
    assert (request["from"], request["to"], request["at"]) == (stage, to, at(1))
    assert outcome.state["approvals"][0]["approval"] == asked
    told.add(2, "approval.granted", approval=asked, by="raj")
    outcome = told.told()
    assert outcome.moves() == [(stage, to, "override.stage")]
    assert outcome.state["entered_stage_at"] == at(2)
    assert outcome.state["approvals"] == []


def test_a_refusal_drops_the_move() -> None:
    told = Story("identified")
    asked = override(told, 1, "proposal")
    told.add(2, "approval.refused", approval=asked, by="raj")
    assert told.told().state["approvals"] == []
    told.add(3, "approval.granted", approval=asked, by="raj")
    assert told.told().stage == "identified"


def test_a_refusal_is_told_with_its_reason() -> None:
    told = Story("identified")
    asked = override(told, 1, "proposal")
    told.add(2, "approval.refused", approval=asked, by="raj", reason="Meet them first.")
    told.add(3, "approval.refused", approval=asked, by="raj")
    refused = told.told().one("field_updated", to="refused")
    assert refused["why"] == "raj refused the move to proposal: Meet them first."
    assert (refused["from"], refused["rule"], refused["events"]) == ("waiting", "override.stage", [asked, "D-1-3"])
    assert refused["data"]["to"] == ["rep", "manager"]


def test_sentences_end_once_whatever_people_write() -> None:
    told = Story("identified")
    told.add(1, "override.stage", to="discovery", reason="They asked.", by="ana")
    told.add(2, "override.stage", to="identified", reason="They did not", by="ana")
    moves = ("stage_advanced", "stage_regressed")
    assert [d["why"] for d in told.told().decisions if d["type"] in moves] == [
        "ana moves the deal from identified to discovery: They asked.",
        "ana moves the deal from discovery to identified: They did not.",
    ]


EXPIRING = Pipeline.from_text('extends = "b2b"\nname = "expiring"\napprovals_expire_days = 10\n')


def test_by_default_a_request_waits_for_ever() -> None:
    assert B2B.approvals_expire_days is None
    told = Story("identified")
    override(told, 1, "proposal")
    told.clock(400)
    assert len(told.told().state["approvals"]) == 1


@pytest.mark.parametrize(("answered", "moved"), [(11 - 1 / 86400, True), (11, False)])
def test_a_request_that_nobody_answers_expires_to_the_second(answered: float, moved: bool) -> None:
    told = Story("identified", pipeline=EXPIRING)
    asked = override(told, 1, "proposal")
    told.add(answered, "approval.granted", approval=asked, by="raj")
    outcome = told.told()
    assert outcome.state["approvals"] == []
    assert bool(outcome.moves()) is moved
    if not moved:
        expired = outcome.one("field_updated", to="expired")
        assert (expired["at"], expired["events"]) == (at(11), [asked])
        assert expired["why"] == "Nobody has answered in 10 days, so the move to proposal is no longer asked for."
        assert exceptions(outcome.result.history) == {"request expired": 1}


def test_a_touch_can_ask_for_what_expires() -> None:
    rules = Pipeline.from_text('extends = "b2b-rules"\nname = "x"\napprovals_expire_days = 2\n')
    told = Story("identified", pipeline=rules)
    told.meeting(1, 30, purpose="demo")
    told.add(1, "document.sent", document="proposal")
    told.email(2)
    assert told.told().state["approvals"]
    told.clock(4)
    assert [d["at"] for d in told.told().all("field_updated", to="expired")] == [at(3)]


def test_a_stated_extension_expires_and_the_date_moves_again() -> None:
    told = Story("negotiation", pipeline=EXPIRING)
    told.date(1, "close", on(100))
    told.clock(10)
    assert told.told().state["close_date_basis"] == "awaits approval"
    told.clock(11)
    outcome = told.told()
    assert outcome.state["approvals"] == []
    assert outcome.state["close_date_basis"] == "automatic"
    assert f"the close date {on(100)} is no longer asked for" in outcome.one("field_updated", to="expired")["why"]


def test_an_automatic_extension_that_expired_is_not_asked_for_again() -> None:
    told = Story("discovery", pipeline=EXPIRING)
    override(told, 1, "identified")
    told.clock(60)
    outcome = told.told()
    outcome.one("approval_requested")
    assert outcome.one("field_updated", to="expired")["at"] == at(11)
    assert outcome.close_date == on(1 + 33)


def test_an_approved_move_does_not_wait() -> None:
    told = Story("identified")
    override(told, 1, "negotiation", approved_by="raj")
    outcome = told.told()
    assert outcome.moves() == [("identified", "negotiation", "override.stage")]
    assert outcome.one("stage_advanced")["data"]["approved_by"] == "raj"


def test_a_move_that_waits_lapses_when_the_deal_gets_there_by_itself() -> None:
    told = Story("identified")
    asked = override(told, 1, "qualified")
    override(told, 2, "qualified", approved_by="raj")
    told.add(3, "approval.granted", approval=asked, by="raj")
    outcome = told.told()
    assert outcome.moves() == [("identified", "qualified", "override.stage")]
    assert outcome.state["approvals"] == []


@pytest.mark.parametrize(
    ("stage", "to"), [("negotiation", "identified"), ("closed_lost", "proposal"), ("closed_won", "negotiation")]
)
def test_a_move_back_needs_no_approval(stage: str, to: str) -> None:
    told = Story(stage)
    override(told, 1, to)
    outcome = told.told()
    assert outcome.moves() == [(stage, to, "override.stage")]
    outcome.one("stage_regressed", rule="override.stage")
    outcome.none("workflow_triggered", at=at(1))


def test_into_lost_a_person_moves_a_deal_from_anywhere() -> None:
    told = Story("identified")
    override(told, 1, "closed_lost")
    outcome = told.told()
    outcome.one("stage_advanced", rule="lost", source="identified", to="closed_lost")
    outcome.none("approval_requested")


def test_the_crms_stage_is_an_override_that_is_approved() -> None:
    told = Story("identified")
    told.add(1, "deal.updated", stage="proposal")
    assert told.told().moves() == [("identified", "proposal", "override.stage")]
    told.add(2, "deal.updated", stage="proposal", amount=5)
    assert len(told.told().moves()) == 1


def test_a_move_to_where_the_deal_stands_is_none() -> None:
    told = Story("proposal")
    override(told, 1, "proposal")
    assert told.told().moves() == []


def test_only_a_person_reopens_a_deal() -> None:
    told = Story("proposal")
    told.milestone(1, "deal_lost")
    told.email(2)
    told.milestone(3, "legal_review_requested")
    assert told.told().stage == "closed_lost"
    override(told, 4, "proposal")
    outcome = told.told()
    assert outcome.stage == "proposal"
    assert outcome.state["closed_at"] is None


def test_a_retraction_reopens_a_deal() -> None:
    told = Story("proposal")
    lost = told.milestone(1, "deal_lost")
    told.add(2, "retraction", event=lost, by="ana", reason="Another deal.")
    outcome = told.told()
    assert outcome.stage == "proposal"
    assert "closed_lost" in outcome.one("correction")["why"]


# The 7th is a Monday; three business days after Thursday the 10th is Tuesday the 15th.
@pytest.mark.parametrize(("day", "due"), [(0, 3), (1, 4), (2, 7), (3, 8), (4, 9), (5, 9), (6, 9)])
def test_a_loss_reason_is_due_in_three_business_days(day: int, due: int) -> None:
    told = Story("proposal")
    told.milestone(day, "deal_lost")
    told.clock(due - 0.001)
    assert "loss_reason_missing" not in told.told().state["flags"]
    told.clock(due)
    outcome = told.told()
    assert "loss_reason_missing" in outcome.state["flags"]
    flagged = [d for d in outcome.all("flagged") if d["to"] == "loss_reason_missing"]
    assert [d["at"] for d in flagged] == [at(due)]
    task = [d for d in outcome.all("workflow_triggered") if d["data"]["action"] == "loss_reason"]
    assert task[0]["data"]["due"] == at(due)


@pytest.mark.parametrize("how", ["signal", "milestone", "update", "update later"])
def test_a_loss_reason_that_was_given_is_not_missing(how: str) -> None:
    told = Story("proposal")
    reason = {"loss_reason": "price", "lost_to": "Qlik"}
    match how:
        case "signal":
            told.signal(1, "milestone", kind="deal_lost", **reason)
        case "milestone":
            told.milestone(1, "deal_lost", **reason)
        case "update":
            told.milestone(1, "deal_lost")
            told.add(2, "deal.updated", **reason)
        case _:
            told.milestone(1, "deal_lost")
            told.clock(9)
            assert "loss_reason_missing" in told.told().state["flags"]
            told.add(10, "deal.updated", **reason)
    told.clock(20)
    outcome = told.told()
    assert "loss_reason_missing" not in outcome.state["flags"]
    assert outcome.state["loss_reason"] == "price"


REQUIRED = {
    "identified": ["account", "industry", "size", "owner"],
    "discovery": ["primary_contact", "pain", "budget_range"],
    "qualified": ["budget", "authority", "need", "timing", "champion", "next_steps"],
    "proposal": ["proposal_sent", "pricing", "technical_validation"],
    "negotiation": ["contract_in_review", "legal_engaged", "final_pricing"],
    "closed_won": ["signed_contract", "implementation_start_date", "revenue_recognised"],
    "closed_lost": ["loss_reason", "lessons_learned"],
}


@pytest.mark.parametrize("stage", REQUIRED)
def test_required_data_is_flagged_and_holds_nothing(stage: str) -> None:
    empty = dict.fromkeys(("account", "owner", "industry", "size", "amount"))
    told = Story(stage, **empty)
    outcome = told.told()
    flagged = outcome.one("flagged")
    assert (flagged["to"], flagged["data"]["missing"]) == ("required_data_missing", REQUIRED[stage])
    assert "required_data_missing" in outcome.state["flags"]


def test_a_flag_goes_when_the_data_comes() -> None:
    told = Story("identified", size=None)
    assert "required_data_missing" in told.told().state["flags"]
    told.add(1, "deal.updated", size="50-200")
    assert "required_data_missing" not in told.told().state["flags"]
    told.email(2)
    told.add(3, "contact.added", person="A B", title="Owner")
    outcome = told.told()
    assert outcome.stage == "discovery"
    assert "required_data_missing" in outcome.state["flags"]


def test_a_deal_without_a_stage_begins_in_the_first() -> None:
    assert Story(None).told().stage == "identified"

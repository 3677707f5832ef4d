"""The rules that advance a deal, under both policies: what fires them, what just does not, and where they lead."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine import Pipeline
from tests.engine.story import Story, at, on

RULES = Pipeline.load("b2b-rules")
Tell = Callable[[Story], object]


def emails(*directions: str) -> Tell:
    def tell(s: Story) -> None:
        for n, direction in enumerate(directions, start=1):
            s.email(n, direction)

    return tell


HELD: list[tuple[str, str, str, Tell]] = [
    ("activity.emails", "identified", "discovery", emails("outbound", "outbound", "inbound")),
    ("activity.discovery_call", "discovery", "qualified", lambda s: s.call(1, 30, purpose="discovery")),
    ("activity.discovery_call", "discovery", "qualified", lambda s: s.meeting(1, 30, purpose="discovery")),
    ("activity.demo", "qualified", "proposal", lambda s: s.meeting(1, 20, purpose="demo")),
    ("activity.demo", "qualified", "proposal", lambda s: s.call(1, 20, purpose="demo")),
    ("activity.demo", "qualified", "proposal", lambda s: s.milestone(1, "demo_completed")),
    ("activity.proposal_sent", "identified", "proposal", lambda s: s.add(1, "document.sent", document="proposal")),
    ("activity.proposal_sent", "qualified", "proposal", lambda s: s.signal(1, "milestone", kind="proposal_sent")),
    ("activity.contract_sent", "proposal", "negotiation", lambda s: s.add(1, "esign.sent", envelope="e")),
    ("activity.contract_sent", "proposal", "negotiation", lambda s: s.milestone(1, "contract_sent")),
    ("activity.contract_sent", "discovery", "negotiation", lambda s: s.add(1, "document.sent", document="contract")),
    ("signal.budget", "discovery", "qualified", lambda s: s.budget(1, "stated", 50000)),
    ("signal.timeline", "discovery", "qualified", lambda s: s.date(1, "close", on(40))),
    ("signal.competitor", "proposal", "negotiation", lambda s: (s.email(1), named(s, 2))),
    ("milestone.security", "qualified", "proposal", lambda s: s.milestone(1, "security_review_requested")),
    ("milestone.legal", "proposal", "negotiation", lambda s: s.milestone(1, "legal_review_requested")),
    ("milestone.reference", "proposal", "negotiation", lambda s: s.milestone(1, "reference_completed")),
    ("milestone.pilot", "qualified", "proposal", lambda s: s.milestone(1, "pilot_succeeded")),
    ("milestone.budget_approved", "proposal", "negotiation", lambda s: s.budget(1, "approved")),
]


def named(s: Story, day: float, relation: str = "evaluating") -> str:
    return s.signal(day, "competitor", name="Qlik", relation=relation)


@pytest.mark.parametrize(("rule", "stage", "target", "tell"), HELD, ids=[f"{n}-{h[0]}" for n, h in enumerate(HELD)])
def test_rule_attempts_and_is_held(rule: str, stage: str, target: str, tell: Tell) -> None:
    told = Story(stage)
    tell(told)
    outcome = told.told()
    held = outcome.one("advance_held", rule=rule)
    assert (held["from"], held["to"]) == (stage, target)
    assert held["data"]["missing"]
    assert all(gate in held["why"] for gate in held["data"]["missing"])
    assert outcome.stage == stage


@pytest.mark.parametrize(("rule", "stage", "target", "tell"), HELD, ids=[f"{n}-{h[0]}" for n, h in enumerate(HELD)])
def test_rule_moves_by_itself_or_asks_under_the_policy_rules(rule: str, stage: str, target: str, tell: Tell) -> None:
    told = Story(stage, pipeline=RULES)
    tell(told)
    outcome = told.told()
    far = RULES.index(target) - RULES.index(stage) > 1
    if far:
        asked = outcome.one("approval_requested", rule=rule)
        assert (asked["from"], asked["to"], outcome.stage) == (stage, target, stage)
        assert outcome.state["approvals"][0]["approval"] == told.events[-1]["id"]
    else:
        assert outcome.moves() == [(stage, target, rule)]
    outcome.none("advance_held")


SILENT: list[tuple[str, str, Tell]] = [
    ("activity.emails", "identified", emails("outbound", "outbound", "outbound")),
    ("activity.emails", "identified", emails("inbound", "inbound", "inbound")),
    ("activity.emails", "identified", emails("inbound", "outbound")),
    ("activity.emails", "discovery", emails("inbound", "outbound", "inbound")),
    ("activity.discovery_call", "discovery", lambda s: s.call(1, 29, purpose="discovery")),
    ("activity.discovery_call", "discovery", lambda s: s.call(1, 40)),
    ("activity.discovery_call", "discovery", lambda s: s.call(1, 40, purpose="demo")),
    ("activity.discovery_call", "identified", lambda s: s.call(1, 40, purpose="discovery")),
    ("activity.demo", "discovery", lambda s: s.meeting(1, 40, purpose="demo")),
    ("activity.proposal_sent", "proposal", lambda s: s.add(1, "document.sent", document="proposal")),
    ("activity.proposal_sent", "negotiation", lambda s: s.add(1, "document.sent", document="proposal")),
    ("activity.proposal_sent", "qualified", lambda s: s.milestone(1, "proposal_requested")),
    ("activity.contract_sent", "proposal", lambda s: s.add(1, "esign.sent", envelope="e", document="proposal")),
    ("signal.budget", "discovery", lambda s: s.budget(1, "stated", 49999.99)),
    ("signal.budget", "discovery", lambda s: s.budget(1, "stated", 60000, currency="EUR")),
    ("signal.budget", "discovery", lambda s: s.budget(1, "stated", 60000, per="month")),
    ("signal.budget", "discovery", lambda s: s.budget(1, "cancelled", 60000)),
    ("signal.timeline", "discovery", lambda s: s.date(1, "close", on(40), on(41))),
    ("signal.timeline", "discovery", lambda s: s.date(1, "go_live", on(40))),
    ("signal.competitor", "proposal", lambda s: named(s, 2)),
    ("signal.competitor", "proposal", lambda s: (s.email(1), s.email(16), named(s, 17))),
    ("milestone.security", "proposal", lambda s: s.milestone(1, "security_review_requested")),
    ("milestone.reference", "negotiation", lambda s: s.milestone(1, "reference_completed")),
    ("milestone.pilot", "qualified", lambda s: s.milestone(1, "pilot_failed")),
    ("milestone.budget_approved", "proposal", lambda s: s.budget(1, "pending", 60000)),
]


@pytest.mark.parametrize(("rule", "stage", "tell"), SILENT, ids=[f"{n}-{s[0]}" for n, s in enumerate(SILENT)])
def test_rule_does_not_attempt(rule: str, stage: str, tell: Tell) -> None:
    told = Story(stage)
    tell(told)
    outcome = told.told()
    outcome.none("advance_held", rule=rule)
    outcome.none("stage_advanced", rule=rule)


def test_a_budget_updates_its_field_whatever_its_size() -> None:
    told = Story("discovery")
    told.budget(1, "stated", 12000)
    updated = told.told().one("field_updated", rule="signal.budget")
    assert updated["to"] == {
        "status": "stated",
        "amount": {"low": 12000, "high": 12000, "currency": "USD", "per": "total"},
    }


def test_a_range_counts_by_its_middle() -> None:
    told = Story("discovery")
    told.budget(1, "stated", 0, low=40000, high=60000)
    told.told().one("advance_held", rule="signal.budget")


def test_a_held_advance_is_told_once_until_the_missing_gates_change() -> None:
    told = Story("discovery")
    told.budget(1, "stated", 60000)
    told.budget(2, "stated", 60000)
    assert len(told.told().all("advance_held", rule="signal.budget")) == 1
    told.milestone(3, "next_step_agreed")
    assert len(told.told().all("advance_held", rule="signal.budget")) == 1
    told.budget(4, "stated", 60000)
    assert [d["at"] for d in told.told().all("advance_held", rule="signal.budget")] == [at(1), at(4)]


def test_each_rule_is_held_on_its_own() -> None:
    told = Story("qualified")
    told.milestone(1, "pilot_succeeded")
    told.milestone(1, "legal_review_requested")
    outcome = told.told()
    assert outcome.one("advance_held", rule="milestone.pilot")["to"] == "proposal"
    assert outcome.one("advance_held", rule="milestone.legal")["to"] == "negotiation"


def test_a_held_advance_completes_by_itself() -> None:
    told = Story("identified")
    emails("outbound", "inbound", "outbound")(told)
    told.add(8, "contact.added", person="Tomas Berg", title="Fleet Manager")
    outcome = told.told()
    outcome.one("advance_held", rule="activity.emails")
    assert outcome.one("stage_advanced")["at"] == at(8)


def test_a_competitor_flags_the_deal_once() -> None:
    told = Story("proposal")
    named(told, 1, "mentioned")
    named(told, 2, "evaluating")
    outcome = told.told()
    assert outcome.one("flagged", rule="signal.competitor")["data"]["flag"] == "competitive"
    assert "competitive" in outcome.state["flags"]


def test_gates_move_a_deal_further_than_the_rule_that_attempts() -> None:
    told = Story("identified")
    told.add(1, "contact.added", person="Tomas Berg", title="Fleet Manager")
    told.signal(1, "qualification", element="pain")
    told.signal(1, "qualification", element="decision_process")
    told.budget(1, "stated", 10000)
    told.date(1, "go_live", on(60))
    told.milestone(1, "next_step_agreed")
    told.meeting(2, 30)
    assert told.told().moves() == [("identified", "discovery", "gates"), ("discovery", "qualified", "gates")]


def test_a_deal_with_all_its_gates_met_stays_in_negotiation() -> None:
    told = Story("negotiation")
    told.add(1, "esign.sent", envelope="e")
    told.pricing(1, "agreed", 100)
    told.milestone(1, "legal_review_completed")
    told.milestone(1, "implementation_plan_agreed")
    outcome = told.told()
    assert all(outcome.state["gates"]["negotiation"].values())
    assert outcome.stage == "negotiation"
    told.add(2, "esign.completed", envelope="e")
    assert told.told().one("stage_advanced")["data"]["exceptions"] == []


@pytest.mark.parametrize("stage", ["identified", "discovery", "qualified", "proposal", "negotiation"])
@pytest.mark.parametrize("how", ["esign.completed", "milestone", "signal"])
def test_a_signature_wins_a_deal_from_any_stage(stage: str, how: str) -> None:
    told = Story(stage)
    match how:
        case "esign.completed":
            told.add(1, how, envelope="e")
        case "milestone":
            told.milestone(1, "contract_signed")
        case _:
            told.signal(1, "milestone", kind="contract_signed")
    outcome = told.told()
    assert outcome.moves() == [(stage, "closed_won", "activity.signed")]
    assert outcome.state["probability"] == 100
    exceptions = outcome.one("stage_advanced")["data"]["exceptions"]
    assert exceptions
    assert set(outcome.one("stage_advanced")["data"]["missing"]) <= set(exceptions)


def test_another_paper_that_is_signed_wins_nothing() -> None:
    told = Story("negotiation")
    told.add(1, "esign.completed", envelope="e", document="proposal")
    assert told.told().stage == "negotiation"


@pytest.mark.parametrize("stage", ["identified", "negotiation"])
def test_a_lost_deal_is_closed(stage: str) -> None:
    told = Story(stage)
    told.signal(1, "milestone", kind="deal_lost")
    outcome = told.told()
    assert outcome.moves() == [(stage, "closed_lost", "lost")]
    outcome.one("stage_advanced", rule="lost")
    assert outcome.state["probability"] == 0
    assert outcome.state["conversation_mode"] is None


def test_a_rule_does_nothing_in_a_closed_deal() -> None:
    told = Story("proposal")
    told.milestone(1, "deal_lost")
    told.budget(2, "approved", 60000)
    told.milestone(2, "legal_review_requested")
    told.budget(3, "cancelled")
    outcome = told.told()
    outcome.none("advance_held")
    assert outcome.moves() == [("proposal", "closed_lost", "lost")]


def test_what_contradicts_a_close_is_flagged_and_moves_nothing() -> None:
    told = Story("proposal")
    told.milestone(1, "deal_lost")
    told.add(2, "esign.completed", envelope="e")
    outcome = told.told()
    assert outcome.stage == "closed_lost"
    outcome.one("flagged", rule="activity.signed")
    told = Story("proposal")
    told.add(1, "esign.completed", envelope="e")
    told.milestone(2, "deal_lost")
    outcome = told.told()
    assert outcome.stage == "closed_won"
    outcome.one("flagged", rule="lost")


def test_a_skip_under_the_policy_rules_waits_for_the_manager() -> None:
    told = Story("identified", pipeline=RULES)
    asked = told.milestone(1, "legal_review_requested")
    told.add(2, "approval.granted", approval=asked, by="raj")
    outcome = told.told()
    assert outcome.moves() == [("identified", "negotiation", "milestone.legal")]
    assert outcome.one("stage_advanced")["events"] == [asked, told.events[-1]["id"]]
    assert outcome.state["approvals"] == []


def test_a_refused_skip_is_dropped() -> None:
    told = Story("identified", pipeline=RULES)
    asked = told.milestone(1, "legal_review_requested")
    told.add(2, "approval.refused", approval=asked, by="raj", reason="too early")
    told.add(3, "approval.granted", approval=asked, by="raj")
    outcome = told.told()
    assert outcome.moves() == []
    assert outcome.state["approvals"] == []


def test_gates_advance_under_the_policy_rules_too() -> None:
    told = Story("identified", pipeline=RULES)
    told.email(1)
    told.add(2, "contact.added", person="Tomas Berg", title="Fleet Manager")
    assert told.told().moves() == [("identified", "discovery", "gates")]


def test_a_rule_has_its_own_policy() -> None:
    text = 'extends = "b2b"\nname = "mine"\n'
    base = Pipeline.load("b2b").document["rules"]
    rule = next(r for r in base if r["id"] == "milestone.pilot")
    text += (
        '[[rules]]\nid = "milestone.pilot"\nbecause = "The pilot succeeded."\non = ["milestone"]\npolicy = "rules"\n'
        'when = { field = "event.milestone", is = "pilot_succeeded" }\nadvance = { to = "proposal" }\n'
    )
    assert rule["id"] == "milestone.pilot"
    told = Story("qualified", pipeline=Pipeline.from_text(text))
    told.milestone(1, "pilot_succeeded")
    assert told.told().moves() == [("qualified", "proposal", "milestone.pilot")]

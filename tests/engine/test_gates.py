"""Every gate of the default pipeline: what meets it, what just misses, and what loses it again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.story import Story, at, on

Tell = Callable[[Story], object]


def story(stage: str, *tell: Tell, **data: object) -> Story:
    made = Story(stage, **data)
    for step in tell:
        step(made)
    return made


MET: list[tuple[str, Tell]] = [
    ("identified.first_contact", lambda s: s.email(1)),
    ("identified.first_contact", lambda s: s.call(1, 5)),
    ("identified.first_contact", lambda s: s.add(1, "activity.meeting", minutes=5, contacts=[])),
    ("identified.role_verified", lambda s: s.add(1, "contact.added", person="Tomas Berg", title="Fleet Manager")),
    ("identified.role_verified", lambda s: s.add(1, "contact.added", person="Tomas Berg", role="user")),
    (
        "identified.role_verified",
        lambda s: s.signal(1, "stakeholder", person="Tomas Berg", title=None, change="identified", role="user"),
    ),
    ("discovery.budget_known", lambda s: s.budget(1, "stated", 60000)),
    ("discovery.budget_known", lambda s: s.budget(1, "pending", 100000)),
    ("discovery.budget_known", lambda s: s.budget(1, "approved", 80000, per="year")),
    ("discovery.budget_known", lambda s: s.budget(1, "stated", 0, low=60000, high=None)),
    ("discovery.budget_known", lambda s: s.budget(1, "stated", 0, low=40000, high=120000)),
    ("discovery.timeline_known", lambda s: s.date(1, "close", on(60))),
    ("discovery.timeline_known", lambda s: s.date(1, "go_live", "2026-10-01", "2026-12-31")),
    ("discovery.timeline_known", lambda s: s.date(1, "budget_cycle", "2026-12-31")),
    ("discovery.decision_process", lambda s: s.signal(1, "qualification", element="decision_process")),
    ("discovery.next_step", lambda s: s.milestone(1, "next_step_agreed")),
    ("discovery.next_step", lambda s: s.date(1, "next_step", on(1))),
    ("proposal.technical_validation", lambda s: s.milestone(1, "security_review_completed")),
    ("proposal.technical_validation", lambda s: s.milestone(1, "technical_validation_completed")),
    ("proposal.pricing_agreed", lambda s: s.pricing(1, "agreed", 78000)),
    ("proposal.contract_review", lambda s: s.milestone(1, "legal_review_requested")),
    ("proposal.contract_review", lambda s: s.signal(1, "milestone", kind="procurement_engaged")),
    ("proposal.demo_completed", lambda s: s.call(1, 40, "Tomas Berg", "Petra Lind", "Olaf Stein", purpose="demo")),
    ("negotiation.contract_sent", lambda s: s.add(1, "esign.sent", envelope="env-1")),
    ("negotiation.contract_sent", lambda s: s.add(1, "document.sent", document="contract")),
    ("negotiation.contract_sent", lambda s: s.milestone(1, "contract_sent")),
    ("negotiation.terms_agreed", lambda s: s.pricing(1, "agreed")),
    ("negotiation.legal_complete", lambda s: s.milestone(1, "legal_review_completed")),
    ("negotiation.implementation_plan", lambda s: s.milestone(1, "implementation_plan_agreed")),
]


@pytest.mark.parametrize(("gate", "tell"), MET, ids=[f"{n}-{gate}" for n, (gate, _) in enumerate(MET)])
def test_gate_is_met(gate: str, tell: Tell) -> None:
    outcome = story(gate.split(".")[0], tell, expected_amount=80000).told()
    assert outcome.gate(gate)
    met = [d for d in outcome.all("gate_met") if f"{d['data']['stage']}.{d['data']['gate']}" == gate]
    assert len(met) == 1
    assert met[0]["at"] == at(1)
    assert gate.split(".")[1] in met[0]["why"]


OPEN: list[tuple[str, Tell]] = [
    ("identified.first_contact", lambda s: s.email(1, "outbound")),
    ("identified.first_contact", lambda s: s.add(1, "activity.call", minutes=30, contacts=[])),
    ("identified.first_contact", lambda s: s.add(1, "meeting.scheduled", meeting="m", at=at(3), contacts=["A B"])),
    ("identified.role_verified", lambda s: s.add(1, "contact.added", person="Tomas Berg")),
    ("identified.role_verified", lambda s: s.add(1, "contact.added", person="Sam Okoro", title="AE", side="seller")),
    (
        "identified.role_verified",
        lambda s: s.signal(1, "stakeholder", person=None, title="CFO", change="identified", role=None),
    ),
    ("discovery.budget_known", lambda s: s.budget(1, "stated", 59999)),
    ("discovery.budget_known", lambda s: s.budget(1, "stated", 100001)),
    ("discovery.budget_known", lambda s: s.budget(1, "stated")),
    ("discovery.budget_known", lambda s: s.budget(1, "stated", 80000, currency="EUR")),
    ("discovery.budget_known", lambda s: s.budget(1, "stated", 80000, per="unit")),
    ("discovery.budget_known", lambda s: s.budget(1, "stated", 80000, per="month")),
    ("discovery.budget_known", lambda s: s.budget(1, "stated", 80000, per="quarter")),
    ("discovery.budget_known", lambda s: s.budget(1, "none", 80000)),
    ("discovery.budget_known", lambda s: s.budget(1, "cancelled", 80000)),
    ("discovery.timeline_known", lambda s: s.date(1, "go_live", "2027-01-01", "2027-06-30")),
    ("discovery.timeline_known", lambda s: s.date(1, "evaluation", on(20))),
    ("discovery.timeline_known", lambda s: s.date(1, "renewal", on(20))),
    ("discovery.next_step", lambda s: s.date(1, "next_step", on(0))),
    ("discovery.decision_process", lambda s: s.add(1, "contact.added", person="Tomas Berg", role="user")),
    ("proposal.technical_validation", lambda s: s.milestone(1, "security_review_requested")),
    ("proposal.pricing_agreed", lambda s: s.pricing(1, "countered", 100)),
    ("proposal.demo_completed", lambda s: s.call(1, 40, "Tomas Berg", "Petra Lind", purpose="demo")),
    ("proposal.demo_completed", lambda s: s.call(1, 40, "A B", "C D", "E F", purpose="other")),
    ("proposal.demo_completed", lambda s: s.call(1, 40, "A B", "a  b", "E F", purpose="demo")),
    ("proposal.demo_completed", lambda s: s.milestone(1, "demo_completed")),
    ("proposal.proposal_viewed", lambda s: s.add(1, "document.sent", document="proposal")),
    ("proposal.proposal_viewed", lambda s: s.add(1, "document.viewed", document="contract")),
    ("negotiation.contract_sent", lambda s: s.milestone(1, "contract_requested")),
    ("negotiation.contract_sent", lambda s: s.add(1, "esign.sent", envelope="e", document="proposal")),
    ("negotiation.terms_agreed", lambda s: s.pricing(1, "quoted", 100)),
    ("negotiation.legal_complete", lambda s: s.milestone(1, "legal_review_requested")),
]


@pytest.mark.parametrize(("gate", "tell"), OPEN, ids=[f"{n}-{gate}" for n, (gate, _) in enumerate(OPEN)])
def test_gate_stays_open(gate: str, tell: Tell) -> None:
    outcome = story(gate.split(".")[0], tell, expected_amount=80000).told()
    assert not outcome.gate(gate)
    assert outcome.stage == gate.split(".")[0]


@pytest.mark.parametrize(("minutes", "met"), [(29, False), (29.9, False), (30, True), (31, True)])
@pytest.mark.parametrize("kind", ["activity.call", "activity.meeting"])
def test_a_discovery_meeting_takes_30_minutes_and_a_pain(kind: str, minutes: float, met: bool) -> None:
    told = Story("discovery")
    told.add(1, kind, minutes=minutes, contacts=["Tomas Berg"])
    assert not told.told().gate("discovery.discovery_meeting")
    told.signal(2, "qualification", element="pain")
    assert told.told().gate("discovery.discovery_meeting") is met


@pytest.mark.parametrize(
    ("amount", "met"), [(59999.99, False), (60000, True), (80000, True), (100000, True), (100000.01, False)]
)
def test_a_budget_is_known_within_a_quarter_of_what_is_expected(amount: float, met: bool) -> None:
    told = Story("discovery", expected_amount=80000)
    told.budget(1, "stated", amount)
    assert told.told().gate("discovery.budget_known") is met


@pytest.mark.parametrize("money", [{}, {"currency": "EUR"}, {"per": "unit"}])
def test_any_amount_will_do_where_none_is_expected(money: dict[str, str]) -> None:
    told = Story("discovery")
    told.budget(1, "stated", 3, **money)
    assert told.told().gate("discovery.budget_known")


def test_an_expected_amount_that_comes_later_is_compared() -> None:
    told = Story("discovery")
    told.budget(1, "stated", 30000)
    told.add(2, "deal.updated", expected_amount=80000)
    outcome = told.told()
    assert not outcome.gate("discovery.budget_known")
    assert outcome.one("gate_lost")["at"] == at(2)


@pytest.mark.parametrize("status", ["none", "cancelled"])
def test_money_that_is_gone_unmeets_the_budget(status: str) -> None:
    told = Story("discovery")
    told.budget(1, "approved", 80000)
    told.budget(2, status)
    outcome = told.told()
    assert not outcome.gate("discovery.budget_known")
    assert outcome.one("gate_lost")["data"]["gate"] == "budget_known"
    outcome.none("stage_regressed")
    told.budget(3, "stated")
    assert not told.told().gate("discovery.budget_known"), "the amount went with the budget"
    told.budget(4, "stated", 80000)
    assert told.told().gate("discovery.budget_known")


def test_an_approval_without_an_amount_keeps_the_amount_that_was_told() -> None:
    told = Story("discovery", expected_amount=80000)
    told.budget(1, "stated", 80000)
    told.budget(2, "approved")
    outcome = told.told()
    assert outcome.gate("discovery.budget_known")
    assert outcome.state["budget"]["status"] == "approved"
    assert outcome.state["budget"]["amount"]["low"] == 80000


@pytest.mark.parametrize(("end", "met"), [("2026-12-31", True), ("2027-01-01", False)])
def test_a_quarter_is_sharp_enough_and_a_day_more_is_not(end: str, met: bool) -> None:
    told = Story("discovery")
    told.date(1, "go_live", "2026-10-01", end)
    assert told.told().gate("discovery.timeline_known") is met


def test_two_stakeholders_with_roles_stand_for_a_decision_process() -> None:
    told = Story("discovery")
    told.signal(1, "stakeholder", person="Tomas Berg", title=None, change="identified", role="user")
    assert not told.told().gate("discovery.decision_process")
    told.signal(2, "stakeholder", person="Petra Lind", title=None, change="joined", role="finance")
    assert told.told().gate("discovery.decision_process")


def test_the_date_of_a_next_step_counts_until_it_is_past() -> None:
    told = Story("discovery")
    told.date(1, "next_step", on(5))
    told.clock(5.6)
    assert told.told().gate("discovery.next_step"), "that day is not past before it ends"
    told.clock(7)
    outcome = told.told()
    assert not outcome.gate("discovery.next_step")
    assert outcome.one("gate_lost")["at"] == "2026-09-13T00:00:00Z"


def test_a_next_step_once_agreed_stays_met() -> None:
    told = Story("discovery")
    told.date(1, "next_step", on(5))
    told.milestone(1, "next_step_agreed")
    told.clock(9)
    assert told.told().gate("discovery.next_step")


def meddic(*, without: str | None = None, role: str = "economic_buyer") -> Story:
    told = Story("qualified")
    for element in ("metrics", "decision_criteria", "decision_process", "pain"):
        if element != without:
            told.signal(1, "qualification", element=element)
    if without != "economic_buyer":
        told.signal(1, "stakeholder", person="Petra Lind", title=None, change="identified", role=role)
    if without != "engaged":
        told.call(2, 20, "Petra Lind")
    if without != "champion":
        told.signal(3, "champion", person="Tomas Berg", status="advocating")
    return told


PARTS = ["metrics", "decision_criteria", "decision_process", "pain", "economic_buyer", "engaged", "champion"]


def test_meddic_qualifies() -> None:
    assert meddic().told().moves() == [("qualified", "proposal", "gates")]


@pytest.mark.parametrize("part", PARTS)
def test_meddic_needs_every_part(part: str) -> None:
    assert not meddic(without=part).told().gate("qualified.meddic_or_bant")


def test_meddic_needs_the_economic_buyer_and_not_just_a_decision_maker() -> None:
    assert not meddic(role="decision_maker").told().gate("qualified.meddic_or_bant")


def bant(*, without: str | None = None, role: str = "decision_maker", status: str = "approved", days: int = 0) -> Story:
    told = Story("qualified")
    if without != "budget":
        told.budget(1, status, 80000)
    if without != "authority":
        told.signal(1, "stakeholder", person="Petra Lind", title=None, change="identified", role=role)
        told.meeting(2, 20, "Petra Lind")
    if without != "need":
        told.signal(2, "qualification", element="pain")
    if without != "timing":
        told.date(3, "close", on(60), on(60 + days))
    return told


@pytest.mark.parametrize("role", ["decision_maker", "economic_buyer"])
def test_bant_qualifies(role: str) -> None:
    assert bant(role=role).told().stage == "proposal"


@pytest.mark.parametrize("part", ["budget", "authority", "need", "timing"])
def test_bant_needs_every_part(part: str) -> None:
    assert not bant(without=part).told().gate("qualified.meddic_or_bant")


def test_bant_needs_an_approval_a_decider_and_a_day() -> None:
    assert not bant(status="stated").told().gate("qualified.meddic_or_bant")
    assert not bant(role="influencer").told().gate("qualified.meddic_or_bant")
    assert not bant(days=1).told().gate("qualified.meddic_or_bant")


def test_a_proposal_is_viewed_once_it_was_sent_and_viewed() -> None:
    told = Story("proposal")
    told.milestone(1, "proposal_sent")
    told.add(2, "document.viewed", document="proposal")
    assert told.told().gate("proposal.proposal_viewed")


@pytest.mark.parametrize(("counter", "met"), [(89.9, False), (90, True), (100, True), (110, True), (110.1, False)])
def test_a_counter_near_the_last_quote_agrees_on_pricing(counter: float, met: bool) -> None:
    told = Story("proposal")
    told.pricing(1, "quoted", 200)
    told.pricing(2, "quoted", 100)
    told.pricing(3, "countered", counter)
    outcome = told.told()
    assert outcome.gate("proposal.pricing_agreed") is met
    assert not outcome.gate("negotiation.terms_agreed")


def test_a_quote_that_comes_near_the_last_counter_agrees_too() -> None:
    told = Story("proposal")
    told.pricing(1, "quoted", 100)
    told.pricing(2, "countered", 80)
    told.pricing(3, "quoted", 85)
    assert told.told().gate("proposal.pricing_agreed")


@pytest.mark.parametrize("money", [{"currency": "EUR"}, {"per": "unit"}])
def test_prices_that_cannot_be_compared_leave_the_gate_open(money: dict[str, str]) -> None:
    told = Story("proposal")
    told.pricing(1, "quoted", 100, **money)
    told.pricing(2, "countered", 100, **money)
    assert not told.told().gate("proposal.pricing_agreed")


def test_an_objection_after_the_agreement_unmeets_pricing() -> None:
    told = Story("negotiation")
    told.pricing(1, "agreed", 100)
    told.pricing(2, "objected")
    outcome = told.told()
    assert not outcome.gate("proposal.pricing_agreed")
    assert not outcome.gate("negotiation.terms_agreed")
    assert {d["data"]["gate"] for d in outcome.all("gate_lost")} == {"pricing_agreed", "terms_agreed"}


def test_a_declined_signature_alerts_the_rep_and_loses_the_contract() -> None:
    told = Story("negotiation")
    told.add(1, "esign.sent", envelope="env-1")
    told.add(2, "esign.declined", envelope="env-1")
    outcome = told.told()
    assert not outcome.gate("negotiation.contract_sent")
    assert outcome.one("gate_lost")["data"]["gate"] == "contract_sent"
    assert outcome.one("alert", at=at(2))["data"]["to"] == ["rep"]
    told.add(3, "esign.sent", envelope="env-2")
    assert told.told().gate("negotiation.contract_sent")


@pytest.mark.parametrize("how", ["deal_paused", "deal_lost"])
def test_a_declined_signature_of_a_paused_or_closed_deal_tells_nobody(how: str) -> None:
    told = Story("negotiation")
    told.milestone(1, how)
    told.add(2, "esign.declined", envelope="env-1")
    told.told().none("alert")


def test_somebody_of_the_sellers_attends_no_demo() -> None:
    told = Story("proposal")
    told.add(1, "contact.added", person="Sam Okoro", side="seller")
    told.meeting(2, 40, "Sam Okoro", "Tomas Berg", "Petra Lind", purpose="demo")
    assert not told.told().gate("proposal.demo_completed")
    told.meeting(3, 40, "Sam Okoro", "Tomas Berg", "Petra Lind", "Olaf Stein", purpose="demo")
    assert told.told().gate("proposal.demo_completed")


def test_two_demos_of_two_are_not_one_of_three() -> None:
    told = Story("proposal")
    told.meeting(1, 40, "A B", "C D", purpose="demo")
    told.meeting(2, 40, "E F", "G H", purpose="demo")
    assert not told.told().gate("proposal.demo_completed")

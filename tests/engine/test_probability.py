"""Probability: the stage's base, the health of the deal by its five components, and what was earned in the stage."""

from __future__ import annotations

import pytest

from tests.engine.story import Story, at, on

BASES = {"identified": 5, "discovery": 15, "qualified": 25, "proposal": 40, "negotiation": 60}


def component(told: Story, name: str) -> int:
    return int(told.told().state["health"]["components"][name])


def bare(told: Story) -> float:
    """The probability less the health: base and increments, as long as nothing is cut off."""
    state = told.told().state
    return float(state["probability"] - state["health"]["total"])


@pytest.mark.parametrize("stage", ["qualified", "proposal", "negotiation"])
def test_the_base_is_the_stages(stage: str) -> None:
    assert bare(Story(stage)) == BASES[stage]


@pytest.mark.parametrize(("stage", "chance"), [("closed_won", 100), ("closed_lost", 0)])
def test_closed_stages_are_exact(stage: str, chance: int) -> None:
    assert Story(stage).told().state["probability"] == chance


def test_proposal_with_health_10_is_50() -> None:
    told = Story("proposal")
    told.signal(0, "champion", person="A B", status="advocating")
    for day, name in enumerate(["A B", "C D", "E F"]):
        told.email(20 + day, "inbound", name)
    told.clock(23)
    state = told.told().state
    assert state["health"] == {
        "total": 7,
        "components": {"engagement": -1, "contacts": 3, "champion": 5, "gates": 0, "risks": 0},
    }
    told.email(23)
    state = told.told().state
    assert state["health"]["components"]["engagement"] == 3
    told.pricing(24, "agreed")
    state = told.told().state
    assert state["health"]["total"] == 12
    told.budget(24, "pending")
    told.budget(24, "stated")
    assert told.told().state["probability"] == 40 + told.told().state["health"]["total"]


@pytest.mark.parametrize(
    ("touches", "points"), [(0, -6), (1, -3 + 2), (3, -3 + 2), (4, 1 + 2), (8, 1 + 2), (9, 4 + 2), (20, 6)]
)
def test_engagement_by_touches_a_week(touches: int, points: int) -> None:
    told = Story("proposal")
    for n in range(touches):
        told.email(1 + n / 10)
    assert component(told, "engagement") == points


def test_engagement_that_does_not_rise_has_no_bonus() -> None:
    told = Story("proposal")
    for n in range(3):
        told.email(1 + n / 10)
    for n in range(3):
        told.email(16 + n / 10)
    assert component(told, "engagement") == 1, "six in 28 days, three and three"
    told.email(16.5)
    assert component(told, "engagement") == 3


@pytest.mark.parametrize(("day", "points"), [(14.9, -1), (15, -6)])
def test_silence_of_14_days_counts_instead(day: float, points: int) -> None:
    told = Story("proposal")
    told.email(1)
    told.clock(day)
    assert component(told, "engagement") == points


def test_a_touch_is_out_after_28_days() -> None:
    told = Story("proposal")
    for n in range(4):
        told.email(1 + n / 100)
    told.email(20)
    told.clock(28.9)
    assert component(told, "engagement") == 1
    told.clock(29.5)
    assert component(told, "engagement") == -3 + 2


@pytest.mark.parametrize(("people", "points"), [(0, -3), (1, -1), (2, 1), (3, 3), (4, 3), (5, 4), (7, 4)])
def test_contacts_active_in_the_last_30_days(people: int, points: int) -> None:
    told = Story("proposal")
    for n in range(people):
        told.call(1, 10, f"Person {n}")
    assert component(told, "contacts") == points
    told.clock(31)
    assert component(told, "contacts") == -3


def test_nobody_is_active_by_being_written_to() -> None:
    told = Story("proposal")
    told.email(1, "outbound", "A B", "C D")
    assert component(told, "contacts") == -3


@pytest.mark.parametrize(
    ("words", "points"),
    [
        ([], 0),
        ([("A", "advocating")], 5),
        ([("A", "at_risk")], -3),
        ([("A", "lost")], -6),
        ([("A", "advocating"), ("A", "at_risk")], -3),
        ([("A", "lost"), ("B", "advocating")], 5),
        ([("B", "advocating"), ("A", "lost")], 5),
        ([("A", "lost"), ("B", "at_risk")], -3),
        ([("B", "at_risk"), ("A", "lost")], -6),
    ],
)
def test_the_champion_by_the_latest_word(words: list[tuple[str, str]], points: int) -> None:
    told = Story("proposal")
    for n, (person, status) in enumerate(words):
        told.signal(1 + n / 10, "champion", person=person, status=status)
    assert component(told, "champion") == points


def test_gates_count_their_share_and_the_work_done_ahead() -> None:
    told = Story("discovery")
    assert component(told, "gates") == 0
    told.milestone(1, "next_step_agreed")
    assert component(told, "gates") == 1, "0.6 rounds up"
    told.signal(1, "qualification", element="decision_process")
    assert component(told, "gates") == 1, "1.2"
    told.milestone(1, "security_review_completed")
    assert component(told, "gates") == 2, "1.2 and 0.5 ahead"
    for kind in ("legal_review_requested", "legal_review_completed", "implementation_plan_agreed"):
        told.milestone(1, kind)
    assert component(told, "gates") == 3, "1.2 and 2"
    told.add(1, "esign.sent", envelope="e")
    assert component(told, "gates") == 3, "no more than 2 for what is ahead"


def test_halves_round_up() -> None:
    told = Story("qualified")
    told.milestone(1, "security_review_completed")
    assert component(told, "gates") == 1, "0.5"


@pytest.mark.parametrize(
    ("kind", "data", "points"),
    [
        ("competitor", {"name": "Qlik", "relation": "favored"}, -4),
        ("competitor", {"name": "Qlik", "relation": "selected"}, -8),
        ("competitor", {"name": "Qlik", "relation": "evaluating"}, 0),
        ("budget", {"status": "pending", "amount": None}, -1),
        ("budget", {"status": "reduced", "amount": None}, -4),
        ("budget", {"status": "none", "amount": None}, -4),
        ("budget", {"status": "cancelled", "amount": None}, -8),
        ("budget", {"status": "approved", "amount": None}, 0),
        ("stakeholder", {"person": "A B", "title": None, "change": "unresponsive", "role": "economic_buyer"}, -3),
        ("stakeholder", {"person": "A B", "title": None, "change": "unresponsive", "role": "user"}, 0),
    ],
)
def test_risks(kind: str, data: dict[str, object], points: int) -> None:
    told = Story("discovery")
    told.signal(1, kind, **data)
    assert component(told, "risks") == points


def test_risks_add_up_and_pass_away() -> None:
    told = Story("discovery")
    told.signal(1, "competitor", name="Qlik", relation="favored")
    told.signal(1, "competitor", name="Tableau", relation="selected")
    told.budget(1, "cancelled")
    told.signal(1, "stakeholder", person="A B", title=None, change="unresponsive", role="decision_maker")
    assert component(told, "risks") == -19
    told.clock(31)
    assert component(told, "risks") == -20, "stale: no lower than -20"
    told.call(32, 10, "A B")
    assert component(told, "risks") == -16, "neither stale nor unresponsive"
    told.signal(33, "competitor", name="Tableau", relation="rejected")
    told.budget(33, "approved")
    assert component(told, "risks") == -4


def test_a_stale_deal_costs_5_until_something_happens() -> None:
    told = Story("discovery")
    told.clock(29.9)
    assert component(told, "risks") == 0
    told.clock(30)
    assert component(told, "risks") == -5
    told.email(31)
    assert component(told, "risks") == 0


def stakeholder(told: Story, day: float, person: str, change: str, role: str | None) -> None:
    told.signal(day, "stakeholder", person=person, title=None, change=change, role=role)


@pytest.mark.parametrize(
    ("role", "points"),
    [
        (None, 5),
        ("user", 5),
        ("technical", 5),
        ("economic_buyer", 10),
        ("decision_maker", 10),
        ("executive_sponsor", 10),
    ],
)
@pytest.mark.parametrize("change", ["identified", "joined"])
def test_a_stakeholder_adds_points(change: str, role: str | None, points: int) -> None:
    told = Story("proposal")
    stakeholder(told, 1, "Petra Lind", change, role)
    assert bare(told) == 40 + points
    assert told.told().one("probability_changed", rule="signal.stakeholder")["at"] == at(1)


@pytest.mark.parametrize("change", ["left", "role_changed", "unresponsive"])
def test_other_changes_add_none(change: str) -> None:
    told = Story("proposal")
    stakeholder(told, 1, "Petra Lind", change, "user")
    assert bare(told) == 40


def test_a_person_counts_once_and_a_role_learnt_later_adds_the_difference() -> None:
    told = Story("proposal")
    stakeholder(told, 1, "Petra Lind", "identified", None)
    stakeholder(told, 2, "petra  lind", "joined", "user")
    assert bare(told) == 45
    stakeholder(told, 3, "Petra Lind", "role_changed", "economic_buyer")
    assert bare(told) == 50
    stakeholder(told, 4, "Petra Lind", "identified", "decision_maker")
    assert bare(told) == 50


def test_a_role_learnt_from_the_crm_adds_the_difference_too() -> None:
    told = Story("proposal")
    stakeholder(told, 1, "Petra Lind", "identified", None)
    told.add(2, "contact.added", person="Petra Lind", role="economic_buyer")
    assert bare(told) == 50


@pytest.mark.parametrize(
    ("title", "points"),
    [
        ("VP Logistics", 10),
        ("Senior Vice President, Operations", 10),
        ("SVP Sales", 10),
        ("CFO", 15),
        ("Chief Technology Officer", 15),
        ("C.E.O.", 15),
        ("President", 15),
        ("Managing Director", 15),
        ("Head of Logistics", 0),
        ("Director of IT", 0),
        ("Assistant to the CEO", 0),
        ("Product Owner", 0),
        ("Chief of Staff", 0),
    ],
)
def test_an_executive_who_takes_part_adds_points(title: str, points: int) -> None:
    told = Story("proposal")
    told.add(1, "contact.added", person="Petra Lind", title=title)
    assert bare(told) == 40
    told.email(2, "outbound", "Petra Lind")
    assert bare(told) == 40, "being written to is not taking part"
    told.meeting(3, 20, "Petra Lind")
    assert bare(told) == 40 + points


def test_an_executive_counts_once_a_stage() -> None:
    told = Story("proposal")
    told.add(1, "contact.added", person="Petra Lind", title="VP Logistics")
    told.meeting(2, 20, "Petra Lind")
    told.meeting(3, 20, "Petra Lind")
    assert bare(told) == 50
    told.add(4, "override.stage", to="negotiation", reason="On.", by="ana")
    assert bare(told) == 60, "what was earned belongs to the stage before"
    told.meeting(5, 20, "Petra Lind")
    assert bare(told) == 70


def test_a_title_learnt_after_the_meeting_counts_then() -> None:
    told = Story("proposal")
    told.meeting(1, 20, "Petra Lind")
    told.add(2, "contact.added", person="Petra Lind", title="CFO")
    assert bare(told) == 55


def test_the_sellers_own_executives_add_nothing() -> None:
    told = Story("proposal")
    told.add(1, "contact.added", person="Sam Okoro", title="CEO", side="seller")
    told.meeting(2, 20, "Sam Okoro", "Tomas Berg")
    assert bare(told) == 40


def test_what_an_event_earns_belongs_to_the_stage_before_its_move() -> None:
    told = Story("identified")
    told.email(1)
    stakeholder(told, 2, "Petra Lind", "identified", "economic_buyer")
    outcome = told.told()
    assert outcome.stage == "discovery"
    assert outcome.state["increments"] == 0


def test_what_was_earned_and_the_move_are_told_apart() -> None:
    told = Story("identified")
    told.email(1)
    stakeholder(told, 2, "Petra Lind", "identified", "economic_buyer")
    changed = [(d["rule"], d["from"], d["to"]) for d in told.told().all("probability_changed", at=at(2))]
    assert changed == [("signal.stakeholder", 5, 16), ("gates", 16, 13)]


def test_the_probability_stays_between_0_and_100() -> None:
    told = Story("identified")
    assert told.told().state["probability"] == 0, "5 less 9"
    told = Story("negotiation")
    for n in range(8):
        stakeholder(told, 1, f"Person {n}", "identified", "economic_buyer")
    assert told.told().state["probability"] == 100


@pytest.mark.parametrize(("rep", "flagged"), [(16, False), (15, True), (46, False), (47, True)])
def test_a_rep_who_is_more_than_15_points_off_is_flagged(rep: int, flagged: bool) -> None:
    told = Story("proposal", rep_probability=rep)
    state = told.told().state
    assert state["probability"] == 31
    assert ("rep_probability_off" in state["flags"]) is flagged
    assert len([d for d in told.told().all("flagged") if d["data"]["flag"] == "rep_probability_off"]) == flagged


def test_a_probability_says_what_it_is_made_of() -> None:
    told = Story("proposal")
    stakeholder(told, 1, "Petra Lind", "identified", "economic_buyer")
    data = told.told().one("probability_changed")["data"]
    assert (data["base"], data["increments"]) == (40, 10)
    assert data["earned"] == [{"rule": "signal.stakeholder", "points": 10}]
    assert set(data["health"]["components"]) == {"engagement", "contacts", "champion", "gates", "risks"}


def test_an_unstable_close_date_is_a_risk() -> None:
    told = Story("discovery", close_date=on(30))
    for n in range(3):
        told.date(1 + n, "close", on(31 + n))
    assert component(told, "risks") == -2

"""Moves down: at once or after a time, announced, stopped, dropped when somebody replaces the one who left."""

from __future__ import annotations

import pytest

from engine import Pipeline, replay
from tests.engine.story import B2B, Story, at, on

SECOND = 1 / 86400


def champion_leaves(day: float = 10, stage: str = "proposal", **data: object) -> Story:
    told = Story(stage, **data)
    told.signal(1, "champion", person="Tomas Berg", status="advocating")
    told.signal(day, "champion", person="Tomas Berg", status="lost", quote="Tomas is leaving us")
    return told


def stakeholder_leaves(role: str | None = "economic_buyer", stage: str = "proposal", **more: object) -> Story:
    told = Story(stage)
    told.signal(1, "stakeholder", person="Petra Lind", title=None, change="identified", role=role)
    told.signal(10, "stakeholder", person="Petra Lind", title=None, change="left", role=None, **more)
    return told


def test_a_departure_is_announced_at_once_with_its_words() -> None:
    outcome = champion_leaves().told()
    decision = outcome.one("regression_scheduled", rule="regress.champion", at=at(10))
    assert decision["data"]["to"] == ["rep", "manager"]
    assert decision["data"]["due"] == at(24)
    assert decision["data"]["quotes"][0]["text"] == "Tomas is leaving us"
    assert "Tomas is leaving us" in decision["why"]
    assert outcome.state["scheduled"][0]["rule"] == "regress.champion"
    assert outcome.state["scheduled"][0]["due"] == at(24)


@pytest.mark.parametrize(("day", "stage"), [(24 - SECOND, "proposal"), (24, "qualified"), (25, "qualified")])
def test_a_champion_is_missed_after_14_days_to_the_second(day: float, stage: str) -> None:
    told = champion_leaves()
    told.clock(day)
    outcome = told.told()
    assert outcome.stage == stage
    if stage == "qualified":
        regressed = outcome.one("stage_regressed", rule="regress.champion", at=at(24))
        assert (regressed["from"], regressed["to"]) == ("proposal", "qualified")
        assert outcome.state["entered_stage_at"] == at(24)
        assert outcome.state["scheduled"] == []


def test_a_lost_champion_costs_20_points_in_the_stage_moved_down_to() -> None:
    told = champion_leaves()
    told.clock(24)
    outcome = told.told()
    assert outcome.state["increments"] == -20
    assert outcome.state["probability"] == max(0, 25 - 20 + outcome.state["health"]["total"])


def test_a_lost_stakeholder_costs_a_stage_and_no_points() -> None:
    told = stakeholder_leaves()
    told.clock(24)
    outcome = told.told()
    assert outcome.moves() == [("proposal", "qualified", "regress.stakeholder")]
    assert outcome.state["increments"] == 0


def test_due_times_ignore_daylight_saving() -> None:
    text = 'extends = "b2b"\nname = "here"\ntimezone = "Europe/Berlin"\n'
    told = Story("proposal", pipeline=Pipeline.from_text(text))
    told.signal(40, "champion", person="Tomas Berg", status="lost")
    told.clock(60)
    assert told.told().one("stage_regressed")["at"] == at(54)


def test_a_stakeholder_without_a_role_costs_nothing() -> None:
    told = stakeholder_leaves(role=None)
    told.clock(30)
    outcome = told.told()
    outcome.none("regression_scheduled")
    outcome.none("stage_regressed")


def test_a_role_told_with_the_departure_is_a_role() -> None:
    told = Story("proposal")
    told.signal(10, "stakeholder", person=None, title="CFO", change="left", role="finance")
    told.told().one("regression_scheduled", rule="regress.stakeholder")


@pytest.mark.parametrize("change", ["unresponsive", "role_changed"])
def test_who_is_still_there_has_not_left(change: str) -> None:
    told = Story("proposal")
    told.signal(10, "stakeholder", person="Petra Lind", title=None, change=change, role="finance")
    told.told().none("regression_scheduled")


REPLACED = [
    ("champion", {"person": "Petra Lind", "status": "advocating"}),
    ("champion", {"person": "Tomas Berg", "status": "advocating"}),
    ("stakeholder", {"person": "Tomas Berg", "title": None, "change": "left", "role": None, "successor": "Olaf Stein"}),
]


@pytest.mark.parametrize(("kind", "data"), REPLACED)
def test_a_replaced_champion_is_not_missed(kind: str, data: dict[str, object]) -> None:
    told = champion_leaves()
    told.signal(24 - SECOND, kind, **data)
    told.clock(40)
    outcome = told.told()
    outcome.one("regression_cancelled", rule="regress.champion", at=at(24 - SECOND))
    outcome.none("stage_regressed")
    assert outcome.state["scheduled"] == []


NOT_REPLACED = [
    ("champion", {"person": "Petra Lind", "status": "at_risk"}),
    ("stakeholder", {"person": "Petra Lind", "title": None, "change": "joined", "role": "user"}),
    ("stakeholder", {"person": "Petra Lind", "title": None, "change": "identified", "role": None}),
]


@pytest.mark.parametrize(("kind", "data"), NOT_REPLACED)
def test_somebody_else_replaces_no_champion(kind: str, data: dict[str, object]) -> None:
    told = champion_leaves()
    told.signal(20, kind, **data)
    told.clock(24)
    told.told().one("stage_regressed", rule="regress.champion")


@pytest.mark.parametrize("change", ["identified", "joined", "role_changed"])
def test_a_new_stakeholder_in_the_same_role_is_a_replacement(change: str) -> None:
    told = stakeholder_leaves()
    told.signal(20, "stakeholder", person="Olaf Stein", title=None, change=change, role="economic_buyer")
    told.clock(30)
    outcome = told.told()
    outcome.one("regression_cancelled", rule="regress.stakeholder", at=at(20))
    outcome.none("stage_regressed")


@pytest.mark.parametrize(("role", "change"), [("technical", "joined"), ("economic_buyer", "left")])
def test_a_stakeholder_in_another_role_or_leaving_is_none(role: str, change: str) -> None:
    told = stakeholder_leaves()
    told.signal(20, "stakeholder", person="Olaf Stein", title=None, change=change, role=role)
    told.clock(24)
    told.told().one("stage_regressed", rule="regress.stakeholder", at=at(24))


def test_a_departure_that_names_its_successor_costs_nothing() -> None:
    told = stakeholder_leaves(successor="Olaf Stein")
    told.clock(30)
    outcome = told.told()
    outcome.none("stage_regressed")
    assert outcome.state["scheduled"] == []


def test_another_champion_who_advocates_outweighs_the_departure() -> None:
    told = Story("proposal")
    told.signal(1, "champion", person="Petra Lind", status="advocating")
    told.signal(2, "champion", person="Tomas Berg", status="lost")
    told.signal(2, "stakeholder", person="Tomas Berg", title=None, change="left", role="user")
    told.clock(30)
    outcome = told.told()
    outcome.none("regression_scheduled")
    outcome.none("stage_regressed")


def test_one_departure_costs_one_stage_however_often_it_is_told() -> None:
    told = champion_leaves(stage="negotiation")
    told.signal(10, "stakeholder", person="Tomas Berg", title=None, change="left", role="user")
    told.signal(15, "champion", person="tomas  berg", status="lost")
    told.signal(20, "stakeholder", person="Tomas Berg", title=None, change="left", role="user")
    told.clock(60)
    told.signal(61, "champion", person="Tomas Berg", status="lost")
    told.clock(90)
    outcome = told.told()
    outcome.one("regression_scheduled")
    assert outcome.one("stage_regressed", rule="regress.champion")["at"] == at(24)


def test_a_champion_known_to_advocate_who_leaves_is_a_lost_champion() -> None:
    told = Story("proposal")
    told.signal(1, "champion", person="Tomas Berg", status="advocating")
    told.signal(10, "stakeholder", person="Tomas Berg", title=None, change="left", role="user")
    told.clock(24)
    told.told().one("stage_regressed", rule="regress.champion")


def test_two_departures_cost_two_stages() -> None:
    told = champion_leaves(stage="negotiation")
    told.signal(12, "stakeholder", person="Petra Lind", title=None, change="left", role="finance")
    told.clock(30)
    assert told.told().moves() == [
        ("negotiation", "proposal", "regress.champion"),
        ("proposal", "qualified", "regress.stakeholder"),
    ]


def test_a_person_stops_a_scheduled_regression_with_a_reason() -> None:
    told = champion_leaves()
    scheduled = told.events[-1]["id"]
    told.add(15, "override.regression", regression=scheduled, reason="He stays as an adviser.", by="ana")
    told.clock(30)
    outcome = told.told()
    stopped = outcome.one("regression_cancelled", rule="regress.champion", at=at(15))
    assert stopped["data"]["by"] == "ana"
    assert "He stays as an adviser." in stopped["why"]
    outcome.none("stage_regressed")
    assert outcome.state["scheduled"] == []


def test_a_stop_that_names_another_event_stops_nothing() -> None:
    told = champion_leaves()
    told.add(15, "override.regression", regression="D-1-1", reason="A slip.", by="ana")
    told.clock(30)
    assert told.told().stage == "qualified"


def test_a_closed_deal_drops_what_was_scheduled() -> None:
    told = champion_leaves()
    told.add(15, "esign.completed", envelope="e")
    told.clock(30)
    outcome = told.told()
    assert outcome.stage == "closed_won"
    assert outcome.state["scheduled"] == []
    outcome.none("stage_regressed")
    outcome.one("regression_cancelled")


def test_the_lowest_stage_has_none_below() -> None:
    told = champion_leaves(stage="identified")
    told.clock(30)
    outcome = told.told()
    assert outcome.stage == "identified"
    outcome.none("stage_regressed")
    assert outcome.state["scheduled"] == []


@pytest.mark.parametrize("status", ["cancelled", "reduced"])
@pytest.mark.parametrize("stage", ["qualified", "proposal", "negotiation"])
def test_lost_money_takes_a_deal_back_to_discovery(stage: str, status: str) -> None:
    told = Story(stage)
    told.budget(1, status, 60000)
    outcome = told.told()
    assert outcome.moves() == [(stage, "discovery", "regress.budget")]
    assert outcome.one("stage_regressed")["at"] == at(1)


@pytest.mark.parametrize("stage", ["identified", "discovery", "closed_won", "closed_lost"])
def test_lost_money_moves_no_deal_up_or_out_of_a_closed_stage(stage: str) -> None:
    told = Story(stage)
    told.budget(1, "cancelled")
    assert told.told().moves() == []


@pytest.mark.parametrize("status", ["none", "pending", "stated"])
def test_other_words_on_the_budget_regress_nothing(status: str) -> None:
    told = Story("negotiation")
    told.budget(1, status)
    assert told.told().moves() == []


@pytest.mark.parametrize(
    ("stage", "relation", "moves"),
    [
        ("negotiation", "selected", [("negotiation", "proposal", "regress.competitor")]),
        ("negotiation", "favored", []),
        ("proposal", "selected", []),
        ("qualified", "selected", []),
        ("closed_won", "selected", []),
    ],
)
def test_a_competitor_that_was_selected(stage: str, relation: str, moves: list[object]) -> None:
    told = Story(stage)
    told.signal(1, "competitor", name="Qlik", relation=relation)
    assert told.told().moves() == moves


def in_discovery_again() -> Story:
    """Discovery's gates are all met but the budget, which was cancelled in qualified."""
    told = Story("qualified")
    told.meeting(1, 30)
    told.signal(1, "qualification", element="pain")
    told.signal(1, "qualification", element="decision_process")
    told.date(1, "go_live", on(60))
    told.milestone(1, "next_step_agreed")
    told.budget(2, "stated", 40000)
    return told


def test_after_a_move_down_gates_wait_for_one_to_be_met_anew() -> None:
    told = in_discovery_again()
    told.add(3, "override.stage", to="discovery", reason="Too early.", by="ana")
    told.email(4)
    outcome = told.told()
    assert all(outcome.state["gates"]["discovery"].values())
    assert outcome.stage == "discovery"
    told.budget(5, "none")
    told.budget(6, "stated", 40000)
    assert told.told().moves()[-1] == ("discovery", "qualified", "gates")


def test_after_a_move_down_a_rule_that_attempts_moves_it_up_again() -> None:
    told = in_discovery_again()
    told.add(3, "override.stage", to="discovery", reason="Too early.", by="ana")
    told.call(5, 30, purpose="discovery")
    assert told.told().moves()[-1] == ("discovery", "qualified", "activity.discovery_call")


def test_a_cut_budget_moves_down_and_not_up_again_at_once() -> None:
    told = in_discovery_again()
    told.budget(3, "reduced", 60000)
    outcome = told.told()
    assert outcome.moves() == [("qualified", "discovery", "regress.budget")]
    assert outcome.stage == "discovery"


def test_a_departure_heard_of_late_can_still_be_stopped() -> None:
    told = Story("proposal")
    told.clock(30)
    told.signal(10, "champion", person="Tomas Berg", status="lost")
    outcome = told.told()
    assert outcome.one("regression_scheduled")["data"]["due"] == at(37)
    assert outcome.stage == "proposal"
    told.clock(37 - SECOND)
    assert told.told().stage == "proposal"
    told.clock(37)
    assert told.told().one("stage_regressed")["at"] == at(37)


def test_a_departure_heard_of_within_its_time_falls_due_in_its_time() -> None:
    told = Story("proposal")
    told.clock(20)
    told.signal(10, "champion", person="Tomas Berg", status="lost")
    assert told.told().one("regression_scheduled")["data"]["due"] == at(24)


def test_who_comes_back_and_leaves_again_has_left_twice() -> None:
    told = champion_leaves(stage="negotiation")
    told.clock(24)
    told.signal(25, "champion", person="Tomas Berg", status="advocating")
    told.signal(30, "champion", person="Tomas Berg", status="lost")
    told.clock(44)
    assert [move[:2] for move in told.told().moves()] == [("negotiation", "proposal"), ("proposal", "qualified")]


def test_clocks_do_not_matter() -> None:
    sparse, dense = champion_leaves(), champion_leaves()
    for day in range(11, 100):
        dense.clock(day)
    sparse.clock(99)
    one, other = (replay(s.events, B2B).to_json() for s in (sparse, dense))
    events = {"events", "quotes"}
    plain = [[{k: v for k, v in d.items() if k not in events} for d in r["decisions"]] for r in (one, other)]
    assert plain[0] == plain[1]
    assert one["deals"] == other["deals"]

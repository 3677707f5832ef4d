"""What an entry into a stage sets off: every action that ships, when it is due, and what sets off nothing."""

from __future__ import annotations

from typing import Any

import pytest

from engine import Pipeline, replay
from engine.pipeline import SHIPPED as SHIPPED_FOLDER
from tests.engine.story import B2B, Outcome, Story, at


def enter(stage: str, **data: object) -> Story:
    """A deal that a person moves into the stage on day 1, a Tuesday."""
    told = Story("identified", **data)
    told.add(1, "override.stage", to=stage, reason="On.", by="ana", approved_by="raj")
    return told


def actions(outcome: Outcome, stage: str) -> dict[str, dict[str, object]]:
    found = [d["data"] for d in outcome.all("workflow_triggered") if d["data"]["stage"] == stage]
    assert len({data["action"] for data in found}) == len(found)
    return {data["action"]: data for data in found}


# Every action of the specification's lists: its kind, and a piece of its title.
SHIPPED = {
    "identified": [
        ("document", "Account research"),
        ("task", "prospecting cadence"),
        ("document", "Ideal contact list"),
    ],
    "discovery": [
        ("email", "New discovery with Hollis Freight — here's your research brief"),
        ("task", "Complete discovery call within 7 days"),
        ("document", "Research brief"),
        ("document", "Buying committee"),
        ("queue", "Weekly pipeline review"),
        ("email", "Follow-up with a recap"),
        ("crm", "Discovery summary"),
        ("document", "Meeting preparation brief"),
    ],
    "qualified": [
        ("notify", "New qualified opportunity: Hollis Freight — $100,000"),
        ("task", "Schedule demo within 5 business days"),
        ("document", "Demo preparation brief"),
        ("document", "Competitive intelligence"),
        ("queue", "Monthly forecast report"),
    ],
    "proposal": [
        ("email", "Top 3 case studies for logistics"),
        ("task", "Complete demo and send proposal within 7 days"),
        ("document", "Proposal for"),
        ("webhook", "Proposal tracking link"),
        ("task", "Technical review with a solutions engineer"),
        ("crm", "Forecast updated"),
        ("task", "Align our executive"),
    ],
    "negotiation": [
        ("notify", "In negotiation"),
        ("task", "Send contract within 48 hours"),
        ("document", "Contract for"),
        ("queue", "Legal review"),
        ("webhook", "E-signature workflow"),
        ("notify", "Expected revenue: $100,000 by 2026-10-04"),
        ("task", "Plan the implementation"),
    ],
    "closed_won": [
        ("task", "onboarding"),
        ("notify", "Revenue to recognize"),
        ("task", "Schedule kickoff call within 5 business days"),
        ("document", "Hand-off package"),
        ("crm", "Win data"),
        ("notify", "Congratulations"),
        ("webhook", "Territory and quota dashboards"),
    ],
    "closed_lost": [
        ("task", "Complete loss reason within 3 business days"),
        ("document", "Win/loss analysis"),
        ("webhook", "Forecast and territory reports"),
    ],
}


@pytest.mark.parametrize("stage", SHIPPED)
def test_an_entry_sets_off_its_actions(stage: str) -> None:
    outcome = (Story("identified") if stage == "identified" else enter(stage)).told()
    found = [(str(data["kind"]), str(data["title"])) for data in actions(outcome, stage).values()]
    assert len(found) == len(SHIPPED[stage])
    for (kind, title), (wanted, piece) in zip(found, SHIPPED[stage], strict=True):
        assert kind == wanted
        assert piece in title
    for decision in outcome.all("workflow_triggered", to=stage):
        assert decision["rule"]
        assert decision["at"] == (at(0) if stage == "identified" else at(1))


DUE = [
    ("discovery", "discovery_call", 8),
    ("qualified", "schedule_demo", 8),
    ("proposal", "demo_and_proposal", 8),
    ("negotiation", "send_contract", 3),
    ("closed_won", "kickoff", 8),
    ("closed_lost", "loss_reason", 4),
]


@pytest.mark.parametrize(("stage", "action", "day"), DUE)
def test_tasks_are_due(stage: str, action: str, day: int) -> None:
    assert actions(enter(stage).told(), stage)[action]["due"] == at(day)


def test_business_days_leave_out_the_pipelines_holidays_and_keep_the_time_of_day() -> None:
    text = 'extends = "b2b"\nname = "x"\ntimezone = "Europe/Berlin"\nholidays = ["2026-10-28"]\n'
    told = Story("identified", pipeline=Pipeline.from_text(text))
    # Friday the 23rd at 11:00 in Berlin; the clocks go back on Sunday; the 28th is a holiday.
    told.add(46, "override.stage", to="qualified", reason="On.", by="ana", approved_by="raj")
    due = actions(told.told(), "qualified")["schedule_demo"]["due"]
    assert due == "2026-11-02T10:00:00Z", "11:00 in Berlin, after five of their business days"


@pytest.mark.parametrize(("stage", "to"), [("notify", ["manager", "vp_sales"]), ("approval", ["deal_desk"])])
def test_who_is_asked_in_negotiation(stage: str, to: list[str]) -> None:
    told = Story("proposal")
    told.pricing(0.5, "quoted", 100)
    told.pricing(0.6, "countered", 50)
    told.add(1, "override.stage", to="negotiation", reason="On.", by="ana")
    found = [data for data in actions(told.told(), "negotiation").values() if data["kind"] == stage]
    assert found[0]["to"] == to


def test_conditional_actions_wait_for_their_condition() -> None:
    told = enter("negotiation")
    assert "deal_desk" not in actions(told.told(), "negotiation")
    told.pricing(2, "countered", 50)
    told.pricing(3, "objected")
    outcome = told.told()
    assert "deal_desk" in actions(outcome, "negotiation")
    assert [d["at"] for d in outcome.all("workflow_triggered") if d["data"]["action"] == "deal_desk"] == [at(2)]


@pytest.mark.parametrize("kind", ["security_review_completed", "technical_validation_completed"])
def test_a_technical_review_is_needed_only_while_none_was_done(kind: str) -> None:
    told = Story("identified")
    told.milestone(0.5, kind)
    told.add(1, "override.stage", to="proposal", reason="On.", by="ana", approved_by="raj")
    assert "technical_review" not in actions(told.told(), "proposal")


def test_a_lost_deal_that_is_competitive_asks_for_intelligence() -> None:
    told = Story("proposal")
    told.signal(1, "competitor", name="Qlik", relation="favored")
    told.milestone(2, "deal_lost", loss_reason="Qlik was cheaper")
    found = actions(told.told(), "closed_lost")
    assert "Qlik" in str(found["competitor_intelligence"]["title"])
    assert "nurture" not in found


@pytest.mark.parametrize("later", [False, True])
def test_a_deal_lost_on_budget_is_nurtured(later: bool) -> None:
    told = Story("proposal")
    told.milestone(2, "deal_lost", **({} if later else {"loss_reason": "No budget"}))
    if later:
        assert "nurture" not in actions(told.told(), "closed_lost")
        told.add(3, "deal.updated", loss_reason="No budget")
    assert actions(told.told(), "closed_lost")["nurture"]["due"] == at((3 if later else 2) + 183)


def losses(*days: float, reasons: str = "price") -> Outcome:
    events = []
    for n, day in enumerate(days, start=1):
        told = Story("proposal", deal=f"D-{n}")
        told.milestone(day, "deal_lost", loss_reason=reasons if n % 2 else reasons.upper())
        events.extend(told.events)
    return Outcome(replay(events, B2B), f"D-{len(days)}")


@pytest.mark.parametrize(("days", "coached"), [((1, 50), 0), ((1, 50, 91), 1), ((1, 50, 91.1), 0), ((1, 2, 3, 4), 2)])
def test_a_pattern_of_losses_prompts_coaching(days: tuple[float, ...], coached: int) -> None:
    outcome = losses(*days)
    found = [d for d in outcome.all("workflow_triggered") if d["data"]["action"] == "coaching"]
    assert len(found) == coached
    if found:
        assert found[0]["data"]["to"] == ["rep"]
        assert found[0]["data"]["title"] == "Coaching: 3 deals lost for “price” in 90 days"


def test_other_reps_and_other_reasons_are_no_pattern() -> None:
    events = []
    for n, (owner, reason) in enumerate([("ana", "price"), ("ana", "fit"), ("bo", "price"), ("ana", "price")], start=1):
        told = Story("proposal", deal=f"D-{n}", owner=owner)
        told.milestone(n, "deal_lost", loss_reason=reason)
        events.extend(told.events)
    outcome = Outcome(replay(events, B2B), "D-1")
    assert not [d for d in outcome.all("workflow_triggered") if d["data"]["action"] == "coaching"]


def test_stages_passed_one_after_the_other_set_off_theirs() -> None:
    told = Story("identified")
    told.add(1, "override.stage", to="discovery", reason="On.", by="ana")
    told.add(2, "override.stage", to="qualified", reason="On.", by="ana")
    stages = {d["data"]["stage"] for d in told.told().all("workflow_triggered")}
    assert stages == {"identified", "discovery", "qualified"}


def test_stages_jumped_over_set_off_nothing() -> None:
    stages = {d["data"]["stage"] for d in enter("qualified").told().all("workflow_triggered")}
    assert stages == {"identified", "qualified"}


def test_a_deal_created_further_on_or_moved_down_sets_off_nothing() -> None:
    told = Story("proposal")
    told.told().none("workflow_triggered")
    told.budget(1, "cancelled")
    told.told().none("workflow_triggered")


def test_an_action_can_be_switched_off() -> None:
    text = B2B_TEXT.replace('id = "account_research"', 'id = "account_research"\nenabled = false')
    told = Story("identified", pipeline=Pipeline.from_text(text))
    assert set(actions(told.told(), "identified")) == {"prospecting_cadence", "ideal_contacts"}


B2B_TEXT = (SHIPPED_FOLDER / "b2b.toml").read_text(encoding="utf-8")


def test_what_is_not_known_is_said_to_be() -> None:
    told = Story("identified", account=None, amount=None)
    told.add(1, "override.stage", to="qualified", reason="On.", by="ana", approved_by="raj")
    title = actions(told.told(), "qualified")["new_opportunity"]["title"]
    assert title == "New qualified opportunity: (not known) — (not known)"


@pytest.mark.parametrize(
    ("known", "called"),
    [
        ({"name": "Fleet analytics", "account": "Brightwater"}, "Fleet analytics"),
        ({"name": None, "account": "Brightwater"}, "Brightwater"),
        ({"name": None, "account": None}, "D-1"),
    ],
)
def test_a_deal_without_a_name_goes_by_its_account_or_its_id(known: dict[str, Any], called: str) -> None:
    told = Story("identified", **known)
    told.add(1, "override.stage", to="discovery", reason="On.", by="ana", approved_by="raj")
    bodies = [each["body"] for each in actions(told.told(), "discovery").values() if each["body"]]
    assert any(f"The deal {called} has entered discovery." in body for body in bodies)


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [(100000, "USD", "$100,000"), (1234.5, "EUR", "€1,234.50"), (5, "CHF", "5 CHF")],
)
def test_amounts_as_people_write_them(amount: float, currency: str, shown: str) -> None:
    title = actions(enter("qualified", amount=amount, currency=currency).told(), "qualified")["new_opportunity"][
        "title"
    ]
    assert str(title).endswith(f"— {shown}")

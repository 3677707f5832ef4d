"""Events twice, late, early, wrong and taken back."""

from __future__ import annotations

import copy

import pytest

from engine import Event, Ledger, replay
from engine.ledger import Record, retracted
from tests.engine.story import B2B, START, Story, at


def test_an_event_sent_twice_counts_once() -> None:
    told = Story("identified")
    told.email(1)
    told.events.append(copy.deepcopy(told.events[-1]))
    told.events.append({**told.events[-1], "occurred_at": at(5)})
    outcome = told.told()
    assert len(outcome.all("gate_met")) == 1
    assert outcome.state["as_of"] == at(1)


def test_ids_are_unique_in_the_workspace() -> None:
    one, other = Story("identified"), Story("identified", deal="D-2")
    one.email(1)
    other.events.append({**one.events[-1], "deal_id": "D-2"})
    result = replay([*one.events, *other.events], B2B)
    assert result.deals["D-1"]["gates"]["identified"]["first_contact"] is True
    assert result.deals["D-2"]["gates"]["identified"]["first_contact"] is False


def late_contact() -> Story:
    told = Story("identified")
    told.email(2)
    told.clock(9)
    told.add(1, "contact.added", person="Tomas Berg", title="Fleet Manager")
    return told


def test_a_late_event_takes_its_place() -> None:
    outcome = late_contact().told()
    assert outcome.stage == "discovery"
    assert outcome.state["entered_stage_at"] == at(2)
    assert outcome.one("stage_advanced")["at"] == at(2)
    assert outcome.all("workflow_triggered", rule="gates")
    correction = outcome.one("correction")
    assert (correction["from"], correction["to"]) == ("identified", "discovery")
    assert correction["events"] == ["D-1-4"]
    assert correction["rule"] == "late_event"
    assert outcome.decisions[-1] == correction


def test_a_late_event_that_changes_nothing_corrects_nothing() -> None:
    told = Story("identified")
    told.email(5)
    told.email(2, "outbound")
    told.told().none("correction")


def test_a_notice_that_would_not_have_gone_out_is_corrected() -> None:
    told = Story("identified")
    told.clock(15)
    told.email(5)
    outcome = told.told()
    assert ("alert.no_contact", at(14)) in outcome.alerts(), "nothing sent is unsent silently"
    correction = outcome.one("correction")
    assert "alert.no_contact" in correction["why"]
    withdrawn = [d for d in correction["data"]["withdrawn"] if d["type"] == "alert"]
    assert [(d["rule"], d["at"]) for d in withdrawn] == [("alert.no_contact", at(14))]
    told.clock(19)
    assert ("alert.no_contact", at(19)) in told.told().alerts()


def test_what_a_late_event_brings_itself_is_news_and_no_correction() -> None:
    told = Story("discovery")
    told.clock(10)
    told.milestone(5, "next_step_agreed")
    outcome = told.told()
    assert outcome.one("gate_met")["at"] == at(5)
    outcome.none("correction")


def test_what_follows_from_a_late_event_at_another_is_a_correction() -> None:
    told = Story("discovery")
    told.call(5, 40)
    told.signal(3, "qualification", element="pain")
    outcome = told.told()
    added = outcome.one("correction")["data"]["added"]
    assert [(d["type"], d["at"]) for d in added] == [("gate_met", at(5))]
    assert "gate met discovery_meeting" in outcome.one("correction")["why"]


def test_a_decision_that_only_shifts_is_not_taken_again() -> None:
    told = Story("identified")
    told.add(1, "contact.added", person="Tomas Berg", title="Fleet Manager")
    told.email(5)
    told.email(3)
    outcome = told.told()
    assert len(outcome.all("stage_advanced")) == 1
    shifted = outcome.one("correction")["data"]["shifted"]
    assert {(d["was_at"], d["at"]) for d in shifted} == {(at(5), at(3))}
    assert outcome.state["entered_stage_at"] == at(3)


def test_equal_times_are_taken_by_arrival() -> None:
    told = Story("discovery")
    told.budget(1, "stated", 10000)
    told.budget(1, "none")
    assert told.told().gate("discovery.budget_known") is False
    told = Story("discovery")
    told.budget(1, "none")
    told.budget(1, "stated", 10000)
    assert told.told().gate("discovery.budget_known") is True


def test_events_wait_for_their_deal() -> None:
    told = Story("identified")
    told.email(1)
    told.add(2, "contact.added", person="Tomas Berg", title="Fleet Manager")
    told.events.append(told.events.pop(0))
    outcome = told.told()
    assert outcome.stage == "discovery"
    outcome.none("correction")


def test_what_happened_before_the_creation_counts_from_the_creation() -> None:
    told = Story("identified")
    told.add(-20, "contact.added", person="Tomas Berg", title="Fleet Manager")
    told.email(-20)
    outcome = told.told()
    assert outcome.stage == "discovery"
    assert outcome.state["entered_stage_at"] == at(0)
    assert outcome.state["health"]["components"]["engagement"] == -6, "that touch is 20 days old"


def test_events_of_a_deal_that_nobody_created_are_named() -> None:
    told = Story("identified")
    stray = {**told.events[0], "id": "x-1", "deal_id": "D-9", "type": "clock", "data": {}}
    result = replay([*told.events, stray], B2B)
    assert [(r.event, r.deal_id) for r in result.refused] == [("x-1", "D-9")]
    assert "never created" in result.refused[0].reason
    assert set(result.deals) == {"D-1"}


FAULTS = [
    ({"id": None}, "id"),
    ({"id": ""}, "id"),
    ({"type": "deal.invented"}, "type"),
    ({"occurred_at": "yesterday"}, "occurred_at"),
    ({"occurred_at": None}, "occurred_at"),
    ({"deal_id": 7}, "deal_id"),
    ({"type": "activity.email", "data": {"direction": "sideways"}}, "data.direction"),
    ({"type": "activity.email", "data": {"direction": "inbound", "contacts": [7]}}, "data.contacts[0]"),
    ({"type": "activity.call", "data": {"minutes": "long"}}, "data.minutes"),
    ({"type": "activity.call", "data": {"minutes": -1}}, "data.minutes"),
    ({"type": "signal", "data": {"type": "budget", "status": "lots"}}, "data.status"),
    ({"type": "signal", "data": {"type": "date", "role": "close", "start": "soon", "end": "later"}}, "data.start"),
    ({"type": "milestone", "data": {"kind": "party"}}, "data.kind"),
    ({"type": "override.stage", "data": {"to": "heaven", "by": "ana"}}, "data.to"),
    ({"type": "deal.updated", "data": {"stage": "heaven"}}, "data.stage"),
    ({"type": "deal.updated", "data": {"amount": "much"}}, "data.amount"),
    ({"type": "deal.updated", "data": {"currency": "dollars"}}, "data.currency"),
    ({"type": "document.sent", "data": {"document": "poem"}}, "data.document"),
    ({"type": "retraction", "data": {}}, "data.event"),
    ({"data": []}, "data"),
]


@pytest.mark.parametrize(("fault", "field"), FAULTS, ids=[f"{n}-{f[1]}" for n, f in enumerate(FAULTS)])
def test_a_faulty_event_is_refused_by_name_and_costs_the_others_nothing(fault: dict[str, object], field: str) -> None:
    told = Story("identified")
    good = told.email(1)
    bad = {**told.events[-1], "id": "bad", **fault}
    result = replay([told.events[0], bad, told.events[1]], B2B)
    refused = result.refused[0]
    assert field in refused.reason
    assert "expected" in refused.reason
    if isinstance(bad["id"], str) and bad["id"]:
        assert refused.event == "bad"
    assert good in result.decisions[-1].events
    assert result.deals["D-1"]["gates"]["identified"]["first_contact"] is True


def test_what_is_no_object_is_refused() -> None:
    result = replay(["nonsense", *Story("identified").events], B2B)  # type: ignore[list-item]
    assert len(result.refused) == 1
    assert set(result.deals) == {"D-1"}


def test_a_retraction_takes_an_event_out() -> None:
    told = Story("identified")
    told.email(1)
    contact = told.add(2, "contact.added", person="Tomas Berg", title="Fleet Manager")
    told.add(5, "retraction", event=contact, by="ana", reason="Another Tomas.")
    outcome = told.told()
    assert outcome.stage == "identified"
    correction = outcome.one("correction")
    assert (correction["from"], correction["to"], correction["at"]) == ("discovery", "identified", at(5))
    assert correction["rule"] == "retraction"
    assert "Another Tomas." in correction["why"]
    assert correction["events"] == ["D-1-4", contact]
    withdrawn = {d["type"] for d in correction["data"]["withdrawn"]}
    assert {"stage_advanced", "gate_met", "workflow_triggered"} <= withdrawn


def test_a_retraction_that_changes_nothing_corrects_nothing() -> None:
    told = Story("identified")
    mail = told.email(1, "outbound")
    told.add(2, "retraction", event=mail, by="ana", reason="Not ours.")
    told.told().none("correction")


def test_a_retraction_may_come_first_and_may_be_taken_back() -> None:
    told = Story("identified")
    taken = told.add(2, "retraction", event="mail", by="ana", reason="Not ours.")
    told.add(1, "activity.email", as_id="mail", direction="inbound", contacts=["A B"])
    assert told.told().gate("identified.first_contact") is False
    told.add(3, "retraction", event=taken, by="ana", reason="It was ours.")
    assert told.told().gate("identified.first_contact") is True


def test_two_retractions_of_one_event_take_two_to_take_back() -> None:
    told = Story("identified")
    mail = told.email(1)
    first = told.add(2, "retraction", event=mail, by="ana", reason="Not ours.")
    told.add(3, "retraction", event=mail, by="raj", reason="Not ours.")
    told.add(4, "retraction", event=first, by="ana", reason="A slip.")
    assert told.told().gate("identified.first_contact") is False


@pytest.mark.parametrize(("links", "taken_out"), [(0, False), (1, True), (2, False), (9999, True), (10000, False)])
def test_a_long_chain_of_retractions_ends(links: int, taken_out: bool) -> None:
    """e-0 is taken back by e-1, which is taken back by e-2, and so on."""
    record = Record(retractions={f"e-{n}": [f"e-{n + 1}"] for n in range(links)})
    assert retracted(record, "e-0") is taken_out


def test_retractions_of_each_other_take_both_out() -> None:
    record = Record(retractions={"e": ["r"], "r": ["s"], "s": ["r"]})
    assert [retracted(record, name) for name in "ers"] == [False, True, True]


def test_a_retracted_creation_leaves_a_blank_deal() -> None:
    told = Story("proposal")
    mail = told.email(1)
    told.add(2, "retraction", event="D-1-1", by="ana", reason="Wrong deal.")
    told.add(3, "retraction", event=mail, by="ana", reason="Wrong deal.")
    state = told.told().state
    assert (state["stage"], state["amount"], state["account"]) == ("identified", None, None)
    assert not any(met for gates in state["gates"].values() for met in gates.values())


def test_until_leaves_out_later_events_and_brings_no_time() -> None:
    told = Story("identified")
    told.email(1)
    told.clock(40)
    import datetime as dt

    early = replay(told.events, B2B, START + dt.timedelta(days=39))
    assert early.deals["D-1"]["as_of"] == at(1)
    assert not [d for d in early.decisions if d.type == "alert"]
    exact = replay(told.events, B2B, START + dt.timedelta(days=40))
    assert exact.deals["D-1"]["as_of"] == at(40)


def test_live_equals_replay() -> None:
    told = late_contact()
    ledger = Ledger(B2B)
    live = [d for event in told.events for d in ledger.add(Event.from_json(event))]
    assert live == list(replay(told.events, B2B).decisions)


def test_times_with_offsets_are_the_same_moments() -> None:
    told = Story("identified")
    told.events.append({**told.events[0], "id": "m", "type": "activity.email", "data": {"direction": "inbound"}})
    told.events[-1]["occurred_at"] = "2026-09-09T02:00:00-07:00"
    assert told.told().one("gate_met")["at"] == at(2)

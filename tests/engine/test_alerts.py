"""What people are told, when it was due, and that they are told once."""

from __future__ import annotations

import datetime as dt

import pytest

from engine import Event, Ledger
from tests.engine.story import B2B, Story, at, on, rules

SECOND = 1 / 86400


@pytest.mark.parametrize(("rule", "day"), [("alert.no_contact", 14), ("alert.stale", 30), ("alert.inactive", 60)])
def test_silence_counts_from_the_creation(rule: str, day: int) -> None:
    told = Story()
    told.clock(day - SECOND)
    assert rule not in rules(told.told().calls())
    told.clock(day)
    assert (rule, at(day)) in told.told().calls()
    told.clock(day + 8)
    assert rules(told.told().calls()).count(rule) == 1


def test_one_clock_past_several_thresholds_gives_each_in_order() -> None:
    told = Story()
    told.clock(61)
    assert told.told().calls() == [
        ("alert.no_contact", at(14)),
        ("alert.stale", at(30)),
        ("alert.inactive", at(60)),
    ]


def test_contact_ends_the_cause_and_silence_brings_it_again() -> None:
    told = Story()
    told.email(20)
    told.clock(40)
    assert told.told().calls() == [("alert.no_contact", at(14)), ("alert.no_contact", at(34))]


def test_an_outbound_mail_is_contact_and_a_call_without_contacts_is_only_activity() -> None:
    told = Story()
    told.email(10, "outbound")
    told.add(12, "activity.call", minutes=20, contacts=[])
    told.clock(43)
    assert told.told().calls() == [("alert.no_contact", at(24)), ("alert.stale", at(42))]


def test_a_signal_is_no_activity_of_its_own() -> None:
    told = Story()
    told.signal(10, "qualification", element="pain")
    told.clock(15)
    assert told.told().calls() == [("alert.no_contact", at(14))]


def test_a_booked_meeting_is_activity_to_come() -> None:
    told = Story()
    told.add(10, "meeting.scheduled", meeting="m", at=at(40), contacts=["Tomas Berg"])
    told.clock(39.9)
    assert told.told().calls() == []
    told.clock(41)
    assert told.told().calls() == [("alert.no_contact", at(40 + SECOND)), ("alert.stale", at(40 + SECOND))]


def test_a_meeting_that_was_held_is_contact() -> None:
    told = Story()
    told.add(10, "meeting.scheduled", meeting="m", at=at(20), contacts=["Tomas Berg"])
    told.meeting(20)
    told.clock(33)
    assert told.told().calls() == []


def test_a_cancelled_meeting_is_none_to_come() -> None:
    told = Story()
    told.add(5, "meeting.scheduled", meeting="m", at=at(40))
    told.add(20, "meeting.cancelled", meeting="m")
    told.clock(21)
    assert told.told().calls() == [("alert.no_contact", at(20))]


@pytest.mark.parametrize(
    ("stage", "first", "second"),
    [
        ("identified", 90, 120),
        ("discovery", 33, 44),
        ("qualified", 15.75, 21),
        ("proposal", 33, 44),
        ("negotiation", 26.25, 35),
    ],
)
def test_a_long_stay_is_told_twice_to_others(stage: str, first: float, second: float) -> None:
    told = Story(stage)
    told.clock(first - SECOND)
    assert not [a for a in told.told().calls() if a[0].startswith("alert.stage")]
    told.clock(second)
    told.clock(second + 10)
    outcome = told.told()
    assert [a for a in outcome.calls() if a[0].startswith("alert.stage")] == [
        ("alert.stage_1_5x", at(first)),
        ("alert.stage_2x", at(second)),
    ]
    assert outcome.one("alert", rule="alert.stage_1_5x")["data"]["to"] == ["rep", "manager"]
    assert outcome.one("alert", rule="alert.stage_2x")["data"]["to"] == ["sales_leadership"]


def test_a_justified_stay_is_not_told_until_the_stage_is_entered_anew() -> None:
    told = Story("discovery")
    told.add(40, "stage.justified", by="ana", reason="Their fiscal year ends in March.")
    told.clock(50)
    assert "alert.stage_2x" not in rules(told.told().calls())
    told.add(51, "override.stage", to="qualified", reason="On.", by="ana")
    told.add(52, "override.stage", to="discovery", reason="Back.", by="ana")
    told.clock(52 + 44)
    assert ("alert.stage_2x", at(96)) in told.told().calls()


def test_a_stated_close_date_that_passes_is_told_at_its_midnight() -> None:
    told = Story("identified", close_date=on(20))
    told.date(1, "close", on(20))
    told.clock(20.6)
    assert "alert.close_date_past" not in rules(told.told().alerts())
    told.clock(21)
    told.clock(30)
    alerts = [a for a in told.told().alerts() if a[0] == "alert.close_date_past"]
    assert alerts == [("alert.close_date_past", "2026-09-28T00:00:00Z")]
    assert told.told().one("alert", rule="alert.close_date_past")["data"]["to"] == ["rep"]


def test_the_reps_date_that_passes_is_told_where_the_buyer_stated_none() -> None:
    told = Story("identified", close_date=on(20))
    told.clock(21)
    assert ("alert.close_date_past", "2026-09-28T00:00:00Z") in told.told().alerts()
    told = Story("identified", close_date=on(20))
    told.date(1, "close", on(40))
    told.clock(30)
    assert "alert.close_date_past" not in rules(told.told().alerts())


@pytest.mark.parametrize("how", ["esign.completed", "deal_lost", "deal_paused"])
def test_closed_and_paused_deals_are_left_alone(how: str) -> None:
    told = Story("identified", close_date=on(20))
    if how == "esign.completed":
        told.add(1, how, envelope="e")
    else:
        told.milestone(1, how)
    told.clock(200)
    assert [a for a in told.told().alerts() if a[1] > at(1)] == []


def test_a_paused_deal_wakes_up_with_the_next_touch() -> None:
    told = Story()
    told.milestone(1, "deal_paused")
    told.email(100)
    told.clock(115)
    outcome = told.told()
    assert outcome.state["paused"] is False
    assert ("alert.no_contact", at(114)) in outcome.calls()
    assert all(when >= at(100) for _, when in outcome.calls())


def test_a_deal_that_is_reopened_is_silent_from_then_on() -> None:
    told = Story("proposal")
    told.milestone(1, "deal_lost", loss_reason="price")
    told.add(100, "override.stage", to="proposal", reason="They came back.", by="ana")
    told.email(101)
    told.clock(114)
    assert all(when >= at(100) for _, when in told.told().calls())


def test_the_ledger_says_when_a_clock_is_next_worth_sending() -> None:
    told = Story("proposal")
    told.call(1)
    ledger = Ledger(B2B)
    for event in told.events:
        ledger.add(Event.from_json(event))
    sent = []
    while (due := ledger.next_clock("D-1")) is not None and len(sent) < 200:
        sent.append(due)
        ledger.add(Event.from_json({**told.events[0], "id": f"c-{due}", "type": "clock", "occurred_at": str(due)}))
    assert sent == sorted(set(sent)), "each clock brings something, or puts the next one off"
    dense = [d for record in ledger.records.values() for d in record.decisions if d.type == "alert"]
    told.clock(400)
    assert [(d.rule, d.at) for d in dense] == [(r, dt.datetime.fromisoformat(w)) for r, w in told.told().alerts()]


@pytest.mark.parametrize("rule", ["no_contact", "stale", "inactive"])
def test_each_silence_says_who_is_told(rule: str) -> None:
    told = Story()
    told.clock(60)
    to = told.told().one("alert", rule=f"alert.{rule}")["data"]["to"]
    assert to == (["rep"] if rule == "no_contact" else ["rep", "manager"])

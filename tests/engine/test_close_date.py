"""The close date: stated, automatic, the rep's; what holds, what waits for the manager, what is told."""

from __future__ import annotations

import pytest

from engine import Pipeline
from tests.engine.story import Story, at, on

MOVED = "alert.close_date_moved"


def touches(told: Story, count: int, day: float = 1) -> None:
    for n in range(count):
        told.email(day + n / 1000)


@pytest.mark.parametrize(
    ("stage", "slow", "steady", "fast"),
    [
        ("identified", 90, 60, 42),
        ("discovery", 33, 22, 15),
        ("qualified", 16, 11, 7),
        ("proposal", 33, 22, 15),
        ("negotiation", 26, 18, 12),
    ],
)
def test_the_automatic_date_follows_the_stage_and_the_pace(stage: str, slow: int, steady: int, fast: int) -> None:
    for count, days in [(0, slow), (3, slow), (4, steady), (8, steady), (9, fast)]:
        told = Story(stage)
        touches(told, count)
        told.clock(1.1)
        outcome = told.told()
        if count == 0 and stage == "qualified":
            assert days == 16, "15.75 rounds up"
        assert outcome.close_date == on(1 + days), (count, days)


@pytest.mark.parametrize("day", [1, 5, 40, 100])
def test_the_automatic_date_moves_with_the_days_however_many_events_there_are(day: int) -> None:
    told = Story("identified")
    told.clock(day)
    outcome = told.told()
    assert outcome.close_date == on(day + 90)
    outcome.none("approval_requested")
    outcome.none("close_date_moved")


def test_a_stated_day_holds() -> None:
    told = Story("identified", close_date=on(90))
    told.date(1, "close", on(100))
    told.clock(50)
    outcome = told.told()
    assert outcome.close_date == on(100)
    moved = outcome.one("close_date_moved", rule="signal.timeline")
    assert (moved["from"], moved["to"], moved["at"]) == (on(91), on(100), at(1))


def test_a_day_stated_later_holds_even_where_it_is_earlier() -> None:
    told = Story("identified")
    told.date(1, "close", on(100))
    told.date(2, "close", on(40), change="earlier")
    assert told.told().close_date == on(40)


@pytest.mark.parametrize("end", [41, 60])
def test_a_vaguer_date_is_no_day(end: int) -> None:
    told = Story("identified")
    told.date(1, "close", on(40), on(end))
    assert told.told().close_date == on(91)


def test_a_day_that_is_past_when_stated_is_none() -> None:
    told = Story("identified")
    told.date(5, "close", on(4))
    assert told.told().close_date == on(95)


def test_a_stated_day_holds_to_its_end_and_then_the_automatic_one_does() -> None:
    told = Story("proposal")
    told.date(1, "close", on(10))
    touches(told, 9, 1)
    told.clock(10.6)
    assert told.told().close_date == on(10)
    told.clock(11)
    outcome = told.told()
    assert outcome.close_date == on(11 + 15)
    moved = outcome.all("close_date_moved")[-1]
    assert (moved["from"], moved["at"]) == (on(10), "2026-09-18T00:00:00Z")


@pytest.mark.parametrize(("days", "waits"), [(29, False), (30, False), (31, True)])
def test_an_extension_of_more_than_30_days_waits(days: int, waits: bool) -> None:
    told = Story("identified")
    told.date(1, "close", on(91 + days))
    outcome = told.told()
    assert bool(outcome.all("approval_requested")) is waits
    assert outcome.close_date == (on(91) if waits else on(91 + days))
    if waits:
        asked = outcome.one("approval_requested", rule="signal.timeline")
        assert (asked["from"], asked["to"]) == (on(91), on(91 + days))
        assert outcome.state["approvals"][0]["kind"] == "close_date"
        told.clock(20)
        assert told.told().close_date == on(91), "until granted, the date in force stays"


def test_an_extension_is_measured_from_the_stated_day_in_force() -> None:
    told = Story("identified")
    told.date(1, "close", on(40))
    told.date(2, "close", on(71), change="later")
    outcome = told.told()
    assert outcome.one("approval_requested")["from"] == on(40)
    assert outcome.close_date == on(40)


def test_a_granted_extension_is_in_force() -> None:
    told = Story("identified")
    asked = told.date(1, "close", on(140))
    told.add(3, "approval.granted", approval=asked, by="raj")
    outcome = told.told()
    assert outcome.close_date == on(140)
    assert outcome.state["approvals"] == []
    assert outcome.one("close_date_moved")["events"] == [asked, told.events[-1]["id"]]


def test_a_refused_extension_leaves_the_date() -> None:
    told = Story("identified")
    told.date(1, "close", on(40))
    asked = told.date(2, "close", on(140))
    told.add(3, "approval.refused", approval=asked, by="raj", reason="Not before I have spoken with them.")
    outcome = told.told()
    assert outcome.close_date == on(40)
    assert outcome.state["approvals"] == []


def test_a_newer_word_replaces_the_one_that_waits() -> None:
    told = Story("identified")
    asked = told.date(1, "close", on(140))
    told.date(2, "close", on(100))
    told.add(3, "approval.granted", approval=asked, by="raj")
    outcome = told.told()
    assert outcome.close_date == on(100)
    assert outcome.state["approvals"] == []


def test_an_automatic_extension_waits_too() -> None:
    told = Story("identified")
    stated = told.date(1, "close", on(20))
    told.clock(21)
    outcome = told.told()
    assert outcome.close_date == on(20)
    asked = outcome.one("approval_requested")
    assert (asked["from"], asked["to"], asked["at"]) == (on(20), on(21 + 90), "2026-09-28T00:00:00Z")
    told.clock(30)
    assert len(told.told().all("approval_requested")) == 1
    assert told.told().close_date == on(20)
    told.add(31, "approval.granted", approval=stated, by="raj")
    assert told.told().close_date == on(31 + 90)
    told.clock(40)
    assert told.told().close_date == on(40 + 90)


def test_a_refused_automatic_extension_is_not_asked_for_again() -> None:
    told = Story("identified")
    stated = told.date(1, "close", on(20))
    told.clock(22)
    told.add(23, "approval.refused", approval=stated, by="raj")
    told.clock(40)
    outcome = told.told()
    assert len(outcome.all("approval_requested")) == 1
    assert outcome.close_date == on(20)
    told.date(41, "close", on(45))
    assert told.told().close_date == on(45)


def test_a_grant_may_name_the_event_that_brought_the_time() -> None:
    told = Story("identified")
    told.date(1, "close", on(20))
    brought = told.clock(22)
    told.add(23, "approval.granted", approval=brought, by="raj")
    assert told.told().close_date == on(23 + 90)


def test_an_earlier_stage_is_an_automatic_extension() -> None:
    told = Story("discovery")
    moved = told.add(1, "override.stage", to="identified", reason="Back.", by="ana")
    outcome = told.told()
    assert outcome.one("approval_requested")["data"]["approval"] == moved
    assert outcome.close_date == on(1 + 33)


@pytest.mark.parametrize(("days", "told_of"), [(104, False), (105, True), (76, False), (75, True)])
def test_the_rep_is_told_of_a_move_of_more_than_14_days(days: int, told_of: bool) -> None:
    told = Story("identified", close_date=on(90))
    told.date(1, "close", on(days))
    alerts = told.told().all("alert", rule=MOVED)
    assert bool(alerts) is told_of
    if alerts:
        assert alerts[0]["data"]["to"] == ["rep"]


def test_a_stated_move_is_told_again_only_after_the_date_was_near() -> None:
    told = Story("identified", close_date=on(90))
    for day, stated in enumerate([110, 115, 95, 112], start=1):
        told.date(day, "close", on(stated))
    assert [d["at"] for d in told.told().all("alert", rule=MOVED)] == [at(1), at(4)]


def test_the_automatic_date_is_told_of_once_when_it_drifts() -> None:
    told = Story("identified", close_date=on(90))
    told.clock(14.6)
    told.told().none("alert", rule=MOVED)
    told.clock(40)
    alert = told.told().one("alert", rule=MOVED)
    assert alert["at"] == "2026-09-22T00:00:00Z"
    assert alert["data"]["days"] == 15


def test_without_a_date_of_the_crm_the_first_automatic_one_is_the_original() -> None:
    told = Story("identified")
    assert told.told().state["original_close_date"] == on(90)
    told.clock(15)
    told.told().one("alert", rule=MOVED)


@pytest.mark.parametrize("named", ["the day", "the event that brought the time", "a later event", "an earlier event"])
@pytest.mark.parametrize("clock", [None, 25, 22.5])
def test_whatever_event_an_answer_names_clocks_do_not_matter(named: str, clock: float | None) -> None:
    """What time asked for is answered under the id that was printed, or any event from then on."""
    told = Story("discovery")
    email = told.email(8)
    stated = told.date(9, "close", on(21))
    brought = told.milestone(25, "next_step_agreed")
    later = told.milestone(28, "procurement_engaged")
    asked = {"the day": stated, "the event that brought the time": brought, "a later event": later}.get(named, email)
    told.add(32, "approval.granted", approval=asked, by="raj")
    if clock is not None:
        told.clock(clock)
    outcome = told.told()
    assert outcome.one("approval_requested", at=at(21 + 15 / 24))["data"]["approval"] == stated
    outcome.none("correction")
    assert bool(outcome.state["approvals"]) is (named == "an earlier event")


def test_an_answer_to_a_move_is_none_to_an_extension() -> None:
    told = Story("discovery")
    told.date(9, "close", on(21))
    asked = told.add(25, "override.stage", to="negotiation", reason="On.", by="ana")
    told.add(26, "approval.refused", approval=asked, by="raj")
    told.add(27, "approval.granted", approval=asked, by="raj")
    assert [approval["kind"] for approval in told.told().state["approvals"]] == ["close_date"]


def test_an_extension_that_a_departure_brings_is_asked_for_under_its_id() -> None:
    told = Story("discovery")
    told.signal(1, "champion", person="Tomas Berg", status="advocating")
    told.email(1)
    left = told.signal(2, "champion", person="Tomas Berg", status="lost")
    told.clock(17)
    asked = told.told().one("approval_requested")
    assert (asked["at"], asked["data"]["approval"], asked["events"]) == (at(16), left, [left])


def test_the_reps_date_is_kept_beside() -> None:
    told = Story("identified", close_date=on(90))
    told.add(1, "deal.updated", close_date=on(120))
    outcome = told.told()
    assert outcome.close_date == on(91)
    assert outcome.state["rep_close_date"] == on(120)
    assert outcome.state["original_close_date"] == on(90)
    assert outcome.one("field_updated")["to"] == on(120)


@pytest.mark.parametrize(("changes", "flagged"), [(2, False), (3, True), (4, True)])
def test_three_changes_by_the_rep_are_unstable(changes: int, flagged: bool) -> None:
    told = Story("identified", close_date=on(90))
    for n in range(changes):
        told.add(1 + n, "deal.updated", close_date=on(91 + n))
    outcome = told.told()
    assert ("close_date_unstable" in outcome.state["flags"]) is flagged
    assert len([d for d in outcome.all("flagged") if d["to"] == "close_date_unstable"]) == flagged


def test_the_same_date_again_is_no_change() -> None:
    told = Story("identified", close_date=on(90))
    for n in range(5):
        told.add(1 + n, "deal.updated", close_date=on(100))
        told.date(1 + n, "close", on(101))
    assert told.told().state["close_date_changes"] == 2


@pytest.mark.parametrize(("stated", "flagged"), [([91, 92], False), ([91, 92, 93], True), ([90, 91, 92], False)])
def test_three_stated_changes_from_the_original_are_unstable(stated: list[int], flagged: bool) -> None:
    told = Story("identified", close_date=on(90))
    for n, day in enumerate(stated):
        told.date(1 + n, "close", on(day))
    assert ("close_date_unstable" in told.told().state["flags"]) is flagged


def test_automatic_changes_are_not_counted() -> None:
    told = Story("identified")
    touches(told, 9)
    told.clock(60)
    assert told.told().state["close_date_changes"] == 0


def test_a_closed_deal_has_its_real_date() -> None:
    told = Story("proposal", close_date=on(90))
    told.date(1, "close", on(20))
    told.add(12, "esign.completed", envelope="e")
    told.clock(60)
    outcome = told.told()
    assert outcome.close_date == on(12)
    assert outcome.state["close_date_accuracy"] == {"stated": 8, "automatic": 33, "rep": 78, "original": 78}


def test_days_are_those_of_the_pipelines_zone() -> None:
    text = 'extends = "b2b"\nname = "there"\ntimezone = "America/Los_Angeles"\n'
    told = Story("proposal", pipeline=Pipeline.from_text(text), close_date=on(22))
    told.date(1, "close", on(10))
    told.clock(10.625 + 6.9 / 24)
    assert told.told().close_date == on(10)
    told.clock(12)
    assert told.told().one("alert", rule="alert.close_date_past")["at"] == "2026-09-18T07:00:00Z"

"""What holds for every story: the order of delivery, the clocks, and what may move a deal."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import DecisionType, Event, Ledger, Pipeline, Replay, replay, state_json
from engine.decisions import Decision
from engine.ledger import retracted
from tests.engine.story import B2B
from tests.engine.strategies import KEEPING, LEAVING, RETRACTING, Data, event, stories

ALL = KEEPING | LEAVING | RETRACTING
RULES = Pipeline.load("b2b-rules")
MOVES = (DecisionType.STAGE_ADVANCED, DecisionType.STAGE_REGRESSED)
few = settings(max_examples=60, deadline=None)


def told(events: list[Data], pipeline: Pipeline = B2B) -> Replay:
    result = replay(events, pipeline)
    assert not result.refused
    return result


@few
@given(stories(KEEPING | RETRACTING), st.randoms(use_true_random=False))
def test_any_order_of_delivery_gives_the_same_state(events: list[Data], random: Any) -> None:
    """Departures are left out: one that is heard of late is given more time, by design."""
    shuffled = [*events, *events[::2]]
    random.shuffle(shuffled)
    assert told(shuffled).deals == told(events).deals


@few
@given(stories(ALL))
def test_appending_equals_folding_anew(events: list[Data]) -> None:
    live = Ledger(B2B)
    for given_event in events:
        live.add(Event.from_json(given_event))
        record = live.records["D-1"]
        assert record.deal is not None
        deal, decisions = live.fold(record)
        assert state_json(deal, B2B) == state_json(record.deal, B2B)
        assert decisions == record.decisions


@few
@given(stories(ALL), st.integers(0, 30), st.randoms(use_true_random=False))
def test_loading_a_history_equals_adding_it_event_by_event(events: list[Data], count: int, random: Any) -> None:
    arrived = [*events, *events[::3]]
    random.shuffle(arrived)
    both = Ledger(B2B), Ledger(B2B)
    for given_event in arrived[:count]:
        both[0].add(Event.from_json(given_event))
    both[1].load(Event.from_json(given_event) for given_event in arrived[:count])
    for given_event in arrived[count:]:
        brought = [ledger.add(Event.from_json(given_event)) for ledger in both]
        assert brought[0] == brought[1]
    one, other = (ledger.deals()["D-1"] for ledger in both)
    assert state_json(one, B2B) == state_json(other, B2B)
    assert both[0].next_clock("D-1") == both[1].next_clock("D-1")


def test_a_history_is_loaded_once() -> None:
    ledger = Ledger(B2B)
    created = Event.from_json(event(0, dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "deal.created", {}))
    ledger.load([created])
    with pytest.raises(ValueError, match="D-1"):
        ledger.load([created])


@few
@given(stories(ALL))
def test_the_same_input_gives_the_same_bytes(events: list[Data]) -> None:
    first, again = (json.dumps(told(events).to_json()) for _ in range(2))
    assert first == again


@few
@given(stories(KEEPING | LEAVING, size=12), st.integers(1, 9))
def test_clocks_do_not_matter(events: list[Data], hours: int) -> None:
    last = dt.datetime.fromisoformat(events[-1]["occurred_at"])
    dense, now = list(events), dt.datetime.fromisoformat(events[0]["occurred_at"])
    number = 1000
    while now < last:
        now += dt.timedelta(hours=hours * 7, seconds=1)
        dense.append(event(number, min(now, last), "clock", {}))
        number += 1
    dense.sort(key=lambda e: (e["occurred_at"], e["id"] != "e-0", int(e["id"][2:]) >= 1000))
    one, other = told(events), told(dense)
    assert [plain(d) for d in one.decisions] == [plain(d) for d in other.decisions]
    assert one.deals == other.deals


def plain(decision: Decision) -> tuple[object, ...]:
    told = (decision.type, decision.at, decision.rule, str(decision.source), str(decision.to), decision.why)
    return (*told, decision.events, decision.data.get("approval"))


@few
@given(stories(KEEPING | LEAVING, size=12), st.lists(st.integers(0, 24 * 200), max_size=5))
def test_clocks_that_come_late_change_nothing(events: list[Data], hours: list[int]) -> None:
    first, last = (dt.datetime.fromisoformat(events[n]["occurred_at"]) for n in (0, -1))
    moments = [first + dt.timedelta(hours=n, seconds=1) for n in hours]
    late = [event(1000 + n, moment, "clock", {}) for n, moment in enumerate(moments) if moment < last]
    one, other = told(events), told([*events, *late])
    assert one.decisions == other.decisions
    assert one.deals == other.deals


@few
@given(stories(KEEPING | LEAVING, size=12))
def test_nothing_happens_before_the_clock_that_is_asked_for(events: list[Data]) -> None:
    """Whoever sends a clock when it is next worth sending misses nothing; and it always moves on."""
    live = Ledger(B2B)
    for given_event in events:
        live.add(Event.from_json(given_event))
    for number in range(1000, 1200):
        due = live.next_clock("D-1")
        if due is None:
            break
        before = told([*events, event(number, due - dt.timedelta(microseconds=1), "clock", {})])
        assert len(before.history) == len(live.records["D-1"].decisions)
        clock = event(number, due, "clock", {})
        live.add(Event.from_json(clock))
        events = [*events, clock]
        after = live.next_clock("D-1")
        assert after is None or after > due
    else:
        raise AssertionError("there is always a next clock")


@few
@given(stories(ALL))
def test_the_probability_stays_within_its_bounds(events: list[Data]) -> None:
    state = told(events).deals["D-1"]
    stage = B2B.stages[B2B.index(state["stage"])]
    assert 0 <= state["probability"] <= stage.cap
    assert -20 <= state["health"]["total"] <= 20
    if stage.closed is not None:
        assert state["probability"] == stage.probability


@few
@given(stories(ALL), st.sampled_from([B2B, RULES]))
def test_a_stage_changes_only_along_its_edges(events: list[Data], pipeline: Pipeline) -> None:
    """Gates go one up, regressions go down and never out of a closed stage; people and closing rules go anywhere."""
    live = Ledger(pipeline)
    for given_event in events:
        live.add(Event.from_json(given_event))
    record = live.records["D-1"]
    stage = "identified" if retracted(record, "e-0") else events[0]["data"]["stage"]
    for decision in record.decisions:
        if decision.type not in MOVES:
            continue
        assert decision.source == stage
        before, after = pipeline.index(decision.source), pipeline.index(decision.to)
        if decision.rule == "gates":
            assert after == before + 1 < pipeline.won
        elif decision.rule.startswith("regress."):
            assert after < before < pipeline.won
        elif decision.rule not in ("override.stage", "lost", "activity.signed"):
            assert before < after < pipeline.won
        if after in (pipeline.won, pipeline.lost):
            assert decision.rule in ("override.stage", "lost", "activity.signed")
        stage = decision.to
    assert record.deal is not None
    assert stage == pipeline.stages[record.deal.stage].id


@few
@given(stories(ALL))
def test_every_decision_rests_on_events_that_exist_and_says_why(events: list[Data]) -> None:
    known = {e["id"] for e in events}
    for decision in told(events).decisions:
        assert decision.events
        assert set(decision.events) <= known
        assert decision.why.strip()
        assert decision.rule
        assert decision.data["pipeline"] == B2B.label
        json.dumps(decision.to_json(), allow_nan=False)


@few
@given(stories(KEEPING | LEAVING))
def test_nobody_is_missed_before_their_time(events: list[Data]) -> None:
    """A departure moves a deal down at the moment that was announced, 14 days or more after it was told."""
    announced: dict[str, dt.datetime] = {}
    for decision in told(events).decisions:
        if decision.type is DecisionType.REGRESSION_SCHEDULED:
            announced[decision.events[-1]] = dt.datetime.fromisoformat(decision.data["due"])
            assert announced[decision.events[-1]] - decision.at >= dt.timedelta(days=14)
        if decision.type is DecisionType.STAGE_REGRESSED and decision.rule in (
            "regress.champion",
            "regress.stakeholder",
        ):
            assert decision.at == announced[decision.events[0]]


@few
@given(stories(ALL))
def test_a_retraction_of_everything_gives_the_blank_deal(events: list[Data]) -> None:
    after = dt.datetime.fromisoformat(events[-1]["occurred_at"]) + dt.timedelta(days=1)
    facts = [e for e in events if e["type"] != "retraction"]
    taken = [event(1000 + n, after, "retraction", {"event": e["id"]}) for n, e in enumerate(facts)]
    blank = [
        event(0, dt.datetime.fromisoformat(events[0]["occurred_at"]), "deal.created", {}),
        event(1, after, "clock", {}),
    ]
    assert told([*facts, *taken]).deals == told(blank).deals


@few
@given(stories(ALL))
def test_decisions_carry_due_times_in_order_and_never_the_future(events: list[Data]) -> None:
    live = Ledger(B2B)
    for given_event in events:
        live.add(Event.from_json(given_event))
    record = live.records["D-1"]
    moments = [decision.at for decision in record.decisions]
    assert moments == sorted(moments)
    assert record.deal is not None
    assert all(moment <= record.deal.now for moment in moments)

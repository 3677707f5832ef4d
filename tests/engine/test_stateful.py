"""A deal as it lives: events that come late, twice or are taken back, and what always holds in between."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from engine import DecisionType, Event, Ledger, replay, state_json
from tests.engine.story import B2B, CREATED, START
from tests.engine.strategies import KEEPING, LEAVING, STAGES, Data, event

HOURS = st.integers(0, 24 * 40)
MOVES = (DecisionType.STAGE_ADVANCED, DecisionType.STAGE_REGRESSED)


class Deal(RuleBasedStateMachine):
    """One deal in a live ledger; `sent` is everything that was sent, in that order."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger(B2B)
        self.sent: list[Data] = []
        self.newest = START
        self.decided = 0

    @initialize(stage=st.sampled_from(STAGES[:5]))
    def create(self, stage: str) -> None:
        self.send(START, "deal.created", {**CREATED, "stage": stage})

    def send(self, moment: dt.datetime, kind: str, data: Data) -> None:
        made = event(len(self.sent), moment, kind, data)
        self.sent.append(made)
        self.newest = max(self.newest, moment)
        self.decided += len(self.ledger.add(Event.from_json(made)))

    def moment(self, later: float) -> dt.datetime:
        """Each event has a moment of its own, so that no two are equal but by their place."""
        return self.newest + dt.timedelta(hours=later, seconds=len(self.sent) + 1)

    @rule(what=st.one_of(KEEPING, LEAVING), hours=HOURS)
    def something_happens(self, what: tuple[str, Data], hours: int) -> None:
        self.send(self.moment(hours), *what)

    @rule(what=st.one_of(KEEPING, LEAVING), back=st.floats(0.01, 0.99))
    def something_is_heard_late(self, what: tuple[str, Data], back: float) -> None:
        span = (self.newest - START).total_seconds()
        seconds = round(span * back)
        self.send(START + dt.timedelta(seconds=seconds, microseconds=len(self.sent) + 1), *what)

    @rule(data=st.data())
    def something_is_taken_back(self, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.sent) + 1))
        self.send(self.moment(1), "retraction", {"event": f"e-{place}", "by": "ana", "reason": "so"})

    @rule(data=st.data())
    def something_is_sent_again(self, data: st.DataObject) -> None:
        again = data.draw(st.sampled_from(self.sent))
        assert self.ledger.add(Event.from_json(again)) == ()

    @rule(hours=HOURS)
    def time_passes(self, hours: int) -> None:
        self.send(self.moment(hours), "clock", {})

    @invariant()
    def the_state_is_the_fold_of_the_events(self) -> None:
        if not self.sent:
            return
        record = self.ledger.records["D-1"]
        assert record.deal is not None
        deal, decisions = self.ledger.fold(record)
        assert state_json(deal, B2B) == state_json(record.deal, B2B)
        assert decisions == record.decisions

    @invariant()
    def a_replay_tells_the_same(self) -> None:
        if not self.sent:
            return
        result = replay(self.sent, B2B)
        assert len(result.decisions) == self.decided
        record = self.ledger.records["D-1"]
        assert record.deal is not None
        assert result.deals["D-1"] == state_json(record.deal, B2B)

    @invariant()
    def the_probability_is_within_its_cap(self) -> None:
        for record in self.ledger.records.values():
            assert record.deal is not None
            assert 0 <= record.deal.probability <= B2B.stages[record.deal.stage].cap

    @invariant()
    def every_move_starts_where_the_last_one_ended_and_rests_on_events(self) -> None:
        known = {made["id"] for made in self.sent}
        for record in self.ledger.records.values():
            moves = [decision for decision in record.decisions if decision.type in MOVES]
            assert all(set(move.events) <= known and move.events for move in moves)
            assert [move.source for move in moves[1:]] == [move.to for move in moves[:-1]]


Deal.TestCase.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)
TestDeal: Any = Deal.TestCase

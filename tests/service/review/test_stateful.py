"""Whatever people and machines do, in whatever order: the deal is what its signals say as they stand."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from engine import Event, replay
from service.flows.append_events import append_events
from service.flows.assign_conversation import assign_conversation
from service.flows.context import Context
from service.flows.read_again import correct_side, move_conversation, read_again
from service.flows.review_signal import accept_above, add_missed, review, undo
from service.store import deals
from tests.service.review.samples import events_of, in_workspace, of_conversation, post, standing, talk
from tests.service.samples import call

Json = dict[str, Any]

WORDS = "we have eighty for it"
MISSED = {"type": "milestone", "kind": "next_step_agreed"}
CORRECTED = [
    {"type": "budget", "status": "stated", "amount": {"low": 70000, "high": 70000, "currency": "USD"}},
    {"type": "pricing", "status": "agreed", "amount": None},
    {"type": "champion", "person": "Tomas Berg", "status": "advocating"},
]
STORY = [
    talk(
        "b1: [budget status=approved amount=80000 sure=0.3] and [qualification element=pain]",
        "b2: [champion person=Tomas_Berg status=lost sure=0.6] [budget status=cancelled amount=80000 sure=0.4]",
        f"b1: {WORDS}",
        id="c-1",
    ),
    call(
        "c-2",
        "b1: [date role=close start=2026-06-30 end=2026-06-30] [champion person=Dana_Reyes status=advocating]",
        f"b1: {WORDS}",
        at="2026-03-09T15:00:00Z",
        deal=None,
    ),
]
DEALS = ("D-1", "D-2")
CLOCK = {"type": "clock", "data": {}}
numbers = itertools.count()


def machine(context: Context) -> Callable[[], RuleBasedStateMachine]:
    class Reviews(RuleBasedStateMachine):
        made = Bundle("made")

        @initialize()
        def begin(self) -> None:
            self.context = in_workspace(context, f"stateful-{next(numbers)}")
            for deal in DEALS:
                data = {"account": f"Account of {deal}", "currency": "USD", "amount": 80000}
                created = {"id": f"made-{deal}", "deal_id": deal, "type": "deal.created", "source": "crm"}
                append_events(self.context, [created | {"occurred_at": "2026-03-01T08:00:00Z", "data": data}])
            post(self.context, *reversed(STORY))  # the second one is read first, so that it waits for its deal

        def all(self) -> list[Any]:
            return [row for story in STORY for row in of_conversation(self.context, story["id"])]

        @rule(target=made, number=st.integers(0, 20), action=st.sampled_from(["accept", "dismiss"]))
        def decide(self, number: int, action: Any) -> Any:
            found = self.all()
            before = found[number % len(found)]
            done = review(self.context, before.id, action=action, by="ana")
            again = review(self.context, before.id, action=action, by="bo")
            assert (again.review, again.decisions) == (done.review, ())
            return done.review

        @rule(target=made, number=st.integers(0, 20), corrected=st.sampled_from(CORRECTED))
        def correct(self, number: int, corrected: Json) -> Any:
            found = self.all()
            return review(
                self.context, found[number % len(found)].id, action="correct", corrected=corrected, by="ana"
            ).review

        @rule(target=made, story=st.sampled_from(STORY))
        def miss(self, story: Json) -> Any:
            segment = len(story["segments"]) - 1
            words = {"segment": segment, "start": 0, "end": len(WORDS), "text": WORDS}
            return add_missed(self.context, story["id"], MISSED | {"evidence": [words]}, by="ana").review

        @rule(made=made)
        def take_back(self, made: Any) -> None:
            undo(self.context, made, by="bo")

        @rule(target=made, confidence=st.sampled_from([0.35, 0.5]))
        def batch(self, confidence: float) -> Any:
            done = accept_above(self.context, confidence, filters={"type": "budget"}, by="ana")
            return multiple(*(each.review for each in done.accepted))

        @rule(story=st.sampled_from(STORY), blind=st.booleans())
        def read_once_more(self, story: Json, blind: bool) -> None:
            extract = self.context.extract
            reader = (lambda conversation: extract(conversation)[1:]) if blind else extract
            kept = {r.id: (r.state, r.content) for r in self.all() if r.state in ("corrected", "dismissed")}
            read_again(dataclasses.replace(self.context, extract=reader), story["id"], by="a new version")
            assert kept.items() <= {r.id: (r.state, r.content) for r in self.all()}.items()

        @rule(story=st.sampled_from(STORY), deal=st.sampled_from(DEALS))
        def goes(self, story: Json, deal: str) -> None:
            placed = of_conversation(self.context, story["id"])[0].deal
            if placed is None:
                assert assign_conversation(self.context, story["id"], {"deal": deal, "learn": []}) is not None
            else:
                move_conversation(self.context, story["id"], deal, by="ana")

        @rule(story=st.sampled_from(STORY), side=st.sampled_from(["buyer", "seller"]))
        def side(self, story: Json, side: str) -> None:
            correct_side(self.context, story["id"], "b2", side, by="ana")

        @invariant()
        def deals_hear_what_signals_say(self) -> None:
            expected: dict[str, list[Json]] = {deal: [] for deal in DEALS}
            for row in self.all():
                if row.deal is not None and row.state in ("accepted", "corrected"):
                    expected[row.deal].append(row.content)
            for deal in DEALS:
                heard = [e["data"] for e in standing(self.context, deal) if e["type"] == "signal"]
                assert sorted(map(str, heard)) == sorted(map(str, expected[deal]))
                calls = sum(e["type"] == "activity.call" for e in standing(self.context, deal))
                assert calls == len({r.conversation for r in self.all() if r.deal == deal})

        @invariant()
        def the_state_is_the_fold_of_what_stands(self) -> None:
            for deal in DEALS:
                with self.context.database.connect() as connection:
                    stored = deals.get(connection, self.context.workspace, deal)
                assert stored is not None
                # What was taken back says nothing any more, but time has come to it.
                stand = {event["id"] for event in standing(self.context, deal)}
                known = [e if e["id"] in stand else e | CLOCK for e in events_of(self.context, deal)]
                anew = replay([Event.from_json(e) for e in known], context.pipeline)
                state = anew.to_json()["deals"][deal]
                assert without_ids(stored.state) == without_ids(state)

    return Reviews


def without_ids(state: Any) -> Any:
    """Events that were made anew have other ids; what follows from them is the same."""
    match state:
        case dict():
            return {key: without_ids(value) for key, value in state.items() if key not in ("regression", "approval")}
        case list():
            return [without_ids(each) for each in state]
        case _:
            return state


def test_any_sequence_leaves_the_deal_as_its_signals_say(context: Context) -> None:
    limits = settings(
        max_examples=5,
        stateful_step_count=8,
        deadline=None,
        derandomize=True,
        database=None,
        # A failing sequence is short enough to be read; making it shorter takes minutes.
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine(context), settings=limits)  # type: ignore[no-untyped-call]


STEPS: list[tuple[int, Any, Any]] = [(0, "accept", None), (1, "dismiss", None), (2, "correct", CORRECTED[2])]


def orders() -> Iterator[tuple[tuple[int, Any, Any], ...]]:
    yield from itertools.permutations(STEPS)


def test_the_order_of_reviews_does_not_matter(context: Context) -> None:
    states = []
    for place, order in enumerate(orders()):
        room = in_workspace(context, f"order-{place}")
        post(room, STORY[0])
        found = of_conversation(room)
        for number, action, corrected in order:
            review(room, found[number].id, action=action, corrected=corrected, by="ana")
        with room.database.connect() as connection:
            stored = deals.get(connection, room.workspace, "D-1")
        assert stored is not None
        states.append(without_ids(stored.state))
    assert len(states) == 6
    for state in states:
        assert state == states[0]


@pytest.mark.parametrize("first", ["review", "assign"])
def test_a_review_before_the_deal_is_known_is_as_good_as_one_after(context: Context, first: str) -> None:
    post(context, *reversed(STORY))
    waiting = of_conversation(context, "c-2")
    assert {each.deal for each in waiting} == {None}
    steps: list[Callable[[], Any]] = [
        lambda: review(context, waiting[1].id, action="dismiss", by="ana"),
        lambda: assign_conversation(context, "c-2", {"deal": "D-1"}),
    ]
    for step in steps if first == "review" else reversed(steps):
        step()
    assert [each.state for each in of_conversation(context, "c-2")] == ["accepted", "dismissed"]
    assert [e["data"]["type"] for e in standing(context) if e["type"] == "signal" and e["id"].startswith("c-2:")] == [
        "date"
    ]

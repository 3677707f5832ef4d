"""What the service promises of its flows: order does not matter, twice is once, all or nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import threading
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from service.flows import append_events
from service.flows import read_conversation as reading
from service.flows.accept_conversation import Reception, accept_conversation
from service.flows.context import Context
from service.flows.read_conversation import read_conversation
from service.flows.sweep import advance_clocks, defer_lost
from service.store import deals, decisions, events
from service.store.tables import conversations
from service.store.tables import deals as deals_table
from signals import Conversation
from tests.service.samples import call, mail

Json = dict[str, Any]

STORY = [
    mail("m-1", "Who are you?", at="2026-03-01T09:00:00Z"),
    call(
        "c-1",
        "b1: [budget status=stated amount=80000] and [qualification element=pain]",
        "b2: [champion person=Tomas_Berg status=advocating] [milestone kind=next_step_agreed]",
        at="2026-03-03T09:00:00Z",
    ),
    call(
        "c-2",
        "b1: [budget status=approved amount=90000] [competitor name=Qlik relation=evaluating]",
        "b1: [qualification element=decision_process] [date role=close start=2026-06-30 end=2026-06-30]",
        at="2026-03-10T09:00:00Z",
    ),
    call(
        "c-3",
        "b1: [champion person=Tomas_Berg status=lost]",
        "b1: [budget status=reduced amount=60000]",
        at="2026-03-17T09:00:00Z",
    ),
]


def post(context: Context, *sources: Json) -> None:
    for source in sources:
        accept_conversation(context, Conversation.from_json(source))
        assert read_conversation(context, source["id"])


def deal_of(context: Context, id: str = "D-1") -> deals.StoredDeal:
    with context.database.connect() as connection:
        stored = deals.get(connection, context.workspace, id)
    assert stored is not None
    return stored


@pytest.fixture
def context(service: Any) -> Context:
    found: Context = service.context
    return found


def test_any_order_of_arrival_gives_the_same_deal(context: Context) -> None:
    states = []
    for place, order in enumerate(itertools.permutations(STORY)):
        here = dataclasses.replace(context, workspace=f"order-{place}")
        post(here, *order)
        states.append(deal_of(here).state)
    assert len(states) == 24
    assert states[0] is not None
    assert states[0]["stage"] != "identified"
    assert all(state == states[0] for state in states)


def test_conversations_at_the_same_moment_have_one_order_too(context: Context) -> None:
    twins = [call(f"t-{n}", f"b1: [budget status=stated amount={n}0000]", at="2026-03-05T09:00:00Z") for n in (5, 6, 7)]
    states = []
    for place, order in enumerate(itertools.permutations(twins)):
        here = dataclasses.replace(context, workspace=f"order-{place}")
        post(here, *order)
        states.append(deal_of(here).state)
    assert all(state == states[0] for state in states)


def test_the_crm_says_what_the_deal_is_whenever_it_says_it(context: Context) -> None:
    crm = {
        "id": "crm-1",
        "deal_id": "D-1",
        "type": "deal.created",
        "occurred_at": "2026-03-04T09:00:00Z",
        "source": "crm",
        "data": {"name": "Fleet analytics", "amount": 90000, "stage": "proposal"},
    }
    states = []
    for place in range(len(STORY) + 1):
        here = dataclasses.replace(context, workspace=f"order-{place}")
        post(here, *STORY[:place])
        append_events.append_events(here, [crm])
        post(here, *STORY[place:])
        states.append(deal_of(here).state)
    assert states[0] is not None
    assert (states[0]["name"], states[0]["amount"]) == ("Fleet analytics", 90000)
    assert all(state == states[0] for state in states)


def test_a_creation_that_was_taken_back_does_not_hide_the_others(context: Context) -> None:
    """The first conversation turned out to belong to another deal: what the second one says of this deal counts."""

    def event(id: str, type: str, hour: int, **data: Any) -> Json:
        at = f"2026-03-04T{hour:02}:00:00Z"
        return {"id": id, "deal_id": "D-1", "type": type, "occurred_at": at, "source": "conversation", "data": data}

    first, second = event("a", "deal.created", 9, stage="proposal"), event("b", "deal.created", 10, stage="discovery")
    for place, story in enumerate(
        [
            (first, second, event("c", "retraction", 11, event="a")),
            (first, event("c", "retraction", 11, event="a"), second),
        ]
    ):
        here = dataclasses.replace(context, workspace=f"order-{place}")
        append_events.append_events(here, story)
        assert deal_of(here).stage == "discovery"
        append_events.append_events(here, [event("d", "retraction", 12, event="c")])
        assert deal_of(here).stage == "proposal"


def test_the_state_is_the_fold_of_the_events(context: Context) -> None:
    from engine import replay

    post(context, *STORY)
    stored = deal_of(context)
    with context.database.connect() as connection:
        kept = events.of_deal(connection, context.workspace, "D-1")
        taken = decisions.of_deal(connection, context.workspace, "D-1")
    assert [event.seq for event in kept] == list(range(1, stored.version + 1))
    whole = replay([event.content for event in kept], context.pipeline).to_json()
    assert whole["deals"]["D-1"] == stored.state
    assert whole["decisions"] == [decision.content for decision in taken]
    assert len(taken) == stored.decisions


def test_a_conversation_is_stored_wholly_or_not_at_all(
    context: Context, rows: Callable[[], dict[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    accept_conversation(context, Conversation.from_json(STORY[1]))
    before = rows()

    def broken(*args: Any, **options: Any) -> None:
        raise sa.exc.OperationalError("UPDATE deals", {}, Exception("the disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr(append_events.deals, "update", broken)
        with pytest.raises(sa.exc.OperationalError):
            read_conversation(context, "c-1")
    assert rows() == before
    assert read_conversation(context, "c-1")
    assert rows()["signals"] == 4


def test_reading_twice_is_reading_once(context: Context, rows: Callable[[], dict[str, int]]) -> None:
    post(context, STORY[1])
    before = rows()
    assert not read_conversation(context, "c-1")
    assert not read_conversation(context, "nobody")
    assert rows() == before


def test_many_readers_of_one_conversation_and_one_deal(context: Context, rows: Callable[[], dict[str, int]]) -> None:
    sources = [
        call(f"c-{n}", f"b1: [budget status=stated amount={n}]", at=f"2026-03-0{n}T09:00:00Z") for n in range(1, 6)
    ]
    for source in sources:
        accept_conversation(context, Conversation.from_json(source))
    ids = [source["id"] for source in sources for _ in range(3)]
    readers = [threading.Thread(target=read_conversation, args=(context, id)) for id in ids]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert rows()["signals"] == 5
    with context.database.connect() as connection:
        kept = events.of_deal(connection, context.workspace, "D-1")
    assert [event.seq for event in kept] == list(range(1, len(kept) + 1))
    assert sum(event.type == "activity.call" for event in kept) == 5


def test_accepting_from_many_sides_at_once_keeps_one(context: Context, rows: Callable[[], dict[str, int]]) -> None:
    receptions: list[Reception] = []

    def accept(text: str) -> None:
        receptions.append(accept_conversation(context, Conversation.from_json(call("c-1", f"b1: {text}"))).reception)

    senders = [threading.Thread(target=accept, args=("hi" if n % 2 else "ho",)) for n in range(8)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(receptions) == ["conflict"] * 4 + ["known"] * 3 + ["new"]
    assert rows()["conversations"] == 1


def test_a_workspace_sees_its_own_only(context: Context) -> None:
    other = dataclasses.replace(context, workspace="other")
    post(context, STORY[1])
    assert accept_conversation(other, Conversation.from_json(call("c-1", "b1: hi"))).reception is Reception.NEW
    with context.database.connect() as connection:
        assert deals.get(connection, "other", "D-1") is None


def test_errors_that_are_not_the_conversations_fault_are_raised(context: Context) -> None:
    accept_conversation(context, Conversation.from_json(STORY[1]))

    def starved(conversation: Conversation) -> Any:
        raise MemoryError

    with pytest.raises(MemoryError):
        read_conversation(dataclasses.replace(context, extract=starved), "c-1")
    assert read_conversation(context, "c-1")


def test_reasons_of_failures_are_short(context: Context) -> None:
    def wordy(conversation: Conversation) -> Any:
        raise ValueError("x" * 10_000)

    accept_conversation(context, Conversation.from_json(STORY[1]))
    assert read_conversation(dataclasses.replace(context, extract=wordy), "c-1")
    with context.database.connect() as connection:
        (reason,) = connection.execute(sa.select(conversations.c.reason)).scalars()
    assert len(reason) == reading.LONGEST_REASON


def later(context: Context, **delta: float) -> Context:
    moment = context.now() + dt.timedelta(**delta)
    return dataclasses.replace(context, now=lambda: moment)


def jobs(context: Context) -> int:
    with context.database.connect() as connection:
        return connection.execute(sa.text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")).scalar_one()


def test_a_lost_job_is_found_and_deferred_again_once(context: Context) -> None:
    accept_conversation(context, Conversation.from_json(STORY[1]))
    assert jobs(context) == 1
    with context.database.begin() as connection:
        connection.execute(sa.text("DELETE FROM procrastinate_jobs"))
    assert defer_lost(context) == 0
    assert defer_lost(later(context, minutes=5)) == 1
    assert defer_lost(later(context, minutes=6)) == 1
    assert jobs(context) == 1


def test_time_brings_what_is_due_once(context: Context) -> None:
    post(context, *STORY)
    before = deal_of(context)
    assert before.state is not None
    assert before.due_at is not None
    assert advance_clocks(context) == 0
    assert advance_clocks(later(context, minutes=10)) == 1
    after = deal_of(context)
    assert after.version == before.version + 1
    assert after.decisions > before.decisions
    assert advance_clocks(later(context, minutes=11)) == 0
    assert after.due_at is None or after.due_at > context.now()


def test_a_clock_comes_when_touches_and_contacts_grow_old(context: Context) -> None:
    start = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
    here = dataclasses.replace(context, now=lambda: start + dt.timedelta(hours=1))
    contacted = {"direction": "inbound", "contacts": ["Dana Reyes"]}
    events = [("deal.created", {"owner": "ana", "stage": "proposal"}), ("activity.email", contacted)]
    append_events.append_events(
        here,
        [
            {"id": f"e-{n}", "deal_id": "D-1", "type": kind, "occurred_at": start.isoformat(), "data": data}
            for n, (kind, data) in enumerate(events)
        ],
    )
    due: list[float] = []
    before = deal_of(here).state
    for day in range(1, 32):
        here = dataclasses.replace(context, now=lambda day=day: start + dt.timedelta(days=day, hours=1))
        if advance_clocks(here):
            due.append(day)
    assert {14, 28, 30} <= set(due)
    after = deal_of(here).state
    assert before is not None
    assert after is not None
    assert (before["health"]["components"]["contacts"], after["health"]["components"]["contacts"]) == (-1, -3)


def test_two_sweeps_at_once_tell_the_time_once(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    post(context, STORY[1])
    here = later(context, minutes=10)
    due = deals.due
    with context.database.connect() as connection:
        seen = due(connection, here.now(), 10)
    advance_clocks(here)
    version = deal_of(context).version
    # The other sweep looked before this one was done.
    monkeypatch.setattr(deals, "due", lambda *args: seen)
    advance_clocks(here)
    assert deal_of(context).version == version


def test_closed_deals_are_left_alone(context: Context) -> None:
    post(context, call("c-1", "b1: [milestone kind=contract_signed]"))
    stored = deal_of(context)
    assert (stored.stage, stored.due_at) == ("closed_won", None)


def test_deals_that_were_never_created_have_no_stage(context: Context) -> None:
    event = {"id": "e-1", "deal_id": "D-9", "type": "clock", "occurred_at": "2026-03-01T00:00:00Z", "data": {}}
    append_events.append_events(context, [event])
    with context.database.connect() as connection:
        row = connection.execute(sa.select(deals_table.c.stage, deals_table.c.state.is_(None))).one()
    assert tuple(row) == (None, True)

"""The outbox: each thing that is asked for is there once, with the decision, and goes when the decision does."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from service.flows.send_action import defer_lost_actions, send_action
from service.jobs.queue import work
from service.store import actions, decisions, outgoing_marks
from tests.service.connectors.conftest import Desk
from tests.service.connectors.outside import TRICKLE_AFTER, Outside

Make = Callable[..., Desk]

NOBODY = "[workspaces.main]\nlate_after_days = 7"


def hook(system: Outside, takes: str, more: str = "") -> str:
    return f"""
    [workspaces.main]
    late_after_days = 7
    [workspaces.main.connectors.ours]
    kind = "webhook"
    url = "{system.url}/hook"
    secret = {{ env = "HOOK" }}
    allow = ["127.0.0.1/32"]
    takes = [{takes}]
    {more}
    """


SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"


def test_without_connectors_everything_waits_for_a_person(desk: Make) -> None:
    here = desk(NOBODY)
    here.deal()
    here.move("discovery")
    with here.context.database.connect() as connection:
        taken = decisions.of_deal(connection, "main", "D-1")
    asked = [each.seq for each in taken if each.type in ("workflow_triggered", "alert")]
    assert len(asked) > 10
    assert [each.decision_seq for each in here.all()] == asked
    assert {(each.state, each.connector) for each in here.all()} == {("outbox", None)}
    title = "New discovery with Hollis Freight — here's your research brief"
    assert here.one(action="new_discovery").title == title


def test_the_same_event_again_asks_for_nothing_again(desk: Make) -> None:
    here = desk(NOBODY)
    here.deal()
    here.move("discovery")
    before = here.all()
    here.move("discovery")
    assert here.all() == before


def test_an_action_and_its_decision_are_stored_together_or_not_at_all(desk: Make) -> None:
    here = desk(NOBODY)

    class FailedError(Exception):
        """After everything was written."""

    def fail(*arguments: Any) -> None:
        raise FailedError

    here.deal()
    before = here.all()
    failing = dataclasses.replace(here.context, new_id=fail)
    with pytest.raises(FailedError):
        Desk(failing).move("discovery")
    assert here.all() == before
    with here.context.database.connect() as connection:
        assert all(each.rule != "override.stage" for each in decisions.of_deal(connection, "main", "D-1"))


def test_a_decision_that_is_taken_back_calls_off_what_still_waits(desk: Make, system: Outside) -> None:
    here = desk(hook(system, '"task"'), HOOK=SECRET)
    here.deal()
    here.send()
    here.pass_time(minutes=1)
    here.move("discovery")
    (moved,) = [each.id for each in events_of(here) if each.type == "override.stage"]
    waiting = [each for each in here.all() if each.cause.startswith("workflow:discovery:")]
    assert {each.state for each in waiting} == {"waiting", "outbox"}
    here.pass_time(minutes=1)
    here.events({"id": "back", "type": "retraction", "data": {"event": moved, "by": "ana", "reason": "a slip"}})
    after = [each for each in here.all() if each.cause.startswith("workflow:discovery:")]
    assert {(each.state, each.error) for each in after} == {("cancelled", "the decision no longer holds")}
    here.send()
    assert [each.json["data"]["action"] for each in system.asked] == ["prospecting_cadence"]
    # What was done stays done, and what is taken back of the taking back is asked for again, once.
    here.events({"id": "forth", "type": "retraction", "data": {"event": "back", "by": "ana", "reason": "no slip"}})
    here.send()
    again = [each for each in here.all() if each.cause.startswith("workflow:discovery:")]
    assert {each.id for each in again} == {each.id for each in waiting}
    assert {each.state for each in again} == {"done", "outbox"}
    assert [each.json["data"]["action"] for each in system.asked].count("discovery_call") == 1


def events_of(here: Desk) -> list[Any]:
    from service.store import events

    with here.context.database.connect() as connection:
        return events.of_deal(connection, "main", "D-1")


def test_what_is_known_too_late_is_left_to_a_person(desk: Make, system: Outside) -> None:
    here = desk(hook(system, '"task"'), HOOK=SECRET)
    told = here.moment
    here.pass_time(days=8)
    data = {"account": "Hollis Freight", "currency": "USD"}
    here.events({"id": "m", "type": "deal.created", "occurred_at": told.isoformat(), "data": data})
    late = here.one(kind="task")
    assert late.state == "outbox"
    assert "more than 7 days late" in str(late.error)
    here.send()
    assert system.asked == []


def test_a_dry_run_builds_and_sends_nothing(desk: Make, system: Outside) -> None:
    here = desk(hook(system, '"task"', "dry_run = true"), HOOK=SECRET)
    here.deal()
    here.send()
    dry = here.one(kind="task")
    assert (dry.state, dry.attempts, system.asked) == ("dry_run", 0, [])
    assert dry.payload is not None
    assert dry.payload["data"]["title"] == "Start the prospecting cadence for Hollis Freight"


def test_without_its_credentials_a_connector_gets_nothing(desk: Make, system: Outside) -> None:
    here = desk(hook(system, '"task"'))
    here.deal()
    waits = here.one(kind="task")
    assert (waits.state, waits.error) == (
        "outbox",
        "ours has no credentials: the environment variable HOOK is not there",
    )


def test_workspaces_have_their_own(desk: Make, system: Outside) -> None:
    here = desk(hook(system, '"task"'), HOOK=SECRET)
    other = Desk(dataclasses.replace(here.context, workspace="other"))
    here.deal()
    other.deal()
    assert here.one(kind="task").connector == "ours"
    assert other.one(kind="task").connector is None
    assert here.one(kind="task").key != other.one(kind="task").key
    with other.context.database.connect() as connection:
        assert actions.get(connection, "other", here.one(kind="task").id) is None


def test_fields_are_told_of_as_they_come_to_be(desk: Make, system: Outside) -> None:
    here = desk(hook(system, '"stage", "amount", "close_date"'), HOOK=SECRET)
    here.deal(amount=50000)
    here.pass_time(minutes=1)
    here.events({"id": "u", "type": "deal.updated", "data": {"amount": 64000}})
    here.move("discovery")
    told = [(each.kind, each.content["from"], each.content["value"]) for each in here.all() if each.connector]
    assert told == [("amount", None, 50000), ("amount", 50000, 64000), ("stage", "identified", "discovery")]


def test_a_slow_system_holds_up_no_reading(desk: Make, system: Outside, service: Any) -> None:
    """The worker itself: everything outside is stuck, and conversations are read."""
    from service.flows.accept_conversation import accept_conversation
    from service.store import conversations
    from signals import Conversation
    from tests.service.samples import call

    here = desk(hook(system, '"task"'), HOOK=SECRET)
    system.faults.extend([TRICKLE_AFTER] * 20)
    for number in range(8):
        here.deal(f"D-{number}")
    accept_conversation(service.context, Conversation.from_json(call("c-1", "b1: hi")))
    queue = dataclasses.replace(service.queue)

    async def until_read() -> None:
        task = asyncio.create_task(work(queue, jobs=1, install_signal_handlers=False))
        try:
            async with asyncio.timeout(30):
                while True:
                    with service.context.database.connect() as connection:
                        if conversations.count(connection).get("read"):
                            return
                    await asyncio.sleep(0.05)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(until_read())


def test_jobs_are_in_the_actions_own_transaction_and_the_worker_does_them(
    desk: Make, system: Outside, service: Any
) -> None:
    here = desk(hook(system, '"task"'), HOOK=SECRET)
    here.deal()
    with here.context.database.connect() as connection:
        jobs = sa.text("SELECT queue_name, args FROM procrastinate_jobs")
        ((queue, arguments),) = connection.execute(jobs).all()
    assert queue == "outside"
    assert arguments == {"workspace": "main", "action": str(here.one(kind="task").id)}


def test_no_mark_is_left_by_who_makes_none(desk: Make, system: Outside) -> None:
    here = desk(hook(system, '"task"'), HOOK=SECRET)
    here.deal()
    here.send()
    with here.context.database.begin() as connection:
        marks = connection.execute(sa.text("SELECT count(*) FROM outgoing_marks")).scalar_one()
        assert marks == 0
        assert outgoing_marks.forget_expired(connection, here.moment) == 0


def test_of_many_senders_at_once_one_sends(desk: Make, system: Outside) -> None:
    here = desk(hook(system, '"task"'), HOOK=SECRET)
    here.deal()
    action = here.one(kind="task")
    with ThreadPoolExecutor(8) as pool:
        states = list(pool.map(lambda _: send_action(here.context, action.id), range(8)))
    assert sorted(each or "" for each in states) == [""] * 7 + ["done"]
    assert len(system.asked) == 1


def test_a_lost_job_is_found_by_the_sweep(desk: Make, system: Outside) -> None:
    here = desk(hook(system, '"task"'), HOOK=SECRET)
    here.deal()
    with here.context.database.begin() as connection:
        connection.execute(sa.text("DELETE FROM procrastinate_jobs"))
    everywhere = dataclasses.replace(here.context, workspace="")
    assert defer_lost_actions(everywhere) == 0
    here.pass_time(minutes=3)
    assert defer_lost_actions(everywhere) == 1
    with here.context.database.connect() as connection:
        ((arguments,),) = connection.execute(sa.text("SELECT args FROM procrastinate_jobs")).all()
    assert arguments == {"workspace": "main", "action": str(here.one(kind="task").id)}

"""The worker: does what is deferred, and what a dead one left."""

from __future__ import annotations

import asyncio
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from service.app import running
from service.flows.accept_conversation import accept_conversation
from service.flows.context import Context, ReadJob
from service.jobs.queue import work
from service.settings import Settings
from service.store import conversations
from signals import Conversation, Signal
from tests.service.samples import call


def accept(context: Context, *ids: str, text: str = "b1: hi [budget status=stated amount=5]") -> None:
    for id in ids:
        accept_conversation(context, Conversation.from_json(call(id, text)))


def states(context: Context) -> dict[str, int]:
    with context.database.connect() as connection:
        return conversations.count(connection)


async def until_nothing_waits(service: Any, seconds: float = 30) -> None:
    """Let a worker work until nothing is unread."""
    task = asyncio.create_task(work(service.queue, jobs=2, install_signal_handlers=False))
    try:
        async with asyncio.timeout(seconds):
            while (await asyncio.to_thread(states, service.context)).get("received"):
                await asyncio.sleep(0.05)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def test_a_worker_reads_what_is_deferred_and_goes_on_past_failures(service: Any) -> None:
    accept(service.context, "c-1", "c-2")
    accept(service.context, "c-3", text="b1: [boom]")
    accept(service.context, "c-4", "c-5")
    asyncio.run(until_nothing_waits(service))
    assert states(service.context) == {"read": 4, "failed": 1}


def test_the_job_is_in_the_conversations_own_transaction(service: Any) -> None:
    conversation = Conversation.from_json(call("c-1", "b1: hi"))
    with service.context.database.begin() as connection:
        service.queue.defer(connection, [ReadJob(workspace="main", conversation=conversation.id, deal="D-1")])
        connection.rollback()
    with service.context.database.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM procrastinate_jobs")).scalar_one() == 0


def test_jobs_of_a_dead_worker_are_done_by_the_living(service: Any) -> None:
    accept(service.context, "c-1", "c-2")
    with service.context.database.begin() as connection:
        # What a worker leaves that was killed in the middle of c-1: a job that is being done, by nobody.
        dead = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        worker = connection.execute(sa.text(dead)).scalar_one()
        taken = "SET status = 'doing', worker_id = :worker WHERE args->>'conversation' = 'c-1'"
        connection.execute(sa.text(f"UPDATE procrastinate_jobs {taken}"), {"worker": worker})
    asyncio.run(until_nothing_waits(service))
    assert states(service.context) == {"read": 2}


def test_what_waits_once_more_holds_up_no_jobs_of_a_dead_worker(service: Any) -> None:
    """What is unread for long gets another job, also while the first one is being done. When the first one's worker
    then died, the first could not wait again beside the second, held up its deal for ever, and all other jobs of dead
    workers were held up behind it."""
    accept(service.context, "c-1", "c-2")
    accept_conversation(service.context, Conversation.from_json(call("c-3", "b1: hi", deal={"id": "D-2"})))
    with service.context.database.begin() as connection:
        dead = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        worker = connection.execute(sa.text(dead)).scalar_one()
        taken = "SET status = 'doing', worker_id = :worker WHERE args->>'conversation' <> 'c-2'"
        connection.execute(sa.text(f"UPDATE procrastinate_jobs {taken}"), {"worker": worker})
        service.queue.defer(connection, [ReadJob(workspace="main", conversation="c-1", deal="D-1")])
    asyncio.run(until_nothing_waits(service))
    assert states(service.context) == {"read": 3}


def test_a_job_that_is_tried_again_makes_room_for_one_that_waits_for_the_same(database: str) -> None:
    """Its worker lives: nobody would ever take it from there."""
    tries: list[str] = []

    def stumble_once(conversation: Conversation) -> list[Signal]:
        tries.append(conversation.id)
        if len(tries) == 1:
            with service.context.database.begin() as connection:
                service.queue.defer(connection, [ReadJob(workspace="main", conversation="c-1", deal="D-1")])
            raise OperationalError("SELECT", {}, Exception("the database went away"))
        return []

    with running(Settings(database=database, worker=False), extract=stumble_once) as service:
        accept(service.context, "c-1", "c-2")
        asyncio.run(until_nothing_waits(service))
        assert states(service.context) == {"read": 2}
    assert sorted(tries) == ["c-1", "c-1", "c-2"]


def test_finished_jobs_are_cleared_away(service: Any) -> None:
    accept(service.context, "c-1")
    asyncio.run(until_nothing_waits(service))
    with service.context.database.connect() as connection:
        left = connection.execute(
            sa.text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'read_conversation'")
        ).scalar_one()
    assert left == 0

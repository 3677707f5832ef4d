"""The queue: its tasks, deferring inside somebody else's transaction, and the worker that does the jobs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.worker import Worker
from sqlalchemy import URL, Connection

from service.flows.adopt_pipeline import refold_all, refold_everywhere
from service.flows.apply_intents import apply_waiting
from service.flows.assign_event import settle_waiting
from service.flows.backtest_version import backtest_version
from service.flows.context import Context, ReadJob
from service.flows.deal_paths import refresh_all_paths
from service.flows.forget_expired import forget_expired
from service.flows.read_conversation import read_conversation
from service.flows.retain_words import retain_words
from service.flows.route_conversation import route_waiting
from service.flows.send_action import defer_lost_actions, send_action
from service.flows.sweep import advance_clocks, defer_lost
from service.jobs.manager import Manager
from service.jobs.retries import RETRIES
from service.logs import about

__all__ = ["Queue", "make_queue", "work"]

log = logging.getLogger(__name__)

READ, SEND, SWEEP = "read_conversation", "send_action", "sweep"
BACKTEST, REFOLD = "backtest_version", "refold_deals"
# What is done outside has a queue and workers of its own, so that no slow system holds up the reading.
HERE, OUTSIDE = "default", "outside"
SENDERS = 4
EVERY_MINUTE = "* * * * *"

# Seconds. A worker tells that it lives every two; one not heard of for ten is dead, and others get its jobs.
HEARTBEAT, DEAD_AFTER, LOOK_FOR_DEAD = 2.0, 10.0, 2.0
# A new job is announced; one that a finished job of its deal has let go is not, and is found by looking.
LOOK_FOR_JOBS = 0.25
# Each so many looks, the server counts a long table of jobs anew.
COUNT_EVERY = 5
BACKLOG = "SELECT count(*) >= 200 AS long FROM (SELECT FROM procrastinate_jobs WHERE status = 'todo' LIMIT 200) jobs"
# The pool tries to connect again twice as late each time, up to minutes after a database that was away is back. It is
# told to give up sooner: whoever next wants a connection has it try anew.
TRY_FOR, WAIT_FOR = 2.0, 10.0
# After the database went away.
BEGIN_AGAIN = 0.5


@dataclass(frozen=True, slots=True)
class Queue:
    """Work to be done later by whichever worker is free; jobs of one deal run one after the other.

    `app` does jobs, on connections of its own; `outbox` only writes them, on a connection that it is given.
    """

    app: procrastinate.App
    outbox: procrastinate.App

    def defer(self, connection: Connection, jobs: Sequence[ReadJob]) -> None:
        """Jobs in this transaction: they exist exactly if what they are about does. One that waits already is enough.

        A delayed job holds no lock, for it would hold up the deal's other jobs until it is due.
        """
        try:
            with connection.begin_nested():
                self.outbox.job_manager.batch_defer_jobs([self.job(each) for each in jobs], driver_of(connection))
        except AlreadyEnqueued:
            if len(jobs) > 1:
                for each in jobs:
                    self.defer(connection, [each])

    def job(self, told: ReadJob) -> procrastinate.jobs.Job:
        task = self.outbox.configure_task(
            READ,
            lock=f"{told.workspace}/{told.deal}" if told.deal is not None and not told.delay else None,
            queueing_lock=f"{told.workspace}/{told.conversation}",
            schedule_in={"seconds": told.delay} if told.delay else None,
        )
        return task.make_new_job(workspace=told.workspace, conversation=told.conversation)

    def send_later(self, connection: Connection, workspace: str, action: UUID, delay: float) -> None:
        """The same for an action. Its order among others is a matter of the rows: a job that waits holds up none."""
        task = self.outbox.configure_task(
            SEND,
            queue=OUTSIDE,
            queueing_lock=f"action/{workspace}/{action}/{'later' if delay else 'now'}",
            schedule_in={"seconds": math.ceil(delay)} if delay else None,
            connection=driver_of(connection),
        )
        with contextlib.suppress(AlreadyEnqueued), connection.begin_nested():
            task.defer(workspace=workspace, action=str(action))

    def backtest_later(self, connection: Connection, workspace: str, version: UUID) -> None:
        """A job to try a version of the pipeline on the stored history; one that waits already is enough."""
        task = self.outbox.configure_task(
            BACKTEST,
            queueing_lock=f"backtest/{workspace}/{version}",
            connection=driver_of(connection),
        )
        with contextlib.suppress(AlreadyEnqueued), connection.begin_nested():
            task.defer(workspace=workspace, version=str(version))

    def refold_later(self, connection: Connection, workspace: str) -> None:
        """A job to fold the workspace's deals under the pipeline that it follows now."""
        task = self.outbox.configure_task(REFOLD, queueing_lock=f"refold/{workspace}", connection=driver_of(connection))
        with contextlib.suppress(AlreadyEnqueued), connection.begin_nested():
            task.defer(workspace=workspace)


def driver_of(connection: Connection) -> Any:
    """The driver's own connection beneath, in the same transaction."""
    return connection.connection.driver_connection


def make_queue(url: URL, context: Callable[[str], Context], *, retention_days: int | None = None) -> Queue:
    """`context` gives what a workspace's flows work with, when a job runs. `retention_days` are how long words are kept
    in workspaces that do not say so themselves."""
    conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
    connector = procrastinate.PsycopgConnector(
        conninfo=conninfo, min_size=1, max_size=6, reconnect_timeout=TRY_FOR, timeout=WAIT_FOR
    )
    app = procrastinate.App(connector=connector)
    app.job_manager = Manager(connector)

    @app.task(name=READ, retry=RETRIES)
    async def read(workspace: str, conversation: str) -> None:
        with about(workspace=workspace, conversation=conversation):
            await asyncio.to_thread(lambda: read_conversation(context(workspace), conversation))

    @app.task(name=SEND, queue=OUTSIDE, retry=RETRIES)
    async def send(workspace: str, action: str) -> None:
        with about(workspace=workspace, action=action):
            await asyncio.to_thread(lambda: send_action(context(workspace), UUID(action)))

    @app.task(name=BACKTEST)
    async def backtest(workspace: str, version: str) -> None:
        with about(workspace=workspace):
            await asyncio.to_thread(lambda: backtest_version(context(workspace), UUID(version)))

    @app.task(name=REFOLD, retry=RETRIES)
    async def refold(workspace: str) -> None:
        with about(workspace=workspace):
            await asyncio.to_thread(lambda: refold_all(context(workspace)))

    # No lock: a sweep whose worker was killed would lock out every later one.
    @app.periodic(cron=EVERY_MINUTE)
    @app.task(name=SWEEP, queueing_lock=SWEEP)
    async def sweep(timestamp: int) -> None:
        here = context("")
        await asyncio.to_thread(defer_lost, here)
        await asyncio.to_thread(settle_waiting, here, everywhere=True)
        await asyncio.to_thread(apply_waiting, here)
        await asyncio.to_thread(advance_clocks, here)
        await asyncio.to_thread(forget_expired, here)
        await asyncio.to_thread(retain_words, here, retention_days)
        await asyncio.to_thread(route_waiting, here, everywhere=True)
        await asyncio.to_thread(defer_lost_actions, here)
        await asyncio.to_thread(refold_everywhere, here)
        await asyncio.to_thread(refresh_all_paths, here)

    return Queue(app, procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=conninfo)))


async def work(queue: Queue, *, jobs: int, install_signal_handlers: bool, patience: float = 30) -> None:
    """Do jobs, `jobs` at a time, until cancelled or, with signal handlers, told to stop. Jobs in hand are finished, but
    for those that take longer than `patience` seconds then: they stay the queue's, and are done by others."""
    doing = asyncio.ensure_future(do_jobs(queue, jobs, patience))
    if install_signal_handlers:
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, doing.cancel)
    try:
        await doing
    except asyncio.CancelledError:
        if not doing.done():
            doing.cancel()
            await asyncio.gather(doing, return_exceptions=True)
        if not install_signal_handlers or told_to_stop():
            raise


async def do_jobs(queue: Queue, jobs: int, patience: float) -> None:
    try:
        # Not as a context: what is cancelled while it opens would stay half open, with tasks that never end.
        await queue.app.open_async()
        beside = [asyncio.create_task(revive(queue)), asyncio.create_task(run(queue, OUTSIDE, SENDERS, patience))]
        try:
            await run(queue, HERE, jobs, patience)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
    finally:
        await queue.app.close_async()


async def run(queue: Queue, name: str, jobs: int, patience: float) -> None:
    """The library's worker ends when its database goes away, with an error or without. Here another one follows it:
    what the ended one had in hand is given to the living once it has not been heard of for a while."""
    while not told_to_stop():
        worker = Worker(
            queue.app,
            queues=[name],
            concurrency=jobs,
            fetch_job_polling_interval=LOOK_FOR_JOBS,
            install_signal_handlers=False,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=DEAD_AFTER,
            shutdown_graceful_timeout=patience,
            delete_jobs="successful",
        )
        running = asyncio.create_task(worker.run())  # type: ignore[no-untyped-call]
        try:
            # Not cancelled itself: what waits for the database can lose a cancellation, and would work on for ever.
            await asyncio.shield(running)
        except asyncio.CancelledError:
            # Its first step forgets an earlier word to stop.
            await asyncio.sleep(0)
            worker.stop()  # type: ignore[no-untyped-call]
            await asyncio.gather(running, return_exceptions=True)
            raise
        except ConnectorException as error:
            log.error("the queue's database is away: %s", type(error).__name__)
        await asyncio.sleep(BEGIN_AGAIN)
    raise asyncio.CancelledError


def told_to_stop() -> bool:
    """Whether this task was cancelled, even where what it waited for then has lost the exception (before Python 3.12
    `asyncio.wait_for` does, when what it waits for ends at that moment)."""
    here = asyncio.current_task()
    return here is not None and here.cancelling() > 0


async def revive(queue: Queue) -> None:
    """Give jobs of dead workers to the living. Not a job itself, for such a job could die with its worker."""
    manager = queue.app.job_manager
    looks = 0
    while True:
        try:
            for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
                # What another worker was faster with holds up none of the others.
                with contextlib.suppress(ConnectorException):
                    await manager.retry_job(stalled)
            if looks % COUNT_EVERY == 0:
                await count_jobs(queue)
        except ConnectorException as error:
            # The database is away: the next look will tell.
            log.info("looking for stalled jobs failed: %s", type(error).__name__)
        looks += 1
        await asyncio.sleep(LOOK_FOR_DEAD)


async def count_jobs(queue: Queue) -> None:
    """A table that is empty at one moment and long at the next has figures of the wrong one, as a rule. By these the
    server would sort all that waits to take one job."""
    backlog = await queue.app.connector.execute_query_one_async(BACKLOG)
    if backlog["long"]:
        await queue.app.connector.execute_query_async("ANALYZE procrastinate_jobs")

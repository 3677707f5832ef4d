"""Told to stop, a process takes nothing new, finishes what it has in hand, and leaves the rest to others."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from service.flows.accept_conversation import accept_conversation
from service.jobs.queue import make_queue, work
from service.store.connect import driver_url
from signals import Conversation
from tests.service.samples import call, extract_marks
from tests.service.test_worker import states, until_nothing_waits


@pytest.fixture
def slow(service: Any, database: str) -> Any:
    """The same service with a reading that waits until it is let go."""
    begun, let_go = threading.Event(), threading.Event()

    def read(conversation: Conversation) -> Any:
        begun.set()
        let_go.wait(30)
        return extract_marks(conversation)

    context = dataclasses.replace(service.context, extract=read)
    queue = make_queue(driver_url(database), lambda workspace: dataclasses.replace(context, workspace=workspace))
    context = dataclasses.replace(context, defer=queue.defer)
    yield context, queue, begun, let_go
    let_go.set()


def statuses(context: Any) -> dict[str, int]:
    with context.database.connect() as connection:
        told = sa.text(
            "SELECT status::text, count(*) FROM procrastinate_jobs WHERE task_name = 'read_conversation' GROUP BY 1"
        )
        return {row[0]: row[1] for row in connection.execute(told)}


def test_a_job_in_hand_is_finished_and_no_other_begun(slow: Any) -> None:
    context, queue, begun, let_go = slow
    for id in ("c-1", "c-2"):
        accept_conversation(context, Conversation.from_json(call(id, "b1: hi")))

    async def stop_in_the_middle() -> None:
        task = asyncio.create_task(work(queue, jobs=1, install_signal_handlers=False))
        await asyncio.to_thread(begun.wait, 30)
        task.cancel()
        await asyncio.sleep(0.1)
        assert not task.done()
        let_go.set()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(stop_in_the_middle())
    assert states(context) == {"read": 1, "received": 1}
    assert statuses(context) == {"todo": 1}


def test_what_takes_longer_than_the_patience_is_done_by_another(slow: Any, service: Any) -> None:
    context, queue, begun, let_go = slow
    accept_conversation(context, Conversation.from_json(call("c-1", "b1: hi")))

    async def stop_in_the_middle() -> None:
        task = asyncio.create_task(work(queue, jobs=1, install_signal_handlers=False, patience=0.2))
        await asyncio.to_thread(begun.wait, 30)
        task.cancel()
        # The thread that reads cannot be broken off; what it finds comes to nothing or to the same.
        threading.Timer(1.0, let_go.set).start()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(stop_in_the_middle())
    asyncio.run(until_nothing_waits(service))
    assert states(context) == {"read": 1}


def test_it_stops_whenever_it_is_told_while_it_starts(slow: Any) -> None:
    _, queue, _, _ = slow

    async def stop_after(seconds: float) -> bool:
        task = asyncio.create_task(work(queue, jobs=1, install_signal_handlers=False, patience=0.2))
        await asyncio.sleep(seconds)
        task.cancel()
        return bool((await asyncio.wait([task], timeout=30))[0])

    # What it waits for while it starts takes some 5 to 50 ms each: every few of them one is told to stop.
    assert all(asyncio.run(stop_after(0.004 * step)) for step in range(40))


WORKER = [sys.executable, "-m", "service.cli", "worker"]


def test_a_worker_answers_probes_and_ends_well_on_sigterm(database: str, service: Any, tmp_path: Path) -> None:
    settings = {
        "TELLTALE_DATABASE": database,
        "TELLTALE_DATA": str(tmp_path),
        "TELLTALE_WORKER_PORT": "0",
        "TELLTALE_STOP_WITHIN": "5",
    }
    with subprocess.Popen(WORKER, env=os.environ | settings, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            where = next(line for line in process.stderr if "answering on" in line).rpartition(" ")[2].strip()
            next(line for line in process.stderr if "worker: ready" in line)
            assert get(f"{where}/healthz") == "ok\n"
            assert get(f"{where}/readyz") == "ready\n"
            assert "telltale_queue_age_seconds" in get(f"{where}/metrics")
            with pytest.raises(urllib.error.HTTPError, match="404"):
                get(f"{where}/v1/deals")
            accept_conversation(service.context, Conversation.from_json(call("c-1", "b1: Our budget is $80,000.")))
            deadline = time.monotonic() + 60
            while states(service.context) != {"read": 1} and time.monotonic() < deadline:
                time.sleep(0.1)
            assert states(service.context) == {"read": 1}
            assert 'telltale_extraction_seconds_count{kind="call"} 1.0' in get(f"{where}/metrics")
            process.send_signal(signal.SIGTERM)
            rest = process.stderr.read()
            assert process.wait(30) == 0
        finally:
            process.kill()
    logged = [json.loads(line) for line in rest.splitlines() if line.startswith("{")]
    assert all(line["level"] != "error" for line in logged)
    assert any(line["event"].startswith("decided") and line["conversation"] == "c-1" for line in logged)


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())

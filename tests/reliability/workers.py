"""Experiment 2: of two workers one is killed in the midst of a job and never comes back."""

from __future__ import annotations

import signal
import threading
import time
from collections import defaultdict
from typing import Any

from service.app import running
from service.flows.accept_conversation import accept_conversation
from service.settings import Settings
from signals import Conversation
from tests.reliability.history import examine, made, query, wait_until_read
from tests.reliability.processes import postgres, serving
from tests.service.samples import extract_marks

HELD = "SELECT lock, count(*) FROM procrastinate_jobs WHERE status = 'doing' AND lock IS NOT NULL GROUP BY lock"


def workers(*, conversations: int, deals: int, slow_every: int) -> dict[str, Any]:
    """Some conversations take three seconds to read; a worker is killed while it reads one. "Worked on by two" is
    looked for every 50 ms in the queue's own table."""
    slow = frozenset(range(0, conversations, slow_every))
    documents = list(made(conversations, deals=deals, slow=slow))
    most: dict[str, int] = defaultdict(int)
    over = threading.Event()
    with postgres() as database:

        def watch() -> None:
            while not over.wait(0.05):
                for lock, count in query(database.url, HELD):
                    most[lock] = max(most[lock], count)

        with serving(database.url, "worker") as doomed, serving(database.url, "worker"):
            with running(Settings(database=database.url, worker=False), extract=extract_marks) as service:
                for document in documents:
                    accept_conversation(service.context, Conversation.from_json(document))
            watching = threading.Thread(target=watch)
            watching.start()
            try:
                deadline = time.monotonic() + 30
                while not both_busy(database.url) and time.monotonic() < deadline:
                    time.sleep(0.05)
                left = query(database.url, "SELECT count(*) FROM conversations WHERE state = 'received'")[0][0]
                doomed.end(signal.SIGKILL)
                waited = wait_until_read(database.url, 90)
            finally:
                over.set()
                watching.join()
        found = examine(database.url, documents, {each["id"] for each in documents})
    return {
        "conversations": conversations,
        "unread when it was killed": left,
        "seconds until all was read": round(waited, 1),
        "most jobs of one deal at once": max(most.values(), default=0),
        "states": found.states,
        "wrong": found.wrong,
    }


def both_busy(url: str) -> bool:
    """Whether both workers have jobs in hand, so that whichever is killed is killed in the midst of one."""
    busy = "SELECT count(DISTINCT worker_id) FROM procrastinate_jobs WHERE status = 'doing'"
    return bool(query(url, busy)[0][0] == 2)

"""Experiment 8: a hundred clients post, as fast as they are answered or so many a second; how late, how much memory."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil

from tests.reliability.clients import post_all, post_at_rate, quantile
from tests.reliability.history import TEXTS, query
from tests.reliability.processes import postgres, serving
from tests.service.samples import call, mail

Json = dict[str, Any]
Say = Callable[[str], None]

SENTENCES = (
    "b1: Finance approved eighty thousand dollars for this on Monday.",
    "s1: Thank you, that helps a lot. Shall we look at the timeline next?",
    "b2: We are also talking to two other vendors, and the security review takes three weeks.",
    "s1: I will send the proposal by Friday, with the terms that we spoke about.",
    "b1: Let me see who else has to look at it before we can go ahead with the next step.",
)
AN_HOUR = 360


def endless(kind: str) -> Iterator[Json]:
    """Mails, or calls of an hour, of five hundred deals; signals in marks and in words."""
    for n in itertools.count():
        deal = {"id": f"D-{n % 500}", "account": f"Account {n % 500}", "currency": "USD"}
        at = f"2026-03-{1 + n % 28:02d}T{n // 28 % 24:02d}:{n // 672 % 60:02d}:00Z"
        if kind == "mails":
            yield mail(f"m-{n}", f"Hello Sam,\n\n{SENTENCES[n % 5][4:]} {TEXTS[n % 5]}\n\nDana\n", at=at, deal=deal)
        else:
            lines = (SENTENCES[(n + k) % 5] for k in range(AN_HOUR))
            yield call(f"h-{n}", *lines, at=at, deal=deal, minutes=60)


def load(
    kind: str,
    *,
    seconds: float,
    clients: int,
    reader: str = "marks",
    processes: int = 1,
    rate: float | None = None,
    works: bool = True,
    say: Say = lambda line: None,
) -> Json:
    """`kind` is mails or calls. So many processes answer and, if it `works`, one reads, beside PostgreSQL and the
    clients themselves; `reader` "real" reads the language. The clients post as fast as they are answered or, with a
    `rate`, so many a second together."""
    memory: list[tuple[float, float]] = []
    over = threading.Event()
    told = {"TELLTALE_WORKER": "false", "TELLTALE_PROCESSES": str(processes), "RELIABILITY_READER": reader}
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(postgres())
        server = stack.enter_context(serving(database.url, **told))
        worker = stack.enter_context(serving(database.url, "worker", RELIABILITY_READER=reader)) if works else None
        began, busy = time.monotonic(), cpu(server.pid)

        def watch() -> None:
            while not over.wait(1):
                memory.append((size(server.pid), 0.0 if worker is None else size(worker.pid)))
                if len(memory) % 30 == 0:
                    say(f"{time.monotonic() - began:.0f} s: {read_now(database.url)} read")

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            if rate is None:
                until = began + seconds
                posting = post_all(server.port, endless(kind), clients=clients, retry=False, until=until)
            else:
                posting = post_at_rate(server.port, endless(kind), clients=clients, rate=rate, seconds=seconds)
            posted = asyncio.run(posting)
            took = time.monotonic() - began
            busy = cpu(server.pid) - busy
            read = read_now(database.url)
        finally:
            over.set()
            watching.join()
        stored = query(database.url, "SELECT count(*) FROM conversations")[0][0]
    third = max(1, len(memory) // 3)
    return {
        "kind": kind,
        "clients": clients,
        "processes that answer": processes,
        "offered a second": "as fast as answered" if rate is None else rate,
        "seconds": round(took),
        "acknowledged": len(posted.acknowledged),
        "stored": stored,
        "acknowledged a second": round(len(posted.acknowledged) / took, 1),
        "read a second meanwhile": round(read / took, 1),
        # The same on a busy machine and an idle one, nearly.
        "ms of the server's CPU for one": round(busy / max(1, len(posted.acknowledged)) * 1000, 2),
        "p50 ms": round(quantile(posted.seconds, 0.5) * 1000),
        "p95 ms": round(quantile(posted.seconds, 0.95) * 1000),
        "p99 ms": round(quantile(posted.seconds, 0.99) * 1000),
        "other answers": sum(n for status, n in posted.statuses.items() if status not in (200, 202)),
        "load of the machine, a minute": round(psutil.getloadavg()[0], 1),
        "MiB of the server after a third, at the end": [round(memory[n][0]) for n in (third - 1, -1)] if memory else [],
        "MiB of the worker after a third, at the end": [round(memory[n][1]) for n in (third - 1, -1)] if memory else [],
    }


def whole(pid: int) -> list[psutil.Process]:
    """The process, and those that it started."""
    first = psutil.Process(pid)
    return [first, *first.children(recursive=True)]


def size(pid: int) -> float:
    """MiB in memory."""
    return float(sum(each.memory_info().rss for each in whole(pid))) / 2**20


def cpu(pid: int) -> float:
    """Seconds of computing so far."""
    times = [each.cpu_times() for each in whole(pid)]
    return float(sum(each.user + each.system for each in times))


def read_now(url: str) -> int:
    return int(query(url, "SELECT count(*) FROM conversations WHERE state = 'read'")[0][0])

"""Experiment 9: mails and calls at a steady rate, read as language, and what the processes hold in memory meanwhile."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from tests.reliability.clients import post_at_rate, quantile
from tests.reliability.history import query
from tests.reliability.load import read_now, size
from tests.reliability.processes import postgres, serving
from tests.service.samples import call, mail

Json = dict[str, Any]
Say = Callable[[str], None]

LETTERS = "abcdefghiklmnoprstuvy"
BEGAN, APART = dt.datetime(2026, 3, 1, tzinfo=dt.UTC), dt.timedelta(seconds=97)
# Each tenth conversation is a call of so many turns.
TURNS = 40
# Parts of the time for which figures are told; what is held at first (models, pools) is no growth.
PARTS = 6


class Sample(NamedTuple):
    """MiB in memory so many seconds after the beginning."""

    seconds: float
    server: float
    worker: float


def endless(seed: int = 1) -> Iterator[Json]:
    """Of five hundred deals. Each has words and figures that none before it had, as what people write has: whoever
    keeps each word that it ever saw would grow."""
    chance = random.Random(seed)

    def word() -> str:
        return "".join(chance.choice(LETTERS) for _ in range(chance.randint(5, 10)))

    def said() -> str:
        amount, name = chance.randint(1_000, 900_000), f"{word().title()} {word().title()}"
        return chance.choice(
            (
                f"Finance approved ${amount:,} for {word()} on Monday.",
                f"We are also talking to {word().title()} and {word().title()}, who quoted {amount} dollars.",
                f"{name}, our {word()} lead, has to sign off before {word()} can start.",
                f"The {word()} review takes {chance.randint(2, 9)} weeks, says {name}; see {word()}.example/{word()}.",
                f"Thank you, that helps a lot with {word()}. Shall we look at the timeline next?",
            )
        )

    for n in itertools.count():
        deal = {"id": f"D-{n % 500}", "account": f"Account {n % 500}", "currency": "USD"}
        # In the order in which they were said, as they come in day by day; `disorder` is about the rest.
        at = (BEGAN + n * APART).isoformat()
        if n % 10:
            yield mail(f"m-{n}", f"Hello Sam,\n\n{said()} {said()}\n\nDana\n", at=at, deal=deal)
        else:
            lines = (f"{('b1', 's1', 'b2')[k % 3]}: {said()}" for k in range(TURNS))
            yield call(f"c-{n}", *lines, at=at, deal=deal)


def hour(
    *,
    seconds: float,
    rate: float = 10,
    every: float = 10,
    reader: str = "real",
    samples: Path | None = None,
    say: Say = lambda line: None,
) -> Json:
    """So many a second for `seconds`, with one process that answers and one that reads; each `every` seconds what both
    hold is noted, and written to the file `samples` as it comes."""
    held: list[Sample] = []
    over = threading.Event()
    if samples is not None:
        samples.write_text("seconds,server MiB,worker MiB,read\n")
    with (
        postgres() as database,
        serving(database.url, TELLTALE_WORKER="false", RELIABILITY_READER=reader) as server,
        serving(database.url, "worker", RELIABILITY_READER=reader) as worker,
    ):
        began = time.monotonic()

        def watch() -> None:
            while not over.wait(every):
                held.append(Sample(time.monotonic() - began, size(server.pid), size(worker.pid)))
                read = read_now(database.url)
                if samples is not None:
                    with samples.open("a") as file:
                        file.write(",".join(f"{figure:.1f}" for figure in held[-1]) + f",{read}\n")
                if len(held) % 6 == 0:
                    say(f"{held[-1].seconds:.0f} s: {held[-1].server:.0f} and {held[-1].worker:.0f} MiB, {read} read")

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            posted = asyncio.run(post_at_rate(server.port, endless(), clients=20, rate=rate, seconds=seconds))
            took, read = time.monotonic() - began, read_now(database.url)
        finally:
            over.set()
            watching.join()
        stored = query(database.url, "SELECT count(*) FROM conversations")[0][0]
    return {
        "seconds": round(took),
        "acknowledged": len(posted.acknowledged),
        "stored": stored,
        "read when it ended": read,
        "other answers": sum(n for status, n in posted.statuses.items() if status not in (200, 202)),
        "p50 ms": round(quantile(posted.seconds, 0.5) * 1000),
        "p99 ms": round(quantile(posted.seconds, 0.99) * 1000),
        "samples": len(held),
        **told("server", [(each.seconds, each.server) for each in held], seconds),
        **told("worker", [(each.seconds, each.worker) for each in held], seconds),
        "load of the machine, a minute": round(psutil.getloadavg()[0], 1),
    }


def told(who: str, held: list[tuple[float, float]], seconds: float) -> Json:
    """The least, the middle and the most of each part, and how fast it grew after the first part."""
    length = seconds / PARTS
    parts = ([mib for at, mib in held if n * length <= at < (n + 1) * length] for n in range(PARTS))
    figures = [tuple(round(f(part)) for f in (min, statistics.median, max)) for part in parts if part]
    return {
        f"MiB of the {who}: least, middle, most of each {length / 60:g} minutes": figures,
        f"MiB an hour by which the {who} grew after the first of them": growth(
            [(at, mib) for at, mib in held if at >= length]
        ),
    }


def growth(held: list[tuple[float, float]]) -> float | None:
    """MiB an hour, by least squares; None where there are not two moments."""
    if len({at for at, _ in held}) < 2:
        return None
    slope, _ = statistics.linear_regression([at for at, _ in held], [mib for _, mib in held])
    return round(slope * 3600, 1)

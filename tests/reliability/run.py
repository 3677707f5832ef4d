"""The experiments at their full size, or at a share of it: `python -m tests.reliability.run NAME|all [--share 0.1]`."""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.reliability import outages
from tests.reliability.cases import cases
from tests.reliability.disorder import disorder
from tests.reliability.hour import hour
from tests.reliability.kills import kills
from tests.reliability.load import load
from tests.reliability.misbehaving import misbehaving
from tests.reliability.processes import postgres
from tests.reliability.workers import workers
from tests.reliability.years import with_and_without_outage

Json = dict[str, Any]

# About 64 operations, and two ways of making cases.
CASES_EACH = 160


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def on_a_database(experiment: Callable[[str], Json]) -> Json:
    with postgres() as database:
        return experiment(database.url)


def experiments(share: float, rate: float | None = None, samples: Path | None = None) -> dict[str, Callable[[], Json]]:
    def part(whole: float, least: int = 1) -> int:
        return max(least, round(whole * share))

    return {
        "kills": lambda: kills(times=part(50, 2), conversations=part(5000, 60), deals=part(500, 5), say=say),
        "workers": lambda: workers(conversations=part(200, 12), deals=part(40, 4), slow_every=4),
        "disorder": lambda: disorder(conversations=part(1000, 48), deals=part(50, 4), copies=4),
        "restarts": lambda: outages.restarts(
            seconds=part(120, 6), every=5, conversations=part(4000, 40), clients=8, say=say
        ),
        "exhausted": lambda: outages.exhausted(seconds=part(30, 1), conversations=part(500, 240), clients=240),
        "full": lambda: outages.full(conversations=part(1000, 60), clients=8, seconds=part(20, 2)),
        "misbehaving": lambda: on_a_database(lambda url: misbehaving(url, deals=part(50, 4), share=0.6)),
        "years": lambda: with_and_without_outage(
            days=part(1096, 100),
            deals=part(20, 3),
            outage=range(part(400, 50), part(400, 50) + 20),
            restarts=30,
            say=say,
        ),
        "cases": lambda: on_a_database(lambda url: cases(url, each=part(CASES_EACH), seed=True, say=say)),
        "mails": lambda: load("mails", seconds=part(300, 5), clients=100, say=say),
        "calls": lambda: load("calls", seconds=part(300, 5), clients=100, say=say),
        "mails-rate": lambda: load("mails", seconds=part(300, 5), clients=100, rate=rate or 300, say=say),
        "calls-rate": lambda: load("calls", seconds=part(300, 5), clients=100, rate=rate or 20, say=say),
        "mails-by-two": lambda: load("mails", seconds=part(300, 5), clients=100, processes=2, rate=rate, say=say),
        "mails-read": lambda: load("mails", seconds=part(300, 5), clients=100, reader="real", say=say),
        "hour": lambda: hour(seconds=part(3600, 12), rate=rate or 10, samples=samples, say=say),
    }


def main() -> None:
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.run", description=__doc__)
    parser.add_argument("name", choices=[*experiments(1), "all"])
    parser.add_argument("--share", type=float, default=1.0, help="of the full size")
    parser.add_argument("--rate", type=float, help="posts a second, for those that have a rate")
    parser.add_argument("--samples", type=Path, help="of `hour`: the file to which memory is written as it is noted")
    given = parser.parse_args()
    chosen = experiments(given.share, given.rate, given.samples)
    for name, experiment in chosen.items():
        if given.name not in (name, "all"):
            continue
        began = time.monotonic()
        found = experiment()
        table = Table("what", "figure", title=f"{name}, {time.monotonic() - began:.0f} s, share {given.share}")
        for what, figure in found.items():
            table.add_row(what, str(figure))
        Console(width=120).print(table)


if __name__ == "__main__":
    main()

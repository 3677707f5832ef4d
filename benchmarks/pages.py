"""How long the pages take on the server, with very many deals: p50 and p95 of each, and how large they are.

    python -m benchmarks.pages --data FOLDER [--requests 100] [--deals 10000] [--events 1000000] [--only analytics]

The folder is filled first where it is empty (`benchmarks.fill`). Requests go to a real server in another thread, one at
a time; what is measured is the time from sending a request until its answer is there, and the processor time of this
process meanwhile (the database's own is not in it). `--only` measures pages whose names begin so.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import uvicorn

from benchmarks.fill import fill, tell
from benchmarks.stories import TOKEN
from service.api.service import Service
from service.app import create_app, running
from service.commands.serve import opened
from service.commands.server import Server
from service.pages.analytics.sections import TITLES
from service.pages.deal.wording import deal_url
from service.settings import Settings
from service.store import deal_cards, signals
from service.store.deal_cards import Filters

OWNERS = [f"rep{n:02}@northstar.example" for n in range(20)]
KINDS = ["moves", "gates", "actions", "probability"]
SORTS = ["account", "stage", "amount", "chance", "close", "health", "days", "owner"]

# A deal that has far more of a history than the others.
LONG_NUMBER, LONG_EVENTS = 9999, 1000
LONG = f"{TOKEN}-{LONG_NUMBER}"

SECTIONS = list(TITLES)

# Ids of deals, and of signals that wait for a person.
Ask = Callable[[random.Random, list[str], list[str]], str]


def section(name: str) -> Ask:
    return lambda rng, deals, waiting: f"/analytics/{name}"


PAGES: dict[str, Ask] = {
    "inbox": lambda rng, deals, waiting: "/",
    "inbox, signals": lambda rng, deals, waiting: f"/?show=signals&type={rng.choice(['', 'budget', 'date'])}",
    "inbox, held": lambda rng, deals, waiting: "/?show=held",
    "inbox, alerts": lambda rng, deals, waiting: "/?show=alerts",
    "inbox, accept many": lambda rng, deals, waiting: f"/accept?least={rng.randrange(30, 90)}",
    "inbox, accepting": lambda rng, deals, waiting: f"/signals/{rng.choice(waiting)}/effect",
    "conversations": lambda rng, deals, waiting: "/conversations",
    "conversations, found": lambda rng, deals, waiting: f"/conversations?q={rng.choice(['kestrel', 'food', 'C0042'])}",
    "board": lambda rng, deals, waiting: "/pipeline",
    "board, by health": lambda rng, deals, waiting: "/pipeline?sort=health&order=early",
    "board, an owner's": lambda rng, deals, waiting: f"/pipeline?owner={rng.choice(OWNERS)}",
    "board, a search": lambda rng, deals, waiting: f"/pipeline?q={rng.choice(['kestrel', 'food', 'C0042'])}",
    "board, a flag": lambda rng, deals, waiting: "/pipeline?mark=champion_lost",
    "board, 100 cards": lambda rng, deals, waiting: "/pipeline?more=proposal:100&more=closed_won:100",
    "list": lambda rng, deals, waiting: f"/deals?sort={rng.choice(SORTS)}",
    "list, a late page": lambda rng, deals, waiting: f"/deals?sort={rng.choice(SORTS)}&page={rng.randrange(50, 200)}",
    "analytics": lambda rng, deals, waiting: "/analytics",
    **{f"analytics, {name}": section(name) for name in SECTIONS},
    "analytics, an owner's": lambda rng, deals, waiting: (
        f"/analytics/{rng.choice(SECTIONS)}?owner={rng.choice(OWNERS)}&days=1095"
    ),
    "rules": lambda rng, deals, waiting: "/rules",
    "admin": lambda rng, deals, waiting: rng.choice(["/admin", "/admin/dead", "/admin/audit"]),
    "deal": lambda rng, deals, waiting: deal_url(rng.choice(deals)),
    "deal, 1,000 events": lambda rng, deals, waiting: deal_url(LONG),
    "deal, its timeline": lambda rng, deals, waiting: f"{deal_url(rng.choice(deals))}?kind={rng.choice(KINDS)}",
}


@contextlib.contextmanager
def serving(service: Service) -> Iterator[int]:
    """The port on which it answers."""
    app = create_app(service)
    server = Server(uvicorn.Config(app, log_config=None, access_log=False), app.state.live.close)
    listening = opened("127.0.0.1", 0, or_any=False)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


def measured(port: int, paths: list[str]) -> tuple[list[float], list[float], int]:
    """Milliseconds of each request by the clock and of this process's processor time, and the bytes of the largest
    answer, uncompressed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    taken, worked, largest = [], [], 0
    for path in paths:
        headers = {"Accept": "text/html"}
        if "kind=" in path:
            headers |= {"HX-Request": "true", "HX-Target": "timeline"}
        begun, busy = time.perf_counter(), time.process_time()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        taken.append((time.perf_counter() - begun) * 1000)
        worked.append((time.process_time() - busy) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{path}: expected 200, got {answer.status}")
        largest = max(largest, len(body))
    return taken, worked, largest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--deals", type=int, default=10_000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--only", default="", help="pages whose names begin so")
    given = parser.parse_args()
    with running(Settings(data=given.data, worker=False)) as service:
        context = service.context
        with context.database.connect() as connection:
            known = deal_cards.count(connection, context.workspace, Filters())
        if not known:
            fill(context, deals=given.deals, events=given.events)
        with context.database.connect() as connection:
            long = deal_cards.get(connection, context.workspace, LONG, None)
        if long is None:
            tell(context, LONG_NUMBER, LONG_EVENTS)
        with context.database.connect() as connection:
            found = deal_cards.cards(
                connection, context.workspace, Filters(), sort="updated", descending=True, most=None
            )
            waiting = signals.find(
                connection, context.workspace, equal={"state": "pending"}, min_confidence=None, after=None, most=1000
            )
        deals, ids = [card.deal for card in found], [str(signal.id) for signal in waiting]
        print(f"{len(deals):,} deals; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        print(f"{'page':<26}{'p50 ms':>8}{'p95 ms':>8}{'CPU p50':>9}{'CPU p95':>9}{'kB':>7}")
        with serving(service) as port:
            rng = random.Random(7)
            for name, ask in PAGES.items():
                if not name.startswith(given.only):
                    continue
                measured(port, [ask(rng, deals, ids) for _ in range(3)])
                taken, worked, largest = measured(port, [ask(rng, deals, ids) for _ in range(given.requests)])
                figures = [figure for some in (taken, worked) for figure in (statistics.median(some), p95(some))]
                print(f"{name:<26}" + "".join(f"{figure:>8.1f}" for figure in figures) + f"{largest / 1000:>9.0f}")
        print(f"load {os.getloadavg()[0]:.1f}")


def p95(some: list[float]) -> float:
    return statistics.quantiles(some, n=20)[-1]


if __name__ == "__main__":
    main()

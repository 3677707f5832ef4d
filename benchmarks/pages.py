"""How long the pages take on the server, with very many deals: p50 and p95 of each, and how large they are.

    python -m benchmarks.pages --data FOLDER [--requests 100] [--deals 10000] [--events 1000000]

The folder is filled first where it is empty (`benchmarks.fill`). Requests go to a real server in another thread, one at
a time; what is measured is the time from sending a request until its answer is there.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
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
from service.pages.deal.wording import deal_url
from service.settings import Settings
from service.store import deal_cards
from service.store.deal_cards import Filters

OWNERS = [f"rep{n:02}@northstar.example" for n in range(20)]
KINDS = ["moves", "gates", "actions", "probability"]
SORTS = ["account", "stage", "amount", "chance", "close", "health", "days", "owner"]

# A deal that has far more of a history than the others.
LONG_NUMBER, LONG_EVENTS = 9999, 1000
LONG = f"{TOKEN}-{LONG_NUMBER}"

Ask = Callable[[random.Random, list[str]], str]
PAGES: dict[str, Ask] = {
    "inbox": lambda rng, deals: "/",
    "inbox, signals": lambda rng, deals: f"/?show=signals&type={rng.choice(['', 'budget', 'date'])}",
    "inbox, held": lambda rng, deals: "/?show=held",
    "inbox, alerts": lambda rng, deals: "/?show=alerts",
    "inbox, accept many": lambda rng, deals: f"/accept?least={rng.randrange(30, 90)}",
    "conversations": lambda rng, deals: "/conversations",
    "conversations, found": lambda rng, deals: f"/conversations?q={rng.choice(['kestrel', 'food', 'C0042'])}",
    "board": lambda rng, deals: "/pipeline",
    "board, by health": lambda rng, deals: "/pipeline?sort=health&order=early",
    "board, an owner's": lambda rng, deals: f"/pipeline?owner={rng.choice(OWNERS)}",
    "board, a search": lambda rng, deals: f"/pipeline?q={rng.choice(['kestrel', 'food', 'C0042'])}",
    "board, a flag": lambda rng, deals: "/pipeline?mark=champion_lost",
    "board, 100 cards": lambda rng, deals: "/pipeline?more=proposal:100&more=closed_won:100",
    "list": lambda rng, deals: f"/deals?sort={rng.choice(SORTS)}",
    "list, a late page": lambda rng, deals: f"/deals?sort={rng.choice(SORTS)}&page={rng.randrange(50, 200)}",
    "analytics": lambda rng, deals: "/analytics",
    "analytics, movement": lambda rng, deals: (
        f"/analytics/{rng.choice(['velocity', 'conversion', 'stalls', 'forecast'])}"
    ),
    "analytics, quality": lambda rng, deals: f"/analytics/{rng.choice(['calibration', 'close-dates', 'losses'])}",
    "analytics, people": lambda rng, deals: f"/analytics/{rng.choice(['precision', 'exceptions'])}",
    "rules": lambda rng, deals: "/rules",
    "admin": lambda rng, deals: rng.choice(["/admin", "/admin/dead", "/admin/audit"]),
    "deal": lambda rng, deals: deal_url(rng.choice(deals)),
    "deal, 1,000 events": lambda rng, deals: deal_url(LONG),
    "deal, its timeline": lambda rng, deals: f"{deal_url(rng.choice(deals))}?kind={rng.choice(KINDS)}",
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


def measured(port: int, paths: list[str]) -> tuple[list[float], int]:
    """Milliseconds of each request, and the bytes of the largest answer, uncompressed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    taken, largest = [], 0
    for path in paths:
        headers = {"Accept": "text/html"}
        if "kind=" in path:
            headers |= {"HX-Request": "true", "HX-Target": "timeline"}
        begun = time.perf_counter()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        taken.append((time.perf_counter() - begun) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{path}: expected 200, got {answer.status}")
        largest = max(largest, len(body))
    return taken, largest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--deals", type=int, default=10_000)
    parser.add_argument("--events", type=int, default=1_000_000)
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
        deals = [card.deal for card in found]
        print(f"{len(deals):,} deals\n{'page':<20}{'p50 ms':>8}{'p95 ms':>8}{'kB':>7}")
        with serving(service) as port:
            rng = random.Random(7)
            for name, ask in PAGES.items():
                measured(port, [ask(rng, deals) for _ in range(3)])
                taken, largest = measured(port, [ask(rng, deals) for _ in range(given.requests)])
                p95 = statistics.quantiles(taken, n=20)[-1]
                print(f"{name:<20}{statistics.median(taken):>8.1f}{p95:>8.1f}{largest / 1000:>7.0f}")


if __name__ == "__main__":
    main()

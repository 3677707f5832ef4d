"""Experiment 6: days pass on an injected clock, with restarts and twenty days in which nothing runs."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import itertools
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from service.app import running
from service.connectors.config import outlets_from
from service.flows.accept_conversation import accept_conversation
from service.flows.context import Context
from service.flows.outlet import Outlet
from service.flows.read_conversation import read_conversation
from service.flows.sweep import advance_clocks
from service.settings import Settings
from signals import Conversation
from tests.reliability.history import TEXTS, query
from tests.reliability.processes import postgres
from tests.service.samples import call, extract_marks

Json = dict[str, Any]
Say = Callable[[str], None]

START = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
# Where notices go that are not too late: what is older waits for a person (docs/actions.md).
WEBHOOK = """
[workspaces.main]
late_after_days = 7
[workspaces.main.connectors.ours]
kind = "webhook"
url = "https://notices.example/hook"
secret = { env = "HOOK" }
takes = ["alert", "task", "email", "document"]
"""


@dataclasses.dataclass(slots=True)
class Clock:
    moment: dt.datetime = START

    def now(self) -> dt.datetime:
        return self.moment


def plan(days: int, deals: int, quiet: range) -> dict[int, list[Json]]:
    """What is said on which day: a deal every few days, which then goes silent for weeks; nothing in the `quiet` days,
    so that a year with the outage and one without hear the same."""
    chance, out = random.Random(7), dict[int, list[Json]]()
    for n in range(deals):
        day = 1 + n * max(1, days // (2 * deals))
        for k in range(8):
            if day < days and day not in quiet:
                at = (START + day * DAY - dt.timedelta(hours=2)).isoformat()
                said = TEXTS[(n + k) % len(TEXTS)]
                deal = {"id": f"D-{n}", "account": f"Account {n}", "currency": "USD"}
                out.setdefault(day, []).append(call(f"c-{n}-{k}", f"b1: {said}", "s1: fine", at=at, deal=deal))
            day += chance.randint(2, 40)
    return out


@contextlib.contextmanager
def at_work(url: str, moment: Callable[[], dt.datetime]) -> Iterator[Context]:
    """A process that has just started, with notices that would go out; none of the jobs is done, so none does."""
    outlets = outlets_from(WEBHOOK, source="connectors.toml", environment={"HOOK": "whsec_" + "MDEy" * 8})
    with running(Settings(database=url, worker=False), extract=extract_marks) as service:
        outlet = Outlet(outlets=outlets, send_later=lambda *job: None, site=None)
        yield dataclasses.replace(service.context, now=moment, outlet=outlet)


def years(
    url: str, *, days: int, deals: int, outage: range, restarts: int, stops: bool = True, say: Say = lambda line: None
) -> Json:
    """`url` is of an empty, migrated database. Each day is swept twice, as two processes would. Without
    `stops` the days of the outage are days like others, on which nobody says anything."""
    said = plan(days, deals, outage)
    clock = Clock()
    starts = {days * (n + 1) // (restarts + 1) for n in range(restarts)}
    after_outage = 0
    with contextlib.ExitStack() as life:
        context = life.enter_context(at_work(url, clock.now))
        for day in range(days):
            clock.moment = START + day * DAY
            if stops and day in outage:
                continue
            if day in starts or day == outage.stop:
                life.close()
                context = life.enter_context(at_work(url, clock.now))
            for document in said.get(day, ()):
                accept_conversation(context, Conversation.from_json(document))
                read_conversation(context, document["id"])
            before = sent(url)
            for _ in range(2):
                while advance_clocks(context):
                    pass
            if day == outage.stop:
                after_outage = sent(url) - before
            if day % 100 == 0:
                say(f"day {day} of {days}")
    return figures(url, outage, after_outage)


def sent(url: str) -> int:
    return int(query(url, "SELECT count(*) FROM actions WHERE state = 'waiting'")[0][0])


def figures(url: str, outage: range, after_outage: int) -> Json:
    """A timer's decision is of a moment at which nothing happened to its deal."""
    by_clock = query(
        url,
        "SELECT d.deal, d.seq, d.type, d.rule, d.at, d.recorded_at, d.content FROM decisions d WHERE NOT EXISTS ("
        "SELECT 1 FROM events e WHERE e.workspace = d.workspace AND e.deal = d.deal AND e.type <> 'clock' "
        "AND e.occurred_at = d.at) ORDER BY d.deal, d.seq",
    )
    again = Counter((row.deal, row.type, row.rule, row.at, json.dumps(row.content)) for row in by_clock)
    late = START + outage.stop * DAY
    caught_up = [row for row in by_clock if row.recorded_at == late]
    disordered = [(one, two) for one, two in itertools.pairwise(caught_up) if one.deal == two.deal and one.at > two.at]
    actions = Counter(row[0] for row in query(url, "SELECT state FROM actions"))
    return {
        "deals": query(url, "SELECT count(*) FROM deals")[0][0],
        "timers fired": len(by_clock),
        "twice": sum(n - 1 for n in again.values()),
        "fired late, after the outage": len(caught_up),
        "out of order there": len(disordered),
        "notices that went out after the outage": after_outage,
        "notices in all": dict(actions),
        "timers": sorted((row.deal, row.type, row.rule, str(row.at)) for row in by_clock),
    }


def with_and_without_outage(
    *, days: int, deals: int, outage: range, restarts: int, say: Say = lambda line: None
) -> Json:
    """The same days twice: the timers that fired must be the same ones, each at the moment for which it was set."""
    with postgres() as other:
        smooth = years(other.url, days=days, deals=deals, outage=outage, restarts=0, stops=False, say=say)
    with postgres() as database:
        rough = years(database.url, days=days, deals=deals, outage=outage, restarts=restarts, say=say)
    return rough | {
        "timers": len(rough["timers"]),
        "timers that differ from days without an outage": len(set(smooth["timers"]) ^ set(rough["timers"])),
    }

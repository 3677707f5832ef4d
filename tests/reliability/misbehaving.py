"""Experiment 5: a system outside that resets, hangs, trickles and answers 429 and 500, while deals go on."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from service.app import running
from service.connectors.config import outlets_from
from service.connectors.http import Http
from service.flows.accept_conversation import accept_conversation
from service.flows.context import Context
from service.flows.outlet import Outlet
from service.flows.read_conversation import read_conversation
from service.flows.send_action import send_action
from service.settings import Settings
from service.store import actions
from signals import Conversation
from tests.reliability.history import query
from tests.service.connectors.conftest import quick
from tests.service.connectors.outside import (
    RESET,
    RESET_AFTER,
    SILENT_AFTER,
    TRICKLE_AFTER,
    Answer,
    Asked,
    Outside,
    outside,
)
from tests.service.samples import call, extract_marks

Json = dict[str, Any]

FAULTS = (
    RESET,
    RESET_AFTER,
    SILENT_AFTER,
    TRICKLE_AFTER,
    Answer(500),
    Answer(503),
    Answer(429, headers={"retry-after": "90"}),
    Answer(422, b'{"error": "never"}'),
)
SENDERS = 4
# Of one deal's four actions, each tried up to eight times, and later by what its system's circuit was open for.
MOST_ROUNDS_FOR_ONE = 100
SOON = dt.timedelta(seconds=30)


def connectors(system: Outside) -> str:
    return f"""
    [workspaces.main]
    late_after_days = 3650
    [workspaces.main.connectors.ours]
    kind = "webhook"
    url = "{system.url}/hook"
    secret = {{ env = "HOOK" }}
    allow = ["127.0.0.1/32"]
    takes = ["task", "email"]
    attempts = 8
    """


def misbehaving(url: str, *, deals: int, share: float, seed: int = 1) -> Json:
    """`share` of the requests go wrong, in ways taken by chance; `url` is of an empty, migrated database.

    Four senders at a time, on an injected clock that jumps to when the next action is due.
    """
    effects: Counter[str] = Counter()
    known: set[str] = set()
    chance = random.Random(seed)
    moment = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)

    def respond(asked: Asked) -> Answer:
        """As Standard Webhooks asks: an id that is known is answered and not done again."""
        id = asked.headers["webhook-id"]
        if id not in known:
            known.add(id)
            effects[id] += 1
        return Answer(204, b"")

    with outside() as system, running(Settings(database=url, worker=False), extract=extract_marks) as service:
        system.respond = respond
        outlets = outlets_from(
            connectors(system), source="connectors.toml", environment={"HOOK": "whsec_" + "MDEy" * 8}
        )
        context = dataclasses.replace(
            service.context,
            now=lambda: moment,
            outlet=Outlet(outlets=quick(outlets, Http(total=0.4, read=0.2)), send_later=lambda *job: None),
        )
        for n in range(deals):
            talk(context, n, "before")
        rounds = 0
        with ThreadPoolExecutor(SENDERS) as senders:
            while (waits := due(context)) and rounds < MOST_ROUNDS_FOR_ONE * deals:
                rounds += 1
                # With those that are due soon after: several at a time, as with a clock that goes on by itself.
                moment = max(moment, min(at for _, at in waits) + SOON)
                now = [id for id, at in waits if at <= moment]
                # What nobody used up, for the circuit was open, must not pile up into nothing but faults.
                system.faults.clear()
                system.faults.extend(chance.choice(FAULTS) for _ in now if chance.random() < share)
                sending = [senders.submit(send_action, context, id) for id in now]
                if rounds <= deals:
                    # A deal goes on while its actions hang.
                    talk(context, rounds - 1, "meanwhile")
                for each in sending:
                    each.result()
    states = Counter(row[0] for row in query(url, "SELECT state FROM actions WHERE connector = 'ours'"))
    done = {row[0] for row in query(url, "SELECT key FROM actions WHERE state = 'done' AND connector = 'ours'")}
    return {
        "actions": sum(states.values()),
        "states": dict(states),
        "requests": len(system.asked),
        "effects": len(effects),
        "effects that are there twice": sum(1 for n in effects.values() if n > 1),
        "done without an effect": len(done - effects.keys()),
        "conversations unread": query(url, "SELECT count(*) FROM conversations WHERE state <> 'read'")[0][0],
        "rounds": rounds,
    }


def talk(context: Context, n: int, when: str) -> None:
    said = "[budget status=approved amount=90000]" if when == "before" else "[budget status=stated amount=5]"
    deal = {"id": f"D-{n}", "account": f"Account {n}", "currency": "USD"}
    at = (context.now() - dt.timedelta(hours=1)).isoformat()
    document = call(f"{when}-{n}", f"b1: yes {said}", "s1: fine", at=at, deal=deal)
    accept_conversation(context, Conversation.from_json(document))
    read_conversation(context, document["id"])


def due(context: Context) -> list[tuple[Any, dt.datetime]]:
    with context.database.connect() as connection:
        found = actions.find(connection, context.workspace, most=100_000)
    return [(each.id, each.next_at) for each in found if each.next_at is not None]

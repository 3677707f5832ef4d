"""Experiment 3: sixteen clients post the same conversations in orders of their own, many of them more than once."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from tests.reliability.clients import Posted, post_all
from tests.reliability.history import examine, made, states_of_deals, wait_until_read
from tests.reliability.processes import postgres, serving

CLIENTS = 16


def disorder(*, conversations: int, deals: int, copies: int) -> dict[str, Any]:
    """The final states are held against those of one client that posts each once, in order."""
    documents = list(made(conversations, deals=deals))

    async def jumbled(port: int) -> list[Posted]:
        each = []
        for n in range(CLIENTS):
            mine = [document for k, document in enumerate(documents) if (k + n) % CLIENTS < copies]
            random.Random(n).shuffle(mine)
            each.append(mine)
        return await asyncio.gather(*(post_all(port, mine, clients=1) for mine in each))

    with postgres() as database, serving(database.url) as server:
        asyncio.run(post_all(server.port, documents, clients=1))
        wait_until_read(database.url, 300)
        expected = states_of_deals(database.url)
    with postgres() as database, serving(database.url) as server:
        posted = asyncio.run(jumbled(server.port))
        waited = wait_until_read(database.url, 300)
        got = states_of_deals(database.url)
        found = examine(database.url, documents, set().union(*(each.acknowledged for each in posted)))
    return {
        "posted": sum(len(each.acknowledged) for each in posted),
        "new (202)": sum(each.statuses[202] for each in posted),
        "known (200)": sum(each.statuses[200] for each in posted),
        "other answers": sum(len(each.bodies) for each in posted),
        "deals": len(expected),
        "deals with another final state": sum(1 for deal in expected if got.get(deal) != expected[deal]),
        "states": found.states,
        "wrong": found.wrong,
        "seconds until all was read": round(waited, 1),
    }

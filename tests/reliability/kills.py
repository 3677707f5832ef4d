"""Experiment 1: the serving process is killed again and again while clients post, and post again what broke."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import Any

from tests.reliability.clients import post_all
from tests.reliability.history import examine, made, wait_until_read
from tests.reliability.processes import postgres, serving

Say = Callable[[str], None]


def kills(
    *, times: int, conversations: int, deals: int, clients: int = 8, say: Say = lambda line: None
) -> dict[str, Any]:
    """Kill at each equal share of what is acknowledged; the last life reads what is left."""
    documents = list(made(conversations, deals=deals))
    with postgres() as database, serving(database.url) as server:
        marks = {conversations * (n + 1) // (times + 1) for n in range(times)}
        killed = 0

        async def all_of_it() -> Any:
            wanted = asyncio.Event()

            def done(count: int) -> None:
                if count in marks:
                    wanted.set()

            async def killing() -> None:
                nonlocal killed
                while killed < times:
                    await wanted.wait()
                    wanted.clear()
                    await asyncio.to_thread(server.end, signal.SIGKILL)
                    await asyncio.to_thread(server.start)
                    killed += 1
                    say(f"killed {killed} of {times}")

            killer = asyncio.create_task(killing())
            try:
                return await post_all(server.port, documents, clients=clients, done=done)
            finally:
                await asyncio.gather(killer)

        posted = asyncio.run(asyncio.wait_for(all_of_it(), 3000))
        waited = wait_until_read(database.url, 120)
        found = examine(database.url, documents, posted.acknowledged)
    return {
        "kills": killed,
        "acknowledged": len(posted.acknowledged),
        "broken or refused requests": sum(n for status, n in posted.statuses.items() if status not in (200, 202)),
        "other answers than 2xx and 503": len(posted.bodies),
        "states": found.states,
        "wrong": found.wrong,
        "seconds until all was read": round(waited, 1),
    }

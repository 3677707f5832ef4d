"""Pages hear what changed: one connection a process listens to PostgreSQL, and every open page gets a stream of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from psycopg import sql
from sqlalchemy import URL, Engine
from sqlalchemy.exc import SQLAlchemyError

from service.access.gate import ForeignPageError, StrangerError
from service.api.principal import AsRep, Principal, call_of
from service.api.service import ServiceOf
from service.store import deal_cards
from service.store.connect import within

__all__ = ["CHANNEL", "Change", "Hub", "router"]

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)

CHANNEL = "telltale_live"

# Proxies cut connections on which nothing is said; and a reader who is gone is noticed by it.
HEARTBEAT = 20.0

# Whoever is let in no longer, or as somebody else, hears nothing after so many seconds.
ASK_EVERY = 5.0

# While the database is away.
TRY_AGAIN_IN = 2.0

# A reader who takes nothing for so long is told that it missed something.
MOST_WAITING = 200


# Whether the reader still is who they were, and may still look.
StillLetIn = Callable[[], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`topic` is deal, conversation or signal; `id` is None where many changed at once. `deal` is whose deal it is."""

    workspace: str
    topic: str
    id: str | None = None
    deal: str | None = None

    @property
    def topics(self) -> list[str]:
        """What parts of pages listen for: the topic alone, the one thing, and the deal that it belongs to."""
        thing = "conversation" if self.topic == "signal" else self.topic
        named = [self.topic, f"{thing}:{self.id}"] if self.id is not None else [self.topic]
        if self.deal is not None and self.topic != "deal":
            named.append(f"deal:{self.deal}")
        return named


@dataclass(slots=True, eq=False)
class Reader:
    """One open page. None in the queue ends it; a change is what happened; a string is the name of another event."""

    principal: Principal
    queue: asyncio.Queue[Change | str | None] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))

    def put(self, item: Change | str | None) -> None:
        try:
            self.queue.put_nowait(item)
        except asyncio.QueueFull:
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait("missed" if item is not None else None)


class Hub:
    """The process's one listening connection and the readers that it feeds, in the event loop that runs it."""

    def __init__(self, url: URL, database: Engine) -> None:
        self.url = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self.database = database
        self.readers: set[Reader] = set()
        self.closed = False

    async def run(self) -> None:
        """Listen until cancelled; connect again when the database was away, and tell everybody that something may
        have been missed."""
        again = False
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as connection:
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
                    if again:
                        self.tell_all("missed")
                    async for notice in connection.notifies():
                        await self.heard(notice.payload)
            except psycopg.OperationalError as error:
                log.warning("live: the database is away: %s", type(error).__name__)
            again = True
            await asyncio.sleep(TRY_AGAIN_IN)

    async def heard(self, payload: str) -> None:
        told: dict[str, Any] = json.loads(payload)
        change = Change(**{name: told.get(name) for name in ("workspace", "topic", "id", "deal")})  # type: ignore[arg-type]
        concerned = [reader for reader in self.readers if reader.principal.workspace == change.workspace]
        if any(reader.principal.owners is not None for reader in concerned):
            owner = await run_in_threadpool(self.owner_of, change)
            concerned = [reader for reader in concerned if reader.principal.sees(owner)]
        for reader in concerned:
            reader.put(change)

    def owner_of(self, change: Change) -> str | None:
        if change.deal is None:
            return None
        with within(self.database, change.workspace).connect() as connection:
            card = deal_cards.get(connection, change.workspace, change.deal, None)
        return None if card is None else card.owner

    def tell_all(self, item: str | None) -> None:
        for reader in self.readers:
            reader.put(item)

    def close(self) -> None:
        """End every stream, those to come too. To be called in the hub's own event loop."""
        self.closed = True
        self.tell_all(None)

    async def stream(self, principal: Principal, *, again: bool, still: StillLetIn) -> AsyncIterator[str]:
        """Server-sent events for one page; `again` where it was connected before. It ends with the event `ended` once
        `still` says no, which is asked every few seconds, whether something happens or not."""
        reader = Reader(principal=principal)
        self.readers.add(reader)
        clock = asyncio.get_running_loop().time
        asked = told = clock()
        try:
            yield event("missed" if again else "hello", {})
            while not self.closed:
                item: Change | str | None = ""
                with contextlib.suppress(TimeoutError):
                    item = await asyncio.wait_for(reader.queue.get(), max(0.0, asked + ASK_EVERY - clock()))
                if item is None:
                    return
                if clock() - asked >= ASK_EVERY:
                    if not await run_in_threadpool(still):
                        yield event("ended", {})
                        return
                    asked = clock()
                if item:
                    yield event(item, {}) if isinstance(item, str) else event("changed", {"topics": item.topics})
                elif clock() - told >= HEARTBEAT:
                    yield ": still here\n\n"
                else:
                    continue
                told = clock()
        finally:
            self.readers.discard(reader)


def event(name: str, data: dict[str, Any]) -> str:
    return f"id: {name}\nevent: {name}\ndata: {json.dumps(data)}\n\n"


@router.get("/live")
async def live(request: Request, caller: AsRep, service: ServiceOf) -> StreamingResponse:
    """What changes in the caller's workspace and is theirs to see, as server-sent events: `hello`, `changed` with its
    `topics`, `missed` after a gap, `ended` when the session or the key is good no more or for something else."""
    hub: Hub = request.app.state.live
    call, home, who = call_of(request), service.context.workspace, caller.principal

    def still() -> bool:
        try:
            return service.gate.caller(call, home=home, note=False) == who
        except (StrangerError, ForeignPageError):
            return False
        except SQLAlchemyError:
            # Where the database is away there is nothing to tell either.
            return True

    stream = hub.stream(who, again="last-event-id" in request.headers, still=still)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


@contextlib.asynccontextmanager
async def listening(hub: Hub) -> AsyncIterator[None]:
    """The hub at work for as long as the application lives."""
    task = asyncio.create_task(hub.run())
    try:
        yield
    finally:
        hub.close()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

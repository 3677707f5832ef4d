"""Mail domains of workspaces that have their own, known in memory: whoever takes something in waits for no answer."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import AsyncIterator, Callable

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from service.store import own_settings
from service.store.connect import within

__all__ = ["KNOWN_FOR", "OwnDomains", "kept_fresh"]

# So many seconds after they were set, each process follows.
KNOWN_FOR = 5.0

log = logging.getLogger(__name__)


class OwnDomains:
    """Asked of the database for all workspaces at once, every few seconds at most."""

    def __init__(self, now: Callable[[], dt.datetime]) -> None:
        self.now = now
        self.known: dict[str, tuple[str, ...]] = {}
        self.asked_at: dt.datetime | None = None

    def of(self, workspace: str, otherwise: tuple[str, ...]) -> tuple[str, ...]:
        """As they were known last, without asking."""
        return self.known.get(workspace, otherwise)

    def ask(self, database: Engine) -> None:
        """Unless they were asked for just now."""
        now = self.now()
        if self.asked_at is not None and now - self.asked_at < dt.timedelta(seconds=KNOWN_FOR):
            return
        self.asked_at = now
        with within(database, "").connect() as connection:
            found = own_settings.everywhere(connection, "our_domains")
        self.known = {workspace: tuple(domains) for workspace, domains in found.items()}

    def forget(self) -> None:
        """They were set in this process: the next one who asks hears it."""
        self.asked_at = None


@contextlib.asynccontextmanager
async def kept_fresh(own: OwnDomains | None, database: Engine) -> AsyncIterator[None]:
    """Ask every few seconds, for those who do not ask."""
    if own is None:
        yield
        return

    async def ask() -> None:
        while True:
            try:
                await asyncio.to_thread(own.ask, database)
            except SQLAlchemyError as error:
                log.warning("mail domains of workspaces: %s", type(error).__name__)
            await asyncio.sleep(KNOWN_FOR)

    task = asyncio.create_task(ask())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

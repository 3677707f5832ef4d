"""What workspaces have of their own instead of the service's, known in memory: whoever takes something in waits for no
answer. Where the service has a file, a workspace has that file's text."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from service.connectors.config import NONE, ConnectorsError, Workspace, own_outlets_from
from service.connectors.guard import Network
from service.flows.review_policy import ALL_BY_PEOPLE, Policy, own_policy_from
from service.sealing import UnsealableError
from service.store import connector_secrets, own_settings
from service.store.connect import within
from service.webhooks.mapping_file import MappingError, source_from_text
from service.webhooks.source import Source
from signals import DecodeError

__all__ = ["KNOWN_FOR", "OwnSettings", "kept_fresh"]

# So many seconds after something was set, each process follows.
KNOWN_FOR = 5.0

log = logging.getLogger(__name__)

T = TypeVar("T")


def as_it_is(sealed: str) -> str:
    """Where nothing is sealed."""
    return sealed


@dataclass(frozen=True, slots=True)
class Known:
    """By workspace and name: which version of a setting is known, and its value; by workspace the sealed secrets."""

    versions: Mapping[tuple[str, str], str] = field(default_factory=dict)
    values: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class OwnSettings:
    """The database is asked for all workspaces at once, every few seconds at most, and for the values only that are
    others than before. What is a text is read when it is first wanted.

    Texts were right when they were set. One that a later version of the program cannot follow leaves a workspace
    without connectors or sources, and all its signals to people, rather than with the service's.
    """

    def __init__(
        self,
        now: Callable[[], dt.datetime],
        *,
        unseal: Callable[[str], str] = as_it_is,
        reach: tuple[Network, ...] = (),
    ) -> None:
        self.now, self.unseal, self.reach = now, unseal, reach
        self.known = Known()
        self.read: dict[tuple[str, str], tuple[Any, Any]] = {}
        self.unread: set[tuple[str, str]] = set()
        self.asked_at: dt.datetime | None = None
        self.asking = threading.Lock()

    def ask(self, database: Engine) -> None:
        """Unless they were asked for just now."""
        now = self.now()
        if self.asked_at is not None and now - self.asked_at < dt.timedelta(seconds=KNOWN_FOR):
            return
        self.asked_at = now
        # Who has just set something waits for a question that was put before, and then puts another.
        with self.asking, within(database, "").connect() as connection:
            before = self.known
            versions = own_settings.versions(connection)
            changed = [place for place, version in versions.items() if before.versions.get(place) != version]
            kept = {place: value for place, value in before.values.items() if place in versions}
            values = kept | own_settings.at(connection, changed)
            self.known = Known(versions, values, connector_secrets.everywhere(connection))

    def forget(self) -> None:
        """Something was set in this process: the next one who asks hears it."""
        self.asked_at = None

    def value(self, workspace: str, name: str) -> Any:
        """As it was known last, without asking; None where the workspace has none of its own."""
        return self.known.values.get((workspace, name))

    def domains(self, workspace: str, otherwise: tuple[str, ...]) -> tuple[str, ...]:
        own = self.value(workspace, "our_domains")
        return otherwise if own is None else tuple(own)

    def policy(self, workspace: str, otherwise: Policy) -> Policy:
        def read(text: str) -> Policy:
            try:
                return own_policy_from(text, pipeline="", stages=None)
            except DecodeError as error:
                return self.given_up(workspace, "review_policy", error, ALL_BY_PEOPLE)

        text = self.value(workspace, "review_policy")
        return otherwise if text is None else self.once(workspace, "review_policy", text, lambda: read(text))

    def outlets(self, workspace: str, otherwise: Workspace) -> Workspace:
        """Its connectors, with its own secrets; one whose secret is not there or cannot be opened is not ready."""

        def read(text: str, sealed: Mapping[str, str]) -> Workspace:
            try:
                return own_outlets_from(text, source="connectors", secrets=self.opened(sealed), reach=self.reach)
            except ConnectorsError as error:
                return self.given_up(workspace, "connectors", error, NONE)

        text, sealed = self.value(workspace, "connectors"), self.known.secrets.get(workspace, {})
        if text is None:
            return otherwise
        return self.once(workspace, "connectors", (text, sealed), lambda: read(text, sealed))

    def secrets(self, workspace: str) -> dict[str, str]:
        """Those that can be opened, by their names."""
        return self.opened(self.known.secrets.get(workspace, {}))

    def opened(self, sealed: Mapping[str, str]) -> dict[str, str]:
        out = {}
        for name, each in sealed.items():
            with contextlib.suppress(UnsealableError):
                out[name] = self.unseal(each)
        return out

    def sources(self, workspace: str) -> Mapping[str, Source]:
        """Those that its own mapping files describe, by name."""

        def read(texts: Mapping[str, str]) -> dict[str, Source]:
            try:
                return {name: source_from_text(text, source=name) for name, text in texts.items()}
            except MappingError as error:
                return self.given_up(workspace, "webhook_mappings", error, {})

        texts = self.value(workspace, "webhook_mappings")
        return {} if texts is None else self.once(workspace, "webhook_mappings", texts, lambda: read(texts))

    def broken(self) -> list[tuple[str, str]]:
        """Workspaces and names of the texts that cannot be followed."""
        for workspace in {workspace for workspace, _ in self.known.values}:
            self.policy(workspace, ALL_BY_PEOPLE)
            self.outlets(workspace, NONE)
            self.sources(workspace)
        return sorted(self.unread)

    def given_up(self, workspace: str, name: str, error: Exception, instead: T) -> T:
        # What is wrong quotes the text, which names people.
        told = type(error).__name__
        log.error("a workspace's own %s cannot be followed: %s", name, told, extra={"workspace": workspace})
        self.unread.add((workspace, name))
        return instead

    def once(self, workspace: str, name: str, given: Any, read: Callable[[], T]) -> T:
        """What `read` makes of what was given, kept until something else is given."""
        place = (workspace, name)
        kept = self.read.get(place)
        if kept is None or kept[0] != given:
            self.unread.discard(place)
            kept = self.read[place] = (given, read())
        out: T = kept[1]
        return out


@contextlib.asynccontextmanager
async def kept_fresh(own: OwnSettings | None, database: Engine) -> AsyncIterator[None]:
    """Ask every few seconds, for those who do not ask."""
    if own is None:
        yield
        return

    async def ask() -> None:
        while True:
            try:
                await asyncio.to_thread(own.ask, database)
            except SQLAlchemyError as error:
                log.warning("settings of workspaces: %s", type(error).__name__)
            await asyncio.sleep(KNOWN_FOR)

    task = asyncio.create_task(ask())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

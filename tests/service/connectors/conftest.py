"""A service whose connectors are those of a file, and whose clock the test moves."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from service.connectors.config import Outlets, Workspace, outlets_from
from service.connectors.http import Http
from service.flows.append_events import append_events
from service.flows.context import Context
from service.flows.outlet import Outlet
from service.flows.send_action import send_action
from service.store import actions
from service.store.actions import StoredAction
from tests.service.connectors.outside import Outside, outside

Json = dict[str, Any]

START = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)
# Long enough for an answer on this machine, short enough to wait for.
QUICK = Http(total=1.5, read=0.8)


@pytest.fixture
def system() -> Iterator[Outside]:
    with outside() as system:
        yield system


@dataclasses.dataclass(slots=True)
class Desk:
    """A context with its connectors, and what a test does with it."""

    context: Context
    moment: dt.datetime = START

    def pass_time(self, **span: float) -> None:
        self.moment += dt.timedelta(**span)

    def events(self, *events: Json, deal: str = "D-1") -> None:
        made = [
            {"deal_id": deal, "occurred_at": self.moment.isoformat(), "source": "test", "data": {}} | each
            for each in events
        ]
        append_events(self.context, made)

    def deal(self, deal: str = "D-1", **data: Any) -> None:
        told = {"account": "Hollis Freight", "name": "Fleet", "owner": "ana@northstar.example", "currency": "USD"}
        self.events({"id": f"{deal}:made", "type": "deal.created", "data": told | data}, deal=deal)

    def move(self, to: str, deal: str = "D-1") -> None:
        data = {"to": to, "reason": "they said so", "by": "ana"}
        self.events({"id": f"{deal}:{to}:{self.moment}", "type": "override.stage", "data": data}, deal=deal)

    def all(self, **equal: Any) -> list[StoredAction]:
        """In the order in which they were made."""
        with self.context.database.connect() as connection:
            found = actions.find(connection, self.context.workspace, most=1000)
        return [each for each in reversed(found) if all(getattr(each, k) == v for k, v in equal.items())]

    def one(self, **equal: Any) -> StoredAction:
        (found,) = self.all(**equal)
        return found

    def send(self) -> None:
        """What is due now, once each, as the workers would."""
        for each in self.all():
            if each.next_at is not None and each.next_at <= self.moment:
                send_action(self.context, each.id)

    def send_until_settled(self, most: int = 40) -> None:
        """With the time passing that is waited for."""
        for _ in range(most):
            waits = [each.next_at for each in self.all() if each.next_at is not None]
            if not waits:
                return
            self.moment = max(self.moment, min(waits))
            self.send()
        raise AssertionError([(each.title, each.state, each.error) for each in self.all()])


@pytest.fixture
def desk(service: Any) -> Callable[..., Desk]:
    """A desk for the connectors that a file's text describes, of the workspace main, with short waiting times."""

    def make(text: str, *, http: Http = QUICK, **environment: str) -> Desk:
        outlets = quick(outlets_from(text, source="connectors.toml", environment=environment), http)
        desk = Desk(service.context)
        desk.context = dataclasses.replace(
            service.context,
            now=lambda: desk.moment,
            outlet=Outlet(outlets=outlets, send_later=service.queue.send_later, site="https://telltale.example"),
        )
        return desk

    return make


def quick(outlets: Outlets, http: Http) -> Outlets:
    def of(workspace: Workspace) -> Workspace:
        routes = tuple(dataclasses.replace(route, http=http) for route in workspace.routes)
        return dataclasses.replace(workspace, routes=routes)

    return Outlets({name: of(each) for name, each in outlets.workspaces.items()})

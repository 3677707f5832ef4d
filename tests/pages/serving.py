"""The service on a real port, in a thread, as a browser meets it."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import secrets
import socket
import threading
from collections.abc import Iterator
from typing import Any

import uvicorn

from service.access.gate import Gate
from service.app import create_app, running
from service.commands.server import Server
from service.flows.fill_demo import fill_demo
from service.settings import Settings

# The morning after the last day of the demo's stories: they need not be moved, and every run shows the same days.
NOW = dt.datetime(2026, 3, 13, 14, 0, tzinfo=dt.UTC)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`url` has no slash at its end; `service` is what answers there."""

    url: str
    service: Any

    @property
    def context(self) -> Any:
        return self.service.context


@contextlib.contextmanager
def serving(database: str, **changed: Any) -> Iterator[Site]:
    """A service at `NOW` on a database, without a worker, answering on a free port of this machine."""
    with running(Settings(database=database, worker=False, **changed)) as made:
        context = dataclasses.replace(made.context, now=lambda: NOW)
        gate = Gate(made.settings, context, random=secrets.token_bytes)
        service = dataclasses.replace(made, context=context, gate=gate)
        app = create_app(service)
        config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=5, lifespan="on")
        server = Server(config, app.state.live.close)
        listening = socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            thread.join(0.01)
        try:
            yield Site(url=f"http://127.0.0.1:{listening.getsockname()[1]}", service=service)
        finally:
            server.should_exit = True
            thread.join(15)
            listening.close()
            assert not thread.is_alive(), "the server did not stop: something holds a connection open"


def fill(database: str, *, accept_at: float = 0.5) -> None:
    """The demo's stories into a migrated or empty database; a higher `accept_at` leaves more signals to review."""
    with running(Settings(database=database, worker=False, accept_at=accept_at)) as made:
        for _ in fill_demo(dataclasses.replace(made.context, now=lambda: NOW)):
            pass

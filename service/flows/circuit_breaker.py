"""A connector that fails is left alone for a while, by all workers; then one of them tries. The state is a row."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection

from service.connectors.config import Route
from service.connectors.errors import LaterError
from service.flows.context import Context
from service.store import circuits
from service.store.circuits import Circuit

__all__ = ["enter", "leave"]

FIRST_REST, LONGEST_REST = dt.timedelta(minutes=1), dt.timedelta(hours=1)
# A trial that nobody reports of (its worker died) gives the next one its turn after this.
TRIAL = dt.timedelta(minutes=3)


def enter(context: Context, connection: Connection, route: Route) -> dt.datetime | None:
    """None where it may be sent; else when to ask again. After a rest the first who asks is the one who tries."""
    now = context.now()
    circuit = circuits.lock(connection, context.workspace, route.name, now)
    if circuit.closed_until is None:
        return None
    if now < circuit.closed_until:
        return circuit.closed_until
    if circuit.failures >= route.failures:
        trying = Circuit(connector=route.name, failures=circuit.failures, closed_until=now + TRIAL, error=circuit.error)
        circuits.put(connection, context.workspace, trying, now)
    return None


def leave(context: Context, connection: Connection, route: Route, outcome: Any) -> None:
    """What an attempt tells of the system: that it answers, that it fails, or that it wants to be left alone."""
    now = context.now()
    circuit = circuits.lock(connection, context.workspace, route.name, now)
    if not isinstance(outcome, LaterError):
        if circuit != Circuit(connector=route.name):
            circuits.put(connection, context.workspace, Circuit(connector=route.name), now)
        return
    failures, until = circuit.failures, circuit.closed_until
    if outcome.blames:
        failures += 1
        beyond = failures - route.failures
        if beyond >= 0:
            until = now + min(FIRST_REST * 2 ** min(beyond, 10), LONGEST_REST)
    elif failures >= route.failures:
        # It answered, if only to send us away: the trial is over.
        failures, until = 0, None
    if outcome.wait is not None:
        until = max(until or now, now + outcome.wait)
    changed = Circuit(connector=route.name, failures=failures, closed_until=until, error=str(outcome))
    circuits.put(connection, context.workspace, changed, now)

"""Signals with their review state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from service.store.sight import visible
from service.store.tables import signals

__all__ = [
    "REGRESSING",
    "StoredSignal",
    "add",
    "count",
    "find",
    "forget",
    "get",
    "hold_places",
    "lock",
    "lock_of_conversation",
    "of_conversation",
    "update",
]


# How `pending_because` begins for a signal that would move its deal down.
REGRESSING = "it would move the deal down"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSignal:
    """`state` is pending, accepted, corrected or dismissed; `content` is the signal's JSON.

    `place` is its place among the conversation's events and `said_at` the time of its own one, whatever becomes of it;
    None until the conversation is in a deal. `pending_because` says why a machine left it to a person.
    """

    id: UUID
    conversation: str
    position: int
    deal: str | None
    type: str
    state: str
    confidence: float
    occurred_at: dt.datetime
    content: dict[str, Any]
    place: int | None = None
    said_at: dt.datetime | None = None
    pending_because: str | None = None


COLUMNS = [signals.c[field] for field in StoredSignal.__dataclass_fields__]


def add(connection: Connection, workspace: str, found: Sequence[StoredSignal]) -> None:
    if found:
        rows = [{"workspace": workspace} | {f: getattr(each, f) for f in each.__dataclass_fields__} for each in found]
        connection.execute(sa.insert(signals), rows)


def of_conversation(connection: Connection, workspace: str, conversation: str) -> list[StoredSignal]:
    statement = (
        sa.select(*COLUMNS)
        .where(signals.c.workspace == workspace, signals.c.conversation == conversation)
        .order_by(signals.c.position)
    )
    return [StoredSignal(**row) for row in connection.execute(statement).mappings()]


def of(workspace: str, conversation: str) -> sa.ColumnElement[bool]:
    return (signals.c.workspace == workspace) & (signals.c.conversation == conversation)


def get(connection: Connection, workspace: str, id: UUID) -> StoredSignal | None:
    statement = sa.select(*COLUMNS).where(signals.c.workspace == workspace, signals.c.id == id)
    row = connection.execute(statement).mappings().first()
    return None if row is None else StoredSignal(**row)


def lock(connection: Connection, workspace: str, id: UUID) -> StoredSignal | None:
    """The signal for this transaction alone."""
    statement = sa.select(*COLUMNS).where(signals.c.workspace == workspace, signals.c.id == id).with_for_update()
    row = connection.execute(statement).mappings().first()
    return None if row is None else StoredSignal(**row)


def lock_of_conversation(connection: Connection, workspace: str, conversation: str) -> list[StoredSignal]:
    """All of a conversation's signals for this transaction alone, locked in one order for everybody."""
    statement = sa.select(*COLUMNS).where(of(workspace, conversation)).order_by(signals.c.id).with_for_update()
    found = [StoredSignal(**row) for row in connection.execute(statement).mappings()]
    return sorted(found, key=lambda each: each.position)


def hold_places(connection: Connection, workspace: str, conversation: str) -> None:
    """For this transaction alone, whoever else gives a place in the conversation waits."""
    key = sa.func.hashtextextended(f"{workspace}/places/{conversation}", 0)
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def update(connection: Connection, workspace: str, signal: StoredSignal) -> None:
    values = {field: getattr(signal, field) for field in signal.__dataclass_fields__ if field != "id"}
    statement = sa.update(signals).where(signals.c.workspace == workspace, signals.c.id == signal.id)
    connection.execute(statement.values(values))


def forget(connection: Connection, workspace: str, ids: Iterable[UUID]) -> None:
    """Signals of which no person has said anything, and which the machine does not find any more."""
    gone = list(ids)
    if gone:
        connection.execute(sa.delete(signals).where(signals.c.workspace == workspace, signals.c.id.in_(gone)))


def find(
    connection: Connection,
    workspace: str,
    *,
    equal: Mapping[str, str],
    min_confidence: float | None,
    after: UUID | None,
    most: int,
    but_regressing: bool = False,
    owners: frozenset[str] | None = None,
) -> list[StoredSignal]:
    """Those whose columns (deal, type, state, conversation) equal what is given, by arrival, after a cursor.

    `but_regressing` leaves out those that would move their deal down; with `owners`, those of their deals only.
    """
    statement = sa.select(*COLUMNS).where(signals.c.workspace == workspace).order_by(signals.c.id).limit(most)
    statement = statement.where(visible(workspace, signals.c.deal, owners))
    for column, value in equal.items():
        statement = statement.where(signals.c[column] == value)
    if min_confidence is not None:
        statement = statement.where(signals.c.confidence >= min_confidence)
    if after is not None:
        statement = statement.where(signals.c.id > after)
    if but_regressing:
        statement = statement.where(~sa.func.coalesce(signals.c.pending_because, "").startswith(REGRESSING))
    return [StoredSignal(**row) for row in connection.execute(statement).mappings()]


def count(connection: Connection) -> dict[tuple[str, str], int]:
    """How many there are of each (type, state), over all workspaces."""
    statement = sa.select(signals.c.type, signals.c.state, sa.func.count()).group_by(signals.c.type, signals.c.state)
    return {(type, state): number for type, state, number in connection.execute(statement)}

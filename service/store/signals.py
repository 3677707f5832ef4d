"""Signals with their review state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from service.store.tables import signals
from service.store.webhook_tables import review_intents

__all__ = ["StoredSignal", "add", "count", "find", "forget", "move", "of_conversation", "reviewed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSignal:
    """`state` is pending, accepted, corrected or dismissed; `content` is the signal's JSON."""

    id: UUID
    conversation: str
    position: int
    deal: str | None
    type: str
    state: str
    confidence: float
    occurred_at: dt.datetime
    content: dict[str, Any]


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


def reviewed(connection: Connection, workspace: str, conversation: str) -> bool:
    """Whether a person has decided about one of the conversation's signals."""
    intended = sa.exists().where(
        review_intents.c.workspace == signals.c.workspace, review_intents.c.signal == signals.c.id
    )
    decided = signals.c.state.in_(["corrected", "dismissed"]) | intended
    return connection.execute(sa.select(sa.exists().where(of(workspace, conversation), decided))).scalar_one()


def forget(connection: Connection, workspace: str, conversation: str) -> None:
    """For a conversation that is read anew, and of whose signals nobody has reviewed any."""
    connection.execute(sa.delete(signals).where(of(workspace, conversation)))


def move(connection: Connection, workspace: str, conversation: str, deal: str | None) -> None:
    """All of a conversation's signals belong to this deal."""
    connection.execute(sa.update(signals).where(of(workspace, conversation)).values(deal=deal))


def find(
    connection: Connection,
    workspace: str,
    *,
    equal: Mapping[str, str],
    min_confidence: float | None,
    after: UUID | None,
    most: int,
) -> list[StoredSignal]:
    """Those whose columns (deal, type, state, conversation) equal what is given, by arrival, after a cursor."""
    statement = sa.select(*COLUMNS).where(signals.c.workspace == workspace).order_by(signals.c.id).limit(most)
    for column, value in equal.items():
        statement = statement.where(signals.c[column] == value)
    if min_confidence is not None:
        statement = statement.where(signals.c.confidence >= min_confidence)
    if after is not None:
        statement = statement.where(signals.c.id > after)
    return [StoredSignal(**row) for row in connection.execute(statement).mappings()]


def count(connection: Connection) -> dict[tuple[str, str], int]:
    """How many there are of each (type, state), over all workspaces."""
    statement = sa.select(signals.c.type, signals.c.state, sa.func.count()).group_by(signals.c.type, signals.c.state)
    return {(type, state): number for type, state, number in connection.execute(statement)}

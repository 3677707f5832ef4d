"""What people decided about signals in other systems: kept until the review of signals takes it up."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from service.store.sight import visible
from service.store.tables import signals
from service.store.webhook_tables import review_intents

__all__ = ["Intent", "add", "find", "signal_exists"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """`action` is accept or dismiss, `by` who it was there; `state` is waiting until somebody acts on it."""

    id: str
    signal: UUID
    action: str
    source: str
    by: str
    reason: str | None
    at: dt.datetime
    received_at: dt.datetime
    state: str


COLUMNS = [review_intents.c[field] for field in Intent.__dataclass_fields__]


def signal_exists(connection: Connection, workspace: str, signal: UUID) -> bool:
    statement = sa.select(signals.c.id).where(signals.c.workspace == workspace, signals.c.id == signal)
    return connection.execute(statement).first() is not None


def add(connection: Connection, workspace: str, intent: Intent) -> bool:
    """Whether it is new."""
    values = {"workspace": workspace} | {f: getattr(intent, f) for f in intent.__dataclass_fields__}
    statement = insert(review_intents).values(values).on_conflict_do_nothing().returning(review_intents.c.id)
    return connection.execute(statement).first() is not None


def find(
    connection: Connection,
    workspace: str,
    *,
    state: str,
    after: str | None,
    most: int,
    owners: frozenset[str] | None = None,
) -> list[Intent]:
    """By id, after a cursor; only those about signals of some owners' deals, unless None."""
    statement = sa.select(*COLUMNS).where(review_intents.c.workspace == workspace, review_intents.c.state == state)
    if owners is not None:
        mine = (signals.c.workspace == workspace) & visible(workspace, signals.c.deal, owners)
        statement = statement.where(sa.exists().where(signals.c.id == review_intents.c.signal, mine))
    if after is not None:
        statement = statement.where(review_intents.c.id > after)
    rows = connection.execute(statement.order_by(review_intents.c.id).limit(most)).mappings()
    return [Intent(**row) for row in rows]

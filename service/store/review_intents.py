"""What people decided about signals in other systems, as they said it, and what became of that."""

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

__all__ = ["Intent", "add", "find", "lock_waiting", "settle", "signal_exists", "waiting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """`action` is accept or dismiss, `by` who it was there; `state` is waiting, then applied, or refused
    where somebody had decided otherwise after it."""

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


def waiting(connection: Connection, most: int) -> list[tuple[str, str]]:
    """(workspace, id) of those that nobody has acted on, of all workspaces, in the order in which people decided."""
    statement = sa.select(review_intents.c.workspace, review_intents.c.id).where(review_intents.c.state == "waiting")
    rows = connection.execute(statement.order_by(review_intents.c.at, review_intents.c.id).limit(most))
    return [(row.workspace, row.id) for row in rows]


def lock_waiting(connection: Connection, workspace: str, id: str) -> Intent | None:
    """The intent for this transaction alone; None where it was acted on."""
    here = (review_intents.c.workspace == workspace) & (review_intents.c.id == id)
    statement = sa.select(*COLUMNS).where(here, review_intents.c.state == "waiting").with_for_update()
    row = connection.execute(statement).mappings().first()
    return None if row is None else Intent(**row)


def settle(connection: Connection, workspace: str, id: str, state: str) -> None:
    here = (review_intents.c.workspace == workspace) & (review_intents.c.id == id)
    connection.execute(sa.update(review_intents).where(here).values(state=state))

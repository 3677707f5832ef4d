"""Marks of what we wrote to other systems ourselves, by which it is known again when it comes back as an event.

A standing mark (no `expires_at`) is an identity of ours there, such as the id of our app: whatever carries it is ours.
One that expires is a single write: it explains one event, and that one again when it is delivered again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from service.store.webhook_tables import outgoing_marks

__all__ = ["add", "claim", "forget_expired"]


def add(
    connection: Connection,
    workspace: str,
    system: str,
    mark: str,
    *,
    at: dt.datetime,
    expires_at: dt.datetime | None = None,
) -> None:
    """For connectors, in the transaction that makes the write durable: before the other system can answer it."""
    values = {"workspace": workspace, "system": system, "mark": mark, "made_at": at, "expires_at": expires_at}
    statement = insert(outgoing_marks).values(values | {"used_by": None})
    changed = {field: statement.excluded[field] for field in ("made_at", "expires_at", "used_by")}
    connection.execute(statement.on_conflict_do_update(index_elements=["workspace", "system", "mark"], set_=changed))


def claim(
    connection: Connection, workspace: str, system: str, marks: Collection[str], *, event: str, now: dt.datetime
) -> str | None:
    """The mark by which the event is one of our own writes; the marks of single writes are used up by it."""
    if not marks:
        return None
    table = outgoing_marks.c
    standing = table.expires_at.is_(None)
    free = (table.expires_at > now) & (table.used_by.is_(None) | (table.used_by == event))
    statement = (
        sa.select(table.mark, table.expires_at)
        .where(table.workspace == workspace, table.system == system, table.mark.in_(sorted(marks)))
        .where(standing | free)
        .order_by(table.expires_at.is_not(None), table.mark)
        .with_for_update()
    )
    rows = connection.execute(statement).all()
    single = [row.mark for row in rows if row.expires_at is not None]
    if single:
        here = (table.workspace == workspace) & (table.system == system) & table.mark.in_(single)
        connection.execute(sa.update(outgoing_marks).where(here).values(used_by=event))
    return rows[0].mark if rows else None


def forget_expired(connection: Connection, now: dt.datetime) -> int:
    """Over all workspaces."""
    return connection.execute(sa.delete(outgoing_marks).where(outgoing_marks.c.expires_at <= now)).rowcount

"""How many days a workspace keeps words."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from service.store.retention_tables import retention
from service.store.routing_tables import envelopes, routes
from service.store.tables import conversations

__all__ = ["days_of", "drop_envelope", "forget_days", "headline", "keep_days", "set_headline", "workspaces_with_words"]

C = retention.c


def days_of(connection: Connection, workspace: str) -> int | None:
    """None where it has no figure of its own."""
    return connection.execute(sa.select(C.days).where(C.workspace == workspace)).scalar()


def keep_days(connection: Connection, workspace: str, days: int, *, by: str, at: dt.datetime) -> None:
    values = {"days": days, "set_by": by, "set_at": at}
    statement = insert(retention).values(workspace=workspace, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["workspace"], set_=values))


def forget_days(connection: Connection, workspace: str) -> None:
    connection.execute(sa.delete(retention).where(C.workspace == workspace))


def workspaces_with_words(
    connection: Connection, now: dt.datetime, default: int | None
) -> list[tuple[str, dt.datetime]]:
    """Each workspace whose words are kept for some days only, with the moment before which they go."""
    own = {row.workspace: row.days for row in connection.execute(sa.select(C.workspace, C.days))}
    names = set(own)
    if default is not None:
        names |= set(connection.execute(sa.select(conversations.c.workspace).distinct()).scalars())
    limits = {name: own.get(name, default) for name in names}
    return [(name, now - dt.timedelta(days=days)) for name, days in sorted(limits.items()) if days is not None]


def drop_envelope(connection: Connection, workspace: str, conversation: str) -> None:
    c = envelopes.c
    connection.execute(sa.delete(envelopes).where(c.workspace == workspace, c.conversation == conversation))


def headline(connection: Connection, workspace: str, conversation: str) -> dict[str, object] | None:
    c = routes.c
    statement = sa.select(c.headline).where(c.workspace == workspace, c.conversation == conversation)
    return connection.execute(statement).scalar()


def set_headline(connection: Connection, workspace: str, conversation: str, told: dict[str, object]) -> None:
    c = routes.c
    here = (c.workspace == workspace) & (c.conversation == conversation)
    connection.execute(sa.update(routes).where(here).values(headline=told))

"""Conversations as they were received."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from service.store.tables import conversations

__all__ = [
    "Stored",
    "any_there",
    "belongs",
    "contents",
    "count",
    "get",
    "lock_unread",
    "lose_words",
    "mark_failed",
    "mark_masked",
    "mark_read",
    "oldest_unread",
    "unread",
    "with_words",
    "words_gone",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """`state` is received, read or failed (then with a reason); `content` is the conversation's JSON."""

    id: str
    deal: str | None
    state: str
    reason: str | None
    received_at: dt.datetime
    read_at: dt.datetime | None
    content_hash: str
    content: dict[str, Any]


def of(workspace: str, id: str) -> sa.ColumnElement[bool]:
    return (conversations.c.workspace == workspace) & (conversations.c.id == id)


def get(connection: Connection, workspace: str, id: str) -> Stored | None:
    columns = [conversations.c[field] for field in Stored.__dataclass_fields__]
    row = connection.execute(sa.select(*columns).where(of(workspace, id))).mappings().first()
    return None if row is None else Stored(**row)


def any_there(connection: Connection, workspace: str) -> bool:
    """Whether the workspace has a conversation at all."""
    here = sa.exists().where(conversations.c.workspace == workspace)
    return connection.execute(sa.select(here)).scalar_one()


def contents(connection: Connection, workspace: str, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The JSON of each of these conversations."""
    statement = sa.select(conversations.c.id, conversations.c.content).where(
        conversations.c.workspace == workspace, conversations.c.id.in_(sorted(ids))
    )
    return {row.id: row.content for row in connection.execute(statement)}


def words_gone(connection: Connection, workspace: str, id: str) -> bool:
    """Whether its words, or some of them, are masked: it cannot be read any more."""
    gone = sa.or_(conversations.c.words_gone_at.is_not(None), conversations.c.masked_at.is_not(None))
    return bool(connection.execute(sa.select(gone).where(of(workspace, id))).scalar())


def mark_masked(connection: Connection, workspace: str, ids: Iterable[str], at: dt.datetime) -> None:
    """Some of their words are gone."""
    here = (conversations.c.workspace == workspace) & conversations.c.id.in_(sorted(ids))
    connection.execute(sa.update(conversations).where(here).values(masked_at=at))


def with_words(
    connection: Connection, workspace: str, *, before: dt.datetime, most: int
) -> list[tuple[str, dict[str, Any]]]:
    """(id, content) of conversations from before a moment whose words are still there, the oldest first, for this
    transaction alone. Those that are still to be read are left."""
    c = conversations.c
    statement = (
        sa.select(c.id, c.content)
        .where(c.workspace == workspace, c.words_gone_at.is_(None), c.occurred_at < before, c.state != "received")
        .order_by(c.occurred_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return [(row.id, row.content) for row in connection.execute(statement)]


def lose_words(connection: Connection, workspace: str, id: str, content: dict[str, Any], at: dt.datetime) -> None:
    """`content` is what is left of it. A reason for not having been read could quote it, and goes as well."""
    reason = sa.case((conversations.c.state == "failed", "its words are gone"), else_=sa.null())
    values = {"content": content, "reason": reason, "words_gone_at": at, "masked_at": at}
    connection.execute(sa.update(conversations).where(of(workspace, id)).values(values))


def lock_unread(connection: Connection, workspace: str, id: str) -> bool:
    """Take the row for this transaction; whether it is still to be read."""
    statement = sa.select(conversations.c.state).where(of(workspace, id)).with_for_update()
    return connection.execute(statement).scalar() == "received"


def mark_read(connection: Connection, workspace: str, id: str, at: dt.datetime) -> None:
    connection.execute(sa.update(conversations).where(of(workspace, id)).values(state="read", read_at=at))


def belongs(connection: Connection, workspace: str, id: str, deal: str) -> None:
    """Its deal is known now."""
    connection.execute(sa.update(conversations).where(of(workspace, id)).values(deal=deal))


def mark_failed(connection: Connection, workspace: str, id: str, at: dt.datetime, reason: str) -> None:
    values = {"state": "failed", "read_at": at, "reason": reason}
    connection.execute(sa.update(conversations).where(of(workspace, id)).values(values))


def unread(connection: Connection, before: dt.datetime, most: int) -> Sequence[tuple[str, str, str | None]]:
    """(workspace, id, deal) of those received before a moment and not read yet, oldest first."""
    statement = (
        sa.select(conversations.c.workspace, conversations.c.id, conversations.c.deal)
        .where(conversations.c.state == "received", conversations.c.received_at < before)
        .order_by(conversations.c.received_at)
        .limit(most)
    )
    return [(row.workspace, row.id, row.deal) for row in connection.execute(statement)]


def count(connection: Connection) -> dict[str, int]:
    """How many there are in each state, over all workspaces."""
    statement = sa.select(conversations.c.state, sa.func.count()).group_by(conversations.c.state)
    return {row[0]: row[1] for row in connection.execute(statement)}


def oldest_unread(connection: Connection) -> dt.datetime | None:
    statement = sa.select(sa.func.min(conversations.c.received_at)).where(conversations.c.state == "received")
    return connection.execute(statement).scalar()

"""What is ready elsewhere and waits to be fetched."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from service.store.webhook_tables import announcements

__all__ = ["Announced", "add", "find", "mark_fetched"]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """`kind` is transcript, calendar, task or record; `content` says what is to be fetched, and where it then goes."""

    source: str
    id: str
    kind: str
    announced_at: dt.datetime
    state: str
    content: Json


COLUMNS = [announcements.c[field] for field in Announced.__dataclass_fields__]


def add(connection: Connection, workspace: str, new: Announced) -> None:
    """A later announcement of the same thing makes it wait again; an earlier or equal one changes nothing."""
    values = {"workspace": workspace} | {f: getattr(new, f) for f in new.__dataclass_fields__}
    statement = insert(announcements).values(values)
    changed = {field: statement.excluded[field] for field in ("kind", "announced_at", "state", "content")}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace", "source", "id"],
            set_=changed,
            where=announcements.c.announced_at < new.announced_at,
        )
    )


def find(
    connection: Connection, workspace: str, *, state: str, after: tuple[str, str] | None, most: int
) -> list[Announced]:
    """By source and id, after a cursor of the two."""
    table = announcements.c
    statement = sa.select(*COLUMNS).where(table.workspace == workspace, table.state == state)
    if after is not None:
        statement = statement.where(sa.tuple_(table.source, table.id) > after)
    rows = connection.execute(statement.order_by(table.source, table.id).limit(most)).mappings()
    return [Announced(**row) for row in rows]


def mark_fetched(connection: Connection, workspace: str, source: str, id: str) -> bool:
    """Whether there is such a one."""
    table = announcements.c
    here = (table.workspace == workspace) & (table.source == source) & (table.id == id)
    return connection.execute(sa.update(announcements).where(here).values(state="fetched")).rowcount == 1

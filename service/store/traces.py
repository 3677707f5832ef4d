"""Where a person may be found, before it is known who they are: rows that hold an address, and those of deals."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from service.store.routing_tables import deal_people
from service.store.tables import conversations, deals, signals

__all__ = [
    "conversations_holding",
    "conversations_of",
    "ids_holding",
    "names_in",
    "people",
    "person_rows",
    "signals_in",
]

Found = tuple[str, str | None, dict[str, Any]]
C = conversations.c


def conversations_holding(connection: Connection, workspace: str, needle: str) -> list[Found]:
    """(id, deal, content) of those whose content holds it, a pattern of ILIKE."""
    text = sa.cast(C.content, sa.Text)
    statement = sa.select(C.id, C.deal, C.content).where(C.workspace == workspace, text.ilike(f"%{needle}%"))
    return [(row.id, row.deal, row.content) for row in connection.execute(statement)]


def conversations_of(connection: Connection, workspace: str, deals: Collection[str]) -> list[Found]:
    statement = sa.select(C.id, C.deal, C.content).where(C.workspace == workspace, C.deal.in_(sorted(deals)))
    return [(row.id, row.deal, row.content) for row in connection.execute(statement)]


def people(connection: Connection, workspace: str, address: str) -> list[tuple[str | None, str]]:
    """(name, deal) of each deal that knows the address."""
    c = deal_people.c
    statement = sa.select(c.name, c.deal).where(c.workspace == workspace, c.address == address)
    return [(row.name, row.deal) for row in connection.execute(statement)]


def person_rows(connection: Connection, workspace: str, address: str, names: Collection[str]) -> list[dict[str, Any]]:
    """What each deal knows of the person, by the address or by a name without one."""
    c = deal_people.c
    by_name = c.address.is_(None) & sa.func.lower(c.name).in_(sorted(name.lower() for name in names))
    statement = sa.select(c.deal, c.address, c.name, c.title, c.side, c.told_by).where(
        c.workspace == workspace, (c.address == address) | by_name
    )
    return [dict(row) for row in connection.execute(statement.order_by(c.deal, c.person)).mappings()]


def names_in(connection: Connection, workspace: str, deals: Collection[str]) -> set[str]:
    """The names of everybody whom these deals know."""
    c = deal_people.c
    here = (c.workspace == workspace) & c.deal.in_(sorted(deals)) & c.name.is_not(None)
    return set(connection.execute(sa.select(c.name).where(here)).scalars())


def signals_in(
    connection: Connection, workspace: str, conversations: Collection[str]
) -> list[tuple[str, dict[str, Any]]]:
    """(conversation, content) of the signals in these conversations."""
    c = signals.c
    here = (c.workspace == workspace) & c.conversation.in_(sorted(conversations))
    rows = connection.execute(sa.select(c.conversation, c.content).where(here).order_by(c.id))
    return [(row.conversation, row.content) for row in rows]


def ids_holding(connection: Connection, workspace: str, needles: Collection[str]) -> int:
    """How many conversations and deals have an id that holds one of these patterns: ids are not changed."""
    count = 0
    for table in (conversations, deals):
        holds = sa.or_(*(table.c.id.ilike(f"%{needle}%") for needle in needles))
        statement = sa.select(sa.func.count()).where(table.c.workspace == workspace, holds)
        count += connection.execute(statement).scalar_one()
    return count

"""A deal's decisions for its page: the newest first, by kind, in pages."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy import Connection

from service.store.decisions import COLUMNS, StoredDecision
from service.store.tables import decisions

__all__ = ["counts", "newest"]


def newest(
    connection: Connection, workspace: str, deal: str, *, types: Collection[str] | None, before: int | None, most: int
) -> list[StoredDecision]:
    """Those of some types (None: all), before a sequence number (None: from the newest)."""
    table = decisions.c
    statement = sa.select(*COLUMNS).where(table.workspace == workspace, table.deal == deal)
    if types is not None:
        statement = statement.where(table.type.in_(sorted(types)))
    if before is not None:
        statement = statement.where(table.seq < before)
    rows = connection.execute(statement.order_by(table.seq.desc()).limit(most)).mappings()
    return [StoredDecision(**row) for row in rows]


def counts(connection: Connection, workspace: str, deal: str) -> dict[str, int]:
    """How many decisions of each type there are."""
    table = decisions.c
    statement = sa.select(table.type, sa.func.count()).where(table.workspace == workspace, table.deal == deal)
    return {row[0]: row[1] for row in connection.execute(statement.group_by(table.type))}

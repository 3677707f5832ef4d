"""What our deals are called elsewhere: an object of another system belongs to one deal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from service.store.webhook_tables import external_ids

__all__ = ["find", "learn", "named", "of_deal", "tell"]

Key = tuple[str, str]


def find(connection: Connection, workspace: str, objects: Iterable[Key]) -> dict[Key, str]:
    """(system, object) → deal, of those that are known."""
    wanted = list(objects)
    if not wanted:
        return {}
    table = external_ids.c
    statement = sa.select(table.system, table.object_id, table.deal).where(
        table.workspace == workspace, sa.tuple_(table.system, table.object_id).in_(wanted)
    )
    return {(row.system, row.object_id): row.deal for row in connection.execute(statement)}


def named(connection: Connection, workspace: str, object_ids: Iterable[str]) -> set[str]:
    """The deals that any system knows by one of these ids."""
    table = external_ids.c
    wanted = table.object_id.in_(list(object_ids))
    return set(connection.execute(sa.select(table.deal).where(table.workspace == workspace, wanted)).scalars())


def tell(
    connection: Connection, workspace: str, deal: str, objects: Iterable[Key], *, told_by: str, at: dt.datetime
) -> None:
    """Somebody says it: the last one told holds."""
    for values in rows(workspace, deal, objects, told_by, at):
        statement = insert(external_ids).values(values)
        changed = {field: statement.excluded[field] for field in ("deal", "told_by", "recorded_at")}
        connection.execute(
            statement.on_conflict_do_update(index_elements=["workspace", "system", "object_id"], set_=changed)
        )


def learn(
    connection: Connection, workspace: str, deal: str, objects: Iterable[Key], *, told_by: str, at: dt.datetime
) -> None:
    """It follows from something: what was told before holds."""
    for values in rows(workspace, deal, objects, told_by, at):
        connection.execute(insert(external_ids).values(values).on_conflict_do_nothing())


def rows(
    workspace: str, deal: str, objects: Iterable[Key], told_by: str, at: dt.datetime
) -> list[Mapping[str, object]]:
    """In one order for everybody, so that two writers never wait for each other."""
    return [
        {
            "workspace": workspace,
            "system": system,
            "object_id": object_id,
            "deal": deal,
            "told_by": told_by,
            "recorded_at": at,
        }
        for system, object_id in sorted(set(objects))
    ]


def of_deal(connection: Connection, workspace: str, deal: str) -> list[Key]:
    table = external_ids.c
    statement = sa.select(table.system, table.object_id).where(table.workspace == workspace, table.deal == deal)
    return sorted((row.system, row.object_id) for row in connection.execute(statement))

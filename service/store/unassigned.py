"""Events whose deal nobody knows yet: kept, seen, and assigned by a person or by an id that becomes known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from service.store.sight import visible
from service.store.tables import deals
from service.store.webhook_tables import external_ids, unassigned, unassigned_about

__all__ = ["About", "Unassigned", "about", "add", "count", "find", "get", "known", "lock", "settle", "solvable"]

Json = dict[str, Any]
# The system of our own deals' ids: such an id may be the deal's in any system.
OURS = "telltale"
# (system, object, whether the object is a deal)
About = tuple[str, str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassigned:
    """`state` is waiting, assigned (then with `deal`) or dismissed; `content` is the event's JSON without a deal.

    `reason` says why no deal was found, and of a dismissed one why it is none. `people` are e-mail addresses.
    """

    id: str
    source: str
    type: str
    occurred_at: dt.datetime
    received_at: dt.datetime
    state: str
    reason: str
    people: list[str]
    content: Json
    deal: str | None = None
    settled_by: str | None = None
    settled_at: dt.datetime | None = None


COLUMNS = [unassigned.c[field] for field in Unassigned.__dataclass_fields__]


def of(workspace: str, id: str) -> sa.ColumnElement[bool]:
    return (unassigned.c.workspace == workspace) & (unassigned.c.id == id)


def add(connection: Connection, workspace: str, event: Unassigned, objects: Iterable[About]) -> bool:
    """Whether it is new."""
    values = {"workspace": workspace} | {f: getattr(event, f) for f in event.__dataclass_fields__}
    statement = insert(unassigned).values(values).on_conflict_do_nothing().returning(unassigned.c.id)
    if connection.execute(statement).first() is None:
        return False
    rows = [
        {"workspace": workspace, "event": event.id, "system": system, "object_id": object_id, "names_deal": deal}
        for system, object_id, deal in objects
    ]
    if rows:
        connection.execute(insert(unassigned_about).on_conflict_do_nothing(), rows)
    return True


def known(connection: Connection, workspace: str, ids: Iterable[str]) -> set[str]:
    statement = sa.select(unassigned.c.id).where(unassigned.c.workspace == workspace, unassigned.c.id.in_(list(ids)))
    return set(connection.execute(statement).scalars())


def get(connection: Connection, workspace: str, id: str) -> Unassigned | None:
    row = connection.execute(sa.select(*COLUMNS).where(of(workspace, id))).mappings().first()
    return None if row is None else Unassigned(**row)


def lock(connection: Connection, workspace: str, id: str) -> Unassigned | None:
    """The row for this transaction alone."""
    row = connection.execute(sa.select(*COLUMNS).where(of(workspace, id)).with_for_update()).mappings().first()
    return None if row is None else Unassigned(**row)


def about(connection: Connection, workspace: str, ids: Sequence[str]) -> dict[str, list[About]]:
    """What each of these events says it is about."""
    table = unassigned_about.c
    statement = (
        sa.select(table.event, table.system, table.object_id, table.names_deal)
        .where(table.workspace == workspace, table.event.in_(ids))
        .order_by(table.system, table.object_id)
    )
    out: dict[str, list[About]] = {id: [] for id in ids}
    for row in connection.execute(statement):
        out[row.event].append((row.system, row.object_id, row.names_deal))
    return out


def find(
    connection: Connection,
    workspace: str,
    *,
    state: str,
    after: str | None,
    most: int,
    owners: frozenset[str] | None = None,
) -> list[Unassigned]:
    """By id, after a cursor; only those that are of some owners' deals by now, unless None."""
    mine = visible(workspace, unassigned.c.deal, owners)
    statement = sa.select(*COLUMNS).where(unassigned.c.workspace == workspace, unassigned.c.state == state, mine)
    if after is not None:
        statement = statement.where(unassigned.c.id > after)
    rows = connection.execute(statement.order_by(unassigned.c.id).limit(most)).mappings()
    return [Unassigned(**row) for row in rows]


def settle(
    connection: Connection,
    workspace: str,
    id: str,
    *,
    deal: str | None,
    by: str,
    at: dt.datetime,
    reason: str | None = None,
) -> None:
    """Assigned to `deal`, or dismissed where there is none."""
    values: Json = {"deal": deal, "state": "dismissed" if deal is None else "assigned"}
    values |= {"settled_by": by, "settled_at": at} | ({} if reason is None else {"reason": reason})
    connection.execute(sa.update(unassigned).where(of(workspace, id)).values(values))


def solvable(connection: Connection, most: int, workspace: str | None = None) -> list[tuple[str, str]]:
    """(workspace, id) of waiting events whose objects have come to tell one deal, in order of what happened."""
    waiting, object, link, deal = unassigned.c, unassigned_about.c, external_ids.c, deals.c
    own = (object.workspace == waiting.workspace) & (object.event == waiting.id)
    linked = (
        sa.select(sa.func.count(sa.distinct(link.deal)))
        .where(own, link.workspace == object.workspace, link.object_id == object.object_id)
        .where((link.system == object.system) | (object.system == OURS))
        .scalar_subquery()
    )
    ours = (
        sa.select(sa.func.count(sa.distinct(deal.id)))
        .where(own, object.names_deal, deal.workspace == object.workspace, deal.id == object.object_id)
        .scalar_subquery()
    )
    one = sa.or_(linked == 1, sa.and_(linked == 0, ours == 1))
    statement = sa.select(waiting.workspace, waiting.id).where(waiting.state == "waiting", one)
    if workspace is not None:
        statement = statement.where(waiting.workspace == workspace)
    rows = connection.execute(statement.order_by(waiting.occurred_at, waiting.id).limit(most))
    return [(row.workspace, row.id) for row in rows]


def count(connection: Connection) -> int:
    """How many wait, over all workspaces."""
    statement = sa.select(sa.func.count()).select_from(unassigned).where(unassigned.c.state == "waiting")
    return connection.execute(statement).scalar_one()

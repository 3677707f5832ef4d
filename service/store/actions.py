"""Actions: what is to be done outside, from the decision that asked for it to what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from service.store.action_tables import OPEN, actions
from service.store.sight import visible

__all__ = [
    "StoredAction",
    "add",
    "ahead",
    "causes",
    "count",
    "find",
    "get",
    "lock",
    "oldest",
    "open_of_deal",
    "overdue",
    "update",
    "waiting_behind",
]

C = actions.c
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAction:
    """`at` is the moment of the decision, `due_at` when a person should have done it, `content` what was asked for,
    `payload` what is sent, `result` what the other system answered. `seq` is 0 until it is stored."""

    id: UUID
    key: str
    deal: str
    cause: str
    action: str
    kind: str
    connector: str | None
    state: str
    at: dt.datetime
    title: str
    content: Json
    made_at: dt.datetime
    seq: int = 0
    decision_seq: int | None = None
    attempts: int = 0
    unclear: bool = False
    due_at: dt.datetime | None = None
    next_at: dt.datetime | None = None
    payload: Json | None = None
    result: Json | None = None
    error: str | None = None
    done_at: dt.datetime | None = None
    done_by: str | None = None


COLUMNS = [C[field] for field in StoredAction.__dataclass_fields__]


def add(connection: Connection, workspace: str, new: Sequence[StoredAction]) -> set[UUID]:
    """The ids of those that were stored: one whose key is there already is not."""
    if not new:
        return set()
    rows = [
        {"workspace": workspace} | {f: getattr(each, f) for f in each.__dataclass_fields__ if f != "seq"}
        for each in new
    ]
    statement = insert(actions).values(rows).on_conflict_do_nothing(index_elements=["workspace", "key"])
    return set(connection.execute(statement.returning(C.id)).scalars())


def update(connection: Connection, workspace: str, id: UUID, **values: object) -> None:
    connection.execute(sa.update(actions).where(C.workspace == workspace, C.id == id).values(**values))


def get(connection: Connection, workspace: str, id: UUID, owners: frozenset[str] | None = None) -> StoredAction | None:
    """None for one that is not there, and for one of a deal that may not be seen."""
    here = (C.workspace == workspace) & (C.id == id) & visible(workspace, C.deal, owners)
    row = connection.execute(sa.select(*COLUMNS).where(here)).mappings().first()
    return None if row is None else StoredAction(**row)


def lock(connection: Connection, workspace: str, id: UUID) -> StoredAction | None:
    """The action for this transaction alone."""
    statement = sa.select(*COLUMNS).where(C.workspace == workspace, C.id == id).with_for_update()
    row = connection.execute(statement).mappings().first()
    return None if row is None else StoredAction(**row)


def causes(connection: Connection, workspace: str, deal: str, wanted: Collection[str]) -> dict[str, list[StoredAction]]:
    """Cause → the deal's actions that it has already."""
    if not wanted:
        return {}
    statement = sa.select(*COLUMNS).where(C.workspace == workspace, C.deal == deal, C.cause.in_(sorted(wanted)))
    out: dict[str, list[StoredAction]] = {}
    for row in connection.execute(statement.order_by(C.seq)).mappings():
        out.setdefault(row["cause"], []).append(StoredAction(**row))
    return out


def open_of_deal(connection: Connection, workspace: str, deal: str, states: Collection[str]) -> list[StoredAction]:
    """In the order in which they were made, for this transaction alone."""
    here = (C.workspace == workspace) & (C.deal == deal) & C.state.in_(sorted(states))
    statement = sa.select(*COLUMNS).where(here).order_by(C.seq).with_for_update()
    return [StoredAction(**row) for row in connection.execute(statement).mappings()]


def beside(workspace: str, action: StoredAction) -> sa.ColumnElement[bool]:
    """Of the same deal and kind, through the same connector, still to be sent."""
    same = (C.workspace == workspace) & (C.deal == action.deal) & (C.connector == action.connector)
    return same & (C.kind == action.kind) & C.state.in_(OPEN)


def ahead(connection: Connection, workspace: str, action: StoredAction) -> bool:
    """Whether an earlier one of its kind must go first."""
    earlier = beside(workspace, action) & (C.seq < action.seq)
    return connection.execute(sa.select(sa.exists().where(earlier))).scalar_one()


def waiting_behind(connection: Connection, workspace: str, action: StoredAction) -> UUID | None:
    """The next one that this one held up."""
    later = beside(workspace, action) & (C.seq > action.seq)
    return connection.execute(sa.select(C.id).where(later).order_by(C.seq).limit(1)).scalar()


def find(
    connection: Connection,
    workspace: str,
    *,
    states: Collection[str] = (),
    equal: Mapping[str, str] | None = None,
    owners: frozenset[str] | None = None,
    before: int | None = None,
    most: int,
) -> list[StoredAction]:
    """The newest first; `equal` holds values of deal, kind and connector; `before` is the `seq` of a page's last."""
    statement = sa.select(*COLUMNS).where(C.workspace == workspace, visible(workspace, C.deal, owners))
    if states:
        statement = statement.where(C.state.in_(sorted(states)))
    for column, value in (equal or {}).items():
        statement = statement.where(C[column] == value)
    if before is not None:
        statement = statement.where(C.seq < before)
    return [StoredAction(**row) for row in connection.execute(statement.order_by(C.seq.desc()).limit(most)).mappings()]


def overdue(connection: Connection, now: dt.datetime, late: dt.timedelta, most: int) -> list[tuple[str, UUID]]:
    """(workspace, id), over all workspaces, of those whose job is lost: their time came a while ago, or whoever sends
    them has held them too long."""
    lost = (C.state.in_(("waiting", "failed")) & (C.next_at <= now - late)) | (
        (C.state == "sending") & (C.next_at <= now)
    )
    statement = sa.select(C.workspace, C.id).where(C.state.in_(OPEN), lost).order_by(C.next_at).limit(most)
    return [(row.workspace, row.id) for row in connection.execute(statement)]


def count(connection: Connection) -> dict[str, int]:
    """How many there are in each state, over all workspaces."""
    return {row[0]: row[1] for row in connection.execute(sa.select(C.state, sa.func.count()).group_by(C.state))}


def oldest(connection: Connection) -> dt.datetime | None:
    """When the oldest action was made that is still to be sent, over all workspaces."""
    return connection.execute(sa.select(sa.func.min(C.made_at)).where(C.state.in_(OPEN))).scalar()

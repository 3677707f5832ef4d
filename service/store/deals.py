"""Deals: the state that their events add up to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from service.store.deal_card_table import deal_cards
from service.store.sight import visible
from service.store.tables import deals

__all__ = ["StoredDeal", "count", "due", "find", "get", "ids", "lock", "lock_owner", "of_owner", "update"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDeal:
    """`version` counts the deal's events and `decisions` its decisions; `state` is None until the deal was created.

    `due_at` is when time alone may next change something.
    """

    id: str
    version: int
    decisions: int
    stage: str | None
    pipeline: str | None
    updated_at: dt.datetime
    due_at: dt.datetime | None
    state: dict[str, Any] | None


COLUMNS = [deals.c[field] for field in StoredDeal.__dataclass_fields__]


def of(workspace: str, id: str) -> sa.ColumnElement[bool]:
    return (deals.c.workspace == workspace) & (deals.c.id == id)


def lock(connection: Connection, workspace: str, id: str, at: dt.datetime) -> StoredDeal:
    """The deal for this transaction alone; its row is made where there is none."""
    held = sa.select(*COLUMNS).where(of(workspace, id)).with_for_update()
    row = connection.execute(held).mappings().first()
    if row is None:
        connection.execute(insert(deals).values(workspace=workspace, id=id, updated_at=at).on_conflict_do_nothing())
        row = connection.execute(held).mappings().one()
    return StoredDeal(**row)


def update(connection: Connection, workspace: str, deal: StoredDeal) -> None:
    values = {field: getattr(deal, field) for field in deal.__dataclass_fields__ if field != "id"}
    # A JSON column would otherwise hold the JSON null, which is not NULL.
    values["state"] = sa.null() if deal.state is None else deal.state
    connection.execute(sa.update(deals).where(of(workspace, deal.id)).values(values))


def get(connection: Connection, workspace: str, id: str) -> StoredDeal | None:
    row = connection.execute(sa.select(*COLUMNS).where(of(workspace, id))).mappings().first()
    return None if row is None else StoredDeal(**row)


def find(
    connection: Connection,
    workspace: str,
    *,
    stage: str | None,
    after: str | None,
    most: int,
    owners: frozenset[str] | None = None,
) -> list[StoredDeal]:
    """Created deals by id, after a cursor; only those of some owners, unless None."""
    statement = sa.select(*COLUMNS).where(
        deals.c.workspace == workspace, deals.c.stage.is_not(None), visible(workspace, deals.c.id, owners)
    )
    if stage is not None:
        statement = statement.where(deals.c.stage == stage)
    if after is not None:
        statement = statement.where(deals.c.id > after)
    rows = connection.execute(statement.order_by(deals.c.id).limit(most)).mappings()
    return [StoredDeal(**row) for row in rows]


def ids(connection: Connection, workspace: str, *, after: str, most: int) -> list[str]:
    """Of every deal, also of those that wait for their creation, after a cursor."""
    statement = sa.select(deals.c.id).where(deals.c.workspace == workspace, deals.c.id > after)
    return list(connection.execute(statement.order_by(deals.c.id).limit(most)).scalars())


def lock_owner(connection: Connection, workspace: str, owner: str) -> None:
    """For this transaction alone, whoever else locks the same owner's deals waits."""
    key = sa.func.hashtextextended(f"{workspace}/owner/{owner}", 0)
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


# What is told of a loss.
OF_LOSS = ("owner", "closed_at", "loss_reason")


def of_owner(connection: Connection, workspace: str, owner: str, *, stage: str) -> list[tuple[str, dict[str, Any]]]:
    """An owner's deals in a stage, by id, each with its stage and what OF_LOSS names of its state. They are found by
    their cards, for states are large."""
    c, state = deal_cards.c, deals.c.state
    mine = (c.workspace == workspace) & (c.owner == owner.replace("\x00", "\ufffd")) & (c.stage == stage)
    statement = (
        sa.select(deals.c.id, *(state[name].label(name) for name in OF_LOSS))
        .join_from(deal_cards, deals, (deals.c.workspace == c.workspace) & (deals.c.id == c.deal))
        .where(mine)
        .order_by(deals.c.id)
    )
    rows = connection.execute(statement).mappings()
    return [(row["id"], {"stage": stage, **row}) for row in rows if row["owner"] == owner]


def due(connection: Connection, now: dt.datetime, most: int) -> list[tuple[str, str, dt.datetime]]:
    """(workspace, id, due_at) of deals whose time has come, the longest overdue first."""
    statement = (
        sa.select(deals.c.workspace, deals.c.id, deals.c.due_at)
        .where(deals.c.due_at <= now)
        .order_by(deals.c.due_at)
        .limit(most)
    )
    return [(row.workspace, row.id, row.due_at) for row in connection.execute(statement)]


def count(connection: Connection) -> dict[str, int]:
    """How many deals there are in each stage, over all workspaces."""
    statement = sa.select(deals.c.stage, sa.func.count()).where(deals.c.stage.is_not(None)).group_by(deals.c.stage)
    return {row[0]: row[1] for row in connection.execute(statement)}

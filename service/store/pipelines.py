"""The versions of a workspace's pipeline, what backtests of them found, and which one it follows since when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from service.store.figure_tables import pipeline_adoptions, pipeline_versions
from service.store.tables import deals

__all__ = [
    "Adoption",
    "StoredVersion",
    "add",
    "adopt",
    "adoptions",
    "count_deals",
    "deals_after",
    "find",
    "following",
    "get",
    "others",
    "set_test",
    "text_of",
    "workspaces",
]

V, A, D = pipeline_versions.c, pipeline_adoptions.c, deals.c


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVersion:
    """`version` is the hash of what it says; `state` how its backtest stands: draft, testing, tested or failed, with
    `deals_done` of `deals_all`; `result` what it found."""

    id: UUID
    name: str
    version: str
    text: str
    made_by: str
    made_at: dt.datetime
    state: str = "draft"
    deals_done: int = 0
    deals_all: int = 0
    tested_at: dt.datetime | None = None
    result: dict[str, Any] | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """`name` and `hash` are those of the version."""

    version: UUID
    name: str
    hash: str
    adopted_by: str
    adopted_at: dt.datetime
    comment: str


COLUMNS = [V[field] for field in StoredVersion.__dataclass_fields__]


def of(workspace: str, id: UUID) -> sa.ColumnElement[bool]:
    return (V.workspace == workspace) & (V.id == id)


def add(connection: Connection, workspace: str, version: StoredVersion) -> None:
    values = {field: getattr(version, field) for field in version.__dataclass_fields__}
    connection.execute(sa.insert(pipeline_versions).values(workspace=workspace, **values))


def get(connection: Connection, workspace: str, id: UUID) -> StoredVersion | None:
    row = connection.execute(sa.select(*COLUMNS).where(of(workspace, id))).mappings().first()
    return None if row is None else StoredVersion(**row)


def find(connection: Connection, workspace: str, *, most: int, skip: int = 0) -> list[StoredVersion]:
    """The newest first."""
    statement = sa.select(*COLUMNS).where(V.workspace == workspace).order_by(V.seq.desc()).limit(most).offset(skip)
    return [StoredVersion(**row) for row in connection.execute(statement).mappings()]


def set_test(connection: Connection, workspace: str, id: UUID, **values: Any) -> None:
    """How its backtest stands."""
    connection.execute(sa.update(pipeline_versions).where(of(workspace, id)).values(**values))


def adopt(connection: Connection, workspace: str, id: UUID, *, by: str, at: dt.datetime, comment: str) -> None:
    """From now on the workspace follows it; one adoption at a time."""
    key = sa.func.hashtextextended(f"{workspace}/pipeline", 0)
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
    values = {"workspace": workspace, "version": id, "adopted_by": by, "adopted_at": at, "comment": comment}
    connection.execute(sa.insert(pipeline_adoptions).values(values))


def newest(workspace: str) -> sa.Select[Any]:
    return sa.select(A.version).where(A.workspace == workspace).order_by(A.seq.desc()).limit(1)


def following(connection: Connection, workspace: str) -> UUID | None:
    """The version that the workspace follows; None while it has adopted none."""
    return connection.execute(newest(workspace)).scalar()


def text_of(connection: Connection, workspace: str, id: UUID) -> str:
    text: str = connection.execute(sa.select(V.text).where(of(workspace, id))).scalar_one()
    return text


def adoptions(connection: Connection, workspace: str, most: int) -> list[Adoption]:
    """The newest first."""
    statement = (
        sa.select(A.version, V.name, V.version.label("hash"), A.adopted_by, A.adopted_at, A.comment)
        .join_from(pipeline_adoptions, pipeline_versions, (V.workspace == A.workspace) & (V.id == A.version))
        .where(A.workspace == workspace)
        .order_by(A.seq.desc())
        .limit(most)
    )
    return [Adoption(**row) for row in connection.execute(statement).mappings()]


def workspaces(connection: Connection) -> Sequence[str]:
    """Those that have adopted a version; needs a connection that sees them all."""
    return connection.execute(sa.select(A.workspace).distinct().order_by(A.workspace)).scalars().all()


def others(connection: Connection, workspace: str, hash: str, most: int) -> Sequence[str]:
    """Deals that were folded last under another pipeline than the one with this hash."""
    here = (D.workspace == workspace) & D.stage.is_not(None) & D.pipeline.is_distinct_from(hash)
    return connection.execute(sa.select(D.id).where(here).order_by(D.id).limit(most)).scalars().all()


def count_deals(connection: Connection, workspace: str) -> int:
    """Deals that something has created."""
    here = (D.workspace == workspace) & D.stage.is_not(None)
    return connection.execute(sa.select(sa.func.count()).select_from(deals).where(here)).scalar_one()


def deals_after(connection: Connection, workspace: str, after: str | None, most: int) -> Sequence[str]:
    """The next of them by id."""
    here = (D.workspace == workspace) & D.stage.is_not(None)
    if after is not None:
        here &= D.id > after
    return connection.execute(sa.select(D.id).where(here).order_by(D.id).limit(most)).scalars().all()

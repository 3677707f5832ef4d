"""The workspaces that were made; the settings' own one is there without being made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from service.store.access_tables import workspaces

__all__ = ["add", "names"]


def add(connection: Connection, workspace: str, *, by: str, at: dt.datetime) -> bool:
    """Whether it is new."""
    statement = insert(workspaces).values(workspace=workspace, made_at=at, made_by=by).on_conflict_do_nothing()
    return connection.execute(statement.returning(workspaces.c.workspace)).first() is not None


def names(connection: Connection) -> Sequence[str]:
    """By name; needs a connection that sees them all."""
    return connection.execute(sa.select(workspaces.c.workspace).order_by(workspaces.c.workspace)).scalars().all()

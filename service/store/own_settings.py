"""What a workspace has of its own instead of the service's settings; secrets come sealed and stay so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from service.store.setting_tables import upsert, webhook_sources, workspace_settings

__all__ = ["OwnSource", "at", "drop", "drop_source", "put", "put_source", "sealed", "sources", "values", "versions"]

V, W = workspace_settings.c, webhook_sources.c


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSource:
    """A source of webhooks that the workspace has secrets of."""

    source: str
    set_by: str
    set_at: dt.datetime


def values(connection: Connection, workspace: str) -> dict[str, Any]:
    """Those that are set, by their names."""
    rows = connection.execute(sa.select(V.name, V.value).where(V.workspace == workspace))
    return {row.name: row.value for row in rows}


def versions(connection: Connection) -> dict[tuple[str, str], str]:
    """By workspace and name what becomes another with each change; needs a connection that sees all workspaces."""
    version = sa.literal_column("workspace_settings.xmin::text", sa.Text).label("version")
    rows = connection.execute(sa.select(V.workspace, V.name, version))
    return {(row.workspace, row.name): row.version for row in rows}


def at(connection: Connection, places: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    """The values at these workspaces and names; needs a connection that sees all workspaces."""
    if not places:
        return {}
    wanted = sa.tuple_(V.workspace, V.name).in_(places)
    rows = connection.execute(sa.select(V.workspace, V.name, V.value).where(wanted))
    return {(row.workspace, row.name): row.value for row in rows}


def put(connection: Connection, workspace: str, name: str, value: Any, *, by: str, at: dt.datetime) -> None:
    upsert(connection, workspace_settings, {"workspace": workspace, "name": name}, value=value, set_by=by, set_at=at)


def drop(connection: Connection, workspace: str, name: str) -> bool:
    """Whether it was set."""
    here = (V.workspace == workspace) & (V.name == name)
    return connection.execute(sa.delete(workspace_settings).where(here)).rowcount == 1


def sealed(connection: Connection, workspace: str, source: str) -> str | None:
    """The source's secrets as they were sealed."""
    return connection.execute(sa.select(W.sealed).where(W.workspace == workspace, W.source == source)).scalar()


def sources(connection: Connection, workspace: str) -> list[OwnSource]:
    statement = sa.select(W.source, W.set_by, W.set_at).where(W.workspace == workspace).order_by(W.source)
    return [OwnSource(**row) for row in connection.execute(statement).mappings()]


def put_source(connection: Connection, workspace: str, source: str, sealed: str, *, by: str, at: dt.datetime) -> None:
    upsert(connection, webhook_sources, {"workspace": workspace, "source": source}, sealed=sealed, set_by=by, set_at=at)


def drop_source(connection: Connection, workspace: str, source: str) -> bool:
    """Whether the workspace had it."""
    here = (W.workspace == workspace) & (W.source == source)
    return connection.execute(sa.delete(webhook_sources).where(here)).rowcount == 1

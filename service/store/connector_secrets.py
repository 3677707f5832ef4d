"""Secrets of connectors that a workspace has of its own; they come sealed and stay so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from service.store.setting_tables import connector_secrets, upsert

__all__ = ["NamedSecret", "drop", "everywhere", "listed", "put"]

S = connector_secrets.c


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSecret:
    name: str
    set_by: str
    set_at: dt.datetime


def everywhere(connection: Connection) -> dict[str, Mapping[str, str]]:
    """By workspace its sealed secrets by name; needs a connection that sees them all."""
    out: dict[str, dict[str, str]] = {}
    for row in connection.execute(sa.select(S.workspace, S.name, S.sealed)):
        out.setdefault(row.workspace, {})[row.name] = row.sealed
    return dict(out)


def listed(connection: Connection, workspace: str) -> list[NamedSecret]:
    statement = sa.select(S.name, S.set_by, S.set_at).where(S.workspace == workspace).order_by(S.name)
    return [NamedSecret(**row) for row in connection.execute(statement).mappings()]


def put(connection: Connection, workspace: str, name: str, sealed: str, *, by: str, at: dt.datetime) -> None:
    upsert(connection, connector_secrets, {"workspace": workspace, "name": name}, sealed=sealed, set_by=by, set_at=at)


def drop(connection: Connection, workspace: str, name: str) -> bool:
    """Whether the workspace had it."""
    here = (S.workspace == workspace) & (S.name == name)
    return connection.execute(sa.delete(connector_secrets).where(here)).rowcount == 1

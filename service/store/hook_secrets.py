"""Secrets that a source handed over in its handshake, sealed by whoever adds them."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from service.store.webhook_tables import hook_secrets

__all__ = ["add", "drop", "of_source"]


def add(connection: Connection, workspace: str, source: str, secret: str, at: dt.datetime) -> None:
    values = {"workspace": workspace, "source": source, "secret": secret, "recorded_at": at}
    connection.execute(insert(hook_secrets).values(values).on_conflict_do_nothing())


def of_source(connection: Connection, workspace: str, source: str, most: int) -> list[str]:
    """The newest first."""
    table = hook_secrets.c
    statement = sa.select(table.secret).where(table.workspace == workspace, table.source == source)
    return list(connection.execute(statement.order_by(table.recorded_at.desc(), table.secret).limit(most)).scalars())


def drop(connection: Connection, workspace: str, source: str) -> None:
    table = hook_secrets.c
    connection.execute(sa.delete(hook_secrets).where(table.workspace == workspace, table.source == source))

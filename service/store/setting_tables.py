"""What a workspace has instead of the service's settings: its secrets, mail domains, connectors and the like."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from service.store.tables import Moment, metadata

__all__ = ["connector_secrets", "upsert", "webhook_sources", "workspace_settings"]

# `sealed` holds the source's secrets, as a list of JSON, sealed.
webhook_sources = sa.Table(
    "webhook_sources",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("set_by", sa.Text, nullable=False),
    sa.Column("set_at", Moment, nullable=False),
)

# Secrets of the workspace's own connectors, by the names that these give them.
connector_secrets = sa.Table(
    "connector_secrets",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("set_by", sa.Text, nullable=False),
    sa.Column("set_at", Moment, nullable=False),
)

workspace_settings = sa.Table(
    "workspace_settings",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("set_by", sa.Text, nullable=False),
    sa.Column("set_at", Moment, nullable=False),
)


def upsert(connection: Connection, table: sa.Table, key: dict[str, str], **fresh: Any) -> None:
    """The row of this key has these values from now on, whether it was there or not."""
    statement = insert(table).values(**key, **fresh)
    connection.execute(statement.on_conflict_do_update(index_elements=[*key], set_=fresh))

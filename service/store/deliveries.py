"""Deliveries of webhooks that were dealt with, so that none counts twice."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from service.store.webhook_tables import deliveries

__all__ = ["StoredDelivery", "add", "forget_expired", "newest", "outcome"]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDelivery:
    """`outcome` is what was answered; `key` a hash of what was signed, or the sender's own id of the delivery."""

    source: str
    key: str
    received_at: dt.datetime
    expires_at: dt.datetime
    outcome: Json


COLUMNS = [deliveries.c[field] for field in StoredDelivery.__dataclass_fields__]


def outcome(connection: Connection, workspace: str, source: str, key: str, now: dt.datetime) -> Json | None:
    """What was answered to the same delivery before, while it is remembered."""
    table = deliveries.c
    statement = sa.select(table.outcome).where(
        table.workspace == workspace, table.source == source, table.key == key, table.expires_at > now
    )
    found: Json | None = connection.execute(statement).scalar()
    return found


def add(connection: Connection, workspace: str, delivery: StoredDelivery) -> None:
    values = {"workspace": workspace} | {f: getattr(delivery, f) for f in delivery.__dataclass_fields__}
    statement = insert(deliveries).values(values)
    changed = {field: statement.excluded[field] for field in ("received_at", "expires_at", "outcome")}
    # An expired row that nobody has swept yet gives way.
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace", "source", "key"],
            set_=changed,
            where=deliveries.c.expires_at <= delivery.received_at,
        )
    )


def newest(connection: Connection, workspace: str, *, source: str | None, most: int) -> list[StoredDelivery]:
    statement = sa.select(*COLUMNS).where(deliveries.c.workspace == workspace)
    if source is not None:
        statement = statement.where(deliveries.c.source == source)
    statement = statement.order_by(deliveries.c.received_at.desc(), deliveries.c.key).limit(most)
    return [StoredDelivery(**row) for row in connection.execute(statement).mappings()]


def forget_expired(connection: Connection, now: dt.datetime) -> int:
    """Over all workspaces."""
    return connection.execute(sa.delete(deliveries).where(deliveries.c.expires_at <= now)).rowcount

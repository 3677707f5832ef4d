"""API keys: found by their public id before their workspace is known, so on the owner's connection."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import ARRAY

from service.store.access_tables import api_keys

__all__ = [
    "StoredKey",
    "add",
    "any_key",
    "by_id",
    "by_ids",
    "find",
    "get",
    "look",
    "mark_used",
    "revoke",
    "rotate",
    "some",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """`id` is public; `secret` and `old_secret` are hashes. `person` is whose key it is, `team` the owners whose deals
    a manager sees beside their own. `scopes` None: all that the role may."""

    workspace: str
    id: str
    name: str
    secret: bytes
    old_secret: bytes | None = None
    old_until: dt.datetime | None = None
    role: str
    scopes: list[str] | None = None
    person: str | None = None
    team: list[str]
    made_at: dt.datetime
    made_by: str
    expires_at: dt.datetime | None = None
    used_at: dt.datetime | None = None
    revoked_at: dt.datetime | None = None


K = api_keys.c
COLUMNS = [K[field] for field in StoredKey.__dataclass_fields__]


def add(connection: Connection, key: StoredKey) -> None:
    connection.execute(sa.insert(api_keys).values(asdict(key)))


def any_key(connection: Connection) -> bool:
    """Whether there ever was a key, in any workspace; needs a connection that sees them all."""
    return connection.execute(sa.select(sa.exists().select_from(api_keys))).scalar_one()


def by_id(connection: Connection, id: str) -> StoredKey | None:
    """In whichever workspace; needs a connection that sees them all."""
    row = connection.execute(sa.select(*COLUMNS).where(K.id == id)).mappings().first()
    return None if row is None else StoredKey(**row)


def by_ids(connection: Connection, ids: Collection[str]) -> dict[str, StoredKey]:
    """The same for several, by their ids."""
    if not ids:
        return {}
    rows = connection.execute(sa.select(*COLUMNS).where(K.id == sa.any_(sa.literal(sorted(ids), ARRAY(sa.Text)))))
    return {row["id"]: StoredKey(**row) for row in rows.mappings()}


def some(connection: Connection) -> StoredKey | None:
    """Any one, if there is one; needs a connection that sees them all."""
    row = connection.execute(sa.select(*COLUMNS).limit(1)).mappings().first()
    return None if row is None else StoredKey(**row)


def of(workspace: str, id: str) -> sa.ColumnElement[bool]:
    return (K.workspace == workspace) & (K.id == id)


def get(connection: Connection, workspace: str, id: str) -> StoredKey | None:
    row = connection.execute(sa.select(*COLUMNS).where(of(workspace, id)).with_for_update()).mappings().first()
    return None if row is None else StoredKey(**row)


def look(connection: Connection, workspace: str, id: str) -> StoredKey | None:
    """The same without locking it."""
    row = connection.execute(sa.select(*COLUMNS).where(of(workspace, id))).mappings().first()
    return None if row is None else StoredKey(**row)


def find(connection: Connection, workspace: str, *, after: str | None, most: int) -> list[StoredKey]:
    """By public id, after a cursor."""
    statement = sa.select(*COLUMNS).where(K.workspace == workspace).order_by(K.id).limit(most)
    if after is not None:
        statement = statement.where(K.id > after)
    return [StoredKey(**row) for row in connection.execute(statement).mappings()]


def rotate(
    connection: Connection, workspace: str, id: str, *, secret: bytes, old_secret: bytes, old_until: dt.datetime
) -> None:
    values = {"secret": secret, "old_secret": old_secret, "old_until": old_until}
    connection.execute(sa.update(api_keys).where(of(workspace, id)).values(values))


def revoke(connection: Connection, workspace: str, id: str, at: dt.datetime) -> None:
    """It is good for nothing from now on; the first time counts."""
    connection.execute(sa.update(api_keys).where(of(workspace, id), K.revoked_at.is_(None)).values(revoked_at=at))


def mark_used(connection: Connection, id: str, at: dt.datetime, unless_since: dt.datetime) -> None:
    """When it was last used, unless that is known well enough."""
    stale = K.used_at.is_(None) | (K.used_at < unless_since)
    connection.execute(sa.update(api_keys).where(K.id == id, stale).values(used_at=at))

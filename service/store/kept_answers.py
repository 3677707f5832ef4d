"""Answers kept under the caller's Idempotency-Key, so that the same request again gets the same answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from service.store.access_tables import kept_answers

__all__ = ["Kept", "Place", "claim", "drop", "finish", "forget_expired", "get"]

A = kept_answers.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Under what an answer is kept: whose key, for which method and path."""

    workspace: str
    caller: str
    route: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """`request` is the hash of what was sent. `status` is None while it runs, `body` where it is not kept."""

    request: bytes
    status: int | None
    media_type: str | None
    body: bytes | None


def at(place: Place) -> sa.ColumnElement[bool]:
    mine = (A.workspace == place.workspace) & (A.caller == place.caller)
    return mine & (A.route == place.route) & (A.key == place.key)


def claim(
    connection: Connection,
    place: Place,
    request: bytes,
    *,
    now: dt.datetime,
    held_until: dt.datetime,
    expires_at: dt.datetime,
) -> bool:
    """Whether it is this request's to run: nobody has used the key, or what was kept under it has expired, or the
    process that ran the same request has died over it."""
    fresh = {"request": request, "made_at": now, "held_until": held_until, "expires_at": expires_at}
    empty = {"status": None, "media_type": None, "body": None}
    where = {field: getattr(place, field) for field in place.__dataclass_fields__}
    expired = A.expires_at <= now
    abandoned = A.status.is_(None) & (A.held_until <= now) & (A.request == request)
    statement = insert(kept_answers).values(where | fresh)
    statement = statement.on_conflict_do_update(
        index_elements=["workspace", "caller", "route", "key"], set_=fresh | empty, where=expired | abandoned
    )
    return connection.execute(statement.returning(A.key)).first() is not None


def get(connection: Connection, place: Place) -> Kept | None:
    columns = [A[field] for field in Kept.__dataclass_fields__]
    row = connection.execute(sa.select(*columns).where(at(place))).mappings().first()
    return None if row is None else Kept(**row)


def finish(
    connection: Connection,
    place: Place,
    made_at: dt.datetime,
    *,
    status: int,
    media_type: str | None,
    body: bytes | None,
) -> None:
    """The answer of the claim that was made at that moment."""
    values = {"status": status, "media_type": media_type, "body": body}
    connection.execute(sa.update(kept_answers).where(at(place), A.made_at == made_at).values(values))


def drop(connection: Connection, place: Place, made_at: dt.datetime) -> None:
    """What failed may be tried again under the same key."""
    connection.execute(sa.delete(kept_answers).where(at(place), A.made_at == made_at, A.status.is_(None)))


def forget_expired(connection: Connection, now: dt.datetime) -> int:
    """Of every workspace; needs a connection that sees them all."""
    return connection.execute(sa.delete(kept_answers).where(A.expires_at <= now)).rowcount

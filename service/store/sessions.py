"""Sessions of pages: a browser's token stands for a key for some hours."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import Connection

from service.store.access_tables import page_sessions

__all__ = ["add", "drop", "forget_expired", "key_of"]

S = page_sessions.c


def add(
    connection: Connection, workspace: str, *, token: bytes, key: str, made_at: dt.datetime, expires_at: dt.datetime
) -> None:
    values = {"workspace": workspace, "token": token, "key": key, "made_at": made_at, "expires_at": expires_at}
    connection.execute(sa.insert(page_sessions).values(values))


def key_of(connection: Connection, token: bytes, now: dt.datetime) -> str | None:
    """The public id of the key that a living session stands for; needs a connection that sees every workspace."""
    return connection.execute(sa.select(S.key).where(S.token == token, S.expires_at > now)).scalar()


def drop(connection: Connection, token: bytes) -> None:
    connection.execute(sa.delete(page_sessions).where(S.token == token))


def forget_expired(connection: Connection, now: dt.datetime) -> int:
    return connection.execute(sa.delete(page_sessions).where(S.expires_at <= now)).rowcount

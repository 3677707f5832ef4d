"""Sessions of pages: a browser's token stands for a key, or for a person of the identity provider, for some hours."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from service.store.access_tables import page_sessions, used_sign_ins

__all__ = [
    "StoredSession",
    "add",
    "claim_asking",
    "drop",
    "end_of",
    "end_of_provider",
    "forget_expired",
    "living",
    "mark_seen",
    "name_anew",
    "use_sign_in",
]

S = page_sessions.c


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """`token` is a hash. `key` is the public id of the key that it stands for; None where it stands for the `person`
    whom `issuer` named, with the role and the team that they had then. `seen_at` is the last use, to a minute or so.

    `subject` and `sid` are what the issuer calls the person and its own session, `refresh` is the sealed token with
    which it is asked anew, `named_at` when it last named them, `asked_at` when it was last asked to."""

    workspace: str
    token: bytes
    key: str | None = None
    issuer: str | None = None
    person: str | None = None
    role: str | None = None
    team: list[str] | None = None
    subject: str | None = None
    sid: str | None = None
    refresh: str | None = None
    named_at: dt.datetime | None = None
    asked_at: dt.datetime | None = None
    made_at: dt.datetime
    seen_at: dt.datetime
    expires_at: dt.datetime


COLUMNS = [S[field] for field in StoredSession.__dataclass_fields__]


def add(connection: Connection, session: StoredSession) -> None:
    connection.execute(sa.insert(page_sessions).values(asdict(session)))


def living(connection: Connection, token: bytes, now: dt.datetime) -> StoredSession | None:
    """In whichever workspace; needs a connection that sees every one. Whether it was idle for too long is not asked."""
    found = connection.execute(sa.select(*COLUMNS).where(S.token == token, S.expires_at > now)).mappings().first()
    return None if found is None else StoredSession(**found)


def mark_seen(connection: Connection, token: bytes, at: dt.datetime, unless_since: dt.datetime) -> None:
    """When it was last used, unless that is known well enough."""
    connection.execute(sa.update(page_sessions).where(S.token == token, S.seen_at < unless_since).values(seen_at=at))


def drop(connection: Connection, token: bytes) -> None:
    connection.execute(sa.delete(page_sessions).where(S.token == token))


def end_of(connection: Connection, workspace: str, person: str) -> int:
    """End every session of somebody whom the provider named, by their address in small letters; how many."""
    here = (S.workspace == workspace) & (sa.func.lower(S.person) == person)
    return connection.execute(sa.delete(page_sessions).where(here)).rowcount


def end_of_provider(connection: Connection, issuer: str, *, subject: str | None, sid: str | None) -> int:
    """End what the provider ended: its session `sid`, else all of the `subject`; how many, in every workspace. One of
    the subject's whose `sid` it did not tell is meant as well."""
    mine = S.issuer == issuer
    if sid is None:
        mine &= S.subject == subject
    elif subject is None:
        mine &= S.sid == sid
    else:
        mine &= (S.subject == subject) & ((S.sid == sid) | S.sid.is_(None))
    return connection.execute(sa.delete(page_sessions).where(mine)).rowcount


def claim_asking(connection: Connection, token: bytes, at: dt.datetime, unless_since: dt.datetime) -> bool:
    """Whether the provider is to be asked by the caller, and not by somebody who did so since."""
    free = S.asked_at.is_(None) | (S.asked_at < unless_since)
    return connection.execute(sa.update(page_sessions).where(S.token == token, free).values(asked_at=at)).rowcount == 1


def name_anew(connection: Connection, session: StoredSession) -> bool:
    """What the provider says now; whether the session is still there."""
    told = {field: getattr(session, field) for field in ("person", "role", "team", "sid", "refresh", "named_at")}
    return connection.execute(sa.update(page_sessions).where(S.token == session.token).values(told)).rowcount == 1


def use_sign_in(connection: Connection, workspace: str, state: bytes, expires_at: dt.datetime) -> bool:
    """Whether the sign-in with this state (its hash) is done for the first time, which it is by now."""
    values = {"workspace": workspace, "state": state, "expires_at": expires_at}
    statement = insert(used_sign_ins).values(values).on_conflict_do_nothing()
    return connection.execute(statement.returning(used_sign_ins.c.state)).first() is not None


def forget_expired(connection: Connection, now: dt.datetime) -> int:
    states = connection.execute(sa.delete(used_sign_ins).where(used_sign_ins.c.expires_at <= now)).rowcount
    return states + connection.execute(sa.delete(page_sessions).where(S.expires_at <= now)).rowcount

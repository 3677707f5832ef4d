"""Sessions of pages: who signed in has a cookie for half a day at most, and not for longer than they use it."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import ipaddress
from collections.abc import Callable
from typing import Any

from service.access import tokens
from service.access.identity import Principal, Role, owners_of
from service.access.keys import Random
from service.access.named import Named
from service.flows.context import Context
from service.store import sessions
from service.store.sessions import StoredSession

__all__ = [
    "COOKIE",
    "LASTS",
    "close_session",
    "cookie_flags",
    "is_loopback",
    "naming",
    "open_session",
    "open_session_of",
    "person_of",
]

COOKIE = "telltale_session"
LASTS = dt.timedelta(hours=12)


def open_session(context: Context, key: str, *, random: Random) -> str:
    """A token for the cookie, standing for the key with this public id in the context's workspace. Whoever opens it
    has checked the key; one that is revoked later ends its sessions with it."""
    token, session = new_session(context, random)
    with context.database.begin() as connection:
        sessions.add(connection, dataclasses.replace(session, key=key))
    return token


def open_session_of(
    context: Context,
    named: Named,
    *,
    issuer: str,
    state: bytes,
    until: dt.datetime,
    random: Random,
    seal: Callable[[str], str],
) -> str | None:
    """The same for a person whom the identity provider has just named, with the role and the team that they have now;
    None where the sign-in of this `state` (a hash, of no use after `until`) was finished before."""
    token, session = new_session(context, random)
    session = naming(dataclasses.replace(session, issuer=issuer, subject=named.subject), named, seal)
    with context.database.begin() as connection:
        if not sessions.use_sign_in(connection, context.workspace, state, until):
            return None
        sessions.add(connection, session)
    return token


def naming(session: StoredSession, named: Named, seal: Callable[[str], str]) -> StoredSession:
    """The session, as the provider names its person now."""
    who = named.principal
    return dataclasses.replace(
        session,
        person=who.person,
        role=who.role.value,
        team=sorted(who.owners or ()),
        sid=named.sid or session.sid,
        refresh=session.refresh if named.refresh is None else seal(named.refresh),
        named_at=named.at,
    )


def new_session(context: Context, random: Random) -> tuple[str, StoredSession]:
    token = base64.urlsafe_b64encode(random(tokens.SECRET_BYTES)).decode().rstrip("=")
    now = context.now()
    hashed = tokens.hashed(token)
    return token, StoredSession(
        workspace=context.workspace, token=hashed, made_at=now, seen_at=now, expires_at=now + LASTS
    )


def person_of(session: StoredSession) -> Principal:
    """Whom the identity provider named when the session was opened."""
    assert session.person is not None, "the table holds a person and a role where it holds no key"
    assert session.role is not None
    role = Role(session.role)
    return Principal(
        workspace=session.workspace,
        role=role,
        name=session.person,
        owners=owners_of(role, session.person, session.team or ()),
        person=session.person,
    )


def close_session(context: Context, token: str) -> None:
    """Signed out: the token is good for nothing, wherever a copy of it may be."""
    with context.database.begin() as connection:
        sessions.drop(connection, tokens.hashed(token))


def cookie_flags(host: str) -> dict[str, Any]:
    """How the cookie is set (for `Response.set_cookie`) by a service that is called by this host name."""
    return {
        "max_age": int(LASTS.total_seconds()),
        "path": "/",
        "httponly": True,
        "samesite": "lax",
        "secure": not is_loopback(host),
    }


def is_loopback(host: str) -> bool:
    """Whether only this machine itself is reached by that name or address."""
    name = host.strip("[]").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False

"""Sessions of pages: who signed in with a key has a cookie instead, for half a working day's length and no longer."""

from __future__ import annotations

import base64
import datetime as dt
import ipaddress
from typing import Any

from service.access import tokens
from service.access.keys import Random
from service.flows.context import Context
from service.store import sessions

__all__ = ["COOKIE", "LASTS", "close_session", "cookie_flags", "is_loopback", "open_session"]

COOKIE = "telltale_session"
LASTS = dt.timedelta(hours=12)


def open_session(context: Context, key: str, *, random: Random) -> str:
    """A token for the cookie, standing for the key with this public id in the context's workspace. Whoever opens it
    has checked the key; one that is revoked later ends its sessions with it."""
    token = base64.urlsafe_b64encode(random(tokens.SECRET_BYTES)).decode().rstrip("=")
    now = context.now()
    with context.database.begin() as connection:
        sessions.add(
            connection,
            context.workspace,
            token=tokens.hashed(token),
            key=key,
            made_at=now,
            expires_at=now + LASTS,
        )
    return token


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

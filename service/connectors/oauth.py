"""Access tokens of other systems, got for our own credentials and kept until they end."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.connectors.errors import LaterError, RefusedError
from service.connectors.http import Http

__all__ = ["Token", "Tokens", "assertion"]

# A token is not used for its last minute.
SPARE = dt.timedelta(minutes=1)
LIFE = dt.timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """`told` is what else the answer says, such as where its holder's data is."""

    value: str = field(repr=False)
    until: dt.datetime
    told: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class Tokens:
    """One token, shared by all threads of this process."""

    kept: Token | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, http: Http, url: str, form: Callable[[], Mapping[str, str]], now: dt.datetime) -> Token:
        """The token that is there, or a new one for the form; raises LaterError for credentials that are refused, since
        a person may mend them."""
        with self.lock:
            if self.kept is None or self.kept.until <= now:
                self.kept = fetched(http, url, form(), now)
            return self.kept

    def forget(self) -> None:
        """The other system refused it before its time."""
        self.kept = None


def fetched(http: Http, url: str, form: Mapping[str, str], now: dt.datetime) -> Token:
    try:
        answer = http.ask("POST", url, form=form).json()
    except RefusedError as error:
        raise LaterError(f"no access token: {error}") from None
    except LaterError as error:
        # To ask for a token has no effect that could be there twice.
        raise LaterError(f"no access token: {error}", wait=error.wait, blames=error.blames) from None
    value = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(value, str) or not value:
        raise LaterError("no access token: the answer holds none")
    seconds = answer.get("expires_in")
    life = dt.timedelta(seconds=seconds) if isinstance(seconds, int) and 0 < seconds < 10**7 else LIFE
    return Token(value=value, until=now + life - SPARE, told=answer)


def assertion(key: str, claims: Mapping[str, Any], now: dt.datetime, *, life: int = 300) -> str:
    """A token signed with our private key (RS256), good for `life` seconds, to be exchanged for an access token."""
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import RSAKey

    at = int(now.timestamp())
    try:
        signing = RSAKey.import_key(key)
        return jwt.encode({"alg": "RS256", "typ": "JWT"}, {**claims, "iat": at, "exp": at + life}, signing)
    except (JoseError, ValueError, TypeError):
        raise LaterError("the private key is no RSA key in PEM") from None

"""Signing in to the pages through an identity provider: OpenID Connect's code flow with PKCE, state and nonce.

What is begun is remembered by the browser alone, in a cookie that is sealed; what is finished, by the database, so that
no sign-in is finished twice.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import hashlib
import hmac
import json
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx2
from joserfc.errors import JoseError

from service.access import tokens
from service.access.keys import Random
from service.access.named import Named
from service.access.oidc import LARGEST, LEEWAY, TIMEOUT, Oidc
from service.access.sessions import is_loopback

__all__ = ["LASTS", "EndedError", "LoggedOut", "Provider", "SignInError", "Started"]

# From the link on the login page to the way back.
LASTS = dt.timedelta(minutes=10)
# What the provider says of itself is asked for anew so often.
KNOWN_FOR = dt.timedelta(hours=1)

log = logging.getLogger(__name__)


AWAY = "{} does not answer as it should. Try again in a moment."
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
# Those that a logout token may call itself; older providers name the first or none.
LOGOUT_TYPES = ("jwt", "logout+jwt", "application/logout+jwt")


class SignInError(Exception):
    """The sign-in came to nothing; the message is for whoever tried."""


class EndedError(SignInError):
    """What the provider gave before is good for nothing any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedOut:
    """What a logout token says: the provider's session `sid` ended, or all of the `subject`. `id` is the token's own,
    which is good once, and for nothing after `until`."""

    subject: str | None
    sid: str | None
    id: str
    until: dt.datetime

    @classmethod
    def of(cls, claims: Mapping[str, Any]) -> LoggedOut:
        """Raises ValueError, KeyError or TypeError for claims that are none of a logout token."""
        subject, sid, id = claims.get("sub"), claims.get("sid"), claims["jti"]
        if not isinstance(claims["events"][LOGOUT], dict) or "nonce" in claims or not isinstance(claims["iat"], int):
            raise ValueError("events")
        if (subject is None and sid is None) or not isinstance(id, str) or not id:
            raise ValueError("nobody")
        if not all(each is None or (isinstance(each, str) and each) for each in (subject, sid)):
            raise TypeError("sub")
        until = dt.datetime.fromtimestamp(claims["exp"] + LEEWAY, dt.UTC)
        return cls(subject=subject, sid=sid, id=id, until=until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What must be the same when the browser comes back. `after` is the page to go on with, `redirect` where the
    provider sends the browser, `until` a time in seconds."""

    state: str
    nonce: str
    verifier: str
    after: str
    redirect: str
    until: int

    def to_text(self) -> str:
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def of(cls, text: str) -> Started:
        """Of a text that only we can have made, for it was sealed."""
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """The provider's addresses, as its discovery document names them."""

    authorization: str
    token: str
    end_session: str | None
    secret_in_body: bool
    names_itself: bool
    reader: Oidc
    at: dt.datetime


@dataclass
class Provider:
    """`claims` and `home` are as for tokens of bearers; `name` is what people call it. Each method raises SignInError
    where the provider does not answer or is not what the settings name."""

    issuer: str
    client_id: str
    client_secret: str | None
    scopes: str
    name: str
    claims: Mapping[str, str]
    home: str
    now: Callable[[], dt.datetime]
    known: Discovered | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, *, after: str, redirect: str, random: Random) -> tuple[str, Started]:
        """Where the browser is sent, and what is to be remembered."""
        state, nonce, verifier = (told(random(32)) for _ in range(3))
        until = int((self.now() + LASTS).timestamp())
        started = Started(state=state, nonce=nonce, verifier=verifier, after=after, redirect=redirect, until=until)
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect,
            "scope": self.scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": told(hashlib.sha256(verifier.encode()).digest()),
            "code_challenge_method": "S256",
        }
        return with_query(self.discovered().authorization, query), started

    def finish(self, started: Started, query: Mapping[str, str]) -> Named:
        """Whom the provider names, by what the browser came back with; raises StrangerError for a person who has no
        role here."""
        if not tokens.same(tokens.hashed(query.get("state", "")), tokens.hashed(started.state)):
            raise SignInError("This is not the sign-in that was begun in this browser. Begin again.")
        if started.until <= self.now().timestamp():
            raise SignInError("That took too long. Begin again.")
        known = self.discovered()
        # Another provider's answer must not be taken to this one (RFC 9207).
        if query.get("iss", self.issuer if not known.names_itself else None) != self.issuer:
            raise SignInError("The answer is not that of the identity provider. Begin again.")
        if "error" in query:
            log.warning("sign-in refused", extra={"reason": query["error"][:100]})
            raise SignInError(f"{self.name} did not sign you in. Begin again, or ask whoever runs it.")
        form = {
            "grant_type": "authorization_code",
            "code": query.get("code", ""),
            "redirect_uri": started.redirect,
            "code_verifier": started.verifier,
        }
        answer = self.exchange(known, form)
        return self.named(known, answer, self.checked(known, answer.get("id_token"), nonce=started.nonce))

    def anew(self, refresh: str, subject: str) -> Named:
        """The same person as the provider names them now (OpenID Connect 12). Raises EndedError where it does not any
        more, SignInError where it is not to be heard, StrangerError for a person who has no role here now."""
        known = self.discovered()
        answer = self.exchange(known, {"grant_type": "refresh_token", "refresh_token": refresh})
        if "id_token" not in answer:
            raise EndedError(f"{self.name} tells nothing of them without a new sign-in.")
        claims = self.checked(known, answer["id_token"])
        if claims["sub"] != subject:
            raise EndedError(f"{self.name} names somebody else now.")
        return self.named(known, answer, claims)

    def named(self, known: Discovered, answer: Mapping[str, Any], claims: Mapping[str, Any]) -> Named:
        sid, refresh = claims.get("sid"), answer.get("refresh_token")
        return Named(
            principal=known.reader.principal(claims),
            subject=str(claims["sub"]),
            sid=sid if isinstance(sid, str) else None,
            refresh=refresh if isinstance(refresh, str) else None,
            at=self.now(),
        )

    def logged_out(self, token: str) -> LoggedOut:
        """Whom a logout token (OpenID Connect Back-Channel Logout 1.0, 2.6) is about; raises SignInError for one that
        is not to be believed."""
        known = self.discovered()
        try:
            claims = known.reader.read(token, sub=False, types=LOGOUT_TYPES)
            return LoggedOut.of(claims)
        except (JoseError, OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            log.warning("logout token refused", extra={"reason": type(error).__name__})
            raise SignInError("the logout token is not to be believed") from None

    def leave(self, back: str) -> str:
        """Where the browser is sent to sign out of the provider too; `back` where that cannot be."""
        address = self.discovered().end_session
        if address is None:
            return back
        return with_query(address, {"client_id": self.client_id, "post_logout_redirect_uri": back})

    def exchange(self, known: Discovered, form: dict[str, str]) -> Mapping[str, Any]:
        """The tokens for a grant. Raises EndedError for one that is good for nothing any more."""
        basic = None
        if self.client_secret is None or known.secret_in_body:
            form["client_id"] = self.client_id
        if self.client_secret is not None:
            if known.secret_in_body:
                form["client_secret"] = self.client_secret
            else:
                basic = (quote(self.client_id, safe=""), quote(self.client_secret, safe=""))
        return self.asked("POST", known.token, data=form, auth=basic)

    def checked(self, known: Discovered, token: object, *, nonce: str | None = None) -> Mapping[str, Any]:
        """The claims of an ID token that is the provider's, for us, in time, and for the sign-in with this nonce; a
        later one has come from the provider itself, to nobody's question but ours, and need not have any."""
        if not isinstance(token, str):
            raise SignInError(f"{self.name} answered without an ID token.")
        try:
            claims = known.reader.read(token)
            told, parties, audience = claims.get("nonce"), claims.get("azp"), claims["aud"]
            same = isinstance(told, str) and hmac.compare_digest(told.encode(), (nonce or "").encode())
            if nonce is not None and not same:
                raise ValueError("nonce")
            several = isinstance(audience, list) and len(audience) > 1
            if parties != self.client_id and (several or parties is not None):
                raise ValueError("azp")
        except (JoseError, OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            log.warning("ID token refused", extra={"reason": type(error).__name__})
            raise SignInError(f"What {self.name} answered proves nothing. Begin again.") from None
        return claims

    def discovered(self) -> Discovered:
        with self.lock:
            now = self.now()
            if self.known is None or now - self.known.at >= KNOWN_FOR:
                self.known = self.discover(now)
            return self.known

    def discover(self, now: dt.datetime) -> Discovered:
        found = self.asked("GET", self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found.get("issuer") != self.issuer:
            raise SignInError(f"{self.name} calls itself by another name than TELLTALE_OIDC_ISSUER.")
        methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        end_session = found.get("end_session_endpoint")
        return Discovered(
            authorization=self.address(found, "authorization_endpoint"),
            token=self.address(found, "token_endpoint"),
            end_session=None if end_session is None else self.address(found, "end_session_endpoint"),
            secret_in_body="client_secret_basic" not in methods and "client_secret_post" in methods,
            names_itself=found.get("authorization_response_iss_parameter_supported") is True,
            reader=Oidc(
                issuer=self.issuer,
                audience=self.client_id,
                jwks=self.address(found, "jwks_uri"),
                claims=self.claims,
                home=self.home,
                now=self.now,
            ),
            at=now,
        )

    def address(self, found: Mapping[str, Any], name: str) -> str:
        value = found.get(name)
        if not isinstance(value, str) or not is_safe(value):
            raise SignInError(f"{self.name} has no {name} that can be used: https is needed, but on this machine.")
        return value

    def asked(self, method: str, url: str, **more: Any) -> Mapping[str, Any]:
        headers = {"Accept": "application/json"}
        try:
            answer = httpx2.request(method, url, headers=headers, timeout=TIMEOUT, follow_redirects=False, **more)
            # 400 by the specification; some providers say 403.
            if answer.is_client_error and json.loads(answer.text[:LARGEST]).get("error") == "invalid_grant":
                raise EndedError(AWAY.format(self.name))
            answer.raise_for_status()
            found = json.loads(answer.text[:LARGEST])
        except (httpx2.HTTPError, ValueError, AttributeError, RecursionError) as error:
            log.warning("identity provider", extra={"reason": type(error).__name__})
            raise SignInError(AWAY.format(self.name)) from None
        if not isinstance(found, dict):
            raise SignInError(AWAY.format(self.name))
        return found


def told(random: bytes) -> str:
    """Bytes as a text without padding."""
    return base64.urlsafe_b64encode(random).decode().rstrip("=")


def is_safe(url: str) -> bool:
    """Whether nobody on the way can read it: https, or this very machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def with_query(url: str, query: Mapping[str, str]) -> str:
    return url + ("&" if urlsplit(url).query else "?") + urlencode(query)

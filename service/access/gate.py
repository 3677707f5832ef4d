"""Who calls: a key or a token in `Authorization`, a session's cookie or, while there are no keys, this very machine."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urlsplit

from service.access import tokens
from service.access.identity import LOCAL, Principal, Role
from service.access.keys import Random, living, principal_of, proves
from service.access.sessions import COOKIE, is_loopback
from service.flows.context import Context
from service.settings import Settings
from service.store import keys, sessions
from service.store.keys import StoredKey

__all__ = ["Call", "ForeignPageError", "Gate", "StrangerError", "TokenReader"]

# How well it is known when a key was last used.
USED_WITHIN = dt.timedelta(minutes=1)

SAFE = ("GET", "HEAD", "OPTIONS")
PASSED_ON = ("x-forwarded-for", "x-forwarded-host", "forwarded", "via", "x-real-ip")


class StrangerError(Exception):
    """Nobody knows who calls; the message says what is missing and the mend."""


class ForeignPageError(Exception):
    """A page of another site used the session of the browser's reader."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a request tells of its sender. `headers` are by their names in small letters."""

    method: str
    headers: Mapping[str, str]
    cookies: Mapping[str, str]

    @property
    def host(self) -> str:
        return urlsplit(f"//{self.headers.get('host', '')}").hostname or ""

    @property
    def shows_something(self) -> bool:
        return "authorization" in self.headers or COOKIE in self.cookies


class TokenReader(Protocol):
    """Who a token of an identity provider is about; raises StrangerError for one that proves nothing."""

    def __call__(self, token: str) -> Principal: ...


class Gate:
    """Answers who calls. One for each process; it remembers that there are keys and when it noted their use."""

    def __init__(
        self, settings: Settings, context: Context, *, random: Random, tokens: TokenReader | None = None
    ) -> None:
        self.settings = settings
        self.everywhere = dataclasses.replace(context, workspace="")
        self.random = random
        self.tokens = tokens
        self.noted: dict[str, dt.datetime] = {}
        self.keys_exist = settings.keys == "required" or tokens is not None

    def caller(self, call: Call, *, home: str) -> Principal:
        """`home` is where the machine itself works while there are no keys.

        Raises StrangerError for who is not known, ForeignPageError for another site's page."""
        shown = call.headers.get("authorization")
        if shown is not None:
            kind, _, text = shown.partition(" ")
            if kind.lower() != "bearer":
                raise StrangerError("Authorization: expected Bearer and a key, as in Authorization: Bearer tt_...")
            return self.of_bearer(text.strip())
        if COOKIE in call.cookies:
            return self.of_session(call)
        if self.any_key():
            raise StrangerError("a key is needed: send Authorization: Bearer tt_... (telltale keys create makes one)")
        return self.local(call, home)

    def of_bearer(self, text: str) -> Principal:
        if self.tokens is not None and text.count(".") == 2:
            return self.tokens(text)
        apart = tokens.taken_apart(text)
        found = None if apart is None else self.key(apart[0])
        if apart is None or found is None or not proves(found, apart[1], self.now()) or not living(found, self.now()):
            # One answer for all: which part of it was wrong is nobody's business.
            raise StrangerError("the key is not known, has expired or was revoked")
        self.note_use(found)
        return principal_of(found)

    def of_session(self, call: Call) -> Principal:
        if call.method not in SAFE and not own_page(call):
            raise ForeignPageError("a page of another site may change nothing here")
        token = tokens.hashed(call.cookies[COOKIE])
        with self.everywhere.database.connect() as connection:
            id = sessions.key_of(connection, token, self.now())
            found = None if id is None else keys.by_id(connection, id)
        if found is None or not living(found, self.now()):
            raise StrangerError("the session has ended: sign in again")
        self.note_use(found)
        return principal_of(found)

    def local(self, call: Call, home: str) -> Principal:
        """Without keys only this machine itself is let in: not through a proxy, and not under a name that a page of
        some other site could have given this address."""
        if not is_loopback(self.settings.host):
            raise StrangerError("there is no key yet: telltale keys create --role admin makes the first one")
        passed_on = next((name for name in PASSED_ON if name in call.headers), None)
        if passed_on is not None:
            raise StrangerError(
                f"{passed_on}: a proxy passed this on, and there is no key yet: telltale keys create --role admin"
            )
        if not (is_loopback(call.host) or "." not in call.host):
            raise StrangerError(
                f"Host: expected localhost, got {call.host[:80]!r}; for other names make a key: "
                "telltale keys create --role admin"
            )
        if call.method not in SAFE and tells_origin(call) and not own_page(call):
            raise ForeignPageError("a page of another site may change nothing here")
        return Principal(workspace=home, role=Role.ADMIN, name=LOCAL)

    def key(self, id: str) -> StoredKey | None:
        with self.everywhere.database.connect() as connection:
            return keys.by_id(connection, id)

    def any_key(self) -> bool:
        """Whether a key is needed. Keys are never deleted: that there is one stays true."""
        if not self.keys_exist:
            self.keys_exist = self.there_is_a_key()
        return self.keys_exist

    def there_is_a_key(self) -> bool:
        with self.everywhere.database.connect() as connection:
            return keys.any_key(connection)

    def note_use(self, key: StoredKey) -> None:
        now = self.now()
        last = self.noted.get(key.id) or key.used_at
        if last is None or now - last >= USED_WITHIN:
            self.noted[key.id] = now
            with self.everywhere.database.begin() as connection:
                keys.mark_used(connection, key.id, now, now - USED_WITHIN)

    def now(self) -> dt.datetime:
        return self.everywhere.now()


def tells_origin(call: Call) -> bool:
    """Whether a browser sent it: programs do not tell which page made them call."""
    return "sec-fetch-site" in call.headers or "origin" in call.headers


def own_page(call: Call) -> bool:
    """Whether a page of this very site sent it. Browsers tell; one that tells nothing is not believed."""
    site = call.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = call.headers.get("origin") or call.headers.get("referer")
    return origin is not None and urlsplit(origin).netloc.lower() == call.headers.get("host", "").lower()

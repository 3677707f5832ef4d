"""Who calls: a key or a token in `Authorization`, a session's cookie or, while there are no keys, this very machine."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol
from urllib.parse import urlsplit

from sqlalchemy import Engine

from service.access import tokens
from service.access.identity import LOCAL, Principal, Role
from service.access.keys import Random, living, principal_of, proves
from service.access.sessions import COOKIE, is_loopback, person_of
from service.flows.context import Context
from service.settings import Settings
from service.store import keys, sessions
from service.store.keys import StoredKey
from service.store.sessions import StoredSession
from service.together import Together

__all__ = ["Call", "ForeignPageError", "Gate", "Renew", "StrangerError", "TokenReader", "check_own_page"]

# How well it is known when a key or a session was last used.
USED_WITHIN = dt.timedelta(minutes=1)

SAFE = ("GET", "HEAD", "OPTIONS")
# Asked instead of a key's public id: is there any?
ANY = ""
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

    @property
    def unattended(self) -> bool:
        """Whether a page sent it by itself: one that follows what changes, or whose stream was cut."""
        return "telltale-live" in self.headers or "last-event-id" in self.headers


class TokenReader(Protocol):
    """Who a token of an identity provider is about; raises StrangerError for one that proves nothing."""

    def __call__(self, token: str) -> Principal: ...


# (engine that sees all workspaces, session): as the identity provider names its person now; None where it ended.
Renew = Callable[[Engine, StoredSession], StoredSession | None]


class Gate:
    """Answers who calls. One for each process; it remembers that there are keys and when it noted their use."""

    def __init__(
        self,
        settings: Settings,
        context: Context,
        *,
        random: Random,
        tokens: TokenReader | None = None,
        renew: Renew | None = None,
    ) -> None:
        self.settings = settings
        self.everywhere = dataclasses.replace(context, workspace="")
        self.random = random
        self.tokens = tokens
        self.renew = renew
        self.noted: dict[str, dt.datetime] = {}
        self.idle = dt.timedelta(minutes=settings.session_idle) if settings.session_idle else None
        self.keys_exist = settings.keys == "required" or settings.oidc_issuer is not None or tokens is not None
        self.questions = Together(self.answer, name="keys", most=500, lanes=2)

    def caller(self, call: Call, *, home: str, note: bool = True) -> Principal:
        """`home` is where the machine itself works while there are no keys. Without `note` it is no use of the key or
        the session, only the question whether they still are good.

        Raises StrangerError for who is not known, ForeignPageError for another site's page."""
        shown = call.headers.get("authorization")
        if shown is not None:
            kind, _, text = shown.partition(" ")
            if kind.lower() != "bearer":
                raise StrangerError("Authorization: expected Bearer and a key, as in Authorization: Bearer tt_...")
            return self.of_bearer(text.strip(), note=note)
        if COOKIE in call.cookies:
            return self.of_session(call, note=note)
        if self.any_key():
            raise StrangerError("a key is needed: send Authorization: Bearer tt_... (telltale keys create makes one)")
        return self.local(call, home)

    def of_bearer(self, text: str, *, note: bool = True) -> Principal:
        if self.tokens is not None and text.count(".") == 2:
            return self.tokens(text)
        apart = tokens.taken_apart(text)
        found = self.proven(apart, None if apart is None else self.key(apart[0]))
        if note:
            self.note_use(found)
        return principal_of(found)

    async def together(self, call: Call, *, home: str) -> Principal | None:
        """What `caller` says of a key, and of nothing shown; None where something else is shown.

        The database is asked for all who call meanwhile at once, and for each call after it came: a key that is
        revoked is good for nothing from then on. Raises CrowdedError where the question has no turn in time.
        """
        shown = call.headers.get("authorization")
        if shown is None and COOKIE not in call.cookies and not self.keys_exist:
            self.keys_exist = await self.questions.ask(ANY) is not None
            return None if self.keys_exist else self.local(call, home)
        kind, _, text = (shown or "").partition(" ")
        apart = tokens.taken_apart(text.strip()) if kind.lower() == "bearer" else None
        if apart is None:
            return None
        found = self.proven(apart, await self.questions.ask(apart[0]))
        if self.use_is_news(found):
            await asyncio.to_thread(self.note_use, found)
        return principal_of(found)

    def answer(self, questions: Sequence[str]) -> Sequence[StoredKey | Exception | None]:
        """The key of each public id; for ANY one of all keys."""
        with self.everywhere.database.connect() as connection:
            found = keys.by_ids(connection, {id for id in questions if id != ANY})
            one = keys.some(connection) if ANY in questions else None
        if one is not None:
            found[ANY] = one
        return [found.get(id) for id in questions]

    def proven(self, apart: tokens.KeyText | None, found: StoredKey | None) -> StoredKey:
        """The key, if what was shown is its secret. One answer for all that is wrong: which part of it was is nobody's
        business."""
        if apart is None or found is None or not proves(found, apart[1], self.now()) or not living(found, self.now()):
            raise StrangerError("the key is not known, has expired or was revoked")
        return found

    def of_session(self, call: Call, *, note: bool = True) -> Principal:
        if call.method not in SAFE:
            check_own_page(call)
        token, now = tokens.hashed(call.cookies[COOKIE]), self.now()
        with self.everywhere.database.connect() as connection:
            session = sessions.living(connection, token, now)
            found = None if session is None or session.key is None else keys.by_id(connection, session.key)
        if session is None or (self.idle is not None and now - session.seen_at >= self.idle):
            raise StrangerError("the session has ended: sign in again")
        key_is_good = found is not None and living(found, now)
        if not key_is_good and not (session.key is None and session.issuer == self.settings.oidc_issuer):
            raise StrangerError("the session has ended: sign in again")
        if found is None and self.renew is not None:
            session = self.renew(self.everywhere.database, session)
            if session is None:
                raise StrangerError("the session has ended: sign in again")
        if note and not call.unattended and now - session.seen_at >= USED_WITHIN:
            with self.everywhere.database.begin() as connection:
                sessions.mark_seen(connection, token, now, now - USED_WITHIN)
        if found is None:
            return person_of(session)
        if note:
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
        if call.method not in SAFE and tells_origin(call):
            check_own_page(call)
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
        if self.use_is_news(key):
            now = self.noted[key.id] = self.now()
            with self.everywhere.database.begin() as connection:
                keys.mark_used(connection, key.id, now, now - USED_WITHIN)

    def use_is_news(self, key: StoredKey) -> bool:
        last = self.noted.get(key.id) or key.used_at
        return last is None or self.now() - last >= USED_WITHIN

    def now(self) -> dt.datetime:
        return self.everywhere.now()


def tells_origin(call: Call) -> bool:
    """Whether a browser sent it: programs do not tell which page made them call."""
    return "sec-fetch-site" in call.headers or "origin" in call.headers


def check_own_page(call: Call) -> None:
    """Raises ForeignPageError."""
    if not own_page(call):
        raise ForeignPageError("a page of another site may change nothing here")


def own_page(call: Call) -> bool:
    """Whether a page of this very site sent it. Browsers tell; one that tells nothing is not believed."""
    site = call.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = call.headers.get("origin") or call.headers.get("referer")
    return origin is not None and urlsplit(origin).netloc.lower() == call.headers.get("host", "").lower()

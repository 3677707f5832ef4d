"""Google Calendar: a hold at the time by which something is due. The event's id is made of our key, so that Google
itself makes it once."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import orjson

from service.connectors.http import checked
from service.connectors.oauth import Tokens, assertion
from service.connectors.options import Options
from service.connectors.protocol import About, Asked, Attempt, Json, Kind, Mark, Repeat
from service.connectors.words import hold, line, plain, subject
from service.webhooks.marks import made

__all__ = ["GoogleCalendar", "event_id", "read"]

API = "https://www.googleapis.com/calendar/v3"
TOKEN = "https://oauth2.googleapis.com/token"
SCOPE = "https://www.googleapis.com/auth/calendar.events"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleCalendar:
    """`account` is a service account's mail address and `key` its private key; `subject` the person in whose name it
    acts; `minutes` how long a hold lasts, which ends when the thing is due."""

    account: str
    key: str = field(repr=False)
    calendar: str
    person: str | None = None
    minutes: int = 30
    api: str = API
    token_url: str = TOKEN
    tokens: Tokens = field(default_factory=Tokens, repr=False, compare=False)
    can: frozenset[Kind] = frozenset({Kind.TASK, Kind.APPROVAL, Kind.QUEUE})
    repeat: Repeat = Repeat.KEY

    def build(self, asked: Asked, about: About) -> Json:
        start, end = hold(asked, self.minutes)
        return {
            "summary": subject(asked),
            "description": plain(asked, about),
            "start": {"dateTime": start.isoformat()},
            "end": {"dateTime": end.isoformat()},
            "attendees": [{"email": address} for address in about.addresses],
            "extendedProperties": {"private": {"deal_id": about.deal}},
        }

    def marks(self, payload: Json) -> Sequence[Mark]:
        return ()

    def made(self, result: Json) -> Sequence[Mark]:
        return [Mark(system="google-calendar", mark=made(str(result["id"])), standing=True)]

    def send(self, payload: Json, attempt: Attempt) -> Json:
        id = event_id(attempt.key)
        path = f"calendars/{quote(self.calendar, safe='')}/events"
        token = self.token(attempt)
        headers = {"authorization": f"Bearer {token}"}
        reply = attempt.http.call("POST", f"{self.api}/{path}", headers=headers, json=payload | {"id": id})
        if reply.status == 401:
            self.tokens.forget()
        if reply.status == 409:
            # Google has an event of that id: an earlier attempt made it.
            return {"id": id, "found": True}
        answer = checked(reply, "Google Calendar").json()
        return {"id": id, "link": answer.get("htmlLink") if isinstance(answer, dict) else None}

    def token(self, attempt: Attempt) -> str:
        return self.tokens.get(attempt.http, self.token_url, lambda: self.form(attempt), attempt.now()).value

    def form(self, attempt: Attempt) -> Mapping[str, str]:
        claims: dict[str, Any] = {"iss": self.account, "scope": SCOPE, "aud": self.token_url}
        if self.person is not None:
            claims["sub"] = self.person
        signed = assertion(self.key, claims, attempt.now())
        return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": signed}

    def test(self, attempt: Attempt) -> str:
        headers = {"authorization": f"Bearer {self.token(attempt)}"}
        url = f"{self.api}/calendars/{quote(self.calendar, safe='')}/events"
        reply = attempt.http.ask("GET", url, headers=headers, params={"maxResults": "1"})
        answer = reply.object("Google Calendar", unclear=False)
        return f"Google shows us the calendar {line(str(answer.get('summary')))[:80]!r}"


def event_id(key: str) -> str:
    """Our key in the letters that Google allows: a to v and digits."""
    return base64.b32hexencode(key.encode()).decode().rstrip("=").lower()


def service_account(text: str) -> str:
    """The private key, also out of the JSON file that Google hands out."""
    if text.lstrip().startswith("{"):
        try:
            return str(orjson.loads(text).get("private_key") or "")
        except orjson.JSONDecodeError:
            return ""
    return text


def read(options: Options) -> GoogleCalendar:
    return GoogleCalendar(
        account=options.text("account"),
        key=service_account(options.secret("key")),
        calendar=options.text("calendar", "primary"),
        person=options.optional("person"),
        minutes=options.whole("minutes", 30, low=5, high=1440),
        api=options.url("api", API),
        token_url=options.url("token_url", TOKEN),
    )

"""Salesforce: an opportunity's stage, amount and close date, and tasks.

A field is written on the condition that the record is still as it was read (If-Unmodified-Since), and not at all where
somebody else has changed the record since our decision.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from email.utils import format_datetime
from typing import Any

from service.connectors.crm import number, required_id, theirs
from service.connectors.errors import ConflictError, LaterError, RefusedError
from service.connectors.http import Reply, checked
from service.connectors.oauth import Token, Tokens
from service.connectors.options import Options
from service.connectors.protocol import FIELDS, About, Asked, Attempt, Json, Kind, Mark, Repeat
from service.connectors.words import plain, subject
from service.webhooks.marks import by_client, wrote
from service.webhooks.salesforce_ids import long_id

__all__ = ["Salesforce", "read"]

VERSION = "v62.0"
NAMES = {Kind.STAGE: "StageName", Kind.AMOUNT: "Amount", Kind.CLOSE_DATE: "CloseDate"}
TASKS = (Kind.TASK, Kind.APPROVAL, Kind.QUEUE, Kind.CRM, Kind.NOTIFY, Kind.ALERT, Kind.DOCUMENT)
# What is to be done is open; what only tells something is a task that is done, as Salesforce keeps its history.
OPEN = (Kind.TASK, Kind.APPROVAL, Kind.QUEUE)
LONGEST_TEXT = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Salesforce:
    """`login` is the URL of the organisation; `client` the name under which our changes come back as events;
    `key_field` a unique field of ours on Task, for our key."""

    login: str
    client_id: str
    client_secret: str = field(repr=False)
    stages: Mapping[str, str]
    client: str | None = None
    key_field: str | None = None
    tokens: Tokens = field(default_factory=Tokens, repr=False, compare=False)
    can: frozenset[Kind] = frozenset({*FIELDS, *TASKS})
    repeat: Repeat = Repeat.LOOK

    def build(self, asked: Asked, about: About) -> Json:
        id = long_id(required_id(about, "salesforce"))
        if asked.kind in NAMES:
            return {"id": id, "fields": {NAMES[asked.kind]: self.value(asked)}}
        task: Json = {
            "Subject": subject(asked),
            "Description": plain(asked, about)[:LONGEST_TEXT],
            "WhatId": id,
            "Status": "Not Started" if asked.kind in OPEN else "Completed",
            "Priority": "Normal",
            "ActivityDate": (asked.due_at or asked.at).date().isoformat(),
        }
        return {"task": task}

    def value(self, asked: Asked) -> Any:
        value = asked.content["value"]
        match asked.kind:
            case Kind.STAGE:
                return theirs(str(value), self.stages, "Salesforce")
            case Kind.AMOUNT:
                return value
            case _:
                return str(value)

    def marks(self, payload: Json) -> Sequence[Mark]:
        ours = [] if self.client is None else [Mark(system="salesforce", mark=by_client(self.client), standing=True)]
        for name, value in payload.get("fields", {}).items():
            # Salesforce tells an amount back as a number of its own making: 64000 or 64000.0.
            told = {str(value), number(value), str(float(value))} if name == "Amount" else {str(value)}
            ours += [Mark(system="salesforce", mark=wrote(payload["id"], name, each)) for each in sorted(told)]
        return ours

    def made(self, result: Json) -> Sequence[Mark]:
        return ()

    def send(self, payload: Json, attempt: Attempt) -> Json:
        if "task" in payload:
            return self.add(payload["task"], attempt)
        ((name, value),) = payload["fields"].items()
        path = f"sobjects/Opportunity/{payload['id']}"
        wanted = {"fields": f"{name},LastModifiedDate,LastModifiedById"}
        found = self.object(attempt, "GET", path, params=wanted)
        if same(name, found.get(name), value):
            return {"was": "already so"}
        modified = moment(found.get("LastModifiedDate"))
        by = str(found.get("LastModifiedById"))
        if modified > attempt.at and long_id(by) != self.user(attempt):
            raise ConflictError(
                f"Salesforce's opportunity was changed at {modified.isoformat()}, by {by}, after we concluded that "
                f"{name} is {value!r}; it is {found.get(name)!r} there",
                {"field": name, "theirs": found.get(name), "ours": value, "changed_at": modified.isoformat(), "by": by},
            )
        headers = {"if-unmodified-since": format_datetime(modified, usegmt=True)}
        reply = self.call(attempt, "PATCH", path, json={name: value}, headers=headers)
        if reply.status == 412:
            raise LaterError("Salesforce's opportunity changed while we looked at it", blames=False)
        checked(reply, "Salesforce")
        return {"was": found.get(name)}

    def add(self, task: Json, attempt: Attempt) -> Json:
        """A task. With a field for our key, Salesforce itself makes it once; else our key stands at its text's end."""
        if self.key_field is not None:
            path = f"sobjects/Task/{self.key_field}/{attempt.key}"
            return {"id": self.object(attempt, "PATCH", path, json=task).get("id")}
        if attempt.again and (found := self.found(task, attempt)) is not None:
            return {"id": found, "found": True}
        marked = task | {"Description": f"{task['Description']}\n\n{attempt.key}"}
        return {"id": self.object(attempt, "POST", "sobjects/Task", json=marked).get("id")}

    def found(self, task: Json, attempt: Attempt) -> str | None:
        # Both ids are letters and digits; a description cannot be asked for in a condition.
        query = (
            f"SELECT Id, Description FROM Task WHERE WhatId = '{task['WhatId']}' ORDER BY CreatedDate DESC LIMIT 200"
        )
        for each in self.object(attempt, "GET", "query", params={"q": query}).get("records") or []:
            if attempt.key in str(each.get("Description")):
                return str(each["Id"])
        return None

    def object(self, attempt: Attempt, method: str, path: str, **more: Any) -> Json:
        return checked(self.call(attempt, method, path, **more), "Salesforce").object("Salesforce")

    def call(
        self, attempt: Attempt, method: str, path: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> Reply:
        """Once more with a new token where the old one is refused."""
        reply = Reply(status=401, headers={}, body=b"")
        for _ in range(2):
            token = self.token(attempt)
            where = str(token.told.get("instance_url") or self.login).rstrip("/")
            sent = {"authorization": f"Bearer {token.value}", **(headers or {})}
            reply = attempt.http.call(method, f"{where}/services/data/{VERSION}/{path}", headers=sent, **more)
            if reply.status != 401:
                break
            self.tokens.forget()
        return reply

    def token(self, attempt: Attempt) -> Token:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        return self.tokens.get(attempt.http, f"{self.login}/services/oauth2/token", lambda: form, attempt.now())

    def user(self, attempt: Attempt) -> str:
        """Who we are there: the end of the URL that came with our token."""
        return long_id(str(self.token(attempt).told.get("id")).rpartition("/")[2])

    def test(self, attempt: Attempt) -> str:
        limits = self.object(attempt, "GET", "limits").get("DailyApiRequests") or {}
        return f"Salesforce lets us in; {limits.get('Remaining', 'some')} requests are left today"


def same(name: str, theirs: object, ours: object) -> bool:
    if theirs is None:
        return False
    if name == "Amount":
        return Decimal(str(theirs)) == Decimal(str(ours))
    return str(theirs) == str(ours)


def moment(value: object) -> dt.datetime:
    """Such as 2026-03-02T15:00:00.000+0000."""
    try:
        return dt.datetime.fromisoformat(str(value))
    except ValueError:
        raise RefusedError(f"Salesforce tells a time that is none: {str(value)[:40]!r}") from None


def read(options: Options) -> Salesforce:
    return Salesforce(
        login=options.url("login"),
        client_id=options.text("client_id"),
        client_secret=options.secret("client_secret"),
        stages=options.names("stages"),
        client=options.optional("client"),
        key_field=options.optional("key_field"),
    )

"""HubSpot: a deal's stage, amount and close date, tasks and notes.

A property is written only where its history says that nobody else has changed it since our decision. HubSpot has no
conditional write: between the look and the write another change can slip in, and then the later one stands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from service.connectors.crm import close_date_millis, number, required_id, theirs
from service.connectors.errors import ConflictError, RefusedError
from service.connectors.options import Options
from service.connectors.protocol import FIELDS, About, Asked, Attempt, Json, Kind, Mark, Repeat
from service.connectors.words import plain, subject
from service.webhooks.marks import by_client, made, wrote

__all__ = ["HubSpot", "read"]

API = "https://api.hubapi.com"
PROPERTIES = {Kind.STAGE: "dealstage", Kind.AMOUNT: "amount", Kind.CLOSE_DATE: "closedate"}
# What HubSpot itself defines: a task's and a note's association with a deal.
OBJECTS = {"tasks": 216, "notes": 214}
TASKS = (Kind.TASK, Kind.APPROVAL, Kind.QUEUE)
NOTES = (Kind.CRM, Kind.DOCUMENT, Kind.NOTIFY, Kind.ALERT)
# Of what HubSpot calls the source of a change, those that a program with a token is.
PROGRAMS = ("INTEGRATION", "API")
LONGEST_NOTE = 65_000
MOST_LOOKED_AT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSpot:
    """`stages` are HubSpot's, by ours; `app` is the id of our app there, by which its changes are known as ours."""

    token: str = field(repr=False)
    stages: Mapping[str, str]
    app: str | None = None
    api: str = API
    can: frozenset[Kind] = frozenset({*FIELDS, *TASKS, *NOTES})
    repeat: Repeat = Repeat.LOOK

    def build(self, asked: Asked, about: About) -> Json:
        deal = required_id(about, "hubspot")
        if asked.kind in PROPERTIES:
            name = PROPERTIES[asked.kind]
            return {"deal": deal, "properties": {name: self.value(asked)}}
        body = plain(asked, about)[:LONGEST_NOTE]
        if asked.kind in TASKS:
            due = asked.due_at or asked.at
            properties = {
                "hs_task_subject": subject(asked),
                "hs_task_body": body,
                "hs_task_status": "NOT_STARTED",
                "hs_task_type": "TODO",
                "hs_timestamp": iso(due),
            }
            return {"deal": deal, "object": "tasks", "properties": properties}
        note = {"hs_note_body": f"{subject(asked)}\n\n{body}"[:LONGEST_NOTE], "hs_timestamp": iso(asked.at)}
        return {"deal": deal, "object": "notes", "properties": note}

    def value(self, asked: Asked) -> str:
        value = asked.content["value"]
        match asked.kind:
            case Kind.STAGE:
                return theirs(str(value), self.stages, "HubSpot")
            case Kind.AMOUNT:
                return number(value)
            case _:
                return str(close_date_millis(value))

    def marks(self, payload: Json) -> Sequence[Mark]:
        ours = [] if self.app is None else [Mark(system="hubspot", mark=by_client(self.app), standing=True)]
        if "object" in payload:
            return ours
        written = [
            Mark(system="hubspot", mark=wrote(payload["deal"], name, value))
            for name, value in payload["properties"].items()
        ]
        return [*ours, *written]

    def made(self, result: Json) -> Sequence[Mark]:
        return [Mark(system="hubspot", mark=made(result["id"]), standing=True)] if "id" in result else ()

    def send(self, payload: Json, attempt: Attempt) -> Json:
        if "object" in payload:
            return self.add(payload, attempt)
        ((name, value),) = payload["properties"].items()
        if self.stands(payload["deal"], name, value, attempt):
            return {"was": "already so"}
        answer = self.call(attempt, "PATCH", f"deals/{payload['deal']}", json={"properties": {name: value}})
        return {"updated_at": answer.get("updatedAt")}

    def stands(self, deal: str, name: str, value: str, attempt: Attempt) -> bool:
        """Whether the value is there already; raises ConflictError where somebody has changed it since."""
        params = {"properties": name, "propertiesWithHistory": name}
        found = self.call(attempt, "GET", f"deals/{deal}", params=params)
        now = (found.get("properties") or {}).get(name)
        if same(name, now, value):
            return True
        history = (found.get("propertiesWithHistory") or {}).get(name) or []
        newest = max(history, key=lambda each: str(each.get("timestamp")), default=None)
        if newest is None or self.is_ours(newest):
            return False
        changed = moment(newest.get("timestamp"))
        if changed > attempt.at:
            who = newest.get("updatedByUserId") or newest.get("sourceLabel") or newest.get("sourceType") or "somebody"
            raise ConflictError(
                f"HubSpot's {name} became {now!r} at {iso(changed)}, by {who}, after we concluded {value!r}",
                {"property": name, "theirs": now, "ours": value, "changed_at": iso(changed), "by": str(who)},
            )
        return False

    def is_ours(self, entry: Mapping[str, Any]) -> bool:
        """Without our app's id every program's change counts as ours: only people's are kept from being overwritten."""
        if entry.get("sourceType") not in PROGRAMS:
            return False
        return self.app is None or str(entry.get("sourceId")) == self.app

    def add(self, payload: Json, attempt: Attempt) -> Json:
        """A task or note at the deal. Its body ends with our key: by that it is found again."""
        kind, deal = payload["object"], payload["deal"]
        if attempt.again and (found := self.found(kind, deal, attempt)) is not None:
            return {"id": found, "found": True}
        body = body_of(kind)
        properties = dict(payload["properties"])
        properties[body] = f"{properties[body]}\n\n{attempt.key}"
        types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": OBJECTS[kind]}]
        wanted = {"properties": properties, "associations": [{"to": {"id": deal}, "types": types}]}
        return {"id": str(self.call(attempt, "POST", kind, json=wanted).get("id"))}

    def found(self, kind: str, deal: str, attempt: Attempt) -> str | None:
        """Among the newest of the deal's own: HubSpot's search would show it only after a while."""
        path = f"/crm/v4/objects/deals/{deal}/associations/{kind}"
        listed = self.call(attempt, "GET", path, params={"limit": "500"}).get("results") or []
        ids = sorted((int(each["toObjectId"]) for each in listed), reverse=True)[:MOST_LOOKED_AT]
        if not ids:
            return None
        body = body_of(kind)
        wanted = {"properties": [body], "inputs": [{"id": str(id)} for id in ids]}
        for each in self.call(attempt, "POST", f"{kind}/batch/read", json=wanted).get("results") or []:
            if attempt.key in str((each.get("properties") or {}).get(body)):
                return str(each["id"])
        return None

    def call(self, attempt: Attempt, method: str, path: str, **more: Any) -> Json:
        url = f"{self.api}{path}" if path.startswith("/") else f"{self.api}/crm/v3/objects/{path}"
        answer = attempt.http.ask(method, url, headers={"authorization": f"Bearer {self.token}"}, **more)
        return answer.object("HubSpot")

    def test(self, attempt: Attempt) -> str:
        self.call(attempt, "GET", "deals", params={"limit": "1"})
        return "HubSpot lets us read deals"


def body_of(kind: str) -> str:
    return "hs_task_body" if kind == "tasks" else "hs_note_body"


def same(name: str, theirs: object, ours: str) -> bool:
    """Amounts as numbers, close dates as days: HubSpot writes both in ways of its own."""
    if theirs is None:
        return False
    if name == "amount":
        try:
            return Decimal(str(theirs)) == Decimal(ours)
        except ArithmeticError:
            return False
    if name == "closedate":
        try:
            return moment(theirs).date() == moment(ours).date()
        except RefusedError:
            return False
    return str(theirs) == ours


def moment(value: object) -> dt.datetime:
    text = str(value)
    try:
        if text.isdecimal():
            return dt.datetime.fromtimestamp(int(text) / 1000, dt.UTC)
        found = dt.datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        raise RefusedError(f"HubSpot tells a time that is none: {text[:40]!r}") from None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def iso(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read(options: Options) -> HubSpot:
    return HubSpot(
        token=options.secret("token"),
        stages=options.names("stages"),
        app=options.optional("app"),
        api=options.url("api", API),
    )

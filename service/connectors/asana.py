"""Asana tasks. Our key stands in the task's notes: among the project's newest tasks it is found again by that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from service.connectors.errors import LaterError
from service.connectors.options import Options
from service.connectors.protocol import About, Asked, Attempt, Json, Kind, Mark, Repeat
from service.connectors.words import plain, subject
from service.webhooks.marks import by_client

__all__ = ["Asana", "read"]

API = "https://app.asana.com/api/1.0"
CAN = frozenset({Kind.TASK, Kind.APPROVAL, Kind.QUEUE, Kind.NOTIFY, Kind.ALERT, Kind.DOCUMENT, Kind.EMAIL})
MOST_PAGES = 20
# The other system's clock may be a little behind ours.
SLACK = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asana:
    """`project` is where tasks go; `user` the id of the user that we are there, by which our changes are known."""

    token: str = field(repr=False)
    project: str
    user: str | None = None
    assign: bool = True
    api: str = API
    can: frozenset[Kind] = CAN
    repeat: Repeat = Repeat.LOOK

    def build(self, asked: Asked, about: About) -> Json:
        task: Json = {"name": subject(asked), "notes": plain(asked, about), "projects": [self.project]}
        if asked.due_at is not None:
            task["due_at"] = asked.due_at.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if self.assign and len(about.addresses) == 1:
            # Asana takes a user's mail address in the place of an id.
            task["assignee"] = about.addresses[0]
        return {"task": task, "since": asked.at.isoformat()}

    def marks(self, payload: Json) -> Sequence[Mark]:
        return [] if self.user is None else [Mark(system="asana", mark=by_client(self.user), standing=True)]

    def made(self, result: Json) -> Sequence[Mark]:
        return ()

    def send(self, payload: Json, attempt: Attempt) -> Json:
        if attempt.again and (found := self.found(payload["since"], attempt)) is not None:
            return {"gid": found, "found": True}
        task = payload["task"]
        marked = task | {"notes": f"{task['notes']}\n\n{attempt.key}"}
        return {"gid": self.call(attempt, "POST", "tasks", json={"data": marked}).get("data", {}).get("gid")}

    def found(self, since: str, attempt: Attempt) -> str | None:
        after = (dt.datetime.fromisoformat(since) - SLACK).astimezone(dt.UTC)
        params = {
            "project": self.project,
            "modified_since": after.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "opt_fields": "notes",
            "limit": "100",
        }
        for _ in range(MOST_PAGES):
            page = self.call(attempt, "GET", "tasks", params=params)
            for task in page.get("data") or []:
                if attempt.key in str(task.get("notes")):
                    return str(task["gid"])
            following = page.get("next_page") or {}
            if not following.get("offset"):
                return None
            params["offset"] = str(following["offset"])
        raise LaterError("Asana lists more tasks than we look through for one that we may have made", unclear=True)

    def call(self, attempt: Attempt, method: str, path: str, **more: Any) -> Json:
        headers = {"authorization": f"Bearer {self.token}"}
        return attempt.http.ask(method, f"{self.api}/{path}", headers=headers, **more).object("Asana")

    def test(self, attempt: Attempt) -> str:
        project = self.call(attempt, "GET", f"projects/{self.project}", params={"opt_fields": "name"})
        return f"Asana shows us the project {str((project.get('data') or {}).get('name'))[:80]!r}"


def read(options: Options) -> Asana:
    return Asana(
        token=options.secret("token"),
        project=options.text("project"),
        user=options.optional("user"),
        assign=options.flag("assign", True),
        api=options.url("api", API),
    )

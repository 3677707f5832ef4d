"""monday.com items. A text column of the board holds our key: by that an item is found again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from service.connectors.errors import LaterError, RefusedError
from service.connectors.options import Options
from service.connectors.protocol import About, Asked, Attempt, Json, Kind, Mark, Repeat
from service.connectors.words import line, plain, subject

__all__ = ["Monday", "read"]

API = "https://api.monday.com/v2"
VERSION = "2024-10"
CAN = frozenset({Kind.TASK, Kind.APPROVAL, Kind.QUEUE, Kind.NOTIFY, Kind.ALERT, Kind.DOCUMENT, Kind.EMAIL})
PASSING = ("complexity", "rate", "concurrency", "internal server error", "timeout")

CREATE = (
    "mutation ($board: ID!, $group: String, $name: String!, $values: JSON!) "
    "{ create_item (board_id: $board, group_id: $group, item_name: $name, column_values: $values) { id } }"
)
FIND = (
    "query ($board: ID!, $column: String!, $key: String!) { items_page_by_column_values "
    "(board_id: $board, limit: 1, columns: [{column_id: $column, column_values: [$key]}]) { items { id } } }"
)
ME = "query { me { name } }"


@dataclass(frozen=True, slots=True, kw_only=True)
class Monday:
    """`key_column` is a text column for our key; `date_column` and `text_column` get the date and the words, where they
    are named."""

    token: str = field(repr=False)
    board: str
    key_column: str
    group: str | None = None
    date_column: str | None = None
    text_column: str | None = None
    api: str = API
    can: frozenset[Kind] = CAN
    repeat: Repeat = Repeat.LOOK

    def build(self, asked: Asked, about: About) -> Json:
        values: Json = {}
        if self.date_column is not None and asked.due_at is not None:
            values[self.date_column] = {"date": asked.due_at.date().isoformat()}
        if self.text_column is not None:
            values[self.text_column] = {"text": plain(asked, about)[:2000]}
        return {"name": subject(asked), "values": values}

    def marks(self, payload: Json) -> Sequence[Mark]:
        return ()

    def made(self, result: Json) -> Sequence[Mark]:
        return ()

    def send(self, payload: Json, attempt: Attempt) -> Json:
        if attempt.again and (found := self.found(attempt)) is not None:
            return {"id": found, "found": True}
        values = payload["values"] | {self.key_column: attempt.key}
        variables = {
            "board": self.board,
            "group": self.group,
            "name": payload["name"],
            "values": orjson.dumps(values).decode(),
        }
        made = self.ask(attempt, CREATE, variables).get("create_item") or {}
        if not made.get("id"):
            raise LaterError("monday.com answered no id", unclear=True)
        return {"id": str(made["id"])}

    def found(self, attempt: Attempt) -> str | None:
        variables = {"board": self.board, "column": self.key_column, "key": attempt.key}
        page = self.ask(attempt, FIND, variables).get("items_page_by_column_values") or {}
        items = page.get("items") or []
        return str(items[0]["id"]) if items else None

    def ask(self, attempt: Attempt, query: str, variables: Json) -> dict[str, Any]:
        headers = {"authorization": self.token, "api-version": VERSION}
        answer = attempt.http.ask(
            "POST", self.api, headers=headers, json={"query": query, "variables": variables}
        ).object("monday.com")
        errors = answer.get("errors") or ([answer] if answer.get("error_message") else [])
        if errors:
            first = errors[0] if isinstance(errors[0], dict) else {}
            said = line(str(first.get("message") or first.get("error_message")))[:200]
            if any(word in said.lower() for word in PASSING):
                raise LaterError(f"monday.com answered: {said}", unclear=True)
            raise RefusedError(f"monday.com answered: {said}")
        data = answer.get("data")
        return data if isinstance(data, dict) else {}

    def test(self, attempt: Attempt) -> str:
        me = self.ask(attempt, ME, {}).get("me") or {}
        return f"monday.com knows us as {line(str(me.get('name')))[:80]}"


def read(options: Options) -> Monday:
    return Monday(
        token=options.secret("token"),
        board=options.text("board"),
        key_column=options.text("key_column"),
        group=options.optional("group"),
        date_column=options.optional("date_column"),
        text_column=options.optional("text_column"),
        api=options.url("api", API),
    )

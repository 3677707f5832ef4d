"""Example deals into an empty database, through the same flows as everything else, on dates of the last weeks."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from importlib import resources
from typing import Any

import orjson

from service.flows.accept_conversation import accept_conversation
from service.flows.append_events import append_events
from service.flows.context import Context
from service.flows.read_conversation import read_conversation
from signals import Conversation

__all__ = ["fill_demo"]

Json = dict[str, Any]

WEEK = dt.timedelta(weeks=1)


def fill_demo(context: Context, *, backwards: bool = False) -> Iterator[Conversation]:
    """Each conversation once it is read, the first told first unless `backwards`.

    What is said ("next Thursday") stays true: dates move by whole weeks only.
    """
    folder = resources.files("service.demo")
    events: list[Json] = orjson.loads(folder.joinpath("events.json").read_bytes())
    files = sorted(folder.joinpath("conversations").iterdir(), key=lambda file: file.name)
    stories: list[Json] = [orjson.loads(file.read_bytes()) for file in files if file.name.endswith(".json")]
    newest = max(moment(each) for each in [*events, *stories])
    by = WEEK * ((context.now() - newest) // WEEK)
    append_events(context, [moved(event, by) for event in events])
    here = dataclasses.replace(context, defer=lambda *job: None)
    for story in reversed(stories) if backwards else stories:
        conversation = Conversation.from_json(moved(story, by))
        accept_conversation(here, conversation)
        read_conversation(here, conversation.id)
        yield conversation


def moment(source: Json) -> dt.datetime:
    return dt.datetime.fromisoformat(source["occurred_at"])


def moved(source: Json, by: dt.timedelta) -> Json:
    return source | {"occurred_at": (moment(source) + by).isoformat()}

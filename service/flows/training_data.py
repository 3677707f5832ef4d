"""Reviewed conversations as labelled ones: what the extractors are trained on and scored with."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection

from service.flows.context import Context
from service.flows.review_errors import NotReadError, UnknownError
from service.flows.review_state import stands_as
from service.flows.route_conversation import with_sides
from service.routing.clues import clean
from service.store import conversations, reviews, routing, signals
from signals import Conversation

__all__ = ["export", "labelled", "mark_complete"]

Json = dict[str, Any]

# What a machine adds to a fact; a label has none of it.
NO_LABEL = ("speaker", "side", "confidence", "found_by")


def labelled(context: Context) -> Iterator[Json]:
    """Each conversation in which a person decided about every signal, or which was marked complete, with `gold`: what
    was accepted, corrected or added. What was dismissed is no label, nor is what still waits. One whose words are gone
    teaches nothing."""
    workspace = context.workspace
    with context.database.connect() as connection:
        ids = reviews.complete(connection, workspace)
        for id in ids:
            if conversations.words_gone(connection, workspace, id):
                continue
            yield labelled_one(connection, workspace, id)


def labelled_one(connection: Connection, workspace: str, id: str) -> Json:
    stored = conversations.get(connection, workspace, id)
    assert stored is not None, "signals have a conversation, and conversations are never deleted"
    conversation = with_sides(Conversation.from_json(stored.content), reviews.sides(connection, workspace, id))
    found = [content for row in signals.of_conversation(connection, workspace, id) if (content := stands_as(row))]
    gold = [{key: value for key, value in content.items() if key not in NO_LABEL} for content in found]
    return conversation.to_json() | {"gold": gold}


def export(context: Context, folder: Path) -> int:
    """A file for each conversation, written over those of a former export; how many. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for document in labelled(context):
        text = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        (folder / file_name(document["id"])).write_bytes(text)
        count += 1
    return count


def file_name(id: str) -> str:
    """Readable, and another one for each id."""
    if re.fullmatch(r"[\w-][\w.-]{0,99}", id, re.ASCII) and id == id.lower():
        return f"{id}.json"
    digest = hashlib.sha256(id.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{re.sub(r'[^a-z0-9-]+', '_', id.lower())[:60]}~{digest}.json"


def mark_complete(context: Context, conversation: str, complete: bool, *, by: str) -> None:
    """A person says that every signal of the conversation is there and right, or takes that back.

    Raises UnknownError, and NotReadError for one that was not read.
    """
    workspace = context.workspace
    with context.database.begin() as connection:
        stored = conversations.get(connection, workspace, conversation)
        if stored is None:
            raise UnknownError("conversation", conversation)
        if routing.get(connection, workspace, conversation) is None:
            raise NotReadError(conversation, stored.state)
        if complete:
            reviews.mark_complete(connection, workspace, conversation, by=clean(by)[:250], at=context.now())
        else:
            reviews.unmark_complete(connection, workspace, conversation)

"""Take a conversation in: stored, and a job to read it, in one transaction. What is answered after it is durable."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

import orjson

from service.flows.context import Context
from service.intake.envelope import Envelope
from service.routing.clues import clues_of
from service.store import conversations, routing
from signals import Conversation, DecodeError

__all__ = ["Accepted", "Reception", "accept_conversation"]

# Ids are keys of indexes, parts of other ids and pieces of URLs.
LONGEST_ID = 250


class Reception(StrEnum):
    NEW = "new"
    KNOWN = "known"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """`state` is that of the stored conversation: received, read or failed."""

    id: str
    reception: Reception
    state: str


def accept_conversation(
    context: Context, conversation: Conversation, *, envelope: Envelope | None = None, read_in: int = 0
) -> Accepted:
    """The same id with the same content changes nothing; other content under a known id is a conflict, and changes
    nothing either.

    `envelope` is what a message's format tells beside its words. `read_in` delays the job by seconds, for a caller
    that reads it right away and needs the job only if it dies.
    Raises DecodeError for ids that cannot be kept.
    """
    deal = conversation.deal.id if conversation.deal else None
    check_id("id", conversation.id)
    if deal is not None:
        check_id("deal.id", deal)
    content = conversation.to_json()
    digest = hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
    with context.database.begin() as connection:
        stored = conversations.add(
            connection,
            workspace=context.workspace,
            id=conversation.id,
            kind=conversation.kind.value,
            deal=deal,
            occurred_at=conversation.occurred_at,
            received_at=context.now(),
            content_hash=digest,
            content=content,
        )
        if stored:
            found_by = clues_of(conversation, envelope, our_domains=context.our_domains).keys
            carrier = None if envelope is None else envelope.to_json()
            routing.arrive(connection, context.workspace, conversation.id, carrier, found_by)
            context.defer(connection, context.workspace, conversation.id, deal, read_in)
            return Accepted(id=conversation.id, reception=Reception.NEW, state="received")
        known = conversations.get(connection, context.workspace, conversation.id)
    assert known is not None, "an insert that conflicts has met a row, and rows are never deleted"
    reception = Reception.KNOWN if known.content_hash == digest else Reception.CONFLICT
    return Accepted(id=conversation.id, reception=reception, state=known.state)


def check_id(field: str, value: str) -> None:
    if len(value) > LONGEST_ID or any(ord(letter) < 32 or ord(letter) == 127 for letter in value):
        raise DecodeError(field, value, f"at most {LONGEST_ID} characters, none of them a control character")

"""Take conversations in: stored, and jobs to read them, in one transaction. What is answered after it is durable."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import orjson
from sqlalchemy.exc import OperationalError, TimeoutError

from service.flows.context import Context, ReadJob
from service.intake.envelope import Envelope
from service.routing.clues import clues_of
from service.store import arrivals, audit
from service.store.arrivals import Arrival
from service.store.audit import Acting
from service.store.connect import within
from signals import Conversation, DecodeError

__all__ = ["Accepted", "Post", "Reception", "accept_conversation", "accept_together", "arrival_of"]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Something that somebody (`acting`, for the audit log) sent in, with what the service works with."""

    context: Context
    arrival: Arrival
    acting: Acting | None = None


Outcome: TypeAlias = Accepted | Exception


def accept_conversation(
    context: Context, conversation: Conversation, *, envelope: Envelope | None = None, read_in: int = 0
) -> Accepted:
    """The same id with the same content changes nothing; other content under a known id is a conflict, and changes
    nothing either.

    `envelope` is what a message's format tells beside its words. `read_in` delays the job by seconds, for a caller
    that reads it right away and needs the job only if it dies.
    Raises DecodeError for ids that cannot be kept.
    """
    arrival = arrival_of(context, context.workspace, conversation, envelope=envelope, read_in=read_in)
    return store(context, [Post(context=context, arrival=arrival)])[0]


def arrival_of(
    context: Context, workspace: str, conversation: Conversation, *, envelope: Envelope | None = None, read_in: int = 0
) -> Arrival:
    """All that is stored of it; asks nothing of the database. Raises DecodeError for ids that cannot be kept."""
    deal = conversation.deal.id if conversation.deal else None
    check_id("id", conversation.id)
    if deal is not None:
        check_id("deal.id", deal)
    content = conversation.to_json()
    return Arrival(
        workspace=workspace,
        id=conversation.id,
        kind=conversation.kind.value,
        deal=deal,
        occurred_at=conversation.occurred_at,
        received_at=context.now(),
        content_hash=hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest(),
        content=orjson.dumps(content).decode(),
        envelope=None if envelope is None else orjson.dumps(envelope.to_json()).decode(),
        found_by=tuple(clues_of(conversation, envelope, our_domains=context.domains_of(workspace)).keys),
        read_in=read_in,
    )


def accept_together(posts: Sequence[Post]) -> list[Outcome]:
    """What `accept_conversation` says of each, or why it could not be stored; those of a workspace in one transaction.

    What the database cannot store costs the others nothing: they are then stored one by one.
    """
    out: dict[int, Outcome] = {}
    for workspace in dict.fromkeys(post.arrival.workspace for post in posts):
        mine = [(place, post) for place, post in enumerate(posts) if post.arrival.workspace == workspace]
        found = stored_or_why([post for _, post in mine])
        out |= {place: outcome for (place, _), outcome in zip(mine, found, strict=True)}
    return [out[place] for place in range(len(posts))]


def stored_or_why(posts: Sequence[Post]) -> list[Outcome]:
    try:
        return list(store(posts[0].context, posts))
    except (OperationalError, TimeoutError) as error:
        # The database is away: it would be for each of them.
        return [error] * len(posts)
    except Exception as error:  # noqa: BLE001 - which of them it is about shows when each is stored alone
        if len(posts) == 1:
            return [error]
        return [outcome for post in posts for outcome in stored_or_why([post])]


def store(context: Context, posts: Sequence[Post]) -> list[Accepted]:
    """All of one workspace. Of several with the same id the first one counts."""
    workspace = posts[0].arrival.workspace
    first: dict[str, Post] = {}
    for post in posts:
        first.setdefault(post.arrival.id, post)
    with within(context.database, workspace).begin() as connection:
        new = arrivals.add(connection, workspace, [post.arrival for post in first.values()])
        fresh = [post for id, post in first.items() if id in new]
        told = [post.acting for post in fresh if post.acting is not None]
        if fresh:
            context.defer(connection, [job_of(post.arrival) for post in fresh])
            audit.add(connection, workspace, told)
        held = arrivals.known(connection, workspace, first.keys() - new) if len(fresh) < len(first) else {}
    audit.settle(told)
    held |= {post.arrival.id: (post.arrival.content_hash, "received") for post in fresh}
    return [received(post, *held[post.arrival.id], new=counts(post, first, new)) for post in posts]


def counts(post: Post, first: Mapping[str, Post], new: Collection[str]) -> bool:
    return post.arrival.id in new and first[post.arrival.id] is post


def job_of(arrival: Arrival) -> ReadJob:
    return ReadJob(workspace=arrival.workspace, conversation=arrival.id, deal=arrival.deal, delay=arrival.read_in)


def received(post: Post, content_hash: str, state: str, *, new: bool) -> Accepted:
    if new:
        reception = Reception.NEW
    else:
        reception = Reception.KNOWN if content_hash == post.arrival.content_hash else Reception.CONFLICT
    return Accepted(id=post.arrival.id, reception=reception, state=state)


def check_id(field: str, value: str) -> None:
    if len(value) > LONGEST_ID or any(ord(letter) < 32 or ord(letter) == 127 for letter in value):
        raise DecodeError(field, value, f"at most {LONGEST_ID} characters, none of them a control character")

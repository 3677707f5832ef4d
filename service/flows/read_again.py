"""Read a conversation once more: by another reader, with sides that were corrected, or into another deal.

Its events become those of the new reading; what people said about its signals stands.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from service.flows.context import Context
from service.flows.review_errors import NotReadError, UnknownError, WordsGoneError
from service.flows.route_conversation import route_as_before, route_into
from service.flows.settle_events import Settler
from service.flows.store_reading import store_reading
from service.routing.clues import clean
from service.store import conversations, deals, reviews, routing
from signals import Conversation, DecodeError, Side

__all__ = ["correct_side", "move_conversation", "read_again"]

Json = dict[str, Any]

TRIES = 5


def read_again(context: Context, conversation: str, *, by: str, reason: str | None = None) -> tuple[Json, ...]:
    """The decisions that follow. Raises UnknownError, and NotReadError for one that was never read."""
    told = f"{by} had the conversation read again" + (f": {reason}" if reason else "")
    return once_more(context, conversation, None, Settler(by=by, reason=told, machine=True))


def correct_side(
    context: Context, conversation: str, participant: str, side: str, *, by: str, reason: str | None = None
) -> tuple[Json, ...]:
    """A person says on whose side a participant is: it holds whenever the conversation is read, and it is read anew.

    Raises UnknownError, NotReadError, and DecodeError for a side that is none.
    """
    if side not in list(Side):
        raise DecodeError("side", side, "one of " + ", ".join(Side))
    by, workspace = clean(by)[:250], context.workspace
    with context.database.begin() as connection:
        stored = conversations.get(connection, workspace, conversation)
        if stored is None:
            raise UnknownError("conversation", conversation)
        if routing.get(connection, workspace, conversation) is None:
            raise NotReadError(conversation, stored.state)
        if Conversation.from_json(stored.content).participant(participant) is None:
            raise UnknownError("participant", participant)
        reviews.correct_side(connection, workspace, conversation, participant, side, by=by, at=context.now())
    told = f"{by} said that {participant} is the {side}'s" + (f": {clean(reason)}" if reason else "")
    return once_more(context, conversation, None, Settler(by=by, reason=told, machine=True))


def move_conversation(
    context: Context, conversation: str, deal: str, *, by: str, reason: str | None = None
) -> tuple[Json, ...]:
    """A conversation that is in one deal belongs to another one: taken back there, added here.

    Raises UnknownError, NotReadError, and DecodeError for a deal that is unknown or a conversation that is in none.
    """
    by = clean(by)[:250]
    with context.database.connect() as connection:
        route = routing.get(connection, context.workspace, conversation)
        if route is not None and route.deal == deal:
            return ()
        if route is not None and route.deal is None:
            expected = "a conversation that is in a deal; this one waits for its first: /v1/unassigned"
            raise DecodeError("conversation", conversation, expected)
        if "\x00" in deal or deals.get(connection, context.workspace, deal) is None:
            raise DecodeError("deal", deal, "the id of a deal that is known")
    told = f"{by} moved the conversation to another deal" + (f": {clean(reason)}" if reason else "")
    return once_more(context, conversation, deal, Settler(by=by, reason=told))


def once_more(context: Context, id: str, deal: str | None, settler: Settler) -> tuple[Json, ...]:
    """`deal` is where it goes; None: it stays where it is. Reading is slow and holds nothing, so that it is done once
    more where the conversation went elsewhere meanwhile."""
    workspace = context.workspace
    for _ in range(TRIES):
        with context.database.connect() as connection:
            stored = conversations.get(connection, workspace, id)
            route = routing.get(connection, workspace, id)
            gone = conversations.words_gone(connection, workspace, id)
        if stored is None:
            raise UnknownError("conversation", id)
        if gone:
            raise WordsGoneError(id)
        if route is None:
            raise NotReadError(id, stored.state)
        conversation = Conversation.from_json(stored.content)
        if deal is None:
            routed = route_as_before(context, conversation, route)
        else:
            routed = route_into(context, conversation, deal, reason=settler.reason, by=settler.by)
        found = context.read(routed.conversation)
        with context.database.begin() as connection:
            held = routing.lock(connection, workspace, id)
            if held is None or (held.deal, held.state) != (route.deal, route.state):
                continue
            decisions = store_reading(context, connection, routed, found, again=True, settler=settler)
            after = dataclasses.replace(routed.as_stored(context.now()), candidates=held.candidates)
            if deal is None:
                after = dataclasses.replace(after, settled_at=held.settled_at, settled_by=held.settled_by)
            routing.update(connection, workspace, after)
            return decisions
    raise NotReadError(id, "moving")

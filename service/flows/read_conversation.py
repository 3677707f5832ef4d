"""Read a conversation: extract its signals, make its events, fold them into the deal; one transaction stores it all."""

from __future__ import annotations

import logging

from sqlalchemy.exc import SQLAlchemyError

from service.flows.context import Context
from service.flows.route_conversation import Routed, route_conversation
from service.flows.store_reading import store_reading
from service.readers.model import ModelUnreachableError
from service.store import conversations, routing
from signals import Conversation, Signal

__all__ = ["read_conversation"]

log = logging.getLogger(__name__)

LONGEST_REASON = 500


def read_conversation(context: Context, id: str) -> bool:
    """Whether this call read it; nothing is done for one that is unknown, read or failed already.

    A conversation that cannot be read is marked failed with the reason. Errors of the database, of memory, of the
    installation and of a language model that is away say nothing about the conversation: they are raised, and the job
    is tried again.
    """
    try:
        with context.database.connect() as connection:
            stored = conversations.get(connection, context.workspace, id)
            if stored is None or stored.state != "received":
                return False
            routed = route_conversation(context, connection, Conversation.from_json(stored.content))
        # The slow part, before the transaction: nobody waits for a lock while words are read.
        found = context.read(routed.conversation)
        return keep(context, routed, found)
    except (SQLAlchemyError, MemoryError, ImportError, ModelUnreachableError):
        raise
    except Exception as error:  # noqa: BLE001 - one conversation that cannot be read must not keep the others waiting
        # Type and message only: a traceback could hold what people said.
        reason = f"{type(error).__name__}: {error}"[:LONGEST_REASON]
        log.error("conversation failed", extra={"conversation": id, "error": type(error).__name__})
        return fail(context, id, reason)


def keep(context: Context, routed: Routed, found: list[Signal]) -> bool:
    id = routed.conversation.id
    with context.database.begin() as connection:
        if not conversations.lock_unread(connection, context.workspace, id):
            return False
        store_reading(context, connection, routed, found)
        routing.add(connection, context.workspace, routed.as_stored(context.now()))
        conversations.mark_read(connection, context.workspace, id, context.now())
    return True


def fail(context: Context, id: str, reason: str) -> bool:
    with context.database.begin() as connection:
        if not conversations.lock_unread(connection, context.workspace, id):
            return False
        conversations.mark_failed(connection, context.workspace, id, context.now(), reason)
    return True

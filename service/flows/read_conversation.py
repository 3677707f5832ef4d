"""Read a conversation: extract its signals, make its events, fold them into the deal; one transaction stores it all."""

from __future__ import annotations

import logging

from sqlalchemy.exc import SQLAlchemyError

from service.flows.append_events import append_to_deal
from service.flows.context import Context
from service.flows.make_events import make_events
from service.store import conversations, signals
from service.store.signals import StoredSignal
from signals import Conversation, Signal

__all__ = ["read_conversation"]

log = logging.getLogger(__name__)

LONGEST_REASON = 500


def read_conversation(context: Context, id: str) -> bool:
    """Whether this call read it; nothing is done for one that is unknown, read or failed already.

    A conversation that cannot be read is marked failed with the reason. Errors of the database, of memory and of the
    installation say nothing about the conversation: they are raised, and the job is tried again.
    """
    with context.database.connect() as connection:
        stored = conversations.get(connection, context.workspace, id)
    if stored is None or stored.state != "received":
        return False
    try:
        conversation = Conversation.from_json(stored.content)
        # The slow part, before the transaction: nobody waits for a lock while words are read.
        found = context.extract(conversation)
        return keep(context, conversation, found)
    except (SQLAlchemyError, MemoryError, ImportError):
        raise
    except Exception as error:  # noqa: BLE001 - one conversation that cannot be read must not keep the others waiting
        # Type and message only: a traceback could hold what people said.
        reason = f"{type(error).__name__}: {error}"[:LONGEST_REASON]
        log.error("conversation failed", extra={"conversation": id, "error": type(error).__name__})
        return fail(context, id, reason)


def keep(context: Context, conversation: Conversation, found: list[Signal]) -> bool:
    deal = conversation.deal.id if conversation.deal else None
    accepted = [signal for signal in found if signal.confidence >= context.accept_at]
    rows = [stored_signal(context, conversation, deal, place, signal) for place, signal in enumerate(found)]
    with context.database.begin() as connection:
        if not conversations.lock_unread(connection, context.workspace, conversation.id):
            return False
        signals.add(connection, context.workspace, rows)
        if deal is not None:
            append_to_deal(context, connection, deal, make_events(conversation, accepted))
        conversations.mark_read(connection, context.workspace, conversation.id, context.now())
    return True


def stored_signal(
    context: Context, conversation: Conversation, deal: str | None, place: int, signal: Signal
) -> StoredSignal:
    return StoredSignal(
        id=context.new_id(),
        conversation=conversation.id,
        position=place,
        deal=deal,
        type=signal.type,
        state="accepted" if signal.confidence >= context.accept_at else "pending",
        confidence=signal.confidence,
        occurred_at=conversation.occurred_at,
        content=signal.to_json(),
    )


def fail(context: Context, id: str, reason: str) -> bool:
    with context.database.begin() as connection:
        if not conversations.lock_unread(connection, context.workspace, id):
            return False
        conversations.mark_failed(connection, context.workspace, id, context.now(), reason)
    return True

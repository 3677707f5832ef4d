"""A person adds a signal that no reading found, from words of the conversation."""

from __future__ import annotations

from typing import Any

from service.flows.check_signal import signal_by_person
from service.flows.context import Context
from service.flows.record_review import Reviewed, record, review_locked
from service.flows.review_errors import NotReadError, UnknownError
from service.flows.same_signal import same_facts
from service.store import conversations, reviews, routing, signals
from service.store.signals import StoredSignal
from signals import Conversation, DecodeError

__all__ = ["add_missed"]

Json = dict[str, Any]

MOST_SIGNALS = 1000


def add_missed(context: Context, conversation: str, signal: Json, *, by: str, reason: str | None = None) -> Reviewed:
    """It counts at once. One that is there already, with the same words, is accepted instead.

    Raises UnknownError, NotReadError for a conversation that was not read, DecodeError for a signal that is none.
    """
    workspace = context.workspace
    with context.database.begin() as connection:
        stored = conversations.get(connection, workspace, conversation)
        if stored is None:
            raise UnknownError("conversation", conversation)
        route = routing.lock(connection, workspace, conversation)
        if route is None:
            raise NotReadError(conversation, stored.state)
        content = signal_by_person(Conversation.from_json(stored.content), signal)
        known = signals.lock_of_conversation(connection, workspace, conversation)
        same = next((row for row in known if same_facts(row.content, content)), None)
        if same is not None:
            return review_locked(context, connection, same.id, action="accept", reason=reason, by=by)
        if len(known) >= MOST_SIGNALS:
            raise DecodeError("", signal, f"a conversation with fewer than {MOST_SIGNALS} signals")
        # Without the review that adds it, it would be none: undoing that dismisses it.
        row = StoredSignal(
            id=context.new_id(),
            conversation=conversation,
            position=1 + max((row.position for row in known), default=-1),
            deal=route.deal,
            type=content["type"],
            state="dismissed",
            confidence=content["confidence"],
            occurred_at=Conversation.from_json(stored.content).occurred_at,
            content=content,
        )
        signals.add(connection, workspace, [row])
        log = reviews.of_signals(connection, workspace, [row.id])[row.id]
        return record(context, connection, row, log, action="add", content=content, reason=reason, by=by)

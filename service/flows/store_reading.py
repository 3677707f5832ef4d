"""What was read in a conversation, into its deal: signals, events, people. All in the caller's transaction."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from service.flows.append_events import append_to_deal
from service.flows.context import Context
from service.flows.make_events import make_events
from service.routing.addresses import domain_of, mailbox
from service.routing.clues import clean
from service.store import conversations, people, signals
from service.store.people import DealPerson
from service.store.signals import StoredSignal
from signals import Conversation, Participant, Signal, signal_from_json

if TYPE_CHECKING:
    from service.flows.route_conversation import Routed

__all__ = ["store_reading"]


def store_reading(
    context: Context, connection: Connection, routed: Routed, found: Sequence[Signal], *, again: bool = False
) -> None:
    """`again`: it was read before, while its deal was not known. Signals that are the same keep their ids; where a
    person has reviewed one, that reading stands and only goes to the deal."""
    conversation, workspace, deal = routed.conversation, context.workspace, routed.deal
    rows = [stored_signal(context, conversation, deal, place, signal) for place, signal in enumerate(found)]
    known = signals.of_conversation(connection, workspace, conversation.id) if again else []
    if again and signals.reviewed(connection, workspace, conversation.id):
        signals.move(connection, workspace, conversation.id, deal)
        accepted = [signal_from_json(row.content) for row in known if row.state in ("accepted", "corrected")]
    else:
        rows = with_their_ids(rows, known)
        if again:
            signals.forget(connection, workspace, conversation.id)
        signals.add(connection, workspace, rows)
        accepted = [signal for row, signal in zip(rows, found, strict=True) if row.state == "accepted"]
    if deal is None:
        return
    conversations.belongs(connection, workspace, conversation.id, deal)
    made = make_events(conversation, accepted, concluded=routed.concluded, nature=routed.nature)
    append_to_deal(context, connection, deal, made)
    people.remember(connection, workspace, deal, members(routed), context.now())


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


def with_their_ids(rows: list[StoredSignal], known: Sequence[StoredSignal]) -> list[StoredSignal]:
    """One that says the same with the same words is the same signal."""
    left = list(known)
    out = []
    for row in rows:
        same = next((each for each in left if same_words(each, row)), None)
        if same is not None:
            left.remove(same)
        out.append(row if same is None else dataclasses.replace(row, id=same.id))
    return out


def same_words(one: StoredSignal, other: StoredSignal) -> bool:
    return one.type == other.type and one.content.get("evidence") == other.content.get("evidence")


def members(routed: Routed) -> list[DealPerson]:
    """Everybody whose side counts and who has an address or a name."""
    found = (member(routed, person) for person in routed.concluded.conversation.participants)
    return sorted((each for each in found if each is not None), key=people.key_of)


def member(routed: Routed, person: Participant) -> DealPerson | None:
    address = mailbox(person.email)
    name = clean(person.name or "") or None
    if person.side is None or (address is None and name is None):
        return None
    return DealPerson(
        side=person.side.value,
        known=routed.concluded.how[person.id].value,
        told_by=routed.conversation.id,
        address=None if address is None else clean(address),
        domain=domain_of(address),
        name=name,
        title=clean(person.title or "") or None,
    )

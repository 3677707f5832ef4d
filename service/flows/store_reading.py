"""What was read in a conversation, into its deal: signals, events, people. All in the caller's transaction.

The same for a conversation that is read for the first time, that is read again, and that moves to another deal. What a
person has said about a signal stands: it keeps its id, its state and its content, and no reading finds it once more.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Connection

from service.flows.context import Context
from service.flows.decide_signals import by_confidence, keep_from_regressing
from service.flows.make_actions import ask_for
from service.flows.make_events import event_of_signal, made_of, moment_of, start_of
from service.flows.review_state import content_found, contents_known, stands_as
from service.flows.same_signal import same_signal
from service.flows.settle_events import Settler, made_by, settle_events
from service.flows.wanted_actions import Wanted, of_signal
from service.routing.addresses import domain_of, mailbox
from service.routing.clues import clean
from service.store import conversations, deals, people, reviews, signals
from service.store.people import DealPerson
from service.store.reviews import StoredReview
from service.store.signals import StoredSignal
from signals import Participant, Signal, signal_from_json

if TYPE_CHECKING:
    from service.flows.route_conversation import Routed

__all__ = ["store_reading"]

Json = dict[str, Any]
Reviews = Mapping[UUID, Sequence[StoredReview]]

READER = Settler(by="Telltale", reason="the conversation was read again", machine=True)


def store_reading(
    context: Context,
    connection: Connection,
    routed: Routed,
    found: Sequence[Signal],
    *,
    again: bool = False,
    settler: Settler = READER,
) -> tuple[Json, ...]:
    """The decisions that follow. `again`: it was read before; the caller holds the conversation's route then.

    Signals that say the same with the same words keep their ids; those that are not found any more, and of which no
    person has said anything, go. `settler` is who had it read.
    """
    workspace, id, deal = context.workspace, routed.conversation.id, routed.deal
    known = signals.lock_of_conversation(connection, workspace, id) if again else []
    log = reviews.of_conversation(connection, workspace, id) if again else {}
    touched = reviews.touched(connection, workspace, id) if again else set()
    kept = [row for row in known if row.id in touched]
    before = [row for row in known if row.id not in touched]
    rows = merged(context, routed, kept, before, [s for s in found if not claimed(s, kept, log)])
    at = hold_deals(context, connection, id, deal, again)
    stage = None if at is None else at.stage or context.pipeline.stages[0].id
    rows = [row if row.id in touched else by_confidence(context, row, stage) for row in rows]
    if at is not None:
        rows = placed(routed, rows, known, log)
        new = {row.id for row in rows} - {row.id for row in before if row.state == "accepted"} - touched
        rows = keep_from_regressing(context, connection, at, rows, new, lambda some: wanted(routed, some))
    signals.forget(connection, workspace, [row.id for row in before])
    for row in rows:
        if row.id in touched:
            signals.update(connection, workspace, row)
    signals.add(connection, workspace, [row for row in rows if row.id not in touched])
    if deal is None:
        return ()
    conversations.belongs(connection, workspace, id, deal)
    decisions = settle_events(context, connection, id, wanted(routed, rows), settler)
    ask_for(context, connection, deal, [to_review(row) for row in rows if row.state == "pending"])
    people.remember(connection, workspace, deal, members(routed), context.now())
    return decisions


def to_review(row: StoredSignal) -> Wanted:
    words = [str(each.get("text") or "") for each in row.content.get("evidence") or ()]
    return of_signal(str(row.id), row.type, words, row.pending_because, row.said_at or row.occurred_at)


def claimed(signal: Signal, kept: Sequence[StoredSignal], log: Reviews) -> bool:
    """Whether a person has said something about it already."""
    content = signal.to_json()
    return any(same_signal(each, content) for row in kept for each in contents_known(row, log.get(row.id, ())))


def merged(
    context: Context,
    routed: Routed,
    kept: Sequence[StoredSignal],
    before: Sequence[StoredSignal],
    found: Sequence[Signal],
) -> list[StoredSignal]:
    """All signals of the conversation in the order in which they are listed; what is found again has its old place."""
    left = list(before)
    taken = {row.position for row in kept}
    fresh: list[StoredSignal] = []
    for signal in found:
        content = signal.to_json()
        same = next((row for row in left if same_words(row, content)), None)
        if same is not None:
            left.remove(same)
            taken.add(same.position)
        fresh.append(
            StoredSignal(
                id=context.new_id() if same is None else same.id,
                conversation=routed.conversation.id,
                position=-1 if same is None else same.position,
                deal=routed.deal,
                type=signal.type,
                state="pending",
                confidence=signal.confidence,
                occurred_at=routed.conversation.occurred_at,
                content=content,
                place=None if same is None else same.place,
                said_at=None if same is None else same.said_at,
            )
        )
    free = (number for number in range(len(taken) + len(fresh) + 1) if number not in taken)
    fresh = [row if row.position >= 0 else dataclasses.replace(row, position=next(free)) for row in fresh]
    stay = [dataclasses.replace(row, deal=routed.deal) for row in kept]
    return sorted([*stay, *fresh], key=lambda row: row.position)


def same_words(row: StoredSignal, content: Json) -> bool:
    """One that says the same with the same words is the same signal."""
    return bool(row.type == content["type"] and row.content.get("evidence") == content["evidence"])


def hold_deals(
    context: Context, connection: Connection, conversation: str, deal: str | None, again: bool
) -> deals.StoredDeal | None:
    """Its deal, and those that it was in, for this transaction alone; in one order for everybody."""
    if deal is None:
        return None
    former = {each.deal for each in made_by(connection, context.workspace, conversation)} if again else set()
    held = {id: deals.lock(connection, context.workspace, id, context.now()) for id in sorted(former | {deal})}
    return held[deal]


def placed(
    routed: Routed, rows: Sequence[StoredSignal], known: Sequence[StoredSignal], log: Reviews
) -> list[StoredSignal]:
    """Each signal with its place among the conversation's events, whether it becomes one or not.

    They are given when the conversation comes into its deal, and then hold; a later reading adds behind them.
    """
    conversation = routed.conversation
    found = [signal_from_json(content_found(row, log.get(row.id, ()))) for row in rows]
    made = made_of(conversation, found, concluded=routed.concluded, nature=routed.nature)
    stays = bool(known) and all(row.deal == routed.deal and row.place is not None for row in known)
    if not stays:
        return [
            dataclasses.replace(row, place=place, said_at=dt.datetime.fromisoformat(event["occurred_at"]))
            for row, place, event in zip(rows, made.places, made.signals, strict=True)
        ]
    beyond = max([len(made.beginnings) - 1, *(row.place for row in known if row.place is not None)])
    out = []
    for row, signal in zip(rows, found, strict=True):
        if row.place is None:
            beyond += 1
            said_at = moment_of(conversation, start_of(conversation, signal), beyond)
            row = dataclasses.replace(row, place=beyond, said_at=said_at)
        out.append(row)
    return out


def wanted(routed: Routed, rows: Sequence[StoredSignal]) -> list[Json]:
    """The conversation's events, of the beginnings and of the signals that count."""
    made = made_of(routed.conversation, (), concluded=routed.concluded, nature=routed.nature)
    out = list(made.beginnings)
    for row in sorted(rows, key=lambda row: row.place or 0):
        content = stands_as(row)
        if content is not None and routed.deal is not None and row.place is not None and row.said_at is not None:
            event = event_of_signal(row.conversation, routed.deal, content, place=row.place, said_at=row.said_at)
            out.append(event)
    return out


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

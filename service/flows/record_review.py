"""People decide about signals: accept, correct, dismiss, undo, and add what no reading found.

A review is kept, the signal becomes what all reviews of it together say, and its event in the deal is made to be that:
added, taken back, or both. Everything happens in one transaction, with the signal locked: of two people at once the
second one sees what the first one did.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection

from service.flows.check_signal import signal_by_person
from service.flows.context import Context
from service.flows.make_events import base_id, event_of_signal, moment_of, start_of
from service.flows.review_errors import ChangedMeanwhileError, UnknownError
from service.flows.review_state import content_found, latest, repeats, reviewed_state, stands_as
from service.flows.same_signal import same_facts
from service.flows.settle_events import Settler, made_by, settle_signal
from service.routing.clues import clean
from service.store import conversations, reviews, signals
from service.store.reviews import StoredReview
from service.store.signals import StoredSignal
from signals import Conversation, DecodeError, signal_from_json

__all__ = ["Action", "Reviewed", "record", "review", "review_locked", "stand", "undo"]

Json = dict[str, Any]
Action = Literal["accept", "correct", "dismiss"]

DONE = {"accept": "accepted", "correct": "corrected", "dismiss": "dismissed", "add": "added"}
LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """The signal as it is now, the decisions that came out, and the review's id."""

    signal: StoredSignal
    decisions: tuple[Json, ...]
    review: UUID


def review(
    context: Context,
    signal_id: UUID,
    *,
    action: Action,
    corrected: Json | None = None,
    reason: str | None = None,
    by: str,
    expected: str | None = None,
) -> Reviewed:
    """Raises UnknownError, DecodeError for a correction that is none, and ChangedMeanwhileError where the signal is not
    in the state that the caller `expected`. The same again changes nothing, and tells the review that said it first."""
    with context.database.begin() as connection:
        return review_locked(
            context,
            connection,
            signal_id,
            action=action,
            corrected=corrected,
            reason=reason,
            by=by,
            expected=expected,
        )


def review_locked(
    context: Context,
    connection: Connection,
    signal_id: UUID,
    *,
    action: Action,
    corrected: Json | None = None,
    reason: str | None = None,
    by: str,
    expected: str | None = None,
    at: dt.datetime | None = None,
) -> Reviewed:
    """In the caller's transaction. `at` is when the person decided, where that is not now."""
    workspace = context.workspace
    signal = signals.lock(connection, workspace, signal_id)
    if signal is None:
        raise UnknownError("signal", str(signal_id))
    log = reviews.of_signals(connection, workspace, [signal_id])[signal_id]
    action, content = meant(connection, workspace, signal, action, corrected)
    again = repeats(log, action, content)
    if again is not None:
        return Reviewed(signal=signal, decisions=(), review=again.id)
    if expected is not None and signal.state != expected:
        raise ChangedMeanwhileError(expected, signal.state, latest(log))
    return record(context, connection, signal, log, action=action, content=content, reason=reason, by=by, at=at)


def meant(
    connection: Connection, workspace: str, signal: StoredSignal, action: Action, corrected: Json | None
) -> tuple[Action, Json | None]:
    """What the person does, and with a correction what the signal is to be. Raises DecodeError."""
    if action != "correct":
        return action, None
    stored = conversations.get(connection, workspace, signal.conversation)
    assert stored is not None, "signals have a conversation, and conversations are never deleted"
    content = correction(Conversation.from_json(stored.content), corrected, signal)
    # Where nothing of it is corrected, the person agrees with what stands.
    return ("accept" if same_facts(content, signal.content) else "correct"), content


def correction(conversation: Conversation, corrected: Json | None, signal: StoredSignal) -> Json:
    if corrected is None:
        raise DecodeError("signal", None, "the signal as it should be")
    try:
        return signal_by_person(conversation, corrected, now=signal.content)
    except DecodeError as error:
        raise error.under("signal") from None


def record(
    context: Context,
    connection: Connection,
    signal: StoredSignal,
    log: list[StoredReview],
    *,
    action: str,
    content: Json | None,
    reason: str | None,
    by: str,
    at: dt.datetime | None = None,
) -> Reviewed:
    """Keep a review of a locked signal, and make the signal and its deal be what it says."""
    by, reason = told_by(by), told_reason(reason)
    made, after = reviewed(
        context, signal, log, action=action, content=content, reason=reason, by=by, at=at or context.now()
    )
    reviews.add(connection, context.workspace, made)
    signals.update(connection, context.workspace, after)
    settler = Settler(by=by, reason=reason or reason_of(by, action, after))
    return Reviewed(signal=after, decisions=stand(context, connection, after, settler), review=made.id)


def reason_of(by: str, action: str, after: StoredSignal) -> str:
    return f"{by} {DONE[action]} the {after.type} signal"


def reviewed(
    context: Context,
    signal: StoredSignal,
    log: Sequence[StoredReview],
    *,
    action: str,
    content: Json | None,
    reason: str | None,
    by: str,
    at: dt.datetime,
) -> tuple[StoredReview, StoredSignal]:
    """The review, and the signal after it."""
    made = StoredReview(
        id=context.new_id(),
        signal=signal.id,
        conversation=signal.conversation,
        deal=signal.deal,
        action=action,
        before={"state": signal.state, "signal": signal.content},
        after={"state": DONE[action], "signal": content or signal.content},
        confidence=signal.confidence,
        by=by,
        reason=reason,
        at=at,
    )
    after = reviewed_state(signal, [*log, made])
    return dataclasses.replace(made, after={"state": after.state, "signal": after.content}), after


def undo(context: Context, review: UUID, *, by: str) -> Reviewed:
    """The signal becomes what the other reviews of it say, or what the machine made of it where there are none.

    Raises UnknownError. What was undone stays undone, and is undone once.
    """
    workspace, by = context.workspace, told_by(by)
    with context.database.begin() as connection:
        found = reviews.get(connection, workspace, review)
        if found is None:
            raise UnknownError("review", str(review))
        signal = signals.lock(connection, workspace, found.signal)
        assert signal is not None, "a signal with a review is never deleted"
        log = reviews.of_signals(connection, workspace, [signal.id])[signal.id]
        if next(each for each in log if each.id == review).undone_at is not None:
            return Reviewed(signal=signal, decisions=(), review=review)
        reviews.undo(connection, workspace, review, by=by, at=context.now())
        log = reviews.of_signals(connection, workspace, [signal.id])[signal.id]
        after = reviewed_state(signal, log)
        signals.update(connection, workspace, after)
        settler = Settler(by=by, reason=f"{by} undid that {found.by} {DONE[found.action]} the signal")
        return Reviewed(signal=after, decisions=stand(context, connection, after, settler), review=review)


def stand(context: Context, connection: Connection, signal: StoredSignal, settler: Settler) -> tuple[Json, ...]:
    """Make the signal's event be what the signal is; nothing while its deal is not known."""
    if signal.deal is None:
        return ()
    if signal.place is None or signal.said_at is None:
        signal = with_place(context, connection, signal)
    base, wanted = event_wanted(signal)
    return settle_signal(context, connection, signal.conversation, base, wanted, settler)


def event_wanted(signal: StoredSignal) -> tuple[str, Json | None]:
    """The id of the event of a signal that has a deal and a place, and the event itself where the signal counts."""
    assert signal.deal is not None
    assert signal.place is not None
    assert signal.said_at is not None
    content, wanted = stands_as(signal), None
    if content is not None:
        wanted = event_of_signal(signal.conversation, signal.deal, content, place=signal.place, said_at=signal.said_at)
    return base_id(signal.conversation, signal.place), wanted


def with_place(context: Context, connection: Connection, signal: StoredSignal) -> StoredSignal:
    """Its place, for one that has none yet: that of its event where it was stored before places were kept, else behind
    all that the conversation has."""
    workspace, id = context.workspace, signal.conversation
    signals.hold_places(connection, workspace, id)
    made = made_by(connection, workspace, id)
    log = reviews.of_signals(connection, workspace, [signal.id])[signal.id]
    found = content_found(signal, log)
    others = {row.place for row in signals.of_conversation(connection, workspace, id) if row.place is not None}
    for event in made:
        number = event.id.removeprefix(f"{id}:")
        if (
            event.type == "signal"
            and event.content["data"] == found
            and number.isdecimal()
            and int(number) not in others
        ):
            said_at = dt.datetime.fromisoformat(event.content["occurred_at"])
            signal = dataclasses.replace(signal, place=int(number), said_at=said_at)
            signals.update(connection, workspace, signal)
            return signal
    stored = conversations.get(connection, workspace, id)
    assert stored is not None, "signals have a conversation, and conversations are never deleted"
    conversation = Conversation.from_json(stored.content)
    numbers = [event.id.removeprefix(f"{id}:").partition(".")[0] for event in made]
    place = 1 + max([0, *others, *(int(number) for number in numbers if number.isdecimal())])
    start = start_of(conversation, signal_from_json(found))
    signal = dataclasses.replace(signal, place=place, said_at=moment_of(conversation, start, place))
    signals.update(connection, workspace, signal)
    return signal


def told_by(by: str) -> str:
    return clean(by)[:250] or "somebody"


def told_reason(reason: str | None) -> str | None:
    return None if reason is None else clean(reason)[:LONGEST_REASON] or None

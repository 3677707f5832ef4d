"""What a review would do to its deal: the deal is folded with the events that the review would append, as it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from service.flows.append_events import would_append
from service.flows.context import Context
from service.flows.record_review import Action, event_wanted, meant, reason_of, review_locked, reviewed
from service.flows.review_errors import UnknownError
from service.flows.review_state import repeats
from service.flows.settle_events import Settler, changes_of_signal
from service.store import deals, reviews, signals
from service.store.signals import StoredSignal

__all__ = ["Preview", "preview"]

Json = dict[str, Any]

MOST_GATES = 3
YOU = "you"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """`decisions` would come out; `sentence` says the most important of it in a few words; `state` is what the signal
    would be in."""

    decisions: tuple[Json, ...]
    sentence: str
    state: str


def preview(context: Context, signal_id: UUID, *, action: Action, corrected: Json | None = None) -> Preview:
    """Stores nothing, and waits for nobody. Raises what the review would raise."""
    with context.database.connect() as connection:
        signal = signals.get(connection, context.workspace, signal_id)
        if signal is None:
            raise UnknownError("signal", str(signal_id))
        before = state_of(context, connection, signal.deal)
        after, state, decisions = tried(context, connection, signal, before, action, corrected)
    if signal.deal is None:
        said = "changes nothing yet: its conversation belongs to no deal"
    elif before is None or state is None:
        said = "changes nothing yet: the deal was not created"
    else:
        said = sentence(context, before, state, decisions)
    return Preview(decisions=decisions, sentence=said, state=after.state)


Tried = tuple[StoredSignal, Json | None, tuple[Json, ...]]


def tried(
    context: Context,
    connection: Connection,
    signal: StoredSignal,
    before: Json | None,
    action: Action,
    corrected: Json | None,
) -> Tried:
    """The signal, its deal's state and the decisions as the review would have them."""
    log = reviews.of_signals(connection, context.workspace, [signal.id])[signal.id]
    meant_by, content = meant(connection, context.workspace, signal, action, corrected)
    if repeats(log, meant_by, content) is not None:
        return signal, before, ()
    at = context.now()
    _, after = reviewed(context, signal, log, action=meant_by, content=content, reason=None, by=YOU, at=at)
    if after.deal is None:
        return after, before, ()
    if after.place is None or after.said_at is None:
        return done_and_undone(context, signal, action, corrected)
    base, wanted = event_wanted(after)
    settler = Settler(by=YOU, reason=reason_of(YOU, meant_by, after))
    new = changes_of_signal(context, connection, after.conversation, base, wanted, settler)
    folded = {deal: would_append(context, connection, deal, new[deal]) for deal in sorted(new)}
    state = folded[after.deal].state if after.deal in folded else before
    return after, state, tuple(decision for each in folded.values() for decision in each.decisions)


def done_and_undone(context: Context, signal: StoredSignal, action: Action, corrected: Json | None) -> Tried:
    """For a signal from before places were kept, which is given one by its review: that is done and rolled back."""
    with context.database.connect() as connection:
        transaction = connection.begin()
        try:
            done = review_locked(context, connection, signal.id, action=action, corrected=corrected, by=YOU)
            return done.signal, state_of(context, connection, signal.deal), done.decisions
        finally:
            transaction.rollback()


def state_of(context: Context, connection: Connection, deal: str | None) -> Json | None:
    stored = None if deal is None else deals.get(connection, context.workspace, deal)
    return None if stored is None else stored.state


def sentence(context: Context, before: Json, after: Json, decisions: Sequence[Json]) -> str:
    """The first of: a move, a regression scheduled or dropped, an approval, gates, the close date, the probability."""
    name = after.get("account") or after.get("name") or "the deal"
    stages = {stage.id: stage.id.replace("_", " ") for stage in context.pipeline.stages}
    if after["stage"] != before["stage"]:
        place = context.pipeline.positions
        up = place[after["stage"]] > place[before["stage"]]
        return f"moves {name} {'to' if up else 'back to'} {stages[after['stage']]}{by_what(before, after, up)}"
    known = {each["regression"] for each in before["scheduled"]}
    for each in after["scheduled"]:
        if each["regression"] not in known:
            return f"schedules a step down of {name} for {each['due'][:10]} ({each['rule']})"
    if len(after["scheduled"]) < len(before["scheduled"]):
        return f"drops the scheduled step down of {name}"
    if len(after["approvals"]) > len(before["approvals"]):
        return f"asks for an approval on {name}"
    met, lost = gates(before, after), gates(after, before)
    if met or lost:
        told = [f"meets {listed(met)}"] if met else []
        told += [f"loses {listed(lost)}"] if lost else []
        return f"{' and '.join(told)} in {name}"
    if after["close_date"] != before["close_date"]:
        return (
            f"moves the close date of {name} from {before['close_date'] or 'none'} to {after['close_date'] or 'none'}"
        )
    if after["probability"] != before["probability"]:
        return f"takes {name} from {before['probability']:g} % to {after['probability']:g} %"
    if any(decision["type"] not in ("correction", "probability_changed") for decision in decisions):
        return f"updates what is known of {name}, which stays in {stages[after['stage']]}"
    return f"changes nothing about {name}"


def by_what(before: Json, after: Json, up: bool) -> str:
    here = before["gates"].get(before["stage"], {})
    missing = [gate for gate, met in here.items() if not met]
    return ": the last gate" if up and len(missing) == 1 else ""


def gates(before: Json, after: Json) -> list[str]:
    """Those that are met after, and were not before."""
    return [
        gate
        for stage, met in after["gates"].items()
        for gate, is_met in met.items()
        if is_met and not before["gates"].get(stage, {}).get(gate)
    ]


def listed(names: Sequence[str]) -> str:
    shown = [name.replace("_", " ") for name in names[:MOST_GATES]]
    more = f" and {len(names) - MOST_GATES} more" if len(names) > MOST_GATES else ""
    return ", ".join(shown) + more

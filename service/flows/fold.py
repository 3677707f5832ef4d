"""The engine's part in a transaction: what the deal is after its new events, and what was concluded from them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from engine import Decision, Event, Ledger, Pipeline
    from engine.losses import Loss

__all__ = ["FROM_WORDS", "Folded", "added", "as_json", "creation_first", "fold", "folded_of"]

Json = dict[str, Any]

# The source of events that conversations make.
FROM_WORDS = "conversation"

# While a deal's history still comes in, time waits: what is old would otherwise come late, and be corrected.
SETTLED_AFTER = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """`state` is None while nothing has created the deal; `due_at` is when a clock is next worth sending.

    `loss` is there for a lost deal, once its reason is known. `holding` are all decisions that hold now, where some of
    those taken before may not any more; else None.
    """

    state: Json | None
    decisions: tuple[Json, ...]
    due_at: dt.datetime | None
    loss: Loss | None = None
    holding: tuple[Json, ...] | None = None

    @property
    def stage(self) -> str | None:
        return None if self.state is None else self.state["stage"]


def fold(
    pipeline: Pipeline,
    deal: str,
    old: Sequence[Json],
    new: Sequence[Json],
    *,
    at: dt.datetime,
    losses: Sequence[Loss] = (),
) -> Folded:
    """`old` and `new` are events in order of arrival, the new ones arriving `at`; only what those bring is among the
    decisions. `losses` are those of other deals, for a pattern to be seen.

    The whole history is folded: the state is never anything but the fold of the events.
    """
    from engine import Event, Ledger

    known = [Event.from_json(each) for each in old]
    before = creation_first(known)
    after = creation_first([*known, *(Event.from_json(each) for each in new)])
    ledger = Ledger(pipeline)
    ledger.know_losses(losses)
    taken = [tuple(added(ledger, event)) for event in after]
    in_order = after[: len(before)] == before
    if in_order:
        fresh = [as_json(decision) for each in taken[len(before) :] for decision in each]
    else:
        past = Ledger(pipeline)
        past.know_losses(losses)
        said = [as_json(decision) for event in before for decision in added(past, event)]
        fresh = without([as_json(decision) for each in taken for decision in each], said)
    return folded_of(ledger, deal, fresh, at=at, rewritten=not in_order)


def folded_of(ledger: Ledger, deal: str, fresh: Sequence[Json], *, at: dt.datetime, rewritten: bool = False) -> Folded:
    """What has come of the deal's events, of which the newest brought the `fresh` decisions."""
    from engine import state_json

    state = ledger.deals().get(deal)
    if state is None:
        return Folded(state=None, decisions=(), due_at=None)
    clock = ledger.next_clock(deal)
    rewritten = rewritten or any(each["type"] == "correction" for each in fresh)
    holding = tuple(as_json(each) for each in ledger.records[deal].decisions) if rewritten else None
    return Folded(
        state=state_json(state, ledger.pipeline),
        decisions=tuple(fresh),
        due_at=None if clock is None else max(at + SETTLED_AFTER, clock),
        loss=ledger.losses.get(deal),
        holding=holding,
    )


def creation_first(events: Sequence[Event]) -> list[Event]:
    """The order of arrival, but of several creations the one that counts takes the first one's turn: of those that
    nobody took back the earliest of a system of record, else the earliest of a conversation.

    Every conversation of a deal says that the deal exists. What the deal is must not depend on which came in first.
    """
    creations = [event for event in events if event.type == "deal.created"]
    if len(creations) < 2:
        return list(events)
    counts = min(standing(creations, events), key=lambda event: (event.source == FROM_WORDS, event.occurred_at))
    rest = [event for event in events if event is not counts]
    turn = next(place for place, event in enumerate(events) if event is creations[0])
    return [*rest[:turn], counts, *rest[turn:]]


def standing(creations: Sequence[Event], events: Sequence[Event]) -> Sequence[Event]:
    """Those that nobody took back; all, where each was."""
    from engine.events import Retraction
    from engine.ledger import taken_back

    retractions: dict[str, list[str]] = {}
    for event in events:
        if isinstance(event.body, Retraction):
            retractions.setdefault(event.body.event, []).append(event.id)
    return [event for event in creations if not taken_back(retractions, event.id)] or creations


def added(ledger: Ledger, event: Event) -> Iterator[Decision]:
    """What the event brings. One that another pipeline took and this one cannot follow is passed over."""
    from engine import EventError

    try:
        yield from ledger.add(event)
    except EventError:
        return


def as_json(decision: Decision) -> Json:
    return decision.to_json()


def without(decisions: Sequence[Json], said: Sequence[Json]) -> list[Json]:
    """Those that were not said before, each as often as it is new."""
    known = Counter(orjson.dumps(each, option=orjson.OPT_SORT_KEYS) for each in said)
    out = []
    for decision in decisions:
        key = orjson.dumps(decision, option=orjson.OPT_SORT_KEYS)
        if known[key]:
            known[key] -= 1
        else:
            out.append(decision)
    return out

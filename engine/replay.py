"""Events in, deals and decisions out: the whole engine as one function."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.decisions import Decision
from engine.errors import EventError
from engine.events import Event
from engine.ledger import Ledger
from engine.pipeline import Pipeline
from engine.state import state_json

__all__ = ["Refused", "Replay", "replay"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An event that was not taken, and why."""

    event: str
    deal_id: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """`deals` holds each deal's state in the JSON shape; `decisions` are in the order in which they were taken, with
    the corrections of late events and retractions; `history` holds each deal's decisions as they would have been taken
    had everything been known in time."""

    pipeline: Pipeline
    deals: Mapping[str, Mapping[str, Any]]
    decisions: tuple[Decision, ...]
    history: tuple[Decision, ...]
    refused: tuple[Refused, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "pipeline": {"name": self.pipeline.name, "version": self.pipeline.version},
            "deals": dict(self.deals),
            "decisions": [decision.to_json() for decision in self.decisions],
        }


def replay(events: Iterable[Event | Mapping[str, Any]], pipeline: Pipeline, until: dt.datetime | None = None) -> Replay:
    """Folds events in the order in which they arrived. A faulty event is refused and named, and costs the others
    nothing; so is one whose deal nobody created. `until` leaves out later events."""
    ledger = Ledger(pipeline)
    decisions: list[Decision] = []
    refused: list[Refused] = []
    for given in events:
        try:
            event = given if isinstance(given, Event) else Event.from_json(given)
            if until is not None and event.occurred_at > until:
                continue
            decisions.extend(ledger.add(event))
        except EventError as error:
            refused.append(Refused(event=error.event, deal_id=deal_of(given), reason=str(error)))
    for event in ledger.waiting():
        reason = f"event {event.id}: deal {event.deal_id} was never created; send its deal.created"
        refused.append(Refused(event=event.id, deal_id=event.deal_id, reason=reason))
    deals = {name: state_json(deal, pipeline) for name, deal in ledger.deals().items()}
    history = tuple(decision for record in ledger.records.values() for decision in record.decisions)
    return Replay(pipeline=pipeline, deals=deals, decisions=tuple(decisions), history=history, refused=tuple(refused))


def deal_of(given: Event | Mapping[str, Any]) -> str | None:
    if isinstance(given, Event):
        return given.deal_id
    value = given.get("deal_id") if isinstance(given, Mapping) else None
    return value if isinstance(value, str) else None

"""Many deals, fed one event at a time in the order in which events arrive.

Appending to a deal costs one step of the fold. An event that belongs further back, and a retraction, put the deal's
events in order again and fold it anew; what was decided before stays, and what then differs is told by a correction.
"""

from __future__ import annotations

import datetime as dt
from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import NamedTuple

from engine.corrections import correct
from engine.deal import Deal
from engine.decisions import Decision
from engine.dossier import Dossier, dossier
from engine.errors import EventError
from engine.events import Clock, DealCreated, DealUpdated, Event, Retraction, StageOverride
from engine.fold import begin, proceed
from engine.losses import Loss, coach, loss_of, pattern
from engine.pipeline import Pipeline

__all__ = ["Ledger"]

Place = tuple[bool, dt.datetime, int]


class Stored(NamedTuple):
    """An event in its place: by time, and by arrival where times are equal. The creation stands first."""

    place: Place
    event: Event
    heard_at: dt.datetime


PLACE = attrgetter("place")


@dataclass(slots=True)
class Record:
    """One deal's events, and what they have come to; `deal` is None until it is created."""

    events: list[Stored] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    retractions: dict[str, list[str]] = field(default_factory=dict)
    newest: dt.datetime | None = None
    created: str | None = None
    deal: Deal | None = None
    decisions: list[Decision] = field(default_factory=list)


class Ledger:
    """Deals under one pipeline. Every decision comes out once, in the order in which it was taken."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.records: dict[str, Record] = {}
        self.seen: set[str] = set()
        self.arrivals = 0
        self.losses: dict[str, Loss] = {}
        self.coached: set[str] = set()

    def add(self, event: Event) -> tuple[Decision, ...]:
        """Takes an event, and returns the decisions that it brought; none for an id that was seen, or while the deal is
        not created. Raises EventError for an event that the pipeline cannot follow, which changes nothing."""
        if event.id in self.seen:
            return ()
        self.check(event)
        self.seen.add(event.id)
        self.arrivals += 1
        record = self.records.get(event.deal_id)
        if record is None:
            record = self.records[event.deal_id] = Record()
        decisions = self.take(record, event)
        if record.deal is not None and (record.deal.lost_at is not None or event.deal_id in self.losses):
            decisions = [*decisions, *self.look_for_pattern(record.deal, event)]
        return tuple(decisions)

    def load(self, events: Iterable[Event]) -> None:
        """Takes what happened before, in order of arrival, without telling what it brought: each deal is folded once,
        however many of its events came late. What it comes to is what it comes to with `add`; an event that the
        pipeline cannot follow is passed over. For deals that the ledger does not have yet."""
        new: dict[str, Record] = {}
        for event in events:
            if event.deal_id in self.records:
                raise ValueError(f"{event.deal_id}: expected a deal that the ledger does not have yet")
            if event.id in self.seen or not self.follows(event):
                continue
            self.seen.add(event.id)
            self.arrivals += 1
            record = new.setdefault(event.deal_id, Record())
            record.events.append(self.stored(record, event))
        for record in new.values():
            last = record.events[-1].event
            record.events.sort(key=PLACE)
            if record.created is not None:
                record.deal, record.decisions = self.fold(record)
                self.look_for_pattern(record.deal, last)
        self.records.update(new)

    def follows(self, event: Event) -> bool:
        try:
            self.check(event)
        except EventError:
            return False
        return True

    def check(self, event: Event) -> None:
        body = event.body
        if isinstance(body, StageOverride):
            field_name, stage = "data.to", body.to
        elif isinstance(body, DealCreated | DealUpdated) and body.facts.stage is not None:
            field_name, stage = "data.stage", body.facts.stage
        else:
            return
        if stage not in self.pipeline.positions:
            expected = f"a stage of the pipeline {self.pipeline.name}: " + ", ".join(self.pipeline.positions)
            raise EventError(event.id, field_name, stage, expected)

    def stored(self, record: Record, event: Event) -> Stored:
        """The event's place, and what the deal's record knows of it; it is not put in its place yet."""
        creates = record.created is None and isinstance(event.body, DealCreated)
        newest = event.occurred_at if record.newest is None else max(record.newest, event.occurred_at)
        record.ids.add(event.id)
        record.newest = newest
        if creates:
            record.created = event.id
        if isinstance(event.body, Retraction):
            record.retractions.setdefault(event.body.event, []).append(event.id)
        return Stored((not creates, event.occurred_at, self.arrivals), event, newest)

    def take(self, record: Record, event: Event) -> list[Decision]:
        stored = self.stored(record, event)
        newest_place = not record.events or stored.place > record.events[-1].place
        if newest_place:
            record.events.append(stored)
        else:
            insort(record.events, stored, key=PLACE)
        if record.created is None:
            return []
        if record.deal is None:
            record.deal, record.decisions = self.fold(record)
            return list(record.decisions)
        if isinstance(event.body, Retraction) and event.body.event in record.ids:
            return self.fold_again(record, stored)
        if newest_place:
            gone = retracted(record, event.id)
            decisions = [] if gone else proceed(self.pipeline, record.deal, event, stored.heard_at)
            record.decisions.extend(decisions)
            return decisions
        return self.fold_again(record, stored)

    def fold(self, record: Record) -> tuple[Deal, list[Decision]]:
        """The deal from its first event to its newest; retracted events are left out, a retracted creation is blank."""
        first, *rest = record.events
        opening = blank(first.event) if retracted(record, first.event.id) else first.event
        deal, decisions = begin(self.pipeline, opening, first.heard_at)
        for stored in rest:
            if not retracted(record, stored.event.id):
                decisions.extend(proceed(self.pipeline, deal, stored.event, stored.heard_at))
        return deal, decisions

    def fold_again(self, record: Record, stored: Stored) -> list[Decision]:
        before, taken = record.deal, record.decisions
        record.deal, record.decisions = self.fold(record)
        assert before is not None
        return correct(self.pipeline, before, record.deal, taken, record.decisions, stored.event, record.newest)

    def look_for_pattern(self, deal: Deal, event: Event) -> list[Decision]:
        """Whether the deal's loss makes a pattern with others; told once a deal."""
        loss = loss_of(deal)
        if loss is None:
            self.losses.pop(deal.id, None)
            return []
        self.losses[deal.id] = loss
        count = pattern(loss, self.losses.values(), days=self.pipeline.loss_pattern_days)
        if count < self.pipeline.loss_pattern_count or deal.id in self.coached:
            return []
        self.coached.add(deal.id)
        return coach(self.pipeline, deal, event, count)

    def next_clock(self, deal_id: str) -> dt.datetime | None:
        """When a clock event is next worth sending for the deal: nothing is due before; None where nothing ever is. An
        early clock does no harm."""
        deal = self.records[deal_id].deal
        if deal is None:
            return None
        # A closed deal's probability is fixed, whatever falls out of its windows.
        window = None if deal.stage >= self.pipeline.won else deal.next_window
        return min((due for due in (deal.next_due, window) if due is not None), default=None)

    def know_losses(self, losses: Iterable[Loss]) -> None:
        """Losses of deals that are kept elsewhere, for patterns to be seen across all of them."""
        self.losses.update((loss.deal_id, loss) for loss in losses)

    def waiting(self) -> list[Event]:
        """The events of deals that nobody has created."""
        found = [stored for record in self.records.values() if record.created is None for stored in record.events]
        return [stored.event for stored in sorted(found, key=lambda stored: stored.place[2])]

    def dossier(self, deal_id: str) -> Dossier:
        """What documents on a deal are written from; KeyError for a deal that nobody created."""
        record = self.records[deal_id]
        if record.deal is None:
            raise KeyError(deal_id)
        events = (stored.event for stored in record.events if not retracted(record, stored.event.id))
        return dossier(record.deal, events, self.pipeline)

    def deals(self) -> dict[str, Deal]:
        return {name: record.deal for name, record in self.records.items() if record.deal is not None}


def blank(event: Event) -> Event:
    """A creation that tells nothing but when."""
    return replace(event, body=Clock(), quotes=())


def retracted(record: Record, name: str) -> bool:
    return taken_back(record.retractions, name)


def taken_back(retractions: Mapping[str, Sequence[str]], name: str) -> bool:
    """Whether a retraction of the event stands: one that was not itself retracted. (Two of each other are both out.)

    `retractions` has the ids of the retractions of each event that there are any of.
    """
    if name not in retractions:
        return False
    verdicts: dict[str, bool] = {}
    path: dict[str, None] = {name: None}  # in order, and quick to ask
    while path:
        current = next(reversed(path))
        takers = retractions.get(current, ())
        unknown = next((by for by in takers if by not in verdicts and by not in path), None)
        if unknown is not None:
            path[unknown] = None
            continue
        verdicts[current] = any(by in verdicts and not verdicts[by] for by in takers)
        del path[current]
    return verdicts[name]

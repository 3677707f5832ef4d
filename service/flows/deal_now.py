"""A deal as its events make it now, with everything that a page tells of it: what was decided, and on which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from engine import Decision, Event, EventError, Ledger, Pipeline
from engine.deal import Deal
from engine.events import DealCreated, Retraction
from engine.ledger import PLACE, Record, Stored, retracted
from service.flows.context import Context
from service.flows.fold import creation_first
from service.store import events

__all__ = ["DealNow", "deal_now", "folded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DealNow:
    """`events` are those that stand, in order of time; `history` is what follows from them, in order of time.

    The timeline that is stored also holds what was decided and later corrected; `history` does not.
    """

    deal: Deal
    events: tuple[Event, ...]
    history: tuple[Decision, ...]


def deal_now(context: Context, connection: Connection, deal: str) -> DealNow | None:
    """None for a deal that nothing has created."""
    stored = events.of_deal(connection, context.workspace, deal)
    return folded(context.pipeline, [Event.from_json(each.content) for each in stored])


def folded(pipeline: Pipeline, arrived: Sequence[Event]) -> DealNow | None:
    """Events of one deal in order of arrival; folded once, however many of them came late.

    What a ledger to which they are added one by one comes to is the same.
    """
    ledger, record = Ledger(pipeline), Record()
    for place, event in enumerate(creation_first(arrived)):
        try:
            ledger.check(event)
        except EventError:
            continue
        if event.id not in record.ids:
            take(record, event, place)
    if record.created is None:
        return None
    record.events.sort(key=PLACE)
    deal, decisions = ledger.fold(record)
    standing = (each.event for each in record.events if not retracted(record, each.event.id))
    return DealNow(deal=deal, events=tuple(standing), history=tuple(decisions))


def take(record: Record, event: Event, place: int) -> None:
    creates = record.created is None and isinstance(event.body, DealCreated)
    newest = event.occurred_at if record.newest is None else max(record.newest, event.occurred_at)
    record.events.append(Stored((not creates, event.occurred_at, place), event, newest))
    record.ids.add(event.id)
    record.newest = newest
    if creates:
        record.created = event.id
    if isinstance(event.body, Retraction):
        record.retractions.setdefault(event.body.event, []).append(event.id)

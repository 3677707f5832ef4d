"""A deal as its events make it now, with everything that a page tells of it: what was decided, and on which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from engine import Decision, Event, Ledger, Pipeline
from engine.deal import Deal
from engine.ledger import retracted
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
    """Events of one deal in order of arrival."""
    ledger = Ledger(pipeline)
    ledger.load(creation_first(arrived))
    record = next(iter(ledger.records.values()), None)
    if record is None or record.deal is None:
        return None
    standing = (each.event for each in record.events if not retracted(record, each.event.id))
    return DealNow(deal=record.deal, events=tuple(standing), history=tuple(record.decisions))

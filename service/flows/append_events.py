"""Append events to deals: fold, and store events, decisions and the new state in one transaction a deal."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from service.flows.context import Context
from service.flows.deal_card import card_of
from service.flows.fold import Folded, as_json, fold, folded_of
from service.flows.folding import Folding
from service.flows.losses_alike import losses_alike
from service.flows.make_actions import make_actions
from service.flows.people_told import people_told
from service.store import deal_cards, deals, decisions, events, external_ids, people
from service.store.decisions import StoredDecision
from service.store.events import StoredEvent, evidence_of

__all__ = ["Appended", "append_events", "append_to_deal", "would_append"]

log = logging.getLogger(__name__)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """`added` and `known` are ids of events; what was known is ignored, for senders repeat themselves."""

    added: tuple[str, ...]
    known: tuple[str, ...]
    decisions: tuple[Json, ...]


def append_events(context: Context, new: Sequence[Json]) -> Appended:
    """Events of any deals, already checked by the engine; in a transaction of its own for each deal, in their order."""
    by_deal: dict[str, list[Json]] = {}
    for event in new:
        by_deal.setdefault(event["deal_id"], []).append(event)
    done = []
    for deal, of_deal in by_deal.items():
        try:
            done.append(append_alone(context, deal, of_deal))
        except IntegrityError:
            # At this very moment another deal took one of the ids. Now it is there to be seen, and is known.
            done.append(append_alone(context, deal, of_deal))
    return Appended(
        added=tuple(id for each in done for id in each.added),
        known=tuple(id for each in done for id in each.known),
        decisions=tuple(decision for each in done for decision in each.decisions),
    )


def append_alone(context: Context, deal: str, new: Sequence[Json]) -> Appended:
    with context.database.begin() as connection:
        return append_to_deal(context, connection, deal, new)


def append_to_deal(context: Context, connection: Connection, deal: str, new: Sequence[Json]) -> Appended:
    """Inside the caller's transaction. The deal's row is locked first: one writer a deal at a time."""
    at, workspace = context.now(), context.workspace
    before = deals.lock(connection, workspace, deal, at)
    history, known = events.history(connection, workspace, deal, {event["id"] for event in new})
    fresh: list[Json] = []
    for event in new:
        if event["id"] not in known:
            known.add(event["id"])
            fresh.append(event)
    ignored = [event["id"] for event in new if not any(event is each for each in fresh)]
    if not fresh:
        return Appended(added=(), known=tuple(ignored), decisions=())
    kept = context.folds.take((workspace, deal), history, context.pipeline)
    folded, folding = folded_on(context, connection, deal, kept, fresh, at)
    events.add(connection, workspace, [row(event, before.version + n, at) for n, event in enumerate(fresh, start=1)])
    if folding is not None:
        history, _ = events.history(connection, workspace, deal)
        context.folds.put((workspace, deal), history, context.pipeline, folding)
    decisions.add(
        connection,
        workspace,
        [taken(each, deal, before.decisions + n, at) for n, each in enumerate(folded.decisions, start=1)],
    )
    after = deals.StoredDeal(
        id=deal,
        version=before.version + len(fresh),
        decisions=before.decisions + len(folded.decisions),
        stage=folded.stage,
        pipeline=context.pipeline.version,
        updated_at=at,
        due_at=folded.due_at,
        state=folded.state,
    )
    deals.update(connection, workspace, after)
    if folded.state is not None:
        deal_cards.put(connection, workspace, card_of(deal, folded.state, at))
    for decision in folded.decisions:
        context.observer.decided(decision["rule"], decision["type"])
        told = {"workspace": workspace, "deal": deal, "rule": decision["rule"], "events": decision.get("events")}
        log.info("decided %s", decision["type"], extra=told)
    make_actions(
        context,
        connection,
        deal,
        decisions=list(enumerate(folded.decisions, start=before.decisions + 1)),
        holding=folded.holding,
        before=before.state,
        after=folded.state,
        version=after.version,
    )
    people.remember(connection, workspace, deal, people_told(fresh), at)
    for event in fresh:
        known_as = (event.get("data") or {}).get("external_ids") or {}
        external_ids.tell(connection, workspace, deal, known_as.items(), told_by=event["id"], at=at)
    return Appended(
        added=tuple(event["id"] for event in fresh), known=tuple(ignored), decisions=tuple(folded.decisions)
    )


def would_append(context: Context, connection: Connection, deal: str, new: Sequence[Json]) -> Folded:
    """What `append_to_deal` comes to with events whose ids nothing has yet. Nothing is stored, held or waited for, and
    no fold is taken from those that are kept."""
    folded, _ = folded_on(context, connection, deal, None, new, context.now(), hold=False)
    return folded


def folded_on(
    context: Context,
    connection: Connection,
    deal: str,
    kept: Folding | None,
    fresh: Sequence[Json],
    at: dt.datetime,
    *,
    hold: bool = True,
) -> tuple[Folded, Folding | None]:
    """What the deal is with its new events, and the fold to go on with, if there is one. `hold` as for `losses_alike`.

    A fold that is `kept` of its history takes the new events alone. Where it cannot, because they come before others or
    because other deals count, the whole history is folded.
    """
    from engine import Event, Ledger

    pipeline = context.pipeline

    @cache
    def old() -> list[Json]:
        return [stored.content for stored in events.of_deal(connection, context.workspace, deal)]

    folding = kept
    if folding is None:
        folding = Folding(ledger=Ledger(pipeline))
        folding.begin([Event.from_json(each) for each in old()])
    taken = folding.go_on([Event.from_json(each) for each in fresh])
    if taken is None:
        folded = fold(pipeline, deal, old(), fresh, at=at)
    else:
        folded = folded_of(folding.ledger, deal, [as_json(each) for each in taken], at=at)
    if folded.loss is None:
        return folded, (None if taken is None else folding)
    if losses := losses_alike(pipeline, connection, context.workspace, folded.loss, hold=hold):
        folded = fold(pipeline, deal, old(), fresh, at=at, losses=losses)
    return folded, None


def row(event: Json, seq: int, at: dt.datetime) -> StoredEvent:
    conversation = evidence_of(event).get("conversation")
    return StoredEvent(
        deal=event["deal_id"],
        seq=seq,
        id=event["id"],
        type=event["type"],
        occurred_at=dt.datetime.fromisoformat(event["occurred_at"]),
        recorded_at=at,
        conversation=conversation if isinstance(conversation, str) else None,
        content=event,
    )


def taken(decision: Json, deal: str, seq: int, at: dt.datetime) -> StoredDecision:
    return StoredDecision(
        deal=deal,
        seq=seq,
        at=dt.datetime.fromisoformat(decision["at"]),
        recorded_at=at,
        type=decision["type"],
        rule=decision["rule"],
        content=decision,
    )

"""Take a proven delivery: its events go to their deals or wait for one, and the same delivery never counts twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from sqlalchemy import Connection

from service.flows.append_events import append_events
from service.flows.apply_intents import apply_intent
from service.flows.assign_event import settle_waiting
from service.flows.check_events import checked
from service.flows.context import Context
from service.flows.find_deal import find_deal, learn
from service.flows.make_events import iso
from service.intake.refusal import Refusal
from service.store import announcements, deliveries, events, outgoing_marks, review_intents, unassigned
from service.store.announcements import Announced
from service.store.deliveries import StoredDelivery
from service.store.review_intents import Intent
from service.webhooks.delivery import Delivery, Site
from service.webhooks.found import Announcement, Happening, Ignored, Review
from service.webhooks.source import Source
from service.webhooks.verify import Proof
from signals import DecodeError

__all__ = ["NO_DEAL", "event_of", "take_webhook"]

Json = dict[str, Any]

# How long a delivery is remembered. Its events are remembered for ever, by ids that are always the same.
REMEMBERED = dt.timedelta(days=30)
# Stands for the deal while an event is checked that has none yet.
NO_DEAL = "?"
LISTS = ("accepted", "known", "unassigned", "ignored", "refused", "announced", "reviews")


def take_webhook(
    context: Context, source: Source, delivery: Delivery, proof: Proof, site: Site, *, create: Sequence[str] = ()
) -> Json:
    """What became of it: ids of events `accepted`, `known` and `unassigned`; what was `ignored`, `refused`,
    `announced`; `reviews` of signals. `repeated` where the same delivery came before: then nothing happened now.

    Raises DecodeError for a body that is none of this source's.
    """
    with context.database.connect() as connection:
        before = deliveries.outcome(connection, context.workspace, source.name, proof.key, delivery.received_at)
    if before is not None:
        return before | {"repeated": True}
    out: Json = {name: [] for name in LISTS}
    happened: list[tuple[Happening, Json]] = []
    for found in list(source.read(delivery, site)):
        match found:
            case Happening():
                try:
                    happened.append((found, checked(context.pipeline, event_of(found, source.name, NO_DEAL))))
                except DecodeError as error:
                    out["refused"].append(refusal(Refusal.of(found.place, error)))
            case Announcement():
                announce(context, source.name, found, out)
            case Review():
                review(context, source.name, found, delivery.received_at, out)
            case Ignored():
                out["ignored"].append({"place": found.place, "reason": found.reason})
            case Refusal():
                out["refused"].append(refusal(found))
            case _:
                assert_never(found)
    place_events(context, source.name, happened, out, create)
    remembered = StoredDelivery(
        source=source.name,
        key=proof.key,
        received_at=delivery.received_at,
        expires_at=delivery.received_at + REMEMBERED,
        outcome=out,
    )
    # Last of all: a process that dies before it hears of the delivery again, and ids keep events from counting twice.
    with context.database.begin() as connection:
        deliveries.add(connection, context.workspace, remembered)
    return out


def event_of(found: Happening, source: str, deal: str) -> Json:
    return {
        "id": found.id,
        "deal_id": deal,
        "type": found.type,
        "occurred_at": iso(found.occurred_at),
        "source": source,
        "data": found.data,
    }


def refusal(found: Refusal) -> Json:
    return {
        "place": found.place,
        "field": found.field or None,
        "value": found.value,
        "expected": found.expected,
        "detail": found.reason,
    }


def place_events(
    context: Context,
    source: str,
    happened: Sequence[tuple[Happening, Json]],
    out: Json,
    create: Sequence[str],
) -> None:
    """Each event to its deal, into the unassigned ones, or nowhere where it is an echo of our own."""
    if not happened:
        return
    workspace = context.workspace
    to_deals: list[Json] = []
    with context.database.begin() as connection:
        ids = [found.id for found, _ in happened]
        known = events.known(connection, workspace, ids) | unassigned.known(connection, workspace, ids)
        for found, event in happened:
            if found.id in known:
                out["known"].append(found.id)
                continue
            known.add(found.id)
            echo = outgoing_marks.claim(connection, workspace, source, found.marks, event=found.id, now=context.now())
            if echo is not None:
                out["ignored"].append({"place": found.place, "reason": "an echo of what was written from here"})
                continue
            deal, reason = find_deal(connection, workspace, found.about, found.type, create=create)
            if deal is None:
                keep(connection, context, source, found, event, reason)
                out["unassigned"].append(found.id)
            else:
                to_deals.append(event | {"deal_id": deal})
                learn(connection, workspace, deal, found.about, told_by=found.id, at=context.now())
    appended = append_events(context, to_deals)
    out["accepted"] += appended.added
    out["known"] += appended.known
    if to_deals:
        settle_waiting(context)


def keep(
    connection: Connection, context: Context, source: str, found: Happening, event: Mapping[str, Any], reason: str
) -> None:
    row = unassigned.Unassigned(
        id=found.id,
        source=source,
        type=found.type,
        occurred_at=found.occurred_at,
        received_at=context.now(),
        state="waiting",
        reason=reason,
        people=list(found.people),
        content={key: value for key, value in event.items() if key != "deal_id"},
    )
    objects = [(each.system, each.object_id, each.names_deal) for each in found.about]
    unassigned.add(connection, context.workspace, row, objects)


def announce(context: Context, source: str, found: Announcement, out: Json) -> None:
    row = Announced(
        source=source,
        id=found.id,
        kind=found.kind,
        announced_at=found.announced_at,
        state="waiting",
        content=found.fetch,
    )
    with context.database.begin() as connection:
        name = f"{found.kind}:{found.id}:{iso(found.announced_at)}"
        echo = outgoing_marks.claim(connection, context.workspace, source, found.marks, event=name, now=context.now())
        if echo is not None:
            out["ignored"].append({"place": found.place, "reason": "an echo of what was done from here"})
            return
        announcements.add(connection, context.workspace, row)
    out["announced"].append({"id": found.id, "kind": found.kind, "fetch": found.fetch})


def review(context: Context, source: str, found: Review, received_at: dt.datetime, out: Json) -> None:
    intent = Intent(
        id=found.id,
        signal=found.signal,
        action=found.action,
        source=source,
        by=found.by,
        reason=found.reason,
        at=found.at,
        received_at=received_at,
        state="waiting",
    )
    with context.database.begin() as connection:
        if not review_intents.signal_exists(connection, context.workspace, found.signal):
            error = DecodeError("value", str(found.signal), "the id of a signal that there is")
            out["refused"].append(refusal(Refusal.of(found.place, error)))
            return
        new = review_intents.add(connection, context.workspace, intent)
    apply_intent(context, found.id)
    out["reviews" if new else "known"].append(found.id)

"""Which of the signals that were read move their deal at once, and why the others wait for a person."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection

from service.flows.context import Context
from service.flows.fold import fold
from service.flows.review_policy import NEVER
from service.store import deals, events
from service.store.signals import REGRESSING, StoredSignal

__all__ = ["by_confidence", "keep_from_regressing"]

Json = dict[str, Any]

DOWN = ("stage_regressed", "regression_scheduled")


def by_confidence(context: Context, signal: StoredSignal, stage: str | None) -> StoredSignal:
    """Accepted or pending by its confidence, its type and the deal's stage (None: no deal yet)."""
    threshold = context.review_policy.threshold(context.accept_at, **here(context, signal, stage))
    if signal.confidence >= threshold:
        return dataclasses.replace(signal, state="accepted", pending_because=None)
    if threshold == NEVER:
        at = "" if stage is None else f" in {stage}"
        why = f"a person decides about every {signal.type} signal{at}"
    else:
        why = f"its confidence {shown(signal.confidence)} is below {shown(threshold)}"
    return dataclasses.replace(signal, state="pending", pending_because=why)


def shown(probability: float) -> str:
    return f"{probability:.4f}".rstrip("0").rstrip(".")


def here(context: Context, signal: StoredSignal, stage: str | None) -> dict[str, str | None]:
    pipeline = context.pipeline.name
    return {"workspace": context.workspace, "pipeline": pipeline, "type": signal.type, "stage": stage}


def keep_from_regressing(
    context: Context,
    connection: Connection,
    deal: deals.StoredDeal,
    rows: Sequence[StoredSignal],
    new: set[Any],
    events_of: Callable[[Sequence[StoredSignal]], list[Json]],
) -> list[StoredSignal]:
    """Of the rows whose ids are in `new`, those that would move the deal down wait, where the policy asks for it.

    What each brings is found by folding the deal with it; nothing is stored. The caller holds the deal.
    """
    rows = list(rows)
    if not context.review_policy.may_ask_regression:
        return rows
    old = [stored.content for stored in events.of_deal(connection, context.workspace, deal.id)]
    known = {event["id"] for event in old}
    asked = {
        row.id
        for row in rows
        if row.id in new
        and row.state == "accepted"
        and context.review_policy.asks_regression(**here(context, row, deal.stage or context.pipeline.stages[0].id))
    }
    while True:
        wanted = events_of(rows)
        told = {event["id"]: event for event in wanted if event["id"] not in known}
        folded = fold(context.pipeline, deal.id, old, list(told.values()), at=context.now())
        down = {
            id: decision for decision in folded.decisions if goes_down(context, decision) for id in causes(decision)
        }
        found = {row.id: down[id] for row in rows if row.id in asked and (id := event_id(row, told)) in down}
        if not found:
            return rows
        asked -= set(found)
        rows = [
            dataclasses.replace(row, state="pending", pending_because=f"{REGRESSING}: {found[row.id]['why']}")
            if row.id in found
            else row
            for row in rows
        ]


def event_id(row: StoredSignal, told: dict[str, Json]) -> str | None:
    base = f"{row.conversation}:{row.place}"
    return base if base in told else None


def goes_down(context: Context, decision: Json) -> bool:
    if decision["type"] in DOWN:
        return True
    if decision["type"] != "correction":
        return False
    positions = context.pipeline.positions
    source, to = decision["from"], decision["to"]
    return source is not None and to is not None and positions[to] < positions[source]


def causes(decision: Json) -> list[str]:
    """A correction is the doing of the event that came late; the rest of what it names is what it took back."""
    ids: list[str] = decision["events"]
    return ids[:1] if decision["type"] == "correction" else ids

"""What is to be done outside, put into the outbox by the very transaction that stores the decisions asking for it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from service.connectors.config import Route, Workspace
from service.connectors.protocol import FIELDS
from service.flows.context import Context
from service.flows.wanted_actions import Wanted, fields_changed, of_decision
from service.store import actions
from service.store.actions import StoredAction

__all__ = ["ask_for", "key_of", "make_actions", "route_anew"]

Json = dict[str, Any]

# What a correction may still call off. What is being sent is past recall.
RECALLED = ("waiting", "failed", "outbox", "dead")
WITHDRAWN = "the decision no longer holds"
MOVES = {"stage_advanced": "stage", "stage_regressed": "stage", "close_date_moved": "close_date", "correction": "stage"}


def make_actions(
    context: Context,
    connection: Connection,
    deal: str,
    *,
    decisions: Sequence[tuple[int, Json]],
    holding: Sequence[Json] | None,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    version: int,
) -> None:
    """The caller holds the deal. `decisions` are the new ones, each with its number; `holding` all that hold now,
    where some may have been withdrawn; `before` and `after` are the deal's states and `version` its new one."""
    if holding is not None:
        recall(context, connection, deal, {each.cause for one in holding for each in of_decision(one, None)})
    wanted = [each for seq, decision in decisions for each in of_decision(decision, seq)]
    if after is not None:
        why = {MOVES[d["type"]]: d["why"] for _, d in decisions if d["type"] in MOVES}
        first = context.pipeline.stages[0].id
        wanted += fields_changed(before, after, first=first, version=version, why=why)
    ask_for(context, connection, deal, wanted)


def ask_for(context: Context, connection: Connection, deal: str, wanted: Iterable[Wanted]) -> None:
    """Each once, whoever asks how often; what was called off and is asked for again is taken up again."""
    workspace, at = context.workspace, context.now()
    outlets = context.connectors
    listed = {each.cause: each for each in wanted if each.owed or outlets.taking(each.kind, each.action)}
    known = actions.causes(connection, workspace, deal, listed.keys())
    new: list[StoredAction] = []
    for each in listed.values():
        if each.cause in known:
            for old in known[each.cause]:
                if old.state == "cancelled" and old.error == WITHDRAWN:
                    start(context, connection, old, outlets, at)
            continue
        routes: Sequence[Route | None] = outlets.taking(each.kind, each.action) or ([None] if each.owed else [])
        for route in routes:
            if route is not None and each.kind in FIELDS:
                supersede(context, connection, deal, each, route)
            new.append(made(context, deal, each, route, outlets, at))
    stored = actions.add(connection, workspace, new)
    for action in new:
        if action.id in stored and action.state == "waiting":
            context.outlet.send_later(connection, workspace, action.id, 0)


def made(
    context: Context, deal: str, wanted: Wanted, route: Route | None, outlets: Workspace, at: dt.datetime
) -> StoredAction:
    state, error = first_state(route, outlets, wanted.at, at)
    name = None if route is None else route.name
    return StoredAction(
        id=context.new_id(),
        key=key_of(context.workspace, deal, wanted.cause, name),
        deal=deal,
        cause=wanted.cause,
        decision_seq=wanted.decision_seq,
        action=wanted.action,
        kind=wanted.kind.value,
        connector=name,
        state=state,
        at=wanted.at,
        due_at=wanted.due_at,
        next_at=at if state == "waiting" else None,
        title=wanted.title.replace("\x00", "\ufffd"),
        content=wanted.content,
        error=error,
        made_at=at,
    )


def first_state(
    route: Route | None, outlets: Workspace, happened: dt.datetime, at: dt.datetime
) -> tuple[str, str | None]:
    if route is None:
        return "outbox", None
    if route.missing:
        return "outbox", f"{route.name} has no credentials: {', '.join(route.missing)} is not there"
    if outlets.late_after is not None and at - happened > outlets.late_after:
        days = outlets.late_after.days
        return "outbox", f"it is known only now, more than {days} days late; a person decides whether it is still done"
    return "waiting", None


def key_of(workspace: str, deal: str, cause: str, connector: str | None) -> str:
    """The idempotency key: the same for the same thing, and telling nobody anything."""
    parts = [workspace, deal, cause, connector or ""]
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return f"tt-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}"


def recall(context: Context, connection: Connection, deal: str, holding: set[str]) -> None:
    """What is still to be done for a decision that no longer holds is called off."""
    # A pattern of losses is seen across deals: it is among no single deal's decisions.
    patterns = {each.id for stage in context.pipeline.stages for each in stage.actions if each.loss_pattern}
    for action in actions.open_of_deal(connection, context.workspace, deal, RECALLED):
        rests = action.decision_seq is not None and action.action not in patterns
        if rests and action.cause not in holding:
            values = {"state": "cancelled", "error": WITHDRAWN, "next_at": None, "done_at": context.now()}
            actions.update(connection, context.workspace, action.id, **values)


def supersede(context: Context, connection: Connection, deal: str, wanted: Wanted, route: Route) -> None:
    """Of a field only the newest value is written; messages that tell of each change all go out."""
    if not route.is_crm:
        return
    for action in actions.open_of_deal(connection, context.workspace, deal, (*RECALLED, "conflict")):
        if action.kind == wanted.kind and action.connector == route.name:
            values = {"state": "cancelled", "error": "a newer value took its place", "next_at": None}
            actions.update(connection, context.workspace, action.id, **values, done_at=context.now())


def start(context: Context, connection: Connection, action: StoredAction, outlets: Workspace, at: dt.datetime) -> None:
    state, error = first_state(outlets.named(action.connector), outlets, action.at, at)
    values = {"state": state, "error": error, "next_at": at if state == "waiting" else None, "done_at": None}
    actions.update(connection, context.workspace, action.id, **values)
    if state == "waiting":
        context.outlet.send_later(connection, context.workspace, action.id, 0)


def route_anew(context: Context, action: StoredAction) -> Route | None:
    """Who would take it today: the connector that it has, else the first that takes its kind."""
    from service.connectors.protocol import Kind

    outlets = context.connectors
    taking = outlets.taking(Kind(action.kind), action.action)
    return outlets.named(action.connector) or (taking[0] if taking else None)

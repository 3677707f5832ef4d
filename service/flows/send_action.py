"""Do one action: claim it, send it outside any transaction, and note what became of it.

An action is claimed by marking it as being sent and, at once, as perhaps done: a worker that dies in between leaves an
unclear one and not a forgotten one. What follows an unclear attempt depends on the other system (`Repeat`).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from service.connectors.config import Route
from service.connectors.errors import ConflictError, LaterError, NeedsPersonError, RefusedError
from service.connectors.protocol import FIELDS, Attempt, Kind, Repeat
from service.flows import circuit_breaker
from service.flows.about_action import about_action, asked_of
from service.flows.context import Context
from service.flows.make_actions import ask_for
from service.flows.wanted_actions import Wanted
from service.store import actions, outgoing_marks, signals
from service.store.actions import StoredAction

__all__ = ["defer_lost_actions", "send_action"]

log = logging.getLogger(__name__)

Json = dict[str, Any]

# How long a sender may hold an action: longer than any call may take, and the claim after it.
LEASE = dt.timedelta(minutes=10)
# How long a value that we wrote may take to come back as an event.
ECHO = dt.timedelta(hours=1)
BEHIND = dt.timedelta(minutes=1)
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(seconds=30), dt.timedelta(hours=6)
LOST_AFTER = dt.timedelta(minutes=2)
AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    action: StoredAction
    route: Route
    payload: Json
    again: bool


def send_action(context: Context, id: UUID) -> str | None:
    """The state in which it is left; None where there is nothing to do now."""
    with context.database.begin() as connection:
        claimed = claim(context, connection, id)
    if claimed is None:
        return None
    action, route = claimed.action, claimed.route
    attempt = Attempt(key=action.key, again=claimed.again, at=action.at, now=context.now, http=route.http)
    outcome: Json | Exception
    try:
        outcome = route.connector.send(claimed.payload, attempt)
    except (LaterError, RefusedError, ConflictError) as error:
        outcome = error
    except Exception as error:
        log.exception("connector failed", extra={"action": str(id), "connector": route.name})
        outcome = RefusedError(f"the connector itself failed ({type(error).__name__}); the log has it")
    with context.database.begin() as connection:
        return note(context, connection, claimed, outcome)


def claim(context: Context, connection: Connection, id: UUID) -> Claimed | None:
    """None where it is not to be sent now, or not at all; then what it is instead is noted."""
    workspace, now = context.workspace, context.now()
    action = actions.lock(connection, workspace, id)
    if action is None or action.next_at is None or action.connector is None:
        return None
    if action.next_at > now:
        again_at(context, connection, action, action.next_at)
        return None
    route = context.connectors.named(action.connector)
    if route is None or route.missing:
        lacks = "is configured no more" if route is None else f"has no credentials: {', '.join(route.missing)}"
        settle(context, connection, action, "outbox", error=f"{action.connector} {lacks}")
        return None
    if route.is_crm and action.kind in FIELDS and actions.ahead(connection, workspace, action):
        # An older value is just being written, and brings this one on when it is done, or its sender is dead.
        again_at(context, connection, action, now + BEHIND)
        return None
    if action.unclear and route.connector.repeat is Repeat.NEVER:
        error = f"whether it was done is not known: {action.error or 'its sender died'}; send it again if it was not"
        settle(context, connection, action, "dead", error=error)
        return None
    if action.kind == Kind.REVIEW and not waits(connection, workspace, action):
        settle(context, connection, action, "cancelled", error="somebody has reviewed it")
        return None
    try:
        payload = route.connector.build(asked_of(action), about_action(context, connection, action))
    except NeedsPersonError as error:
        settle(context, connection, action, "outbox", error=str(error))
        return None
    except Exception as error:
        log.exception("connector failed", extra={"action": str(id), "connector": route.name})
        settle(context, connection, action, "dead", error=f"it cannot be built ({type(error).__name__})")
        return None
    if route.dry_run:
        settle(context, connection, action, "dry_run", payload=payload)
        return None
    later = circuit_breaker.enter(context, connection, route)
    if later is not None:
        again_at(context, connection, action, later + jitter(context, dt.timedelta(seconds=10)))
        return None
    for mark in route.connector.marks(payload):
        expires = None if mark.standing else now + ECHO
        outgoing_marks.add(connection, workspace, mark.system, mark.mark, at=now, expires_at=expires)
    values: Json = {"state": "sending", "next_at": now + LEASE, "attempts": action.attempts + 1, "unclear": True}
    actions.update(connection, workspace, id, **values, payload=payload)
    held = dataclasses.replace(action, **values)
    return Claimed(action=held, route=route, payload=payload, again=action.unclear)


def waits(connection: Connection, workspace: str, action: StoredAction) -> bool:
    signal = signals.get(connection, workspace, UUID(action.content["signal"]))
    return signal is not None and signal.state == "pending"


def note(context: Context, connection: Connection, claimed: Claimed, outcome: Json | Exception) -> str | None:
    """What became of an attempt. An action that somebody settled meanwhile stays as it was settled."""
    route, workspace = claimed.route, context.workspace
    action = actions.lock(connection, workspace, claimed.action.id)
    circuit_breaker.leave(context, connection, route, outcome)
    if action is None or action.state != "sending" or action.attempts != claimed.action.attempts:
        return None
    match outcome:
        case LaterError():
            state = later(context, connection, action, route, outcome, again=claimed.again)
        case ConflictError():
            state = settle(context, connection, action, "conflict", error=str(outcome), result=outcome.found)
            tell_conflict(context, connection, action, str(outcome))
        case Exception():
            state = settle(context, connection, action, "dead", error=str(outcome), unclear=False)
        case _:
            marks = route.connector.made(outcome)
            for mark in marks:
                outgoing_marks.add(connection, workspace, mark.system, mark.mark, at=context.now())
            state = settle(context, connection, action, "done", result=outcome, error=None, unclear=False)
    bring_on(context, connection, action)
    return state


def later(
    context: Context, connection: Connection, action: StoredAction, route: Route, error: LaterError, *, again: bool
) -> str:
    """`again`: an earlier attempt may have had its effect, and this one did not get as far as to find out."""
    unclear = error.unclear or again
    if unclear and route.connector.repeat is Repeat.NEVER:
        return settle(
            context,
            connection,
            action,
            "dead",
            unclear=True,
            error=f"{error}; whether it was done is not known: send it again if it was not",
        )
    if action.attempts >= route.attempts:
        return settle(
            context,
            connection,
            action,
            "dead",
            unclear=unclear,
            error=f"{error}; given up after {route.attempts} attempts",
        )
    wait = min(FIRST_WAIT * 2 ** (action.attempts - 1), LONGEST_WAIT)
    wait = max(jitter(context, wait), error.wait or dt.timedelta(0))
    actions.update(connection, context.workspace, action.id, state="failed", error=str(error), unclear=unclear)
    again_at(context, connection, action, context.now() + wait)
    return "failed"


def jitter(context: Context, wait: dt.timedelta) -> dt.timedelta:
    """Between half of it and all, so that those who failed together do not come back together."""
    return wait * (0.5 + 0.5 * context.outlet.chance())


def again_at(context: Context, connection: Connection, action: StoredAction, moment: dt.datetime) -> None:
    actions.update(connection, context.workspace, action.id, next_at=moment)
    delay = max(0.0, (moment - context.now()).total_seconds())
    context.outlet.send_later(connection, context.workspace, action.id, delay)


def settle(context: Context, connection: Connection, action: StoredAction, state: str, **values: Any) -> str:
    done = context.now() if state != "outbox" else None
    actions.update(connection, context.workspace, action.id, state=state, next_at=None, done_at=done, **values)
    return state


def tell_conflict(context: Context, connection: Connection, action: StoredAction, why: str) -> None:
    told = Wanted(
        cause=f"conflict:{action.id}",
        kind=Kind.ALERT,
        action="conflict",
        title=f"Not written over a newer change: {action.title}",
        at=context.now(),
        due_at=None,
        content={"to": ["rep"], "why": why},
    )
    ask_for(context, connection, action.deal, [told])


def bring_on(context: Context, connection: Connection, action: StoredAction) -> None:
    """The newer value that waited for this one."""
    if action.kind in FIELDS:
        behind = actions.waiting_behind(connection, context.workspace, action)
        if behind is not None:
            actions.update(connection, context.workspace, behind, next_at=context.now())
            context.outlet.send_later(connection, context.workspace, behind, 0)


def defer_lost_actions(context: Context) -> int:
    """Actions whose job was lost, or whose sender died, get another job; over all workspaces."""
    with context.database.begin() as connection:
        lost = actions.overdue(connection, context.now(), LOST_AFTER, AT_ONCE)
        for workspace, id in lost:
            context.outlet.send_later(connection, workspace, id, 0)
    return len(lost)

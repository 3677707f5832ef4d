"""A person sends an action again, or says that it is done."""

from __future__ import annotations

from uuid import UUID

from service.connectors.protocol import Repeat
from service.flows.context import Context
from service.flows.make_actions import first_state, route_anew
from service.store import actions
from service.store.actions import StoredAction

__all__ = ["NotNowError", "mark_done", "replay_action"]

# What may be sent again, and what a person may have done by hand.
AGAIN = ("outbox", "dead", "dry_run", "conflict", "cancelled", "failed", "waiting")
BY_HAND = ("outbox", "dead", "dry_run", "conflict", "failed", "waiting")


class NotNowError(Exception):
    """The action is in a state, or the connectors are, in which that makes no sense; the message says the mend."""

    status = 409


def replay_action(context: Context, id: UUID, *, by: str, owners: frozenset[str] | None = None) -> StoredAction | None:
    """Send it once more, under the same key and with all its attempts; None where there is none to be seen.

    One from the outbox goes to the connector that takes its kind today. Raises NotNowError.
    """
    with context.database.begin() as connection:
        action = actions.lock(connection, context.workspace, id)
        if action is None or actions.get(connection, context.workspace, id, owners) is None:
            return None
        if action.state not in AGAIN:
            raise NotNowError(f"it is {action.state}: only {', '.join(AGAIN)} can be sent again")
        route = route_anew(context, action)
        if route is None:
            raise NotNowError(f"no connector takes {action.kind} ({action.action}); add one to the connectors' file")
        at = context.now()
        # Whoever sends it again knows that it is late, and in what state the other system is.
        state, error = first_state(route, context.connectors, at, at)
        if state != "waiting":
            raise NotNowError(str(error))
        # A person decides against the doubt where the system can tell us nothing; elsewhere we still look first.
        unclear = action.unclear and route.connector.repeat is not Repeat.NEVER
        values = {"state": state, "connector": route.name, "attempts": 0, "next_at": at, "done_at": None}
        actions.update(connection, context.workspace, id, **values, error=None, unclear=unclear, done_by=by)
        context.outlet.send_later(connection, context.workspace, id, 0)
        return actions.get(connection, context.workspace, id)


def mark_done(
    context: Context, id: UUID, *, by: str, note: str | None, owners: frozenset[str] | None = None
) -> StoredAction | None:
    """A person did it, or it need not be done; None where there is none to be seen. Raises NotNowError."""
    with context.database.begin() as connection:
        action = actions.lock(connection, context.workspace, id)
        if action is None or actions.get(connection, context.workspace, id, owners) is None:
            return None
        if action.state not in BY_HAND:
            raise NotNowError(f"it is {action.state}: only {', '.join(BY_HAND)} can be marked as done")
        values = {"state": "done", "next_at": None, "done_at": context.now(), "done_by": by, "error": note}
        actions.update(connection, context.workspace, id, **values)
        return actions.get(connection, context.workspace, id)

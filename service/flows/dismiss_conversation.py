"""A person says that a conversation belongs to no deal: it is kept and waits no longer."""

from __future__ import annotations

import dataclasses
from typing import Any

from service.flows.assign_conversation import NotWaitingError
from service.flows.context import Context
from service.routing.clues import clean
from service.store import conversations, routing
from signals.decode import as_object, optional_text

__all__ = ["dismiss_conversation"]


def dismiss_conversation(context: Context, id: str, value: Any) -> bool:
    """`value` is `{"reason"?, "by"?}`; False for a conversation that nobody knows. Again changes nothing.

    Raises NotWaitingError for one that has a deal or was not read yet, DecodeError for a body that is none.
    """
    source = as_object(value)
    by, told = optional_text(source, "by"), optional_text(source, "reason")
    with context.database.begin() as connection:
        stored = conversations.get(connection, context.workspace, id)
        if stored is None:
            return False
        held = routing.lock(connection, context.workspace, id)
        if held is not None and held.state == "dismissed":
            return True
        if held is None or held.state != "waiting":
            raise NotWaitingError(stored.state if held is None else held.state, None if held is None else held.deal)
        reason = f"{clean(by) if by else 'a person'} dismissed it" + (f": {clean(told)}" if told else "")
        after = dataclasses.replace(
            held, state="dismissed", reason=reason, settled_at=context.now(), settled_by=by and clean(by)
        )
        routing.update(connection, context.workspace, after)
    return True

"""Everything that ever happened to the deals of a workspace, for whoever wants to fold it under another pipeline."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from service.flows.context import Context
from service.flows.fold import creation_first
from service.store import events

if TYPE_CHECKING:
    from engine import Event

__all__ = ["stored_history"]


def stored_history(context: Context) -> list[Event]:
    """The events of every deal, each deal's in the order in which the service folds them."""
    from engine import Event

    found: list[Event] = []
    with context.database.connect() as connection:
        stored = events.of_workspace(connection, context.workspace)
        for _, of_deal in groupby(stored, key=lambda event: event.deal):
            found.extend(creation_first([Event.from_json(event.content) for event in of_deal]))
    return found

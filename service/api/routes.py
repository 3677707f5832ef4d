"""Where a conversation belongs and whose sides its people are on, as answers show it."""

from __future__ import annotations

from typing import Any

from service.store.routing import StoredRoute

__all__ = ["belonging", "route"]

Json = dict[str, Any]


def route(stored: StoredRoute) -> Json:
    return {
        "state": stored.state,
        "deal": stored.deal,
        "reason": stored.reason,
        "candidates": stored.candidates,
        "settled_at": None if stored.settled_at is None else stored.settled_at.isoformat(),
        "settled_by": stored.settled_by,
    }


def belonging(stored: StoredRoute | None) -> Json:
    """`route` is null and `sides` are empty until the conversation is read."""
    return {"route": None if stored is None else route(stored), "sides": [] if stored is None else stored.sides}

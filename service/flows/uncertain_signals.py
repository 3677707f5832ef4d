"""Which signals are worth a person's look first."""

from __future__ import annotations

from service.flows.context import Context
from service.store import reviews
from service.store.signals import StoredSignal

__all__ = ["uncertain"]


def uncertain(context: Context, *, most: int, owners: frozenset[str] | None) -> list[StoredSignal]:
    """Those that no person has said anything about, by how close their confidence is to where signals are accepted."""
    with context.database.connect() as connection:
        return reviews.unreviewed(connection, context.workspace, around=context.accept_at, most=most, owners=owners)

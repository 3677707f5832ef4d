"""What need not be remembered any longer: called every minute."""

from __future__ import annotations

from service.flows.context import Context
from service.store import deliveries, outgoing_marks

__all__ = ["forget_expired"]


def forget_expired(context: Context) -> int:
    """Deliveries and marks of every workspace that have expired; how many they were."""
    now = context.now()
    with context.database.begin() as connection:
        return deliveries.forget_expired(connection, now) + outgoing_marks.forget_expired(connection, now)

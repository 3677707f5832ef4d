"""What need not be remembered any longer: called every minute."""

from __future__ import annotations

from service.flows.context import Context
from service.store import deliveries, kept_answers, outgoing_marks, sessions

__all__ = ["forget_expired"]


def forget_expired(context: Context) -> int:
    """Deliveries, marks, sessions and kept answers of every workspace that have expired; how many they were."""
    now = context.now()
    with context.database.begin() as connection:
        return sum(
            each.forget_expired(connection, now) for each in (deliveries, outgoing_marks, sessions, kept_answers)
        )

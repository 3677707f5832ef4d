"""What need not be remembered any longer: called every minute."""

from __future__ import annotations

import datetime as dt

from service.flows.context import Context
from service.store import dead, deliveries, kept_answers, outgoing_marks, sessions

__all__ = ["forget_expired"]

# For as long one may look what became of a job.
JOBS_KEPT = dt.timedelta(days=7)


def forget_expired(context: Context) -> int:
    """Deliveries, marks, sessions and kept answers of every workspace that have expired, and jobs of old; how many."""
    now = context.now()
    with context.database.begin() as connection:
        jobs = dead.forget_old_jobs(connection, now - JOBS_KEPT)
        expiring = (deliveries, outgoing_marks, sessions, kept_answers)
        others: int = sum(each.forget_expired(connection, now) for each in expiring)
        return jobs + others

"""When a job that failed is tried again."""

from __future__ import annotations

from procrastinate import RetryDecision, RetryStrategy
from procrastinate.jobs import Job
from sqlalchemy.exc import OperationalError, TimeoutError

__all__ = ["RETRIES", "Retries"]

TRIES = 10
# Seconds, and how often. The database is away for all jobs alike, and back for all: none is held up for what it did not
# do, nor those behind it that wait for its lock.
AWAY_FOR, AWAY_AT_MOST = 1, 100


class Retries(RetryStrategy):
    """Later each time, but soon again where the database was away."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, OperationalError | TimeoutError) and job.attempts < AWAY_AT_MOST:
            return RetryDecision(retry_in={"seconds": AWAY_FOR})
        return super().get_retry_decision(exception=exception, job=job)


RETRIES = Retries(max_attempts=TRIES, exponential_wait=2)

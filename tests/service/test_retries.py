from __future__ import annotations

from typing import Any

import pytest
from procrastinate.jobs import Job
from sqlalchemy.exc import OperationalError, TimeoutError

from service import clock
from service.jobs.retries import RETRIES

AWAY = [OperationalError("SELECT 1", {}, Exception("terminating connection")), TimeoutError("no connection is free")]


def waits(error: Exception, attempts: int) -> float | None:
    job = Job(
        id=1, queue="default", lock="main/D-1", queueing_lock=None, task_name="read", task_kwargs={}, attempts=attempts
    )
    before = clock.now()
    decision = RETRIES.get_retry_decision(exception=error, job=job)
    if decision is None:
        return None
    assert decision.retry_at is not None
    return round((decision.retry_at - before).total_seconds())


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
def test_a_database_that_was_away_costs_a_job_a_second_however_often(error: Any) -> None:
    assert [waits(error, attempts) for attempts in (0, 5, 50, 99)] == [1, 1, 1, 1]
    assert waits(error, 100) is None


def test_other_errors_wait_longer_each_time_and_are_given_up() -> None:
    found = [waits(ValueError("no"), attempts) for attempts in range(11)]
    assert found[:3] == [2, 4, 8]
    assert found[9:] == [1024, None]

"""How the queue's library writes to its tables, with what it lacks."""

from __future__ import annotations

import datetime as dt

from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

__all__ = ["Manager"]


class Manager(JobManager):
    async def retry_job(
        self,
        job: Job,
        retry_at: dt.datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """Let it wait again; where another one waits for the same, that one does it and this one is gone.

        No two with the same queueing lock may wait, though one may be done while another waits. The library's own
        leaves such a job "being done" by nobody, and all later ones with its lock wait for it for ever.
        """
        try:
            await super().retry_job(job, retry_at, priority, queue, lock)
        except UniqueViolation:
            await self.finish_job(job, Status.FAILED, delete_job=True)

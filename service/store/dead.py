"""What was given up: conversations that could not be read, and jobs whose tries are used up."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import Connection

from service.store.sight import visible
from service.store.tables import conversations

__all__ = ["DeadKind", "DeadLetter", "failed_job", "find", "forget_job", "forget_old_jobs", "revive_conversation"]


class DeadKind(StrEnum):
    CONVERSATION = "conversation"
    JOB = "job"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """`id` is "conversation:…" with the conversation's own, or "job:…" with a number. `task` is what a job was to do;
    `conversation` and `action` are what it was about."""

    id: str
    kind: DeadKind
    at: dt.datetime
    reason: str | None = None
    deal: str | None = None
    task: str | None = None
    conversation: str | None = None
    action: str | None = None
    attempts: int | None = None


# The queue's tables have no workspace of their own: it is among a job's arguments.
JOBS = """
    SELECT 'job:' || j.id AS id, 'job' AS kind,
           coalesce((SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id), 'epoch') AS at,
           j.task_name AS task, j.attempts, j.args->>'conversation' AS conversation, j.args->>'action' AS action
      FROM procrastinate_jobs j WHERE j.status = 'failed' AND j.args->>'workspace' = :workspace
"""
OLD_JOBS = sa.text(
    """
    DELETE FROM procrastinate_jobs j
     WHERE j.status IN ('failed', 'cancelled', 'aborted', 'succeeded')
       AND NOT (j.status = 'failed' AND j.args ? 'workspace')
       AND NOT EXISTS (SELECT FROM procrastinate_events e WHERE e.job_id = j.id AND e.at >= :before)
    """
)


def find(
    connection: Connection,
    workspace: str,
    *,
    owners: frozenset[str] | None = None,
    before: tuple[dt.datetime, str] | None = None,
    most: int,
) -> list[DeadLetter]:
    """The newest first, before a cursor. Jobs have no owner: who sees some owners' deals only sees none of them."""
    c = conversations.c
    id = sa.literal("conversation:") + c.id
    at = sa.func.coalesce(c.read_at, c.received_at)
    statement = sa.select(id.label("id"), at.label("at"), c.reason, c.deal, c.id.label("conversation")).where(
        c.workspace == workspace, c.state == "failed", visible(workspace, c.deal, owners)
    )
    if before is not None:
        statement = statement.where(sa.tuple_(at, id) < sa.tuple_(sa.literal(before[0]), sa.literal(before[1])))
    rows = connection.execute(statement.order_by(at.desc(), id.desc()).limit(most)).mappings()
    found = [DeadLetter(kind=DeadKind.CONVERSATION, **row) for row in rows]
    if owners is None:
        edge = "" if before is None else "WHERE (at, id) < (:at, :id)"
        told = {"workspace": workspace, "most": most} | ({} if before is None else {"at": before[0], "id": before[1]})
        jobs = sa.text(f"SELECT * FROM ({JOBS}) failed {edge} ORDER BY at DESC, id DESC LIMIT :most")
        for row in connection.execute(jobs, told).mappings():
            found.append(DeadLetter(**dict(row) | {"kind": DeadKind.JOB}))
    return sorted(found, key=lambda each: (each.at, each.id), reverse=True)[:most]


def failed_job(connection: Connection, workspace: str, number: int) -> DeadLetter | None:
    """For this transaction alone."""
    statement = sa.text(f"{JOBS} AND j.id = :number FOR UPDATE OF j")
    row = connection.execute(statement, {"workspace": workspace, "number": number}).mappings().first()
    return None if row is None else DeadLetter(**dict(row) | {"kind": DeadKind.JOB})


def forget_job(connection: Connection, workspace: str, number: int) -> None:
    """A job that another one took the place of."""
    statement = sa.text("DELETE FROM procrastinate_jobs WHERE id = :number AND args->>'workspace' = :workspace")
    connection.execute(statement, {"workspace": workspace, "number": number})


def forget_old_jobs(connection: Connection, before: dt.datetime) -> int:
    """What no worker will touch again, over all workspaces: sweeps that failed, and whatever was called off or done.

    Failed jobs of a workspace wait for a person.
    """
    return connection.execute(OLD_JOBS, {"before": before}).rowcount


def revive_conversation(
    connection: Connection, workspace: str, id: str, owners: frozenset[str] | None
) -> tuple[bool, str | None]:
    """Whether there was a failed one to be seen, which now waits to be read again; and its deal."""
    c = conversations.c
    here = (c.workspace == workspace) & (c.id == id) & (c.state == "failed") & visible(workspace, c.deal, owners)
    values = {"state": "received", "reason": None, "read_at": None}
    row = connection.execute(sa.update(conversations).where(here).values(values).returning(c.deal)).first()
    return row is not None, None if row is None else row.deal

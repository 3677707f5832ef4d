"""What operators watch, over all workspaces, at a price that does not grow with what is stored.

What waits is counted by indexes that hold only that. Whole tables are counted as long as they are small; of a large one
a sample is, of about as many rows as a small one has.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from service.store.action_tables import actions
from service.store.tables import conversations, deals, signals

__all__ = ["SMALL", "Waiting", "counted", "waiting"]

# Rows. Counting so many takes some ten milliseconds.
SMALL = 50_000

WAITING = sa.text(
    """
    SELECT (SELECT min(received_at) FROM conversations WHERE state = 'received') AS oldest_unread,
           (SELECT min(made_at) FROM actions WHERE state IN ('waiting', 'sending', 'failed')) AS oldest_unsent,
           (SELECT count(*) FROM conversations WHERE state = 'failed') AS dead_conversations,
           (SELECT count(*) FROM actions WHERE state = 'dead') AS dead_actions,
           (SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed') AS dead_jobs,
           (SELECT min(due_at) FROM deals WHERE due_at IS NOT NULL) AS next_timer,
           (SELECT count(*) FROM deals WHERE due_at <= :now) AS timers_overdue,
           (SELECT count(*) FROM signals WHERE state = 'pending') AS pending_signals,
           (SELECT count(*) FROM conversation_routes WHERE state = 'waiting') AS unrouted_conversations,
           (SELECT count(*) FROM unassigned_events WHERE state = 'waiting') AS unassigned_events
    """
)
# A job is due once it was deferred, or once the moment has come to which it was put off.
JOBS = sa.text(
    """
    SELECT j.queue_name AS queue, count(*) AS jobs,
           min(coalesce(j.scheduled_at, (SELECT min(e.at) FROM procrastinate_events e WHERE e.job_id = j.id))) AS oldest
      FROM (SELECT id, queue_name, scheduled_at FROM procrastinate_jobs
             WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= :now)
             ORDER BY id LIMIT :most) j
     GROUP BY j.queue_name
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Moments are None where nothing waits. `jobs` are (how many are due, since when the oldest is) by queue; more than
    `SMALL` are not counted."""

    oldest_unread: dt.datetime | None
    oldest_unsent: dt.datetime | None
    dead_conversations: int
    dead_actions: int
    dead_jobs: int
    next_timer: dt.datetime | None
    timers_overdue: int
    pending_signals: int
    unrouted_conversations: int
    unassigned_events: int
    jobs: Mapping[str, tuple[int, dt.datetime | None]]


def waiting(connection: Connection, now: dt.datetime) -> Waiting:
    row = connection.execute(WAITING, {"now": now}).mappings().one()
    jobs = connection.execute(JOBS, {"now": now, "most": SMALL})
    return Waiting(**row, jobs={each.queue: (each.jobs, each.oldest) for each in jobs})


GROUPS: Mapping[str, tuple[sa.Table, tuple[sa.Column[Any], ...]]] = {
    "conversations": (conversations, (conversations.c.state,)),
    "signals": (signals, (signals.c.type, signals.c.state)),
    "actions": (actions, (actions.c.state,)),
    "deals": (deals, (deals.c.stage,)),
}


def counted(connection: Connection, what: str) -> dict[tuple[str, ...], int]:
    """Rows by state (conversations, actions), by type and state (signals), or by stage (deals): of a table that the
    server thinks larger than `SMALL`, from a sample."""
    table, columns = GROUPS[what]
    told = sa.text("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = to_regclass(:name)")
    about = connection.execute(told, {"name": table.name}).scalar() or 0
    share = min(1.0, SMALL / about) if about else 1.0
    source: sa.FromClause = (
        table if share == 1.0 else sa.tablesample(table, sa.func.system(share * 100), seed=sa.text("1"))
    )
    groups = [source.c[column.name] for column in columns]
    statement = sa.select(*groups, sa.func.count()).where(groups[0].is_not(None)).group_by(*groups)
    return {tuple(row[:-1]): round(row[-1] / share) for row in connection.execute(statement)}

"""What a lost job or a passing moment leaves to do: called every minute."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from service.flows.append_events import append_to_deal
from service.flows.context import Context, ReadJob
from service.flows.make_events import iso
from service.store import conversations, deals

__all__ = ["advance_clocks", "defer_lost"]

AT_ONCE = 500
LOST_AFTER = dt.timedelta(minutes=2)


def defer_lost(context: Context) -> int:
    """Conversations that wait longer than a job should take get another job; reading twice does nothing twice."""
    with context.database.begin() as connection:
        lost = conversations.unread(connection, context.now() - LOST_AFTER, AT_ONCE)
        jobs = [ReadJob(workspace=workspace, conversation=id, deal=deal) for workspace, id, deal in lost]
        if jobs:
            context.defer(connection, jobs)
    return len(lost)


def advance_clocks(context: Context) -> int:
    """A clock event for each deal where time has brought something; each in a transaction of its own."""
    now = context.now()
    with context.database.connect() as connection:
        due = deals.due(connection, now, AT_ONCE)
    for workspace, deal, due_at in due:
        here = dataclasses.replace(context, workspace=workspace)
        with context.database.begin() as connection:
            append_to_deal(here, connection, deal, [clock_event(deal, due_at, now)])
    return len(due)


def clock_event(deal: str, due_at: dt.datetime, now: dt.datetime) -> dict[str, Any]:
    """Its id comes from what was due, so that two sweeps at once send it once."""
    return {
        "id": f"clock:{deal}:{iso(due_at)}",
        "deal_id": deal,
        "type": "clock",
        "occurred_at": iso(now),
        "source": "clock",
        "data": {},
    }

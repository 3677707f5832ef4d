"""What the engine concluded, in the order in which it did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from service.store.tables import decisions

__all__ = ["StoredDecision", "add", "of_deal", "on_events"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDecision:
    """`content` is the decision's JSON as the engine gave it."""

    deal: str
    seq: int
    at: dt.datetime
    recorded_at: dt.datetime
    type: str
    rule: str
    content: dict[str, Any]


COLUMNS = [decisions.c[field] for field in StoredDecision.__dataclass_fields__]


def add(connection: Connection, workspace: str, new: Sequence[StoredDecision]) -> None:
    if new:
        rows = [{"workspace": workspace} | {f: getattr(each, f) for f in each.__dataclass_fields__} for each in new]
        connection.execute(sa.insert(decisions), rows)


def of_deal(
    connection: Connection, workspace: str, deal: str, *, after: int = 0, most: int | None = None
) -> list[StoredDecision]:
    statement = (
        sa.select(*COLUMNS)
        .where(decisions.c.workspace == workspace, decisions.c.deal == deal, decisions.c.seq > after)
        .order_by(decisions.c.seq)
        .limit(most)
    )
    return [StoredDecision(**row) for row in connection.execute(statement).mappings()]


def on_events(connection: Connection, workspace: str, deal: str, ids: set[str]) -> list[StoredDecision]:
    """The decisions that rest on one of these events."""
    return [each for each in of_deal(connection, workspace, deal) if ids & set(each.content.get("events") or ())]

"""The events of each deal, in order of arrival; rows are only ever added."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from service.store.tables import events

__all__ = [
    "StoredEvent",
    "add",
    "by_id",
    "count",
    "evidence_of",
    "history",
    "ids_of_conversation",
    "known",
    "of_conversation",
    "of_deal",
    "of_workspace",
    "retractions",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """`content` is the event's JSON as the engine reads it; `conversation` is where it was said, if it was."""

    deal: str
    seq: int
    id: str
    type: str
    occurred_at: dt.datetime
    recorded_at: dt.datetime
    conversation: str | None
    content: dict[str, Any]


def evidence_of(content: dict[str, Any]) -> dict[str, Any]:
    """An event's evidence; other systems send what they like there, and only an object with texts is any."""
    evidence = content.get("evidence")
    return evidence if isinstance(evidence, dict) else {}


COLUMNS = [events.c[field] for field in StoredEvent.__dataclass_fields__]


def add(connection: Connection, workspace: str, new: Sequence[StoredEvent]) -> None:
    if new:
        rows = [{"workspace": workspace} | {f: getattr(each, f) for f in each.__dataclass_fields__} for each in new]
        connection.execute(sa.insert(events), rows)


def of_deal(connection: Connection, workspace: str, deal: str) -> list[StoredEvent]:
    statement = sa.select(*COLUMNS).where(events.c.workspace == workspace, events.c.deal == deal).order_by(events.c.seq)
    return [StoredEvent(**row) for row in connection.execute(statement).mappings()]


def of_conversation(connection: Connection, workspace: str, conversation: str) -> list[StoredEvent]:
    """What a conversation has made of any deal, and what was taken back of that, in order of arrival in each."""
    statement = sa.select(*COLUMNS).where(events.c.workspace == workspace, events.c.conversation == conversation)
    rows = connection.execute(statement.order_by(events.c.deal, events.c.seq)).mappings()
    return [StoredEvent(**row) for row in rows]


def retractions(connection: Connection, workspace: str, deals: Iterable[str]) -> list[StoredEvent]:
    """What was taken back in these deals, in order of arrival in each."""
    here = sorted(deals)
    if not here:
        return []
    statement = sa.select(*COLUMNS).where(
        events.c.workspace == workspace, events.c.deal.in_(here), events.c.type == "retraction"
    )
    rows = connection.execute(statement.order_by(events.c.deal, events.c.seq)).mappings()
    return [StoredEvent(**row) for row in rows]


def of_workspace(connection: Connection, workspace: str) -> Iterator[StoredEvent]:
    """The events of every deal, deal by deal, each deal's in order of arrival."""
    statement = sa.select(*COLUMNS).where(events.c.workspace == workspace).order_by(events.c.deal, events.c.seq)
    for row in connection.execute(statement.execution_options(yield_per=1000)).mappings():
        yield StoredEvent(**row)


def known(connection: Connection, workspace: str, ids: Iterable[str]) -> set[str]:
    """Which of these ids the workspace has already, under whatever deal."""
    statement = sa.select(events.c.id).where(events.c.workspace == workspace, events.c.id.in_(list(ids)))
    return set(connection.execute(statement).scalars())


HISTORY = """
SELECT (SELECT sha256(convert_to(coalesce(string_agg(content::text, E'\\n' ORDER BY seq), ''), 'UTF8'))
          FROM events WHERE workspace = %(workspace)s AND deal = %(deal)s) AS hash,
       ARRAY(SELECT id FROM events WHERE workspace = %(workspace)s AND id = ANY(%(ids)s::text[])) AS known
"""


def history(connection: Connection, workspace: str, deal: str, ids: Iterable[str] = ()) -> tuple[bytes, set[str]]:
    """A hash of the contents of the deal's events in order of arrival, and what `known` says of the ids."""
    told = {"workspace": workspace, "deal": deal, "ids": sorted(ids)}
    row = connection.exec_driver_sql(HISTORY, told).one()
    return row.hash, set(row.known)


def by_id(connection: Connection, workspace: str, ids: Iterable[str]) -> dict[str, StoredEvent]:
    statement = sa.select(*COLUMNS).where(events.c.workspace == workspace, events.c.id.in_(list(ids)))
    return {row["id"]: StoredEvent(**row) for row in connection.execute(statement).mappings()}


def count(connection: Connection) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(events)).scalar_one()


def ids_of_conversation(connection: Connection, workspace: str, conversation: str) -> set[str]:
    """The ids of the events that a conversation made."""
    statement = sa.select(events.c.id).where(events.c.workspace == workspace, events.c.conversation == conversation)
    return set(connection.execute(statement).scalars())

"""A database with very many deals: some stories told through the real flows, then copied under other ids.

python -m benchmarks.fill --data FOLDER [--deals 10000] [--events 1000000]
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Table

from benchmarks.stories import TOKEN, story
from service.app import running
from service.flows.accept_conversation import accept_conversation
from service.flows.append_events import append_events
from service.flows.context import Context
from service.flows.deal_paths import refresh_paths
from service.flows.read_conversation import read_conversation
from service.settings import Settings
from service.store.deal_card_table import deal_cards
from service.store.figure_tables import deal_paths, deal_stays, deal_tallies
from service.store.routing_tables import routes
from service.store.tables import conversations, deals, decisions, events, signals
from signals import Signal

__all__ = ["fill"]

Json = dict[str, Any]

COPIED = (
    conversations,
    routes,
    signals,
    events,
    deals,
    decisions,
    deal_cards,
    deal_paths,
    deal_stays,
    deal_tallies,
)


def fill(context: Context, *, deals: int, events: int, templates: int = 100, copies: Sequence[Table] = COPIED) -> None:
    """So many deals with so many events altogether (about); the stories are the first of them.

    `copies` are the tables in which the others have rows: what only looks at boards and lists needs no events.
    """
    templates = min(templates, deals)
    for number in range(templates):
        tell(context, number, max(20, events // deals))
    refresh_paths(context, most=templates)
    with context.database.begin() as connection:
        for table in copies:
            connection.execute(sa.text(copying(table)), {"copies": deals // templates - 1, "token": TOKEN})
    with context.database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))


def tell(context: Context, number: int, events: int) -> None:
    """One story through the flows; its signals are known, so that nothing has to be read out of the words."""
    told = story(number, now=context.now(), events=events)
    found: dict[str, list[Signal]] = {}
    here = dataclasses.replace(context, extract=lambda c: found[c.id], defer=lambda *job: None)
    waiting = list(told.events)
    for conversation, heard in told.conversations:
        # In order of time: what comes late is folded again, event by event.
        before = [event for event in waiting if moment(event) < conversation.occurred_at]
        append_events(here, before)
        del waiting[: len(before)]
        found[conversation.id] = heard
        accept_conversation(here, conversation)
        read_conversation(here, conversation.id)
    append_events(here, waiting)


def moment(event: Json) -> dt.datetime:
    return dt.datetime.fromisoformat(event["occurred_at"])


def copying(table: Table) -> str:
    """Each row so many times, with the stories' mark replaced in every id and text that holds it."""
    columns = [column for column in table.columns if column.identity is None]
    values = ", ".join(copied(column) for column in columns)
    names = ", ".join(f'"{column.name}"' for column in columns)
    return (
        f"INSERT INTO {table.name} ({names}) SELECT {values} FROM {table.name}, "
        "generate_series(1, :copies) AS nth, LATERAL (SELECT 'C' || lpad(nth::text, 4, '0') AS new) AS names"
    )


def copied(column: sa.Column[object]) -> str:
    name = f'{column.table.name}."{column.name}"'
    if column.name == "workspace":
        return name
    if isinstance(column.type, sa.Text):
        return f"replace({name}, :token, new)"
    if isinstance(column.type, sa.JSON):
        return f"replace({name}::text, :token, new)::json"
    if isinstance(column.type, sa.Uuid):
        return f"md5({name}::text || nth)::uuid"
    return name


def counted(connection: Connection) -> str:
    """How many rows each table has."""
    figures = ((t.name, connection.execute(sa.select(sa.func.count()).select_from(t)).scalar_one()) for t in COPIED)
    return ", ".join(f"{count:,} {name}" for name, count in figures)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--deals", type=int, default=10_000)
    parser.add_argument("--events", type=int, default=1_000_000)
    given = parser.parse_args()
    with running(Settings(data=given.data, worker=False)) as service:
        begun = time.perf_counter()
        fill(service.context, deals=given.deals, events=given.events)
        with service.context.database.connect() as connection:
            print(f"{counted(connection)} in {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()

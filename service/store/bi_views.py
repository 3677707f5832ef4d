"""Reading the views for business intelligence, a workspace at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from service.store.connect import within

__all__ = ["VIEWS", "columns", "reading", "rows"]

VIEWS = ("bi_deals", "bi_decisions", "bi_signals", "bi_stage_history", "bi_forecast")
# What comes in one order each time, so that the same data makes the same file.
ORDER = {
    "bi_deals": "deal",
    "bi_decisions": "deal, seq",
    "bi_signals": "id",
    "bi_stage_history": "deal, seq",
    "bi_forecast": "month NULLS LAST, owner NULLS LAST, stage, currency NULLS LAST",
}
COLUMNS = sa.text(
    """
    SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
     WHERE attrelid = to_regclass(:view) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
    """
)


@contextmanager
def reading(engine: Engine, workspace: str) -> Iterator[Connection]:
    """One moment of the database: what is read of several views belongs together."""
    options = {"isolation_level": "REPEATABLE READ"}
    with within(engine, "").connect().execution_options(**options) as connection, connection.begin():
        connection.execute(sa.text("SET TRANSACTION READ ONLY"))
        connection.execute(sa.text("SELECT set_config('telltale.workspace', :here, true)"), {"here": workspace})
        yield connection


def columns(connection: Connection, view: str) -> list[tuple[str, str]]:
    """(name, PostgreSQL's type) of each."""
    return [(row[0], row[1]) for row in connection.execute(COLUMNS, {"view": view})]


def rows(connection: Connection, view: str, *, at_once: int) -> Iterator[Sequence[sa.Row[tuple[object, ...]]]]:
    """All rows, `at_once` in memory at a time."""
    statement = sa.text(f"SELECT * FROM {view} ORDER BY {ORDER[view]}")
    with connection.execute(statement.execution_options(yield_per=at_once)) as found:
        yield from found.partitions(at_once)

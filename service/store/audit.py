"""The audit log: who changed what. A line is written in the transaction that makes the change, by its commit.

Whoever answers a request says who acts (`acting`); flows say what it is about (`about`). The first commit that changed
something writes the line; what a request changes later and says more of is a line of its own.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection

from service.store.access_tables import audit_log

__all__ = ["Acting", "Line", "about", "act", "acting", "add", "find", "on_commit", "settle", "who_acts"]

MOST_SUBJECTS = 1000


@dataclass(slots=True, kw_only=True)
class Acting:
    """Who acts: `who` a person or a key's name, `key` its public id, from the `address`, in a `request`."""

    who: str
    action: str
    now: Callable[[], dt.datetime]
    key: str | None = None
    address: str | None = None
    request: str | None = None
    subjects: dict[str, list[str]] = field(default_factory=dict)
    written: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`subjects` are ids by what they are the ids of."""

    seq: int
    at: dt.datetime
    who: str
    key: str | None
    address: str | None
    request: str | None
    action: str
    subjects: dict[str, list[str]]


current: ContextVar[Acting | None] = ContextVar("telltale_acting", default=None)


def act(who: Acting | None) -> None:
    """From here on in this task or thread, changes are this one's."""
    current.set(who)


def who_acts() -> Acting | None:
    """Whose changes are made in this task or thread."""
    return current.get()


@contextlib.contextmanager
def acting(who: Acting) -> Iterator[None]:
    before = current.set(who)
    try:
        yield
    finally:
        current.reset(before)


def about(**ids: str) -> None:
    """The next change is about these: `about(deal="D-7")`."""
    now = current.get()
    if now is not None:
        for kind, id in ids.items():
            known = now.subjects.setdefault(kind, [])
            if id not in known and len(known) < MOST_SUBJECTS:
                known.append(id)


# The server tells whether the transaction has changed anything, in the same statement that would add the line.
ADD = """
INSERT INTO audit_log (workspace, at, who, key, address, request, action, subjects)
SELECT %s, %s, %s, %s, %s, %s, %s, %s::json WHERE pg_current_xact_id_if_assigned() IS NOT NULL
RETURNING seq
"""


ADD_ALL = """
INSERT INTO audit_log (workspace, at, who, key, address, request, action, subjects)
SELECT %s, at, who, key, address, request, action, subjects::json
  FROM unnest(%s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
       AS given (at, who, key, address, request, action, subjects)
"""


def on_commit(connection: Connection, workspace: str) -> None:
    """Called before a transaction inside a workspace is committed."""
    now = current.get()
    if now is None or told_all(now):
        return
    if connection.exec_driver_sql(ADD, (workspace, *told(now))).first() is not None:
        settle([now])


def add(connection: Connection, workspace: str, changed: Sequence[Acting]) -> None:
    """Lines of several who have each changed something in this one transaction, which is nobody's own."""
    lines = [told(each) for each in changed if not told_all(each)]
    if lines:
        connection.exec_driver_sql(ADD_ALL, (workspace, *(list(column) for column in zip(*lines, strict=True))))


def settle(written: Sequence[Acting]) -> None:
    """Their lines are in the log."""
    for each in written:
        each.written = True
        each.subjects = {}


def told_all(acting: Acting) -> bool:
    return acting.written and not acting.subjects


def told(acting: Acting) -> tuple[Any, ...]:
    subjects = orjson.dumps({kind: clean(ids) for kind, ids in acting.subjects.items()}).decode()
    return acting.now(), acting.who, acting.key, acting.address, acting.request, acting.action, subjects


def clean(ids: Sequence[str]) -> list[str]:
    """As the database can hold it: no half of a character."""
    return [id.encode("utf-8", "replace").decode() for id in ids]


def find(connection: Connection, workspace: str, *, before: int | None, most: int, **equal: Any) -> list[Line]:
    """The newest first, before a cursor; `equal` are columns (who, key, action, request) and what they hold."""
    columns = [audit_log.c[name] for name in Line.__dataclass_fields__]
    statement = sa.select(*columns).where(audit_log.c.workspace == workspace)
    for column, value in equal.items():
        if value is not None:
            statement = statement.where(audit_log.c[column] == value)
    if before is not None:
        statement = statement.where(audit_log.c.seq < before)
    rows = connection.execute(statement.order_by(audit_log.c.seq.desc()).limit(most)).mappings()
    return [Line(**row) for row in rows]

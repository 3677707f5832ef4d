"""A pool of connections to PostgreSQL, and what every transaction on it may see."""

from __future__ import annotations

from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from service.store.audit import on_commit

__all__ = ["EVERYWHERE", "connect", "driver_url", "in_role", "within"]

# What a transaction's `telltale.workspace` says that may see every workspace, if it is the tables' owner's.
EVERYWHERE = "*"

BASE, ROLE, WORKSPACE = "telltale_base", "telltale_role", "telltale_workspace"


def driver_url(url: str) -> sa.URL:
    """A PostgreSQL URL as SQLAlchemy wants it; raises ValueError for anything else."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise ValueError("the database must be a URL such as postgresql://user:password@host/name") from None
    if parsed.drivername.partition("+")[0] not in ("postgresql", "postgres"):
        raise ValueError(f"the database must be PostgreSQL (postgresql://...), not {parsed.drivername}")
    return parsed.set(drivername="postgresql+psycopg")


def dumps(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def connect(url: str, *, connections: int) -> Engine:
    """Connections are checked before use, so that a restarted server costs no request.

    The engine's transactions are the owner's and see every workspace; `within` gives one that is inside a workspace.
    """
    engine = sa.create_engine(
        driver_url(url),
        pool_size=connections,
        max_overflow=0,
        pool_pre_ping=True,
        pool_timeout=10,
        hide_parameters=True,
        json_serializer=dumps,
        json_deserializer=orjson.loads,
        connect_args={"connect_timeout": 10, "application_name": "telltale", "options": "-c timezone=UTC"},
    )
    sa.event.listen(engine, "begin", enter)
    sa.event.listen(engine, "commit", leave)
    return engine


def enter(connection: Connection) -> None:
    """Tell the server which rows this transaction may see and, inside a workspace, give up the owner's rights."""
    options = connection.get_execution_options()
    workspace, role = options.get(WORKSPACE), options.get(ROLE)
    if workspace is None or role is None:
        told = (EVERYWHERE if workspace is None else workspace,)
        connection.exec_driver_sql("SELECT set_config('telltale.workspace', %s, true)", told)
    else:
        both = "SELECT set_config('telltale.workspace', %s, true), set_config('role', %s, true)"
        connection.exec_driver_sql(both, (workspace, role))


def leave(connection: Connection) -> None:
    workspace = connection.get_execution_options().get(WORKSPACE)
    if workspace is not None:
        on_commit(connection, workspace)


def within(engine: Engine, workspace: str) -> Engine:
    """The same pool inside a workspace: a query that forgets its workspace finds this one's rows only.

    "" is no workspace but all of them, for sweeps.
    """
    if workspace == EVERYWHERE:
        raise ValueError(f"workspace: expected a name, got {workspace!r}")
    base: Engine = engine.get_execution_options().get(BASE, engine)
    return base.execution_options(**{BASE: base, WORKSPACE: workspace}) if workspace else base


def in_role(engine: Engine, role: str | None) -> Engine:
    """An engine whose transactions inside a workspace take this role, for an owner whom no policy would bind."""
    return engine if role is None else engine.execution_options(**{ROLE: role})

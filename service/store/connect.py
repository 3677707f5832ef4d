"""A pool of connections to PostgreSQL."""

from __future__ import annotations

from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Engine

__all__ = ["connect", "driver_url"]


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
    """Connections are checked before use, so that a restarted server costs no request."""
    return sa.create_engine(
        driver_url(url),
        pool_size=connections,
        max_overflow=0,
        pool_pre_ping=True,
        pool_timeout=10,
        json_serializer=dumps,
        json_deserializer=orjson.loads,
        connect_args={"connect_timeout": 10, "application_name": "telltale", "options": "-c timezone=UTC"},
    )

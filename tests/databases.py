"""Statements to a PostgreSQL server, and the URLs of its databases."""

from __future__ import annotations

import sqlalchemy as sa

__all__ = ["at", "run"]


def run(server: str, *statements: str) -> None:
    """Outside of a transaction, as CREATE DATABASE wants it."""
    engine = sa.create_engine(server.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


def at(server: str, name: str) -> str:
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)

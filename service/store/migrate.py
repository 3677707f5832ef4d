"""The database brought to this version of the tables, by one process at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from service.store.connect import in_role, within
from service.store.protect import allow, protect, role_to_take

__all__ = ["behind", "migrate", "revisions", "secure"]

# Any number that no other software on the database uses for its advisory locks.
LOCK = 0x7E117A1E


def config(connection: Connection | None = None) -> Config:
    out = Config()
    out.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    out.attributes["connection"] = connection
    return out


def migrate(engine: Engine, revision: str = "head") -> None:
    """Upgrade to `revision` (or downgrade to one, given as "base" or its number), under an advisory lock."""
    with alone(engine) as connection:
        there, _ = revisions(connection)
        down = there is not None and (revision == "base" or revision < there) and revision != "head"
        step = command.downgrade if down else command.upgrade
        step(config(connection), revision)
        connection.commit()
        protect(connection)
        connection.commit()


def secure(engine: Engine, role: str) -> Engine:
    """An engine whose transactions inside a workspace are bound by row-level security, whoever its user is.

    Raises ValueError where the server's settings do not allow that.
    """
    with alone(engine) as connection:
        taken = role_to_take(connection, role)
        if taken is not None:
            allow(connection, taken)
        connection.commit()
    return in_role(engine, taken)


@contextlib.contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """The owner's connection while no other process changes the tables or their rights."""
    with within(engine, "").connect() as connection:
        connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        try:
            connection.commit()
            yield connection
        finally:
            connection.rollback()
            connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
            connection.commit()


def behind(connection: Connection) -> bool:
    """Whether the database is at another revision than this program's."""
    there, here = revisions(connection)
    return there != here


def revisions(connection: Connection) -> tuple[str | None, str | None]:
    """The database's revision, None for one without tables, and this program's."""
    here = ScriptDirectory.from_config(config()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision(), here

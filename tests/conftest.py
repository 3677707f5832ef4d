"""A real PostgreSQL for all tests; each test that asks for a database finds it empty.

These stand here once: a fixture that a folder imports is another one, with a life of its own.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from service.store.connect import connect
from service.store.embedded import embedded, in_use
from service.store.migrate import behind, migrate
from tests.databases import at, run


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """A folder for an embedded server, outside pytest's own.

    Each start of pytest closes its folder to other users; as root the server is one, and would die of that.
    """
    folder = Path(tempfile.mkdtemp(prefix="telltale-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server(testrun_uid: str) -> Iterator[str]:
    """The URL of one server for the session, which the workers of a parallel run share."""
    folder = Path(tempfile.gettempdir()) / f"telltale-{testrun_uid}"
    with embedded(folder) as url:
        # Nothing here has to survive a power cut, and each dropped database would wait for the disk.
        run(url, "ALTER SYSTEM SET fsync = off")
        run(url, "SELECT pg_reload_conf()")
        yield url
    if not in_use(folder):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def own(server: str, worker_id: str) -> Iterator[sa.Engine]:
    """A database for each worker of a parallel run."""
    name = f"test_{worker_id}"
    run(server, f"CREATE DATABASE {name}")
    engine = connect(at(server, name), connections=2)
    yield engine
    engine.dispose()
    run(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(own: sa.Engine) -> str:
    """The URL of a migrated database with nothing in it. Emptying one is far quicker than making one."""
    with own.connect() as connection:
        stale = behind(connection)
    if stale:
        migrate(own)
    with own.begin() as connection:
        tables = connection.execute(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars()
        names = ", ".join(f'"{name}"' for name in tables if name != "alembic_version")
        connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    return own.url.set(drivername="postgresql").render_as_string(hide_password=False)

"""A real PostgreSQL for all tests; each test that asks for a database finds it empty."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from service.app import create_app, running
from service.settings import Settings
from service.store.connect import connect
from service.store.embedded import embedded, in_use
from service.store.migrate import behind, migrate
from tests.service.samples import extract_marks


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
    """A database for each worker of a parallel run, and for each folder of tests that takes this fixture in."""
    name = f"test_{worker_id}_{uuid.uuid4().hex[:8]}"
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


def run(server: str, statement: str) -> None:
    engine = sa.create_engine(server.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


def at(server: str, name: str) -> str:
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def service(database: str) -> Iterator[Any]:
    """A service without a worker, that reads marks instead of language."""
    with running(Settings(database=database, worker=False), extract=extract_marks) as service:
        yield service


@pytest.fixture
def client(service: Any) -> Iterator[TestClient]:
    with TestClient(create_app(service), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def rows(service: Any) -> Callable[[], dict[str, int]]:
    """How many rows each of our tables has."""
    from service.store.tables import metadata

    def count() -> dict[str, int]:
        with service.context.database.connect() as connection:
            return {
                table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                for table in metadata.sorted_tables
            }

    return count


@pytest.fixture
def with_settings(database: str) -> Callable[..., Any]:
    """Services with other settings on the same database."""

    def make(**changed: Any) -> Any:
        return running(Settings(database=database, worker=False, **changed), extract=extract_marks)

    return make


def at_time(service: Any, moment: Any) -> Any:
    """The same service with another clock."""
    return dataclasses.replace(service, context=dataclasses.replace(service.context, now=lambda: moment))

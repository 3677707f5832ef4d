"""The database itself: embedded, migrated, found again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from service.store import conversations, events
from service.store.connect import connect, driver_url
from service.store.embedded import embedded
from service.store.migrate import behind, migrate
from service.store.tables import metadata


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "no url", ""])
def test_only_postgresql_is_taken(url: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        driver_url(url)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_by_any_of_its_names(scheme: str) -> None:
    assert driver_url(f"{scheme}://u:p%40@h/db").drivername == "postgresql+psycopg"


def test_migrations_make_exactly_the_tables_that_are_used(own: sa.Engine, database: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with own.connect() as connection:
        options = {"include_name": lambda name, type, parents: not (name or "").startswith("procrastinate")}
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, metadata)
    ours = [each for each in differences if "procrastinate" not in str(each)]
    assert ours == []


def test_migrations_go_down_and_up_again(own: sa.Engine, database: str) -> None:
    migrate(own, "base")
    with own.connect() as connection:
        assert behind(connection)
        left = connection.execute(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars()
        assert set(left) == {"alembic_version"}
    migrate(own)
    migrate(own)
    with own.connect() as connection:
        assert not behind(connection)


def test_processes_that_start_together_migrate_once(own: sa.Engine, database: str) -> None:
    migrate(own, "base")
    failures: list[Exception] = []

    def start() -> None:
        engine = connect(database, connections=2)
        try:
            migrate(engine)
        except sa.exc.SQLAlchemyError as error:
            failures.append(error)
        finally:
            engine.dispose()

    starters = [threading.Thread(target=start) for _ in range(4)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert failures == []
    with own.connect() as connection:
        assert not behind(connection)
        assert conversations.count(connection) == {}
        assert events.count(connection) == 0


USE = """
import sys, time
from pathlib import Path
from service.store.embedded import embedded
with embedded(Path(sys.argv[1])) as url:
    print(url, flush=True)
    time.sleep(float(sys.argv[2]))
"""


def start(folder: Path, seconds: float) -> tuple[subprocess.Popen[str], str]:
    """A process that uses the folder's server for some seconds, and the server's URL."""
    process = subprocess.Popen([sys.executable, "-c", USE, folder, str(seconds)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        return process, process.stdout.readline().strip()


def postmaster(folder: Path) -> int:
    return int((folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0]


def test_the_embedded_server_outlives_a_kill_and_stops_with_its_last_user(data_folder: Path) -> None:
    process, url = start(data_folder, 60)
    engine = connect(url, connections=1)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE kept (id int)"))
    engine.dispose()
    process.send_signal(signal.SIGKILL)
    process.wait()
    with embedded(data_folder) as again:
        engine = connect(again, connections=1)
        with engine.connect() as connection:
            assert connection.execute(sa.text("SELECT count(*) FROM kept")).scalar_one() == 0
        engine.dispose()
        server = postmaster(data_folder)
        assert alive(server)
        # A server that is itself killed recovers when it is started again.
        os.kill(server, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while alive(server) and time.monotonic() < deadline:
            time.sleep(0.05)
    process, url = start(data_folder, 0)
    assert process.wait(30) == 0
    assert not (data_folder / "postgres" / "postmaster.pid").exists()

"""A backup restored into another database is the same, row by row, and goes on working."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from service.app import create_app, running
from service.commands.backup import backup, restore
from service.commands.terminal import UnusableError
from service.flows.check_history import check_history
from service.settings import Settings
from service.store.connect import connect
from service.store.migrate import migrate
from tests.databases import at, run
from tests.service.operations.filled import fill
from tests.service.samples import call, extract_marks


@pytest.fixture
def empty(server: str, worker_id: str) -> Iterator[str]:
    name = f"restored_{worker_id}"
    run(server, f"CREATE DATABASE {name}")
    yield at(server, name)
    run(server, f"DROP DATABASE {name} WITH (FORCE)")


def rows(url: str) -> dict[str, list[str]]:
    engine = connect(url, connections=1)
    with engine.connect() as connection:
        names = (
            connection.execute(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        )
        found = {
            name: sorted(connection.execute(sa.text(f'SELECT t::text FROM "{name}" t')).scalars()) for name in names
        }
    engine.dispose()
    return found


def test_there_and_back(client: TestClient, service: Any, database: str, empty: str, tmp_path: Path) -> None:
    fill(client, service)
    file = tmp_path / "telltale.backup"
    assert backup(Settings(database=database, data=tmp_path), str(file)) == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]
    before = rows(database)
    assert before["decisions"]
    assert restore(Settings(database=empty, data=tmp_path), str(file)) == 0
    assert rows(empty) == before
    with running(Settings(database=empty, worker=False), extract=extract_marks) as there:
        checks = dict(check_history(there.context))
        assert set(checks) >= {"D-9", "D-10"}
        assert set(checks.values()) == {True}
        with TestClient(create_app(there)) as theirs:
            assert theirs.post("/v1/conversations", json=call("p-1", "b1: other")).status_code == 409
            assert theirs.post("/v1/conversations?wait=true", json=call("new", "b1: hi")).status_code == 200
    with pytest.raises(UnusableError, match="has tables already"):
        restore(Settings(database=empty, data=tmp_path), str(file))
    with pytest.raises(UnusableError, match="there already"):
        backup(Settings(database=database, data=tmp_path), str(file))


def test_tables_of_an_earlier_version_are_backed_up_before_they_are_migrated(
    empty: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = connect(empty, connections=1)
    migrate(engine, "0005")
    engine.dispose()
    assert backup(Settings(database=empty, data=tmp_path), str(tmp_path / "before")) == 0
    assert "sealed" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("table", "columns", "values"),
    [
        ("webhook_sources", "workspace, source, sealed, set_by, set_at", "'acme', 'docusign', 'x', 'ops', now()"),
        ("connector_secrets", "workspace, name, sealed, set_by, set_at", "'acme', 'slack', 'x', 'ops', now()"),
    ],
)
def test_whoever_backs_up_sealed_secrets_is_told_of_their_key(
    empty: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], table: str, columns: str, values: str
) -> None:
    engine = connect(empty, connections=1)
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(sa.text(f"INSERT INTO {table} ({columns}) VALUES ({values})"))
    engine.dispose()
    assert backup(Settings(database=empty, data=tmp_path), str(tmp_path / "sealed")) == 0
    assert "it holds sealed secrets" in capsys.readouterr().err


def test_a_deal_that_is_not_what_its_events_add_up_to_is_found(client: TestClient, service: Any) -> None:
    client.post("/v1/conversations?wait=true", json=call("c-1", "b1: hi"))
    assert dict(check_history(service.context)) == {"D-1": True}
    with service.context.database.begin() as connection:
        connection.execute(sa.text("UPDATE deals SET stage = 'won'"))
    assert dict(check_history(service.context)) == {"D-1": False}
    with service.context.database.begin() as connection:
        connection.execute(sa.text("UPDATE deals SET pipeline = 'older'"))
    assert dict(check_history(service.context)) == {"D-1": None}


def test_what_cannot_be_backed_up_or_restored_says_why(database: str, empty: str, tmp_path: Path) -> None:
    settings = Settings(database=empty, data=tmp_path)
    with pytest.raises(UnusableError, match="no tables"):
        backup(settings, str(tmp_path / "x"))
    with pytest.raises(UnusableError, match="no such file"):
        restore(settings, str(tmp_path / "x"))
    (tmp_path / "x").write_bytes(b"no backup at all")
    with pytest.raises(UnusableError, match="nothing was changed"):
        restore(settings, str(tmp_path / "x"))
    with pytest.raises(UnusableError, match="no database in it"):
        backup(Settings(data=tmp_path / "none"), str(tmp_path / "y"))
    with pytest.raises(UnusableError, match="does not answer"):
        backup(Settings(database="postgresql://nobody@127.0.0.1:1/none"), str(tmp_path / "y"))
    assert not (tmp_path / "y").exists()


def test_a_plain_owner_of_the_tables_backs_up_every_row(
    client: TestClient, service: Any, database: str, server: str, empty: str, tmp_path: Path
) -> None:
    """Whom row-level security binds, as on a managed PostgreSQL."""
    run(server, "DROP ROLE IF EXISTS plain_owner")
    run(server, "CREATE ROLE plain_owner LOGIN")
    name = sa.make_url(empty).database
    run(server, f'ALTER DATABASE "{name}" OWNER TO plain_owner')
    try:
        fill(client, service)
        file = tmp_path / "one"
        backup(Settings(database=database, data=tmp_path), str(file))
        theirs = sa.make_url(empty).set(username="plain_owner").render_as_string(hide_password=False)
        run(empty, "GRANT ALL ON SCHEMA public TO plain_owner")
        assert restore(Settings(database=theirs, data=tmp_path, database_role="telltale_app"), str(file)) == 0
        again = tmp_path / "two"
        assert backup(Settings(database=theirs, data=tmp_path), str(again)) == 0
        assert rows(empty) == rows(database)
        assert again.stat().st_size > 10_000
    finally:
        run(server, f'ALTER DATABASE "{name}" OWNER TO postgres')
        run(empty, "REASSIGN OWNED BY plain_owner TO postgres")
        run(empty, "DROP OWNED BY plain_owner")
        run(server, "DROP ROLE plain_owner")

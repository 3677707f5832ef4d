"""Row-level security: on every table, for a superuser, and for a plain owner of an external database."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from service.app import create_app, running
from service.settings import Settings
from service.store.connect import connect, in_role, within
from service.store.migrate import alone, migrate, secure
from service.store.protect import protect, unprotected, workspace_tables
from service.store.tables import metadata
from tests.databases import at, run
from tests.service.access.conftest import deal, told
from tests.service.samples import extract_marks


def test_every_table_with_a_workspace_is_guarded(own: sa.Engine, database: str) -> None:
    with own.connect() as connection:
        assert unprotected(connection) == []
        guarded = set(workspace_tables(connection))
    assert {table.name for table in metadata.sorted_tables if "workspace" in table.c} <= guarded


def test_a_table_that_is_forgotten_is_found_and_guarded(own: sa.Engine, database: str) -> None:
    with own.connect() as connection:
        connection.execute(sa.text("CREATE TABLE forgotten (workspace text PRIMARY KEY)"))
        assert unprotected(connection) == ["forgotten"]
        protect(connection)
        assert unprotected(connection) == []
        connection.execute(sa.text("ALTER TABLE forgotten NO FORCE ROW LEVEL SECURITY"))
        assert unprotected(connection) == ["forgotten"]
        connection.rollback()


@pytest.fixture
def plain(server: str) -> Iterator[str]:
    """The URL of a database whose user owns it and can do nothing else."""
    name = f"plain_{secrets.token_hex(4)}"
    run(server, f"CREATE ROLE {name} LOGIN NOSUPERUSER NOCREATEROLE NOBYPASSRLS")
    run(server, f"CREATE DATABASE {name} OWNER {name}")
    yield sa.make_url(at(server, name)).set(username=name).render_as_string(hide_password=False)
    run(server, f"DROP DATABASE {name} WITH (FORCE)")
    run(server, f"DROP ROLE {name}")


def test_a_plain_owner_is_bound_by_the_policies_themselves(plain: str) -> None:
    with running(
        Settings(database=plain, worker=False, database_role="no_such_role"), extract=extract_marks
    ) as service:
        client = TestClient(create_app(service), raise_server_exceptions=False)
        assert client.post("/v1/events", json=deal("D-1", None)).is_success
        assert client.post("/v1/conversations?wait=true", json=told("c-1", "D-1")).json()["state"] == "read"
        count = sa.text("SELECT count(*) FROM deals")
        for engine, seen in (
            (service.context.database, 1),
            (within(service.context.database, "other"), 0),
            (within(service.context.database, ""), 1),
        ):
            with engine.connect() as connection:
                assert connection.execute(count).scalar() == seen
                # A transaction that says nothing sees nothing, though it is the owner's.
                connection.execute(sa.text("SELECT set_config('telltale.workspace', '', true)"))
                assert connection.execute(count).scalar() == 0


def test_a_role_that_the_owner_was_given_is_taken(server: str, plain: str) -> None:
    owner = sa.make_url(plain).username
    role = f"given_{secrets.token_hex(4)}"
    run(server, f"CREATE ROLE {role} NOLOGIN")
    try:
        run(server, f"GRANT {role} TO {owner}")
        engine = connect(plain, connections=2)
        migrate(engine)
        with within(secure(engine, role), "main").connect() as connection:
            assert connection.execute(sa.text("SELECT current_user")).scalar() == role
            connection.execute(sa.text("SELECT set_config('telltale.workspace', '*', true)"))
            assert connection.execute(sa.text("SELECT count(*) FROM deals")).scalar() == 0
        engine.dispose()
    finally:
        run(at(server, str(owner)), f"DROP OWNED BY {role}")
        run(server, f"DROP ROLE {role}")


def test_the_embedded_servers_superuser_takes_the_role(own: sa.Engine, database: str) -> None:
    engine = secure(own, "telltale_app")
    with within(engine, "main").connect() as connection:
        assert connection.execute(sa.text("SELECT current_user")).scalar() == "telltale_app"
        # Not even by saying that it is everywhere: that is the owner's.
        connection.execute(sa.text("INSERT INTO workspaces VALUES ('main', now(), 'x')"))
        connection.execute(sa.text("SELECT set_config('telltale.workspace', '*', true)"))
        assert connection.execute(sa.text("SELECT count(*) FROM workspaces")).scalar() == 0
        connection.rollback()
    with within(engine, "").connect() as connection:
        assert connection.execute(sa.text("SELECT current_user")).scalar() != "telltale_app"


def test_a_superuser_is_no_role_to_take(own: sa.Engine, database: str) -> None:
    with pytest.raises(ValueError, match="TELLTALE_DATABASE_ROLE"):
        secure(own, "postgres")


def test_engines_within_workspaces_do_not_pile_up(own: sa.Engine) -> None:
    engine = in_role(own, None)
    for name in ("a", "b", "c"):
        engine = within(engine, name)
    assert within(engine, "") is own


def test_no_workspace_has_the_name_of_all(own: sa.Engine) -> None:
    with pytest.raises(ValueError, match="workspace"):
        within(own, "*")


def test_two_that_secure_at_once_wait_for_each_other(own: sa.Engine, database: str) -> None:
    with alone(own) as first, own.connect() as second:
        # Of this database alone: other workers' tests lock theirs.
        mine = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        locked = sa.text(f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND {mine}")
        assert first.execute(locked).scalar() == second.execute(locked).scalar() == 1

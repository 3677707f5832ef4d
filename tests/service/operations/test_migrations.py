"""Each migration goes down and up again on a filled database; what the older tables can hold comes through."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from fastapi.testclient import TestClient

from service.app import create_app, running
from service.flows.check_history import check_history
from service.settings import Settings
from service.store.migrate import behind, config, migrate
from tests.service.operations.filled import ADDRESS, fill
from tests.service.samples import extract_marks

REVISIONS = sorted(each.revision for each in ScriptDirectory.from_config(config()).walk_revisions())
# What came with the first version, and every later one keeps.
FIRST = ("conversations", "signals", "events", "deals", "decisions")


def shape(engine: sa.Engine) -> set[tuple[Any, ...]]:
    """Columns, indexes and constraints, as the server has them."""
    queries = (
        """SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
            WHERE table_schema = 'public'""",
        "SELECT tablename, indexname, indexdef, '', '' FROM pg_indexes WHERE schemaname = 'public'",
        """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '' FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace""",
        "SELECT polrelid::regclass::text, polname, pg_get_expr(polqual, polrelid), '', '' FROM pg_policy",
        r"""SELECT 'function', proname, regexp_replace(prosrc, '\s+', ' ', 'g'), '', '' FROM pg_proc
             WHERE proname LIKE 'telltale%'""",
        "SELECT viewname, definition, '', '', '' FROM pg_views WHERE schemaname = 'public'",
    )
    with engine.connect() as connection:
        return {tuple(row) for query in queries for row in connection.execute(sa.text(query))}


def kept(engine: sa.Engine) -> dict[str, list[str]]:
    """The rows of the first tables, by what the first version knew of them."""
    out = {}
    with engine.connect() as connection:
        for table in FIRST:
            columns = "workspace, id" if table != "decisions" else "workspace, deal, seq, content::text"
            columns += {"deals": ", version, stage, state::text", "events": ", seq, content::text"}.get(table, "")
            rows = connection.execute(sa.text(f"SELECT ({columns})::text FROM {table}")).scalars()
            out[table] = sorted(rows)
    return out


@pytest.fixture
def filled(client: TestClient, service: Any, own: sa.Engine) -> sa.Engine:
    fill(client, service)
    return own


def test_each_revision_goes_down_and_up_on_a_filled_database(filled: sa.Engine, database: str) -> None:
    shapes, rows = {REVISIONS[-1]: shape(filled)}, kept(filled)
    assert all(rows.values())
    for revision in reversed(REVISIONS[:-1]):
        migrate(filled, revision)
        shapes[revision] = shape(filled)
        assert kept(filled) == rows, f"down to {revision}"
    for revision in REVISIONS[1:]:
        migrate(filled, revision)
        assert shape(filled) == shapes[revision], f"up to {revision}"
        assert kept(filled) == rows, f"up to {revision}"
        # Once more down and up by this one alone.
        before = REVISIONS[REVISIONS.index(revision) - 1]
        migrate(filled, before)
        assert shape(filled) == shapes[before], f"down to {before} again"
        migrate(filled, revision)
        assert kept(filled) == rows
    with filled.connect() as connection:
        assert not behind(connection)
    with running(Settings(database=database, worker=False), extract=extract_marks) as there:
        assert set(dict(check_history(there.context)).values()) == {True}
        with TestClient(create_app(there)) as client:
            assert client.get("/v1/deals/D-9").status_code == 200
            assert client.post("/v1/privacy/erase", json={"person": ADDRESS}).json()["conversations"] == 5


def test_a_fresh_database_has_the_same_shape_as_one_that_came_up_step_by_step(own: sa.Engine, database: str) -> None:
    at_once = shape(own)
    migrate(own, "base")
    for revision in REVISIONS:
        migrate(own, revision)
    assert shape(own) == at_once

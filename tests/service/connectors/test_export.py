"""What business intelligence reads: views of one workspace, without words, and the same as Parquet files."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from service.commands.export import export
from service.flows.accept_conversation import accept_conversation
from service.flows.append_events import append_events
from service.flows.read_conversation import read_conversation
from service.settings import Settings
from service.store import bi_views
from signals import Conversation
from tests.service.samples import call

AT = "2026-03-02T15:00:00Z"


def events(*more: dict[str, Any], deal: str = "D-9") -> list[dict[str, Any]]:
    made = {"type": "deal.created", "data": {"account": "Hollis", "amount": 64000.5, "currency": "USD", "owner": "ana"}}
    return [
        {"id": f"{deal}:{n}", "deal_id": deal, "occurred_at": AT, "source": "test", "data": {}} | each
        for n, each in enumerate((made, *more))
    ]


@pytest.fixture
def filled(service: Any) -> Any:
    moved = {"type": "override.stage", "data": {"to": "discovery", "reason": "NUL \x00 and \\u0000", "by": "ana"}}
    append_events(service.context, events(moved))
    text = "b1: secret words [budget status=stated amount=80000]"
    accept_conversation(service.context, Conversation.from_json(call("c-1", text)))
    read_conversation(service.context, "c-1")
    return service


def test_the_files_hold_what_the_tables_do(filled: Any, database: str, tmp_path: Path) -> None:
    assert export(Settings(database=database), str(tmp_path / "bi")) == 0
    tables = {file.stem: pq.read_table(file).to_pylist() for file in (tmp_path / "bi").iterdir()}
    assert sorted(tables) == ["deals", "decisions", "forecast", "signals", "stage_history"]
    deal = next(each for each in tables["deals"] if each["deal"] == "D-9")
    assert (deal["account"], deal["stage"], deal["amount"]) == ("Hollis", "discovery", Decimal("64000.500000"))
    assert deal["weighted_amount"] == round(deal["amount"] * Decimal(str(deal["probability"])) / 100, 2)
    (move,) = [each for each in tables["stage_history"] if each["deal"] == "D-9"]
    assert (move["from_stage"], move["to_stage"], move["rule"]) == ("identified", "discovery", "override.stage")
    assert move["at"] == dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)
    (signal,) = tables["signals"]
    assert (signal["type"], signal["status"], signal["amount_low"]) == ("budget", "stated", Decimal(80000))
    (month,) = [each for each in tables["forecast"] if each["owner"] == "ana"]
    assert (month["deals"], month["amount"], month["currency"]) == (1, Decimal("64000.500000"), "USD")
    with filled.context.database.connect() as connection:
        stored = connection.execute(sa.text("SELECT count(*) FROM decisions")).scalar_one()
    assert len(tables["decisions"]) == stored
    assert not list((tmp_path / "bi").glob("*.part"))


def test_a_nul_in_one_row_spoils_no_other(filled: Any) -> None:
    with bi_views.reading(filled.context.database, "main") as connection:
        found = [row for some in bi_views.rows(connection, "bi_decisions", at_once=10) for row in some]
    (move,) = [row for row in found if row.rule == "override.stage" and row.deal == "D-9" and row.type[:5] == "stage"]
    # What was a NUL is gone; what only looks like one was written by somebody and stays.
    assert "NUL  and \\u0000" in move.why


def test_no_words_of_a_conversation_are_in_the_signals(filled: Any) -> None:
    with bi_views.reading(filled.context.database, "main") as connection:
        found = [row for some in bi_views.rows(connection, "bi_signals", at_once=10) for row in some]
    assert found
    assert "secret words" not in str(found)


def test_a_workspace_sees_its_own(filled: Any) -> None:
    for view in bi_views.VIEWS:
        with bi_views.reading(filled.context.database, "other") as connection:
            assert [row for some in bi_views.rows(connection, view, at_once=10) for row in some] == []


def test_a_reader_with_rights_on_the_views_alone_is_enough(filled: Any, own: sa.Engine) -> None:
    with own.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("DROP ROLE IF EXISTS bi_reader"))
        connection.execute(sa.text("CREATE ROLE bi_reader"))
        connection.execute(sa.text(f"GRANT SELECT ON {', '.join(bi_views.VIEWS)} TO bi_reader"))
        try:
            connection.execute(sa.text("SET ROLE bi_reader"))
            connection.execute(sa.text("SELECT set_config('telltale.workspace', 'main', false)"))
            seen = {
                view: connection.execute(sa.text(f"SELECT count(*) FROM {view}")).scalar_one()
                for view in bi_views.VIEWS
            }
            assert min(seen.values()) > 0
            with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
                connection.execute(sa.text("SELECT count(*) FROM conversations"))
            connection.execute(sa.text("SELECT set_config('telltale.workspace', '', false)"))
            assert connection.execute(sa.text("SELECT count(*) FROM bi_deals")).scalar_one() == 0
        finally:
            connection.execute(sa.text("RESET ROLE"))
            connection.execute(sa.text("RESET telltale.workspace"))
            connection.execute(sa.text(f"REVOKE ALL ON {', '.join(bi_views.VIEWS)} FROM bi_reader"))
            connection.execute(sa.text("DROP ROLE bi_reader"))

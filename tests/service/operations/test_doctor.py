"""`telltale doctor`: what is in order is said to be, and each thing that is broken is found, with its mend."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from service import clock
from service.doctor import Finding, Grade, examine
from service.doctor.of_machine import disk, weights
from service.flows.accept_conversation import accept_conversation
from service.flows.read_conversation import read_conversation
from service.sealing import Sealer
from service.settings import Settings
from service.store import connector_secrets, hook_secrets, own_settings
from service.store.migrate import migrate
from signals import Conversation
from tests.service.samples import call


def found(database: str | None, **settings: Any) -> dict[str, Finding]:
    return {each.about: each for each in examine(Settings(database=database, **settings), clock.now)}


def graded(database: str | None, about: str, **settings: Any) -> tuple[Grade, str]:
    finding = found(database, **settings)[about]
    assert (finding.mend is None) == (finding.grade is Grade.OK)
    return finding.grade, finding.told


def execute(service: Any, statement: str) -> None:
    with service.context.database.begin() as connection:
        connection.execute(sa.text("SET LOCAL ROLE NONE"))
        connection.execute(sa.text(statement))


def test_a_service_in_order_fails_nothing(service: Any, database: str, tmp_path: Path) -> None:
    execute(service, "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    findings = found(database, data=tmp_path)
    assert [each for each in findings.values() if each.grade is Grade.FAIL] == []
    for about in ("database", "version", "clocks", "migrations", "row security", "queue", "dead letters", "secrets"):
        assert findings[about].grade is Grade.OK, findings[about]
    assert list(findings)[-4:] == ["disk", "weights", "pipeline", "connectors"]


def test_a_database_that_is_not_there_fails_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    findings = found("postgresql://nobody@127.0.0.1:1/none", data=tmp_path)
    assert findings["database"].grade is Grade.FAIL
    assert "does not answer" in findings["database"].told
    assert "pipeline" in findings


def test_no_embedded_server_is_made_only_to_be_looked_at(tmp_path: Path) -> None:
    assert graded(None, "database", data=tmp_path / "nothing")[0] is Grade.WARN
    assert not (tmp_path / "nothing").exists()


def test_a_url_that_is_none_of_postgresql(tmp_path: Path) -> None:
    assert graded("mysql://host/name", "database", data=tmp_path)[0] is Grade.FAIL


def test_tables_of_another_version(own: sa.Engine, database: str, tmp_path: Path) -> None:
    migrate(own, "0008")
    try:
        grade, told = graded(database, "migrations", data=tmp_path)
        assert grade is Grade.FAIL
        assert "0008" in told
        assert "row security" not in found(database, data=tmp_path)
    finally:
        migrate(own)


def test_a_table_without_row_level_security(service: Any, database: str, tmp_path: Path) -> None:
    execute(service, "ALTER TABLE deals NO FORCE ROW LEVEL SECURITY")
    try:
        grade, told = graded(database, "row security", data=tmp_path)
    finally:
        execute(service, "ALTER TABLE deals FORCE ROW LEVEL SECURITY")
    assert grade is Grade.FAIL
    assert "deals" in told


def test_a_user_that_bypasses_row_level_security(service: Any, database: str, tmp_path: Path) -> None:
    assert graded(database, "row security", data=tmp_path, database_role="telltale_unmade")[0] is Grade.FAIL


def test_no_worker_is_worth_a_word_and_a_failure_once_jobs_wait(service: Any, database: str, tmp_path: Path) -> None:
    assert graded(database, "queue", data=tmp_path)[0] is Grade.WARN
    accept_conversation(service.context, Conversation.from_json(call("c-1", "b1: hi")))
    execute(service, "UPDATE procrastinate_events SET at = now() - interval '1 hour'")
    assert graded(database, "queue", data=tmp_path)[0] is Grade.FAIL
    execute(service, "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    grade, told = graded(database, "queue", data=tmp_path)
    assert grade is Grade.WARN
    assert told.startswith("1 jobs wait, the oldest for 36")


def test_what_was_given_up(service: Any, database: str, tmp_path: Path) -> None:
    accept_conversation(service.context, Conversation.from_json(call("c-1", "b1: [boom]")))
    read_conversation(service.context, "c-1")
    assert graded(database, "dead letters", data=tmp_path)[0] is Grade.WARN


@pytest.mark.parametrize(("ahead", "grade"), [(5, Grade.WARN), (-5, Grade.WARN), (120, Grade.FAIL), (1, Grade.OK)])
def test_clocks_that_differ(database: str, tmp_path: Path, ahead: int, grade: Grade) -> None:
    settings = Settings(database=database, data=tmp_path)
    findings = examine(settings, lambda: clock.now() + dt.timedelta(seconds=ahead))
    assert next(each for each in findings if each.about == "clocks").grade is grade


@pytest.mark.parametrize("whose", ["handed over", "of a source", "of a connector"])
def test_sealed_secrets_need_their_key(service: Any, database: str, tmp_path: Path, whose: str) -> None:
    sealed, now = Sealer("the right words of old", tmp_path).seal("hook"), service.context.now()
    with service.context.database.begin() as connection:
        if whose == "handed over":
            hook_secrets.add(connection, "main", "asana", sealed, now)
        elif whose == "of a connector":
            connector_secrets.put(connection, "main", "mail", sealed, by="ops", at=now)
        else:
            own_settings.put_source(connection, "main", "docusign", sealed, by="ops", at=now)
    assert graded(database, "secrets", data=tmp_path, secret_key="the right words of old")[0] is Grade.OK
    assert graded(database, "secrets", data=tmp_path, secret_key="some other words here")[0] is Grade.FAIL
    assert graded(database, "secrets", data=tmp_path)[0] is Grade.FAIL
    assert not (tmp_path / "secret.key").exists()
    Sealer(None, tmp_path).seal("anything")
    assert graded(database, "secrets", data=tmp_path)[0] is Grade.FAIL


def test_what_workspaces_have_of_their_own(service: Any, database: str, tmp_path: Path) -> None:
    given = {"data": tmp_path, "secret_key": "the right words of old"}
    assert graded(database, "workspaces", **given) == (Grade.OK, "0 with settings of their own")
    now, chat = service.context.now(), '[connectors.chat]\nkind = "slack"\ntakes = ["alert"]\nchannel = "C1"\n'
    with service.context.database.begin() as connection:
        text = chat + 'token = { secret = "slack" }\n'
        own_settings.put(connection, "main", "connectors", text, by="ops", at=now)
    told = "main: chat lacks the secret slack"
    assert graded(database, "workspaces", **given) == (Grade.WARN, told)
    sealed = Sealer("the right words of old", tmp_path).seal("xoxb-1")
    with service.context.database.begin() as connection:
        connector_secrets.put(connection, "main", "slack", sealed, by="ops", at=now)
    assert graded(database, "workspaces", **given) == (Grade.OK, "1 with settings of their own")
    with service.context.database.begin() as connection:
        own_settings.put(connection, "main", "connectors", "[connectors.x]\nkind = 'fax'", by="ops", at=now)
    assert graded(database, "workspaces", **given) == (Grade.FAIL, "main: connectors cannot be followed")


def test_no_key_is_no_matter_only_on_this_machine(database: str, tmp_path: Path) -> None:
    assert graded(database, "access", data=tmp_path)[0] is Grade.WARN
    assert graded(database, "access", data=tmp_path, host="0.0.0.0")[0] is Grade.FAIL


def test_little_room_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        free = 100 << 20

    monkeypatch.setattr("shutil.disk_usage", lambda folder: Usage)
    assert disk(Settings(data=tmp_path / "new")).grade is Grade.FAIL
    assert disk(Settings(data=tmp_path, database="postgresql://db/telltale")).grade is Grade.WARN


def test_weights_that_are_missing(tmp_path: Path) -> None:
    assert weights(tmp_path / "none").grade is Grade.WARN
    (tmp_path / "encoder.onnx").touch()
    assert weights(tmp_path).grade is Grade.OK


def test_connectors_and_pipelines_that_are_wrong(database: str, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("= nothing")
    assert graded(database, "connectors", data=tmp_path, connectors=wrong)[0] is Grade.FAIL
    assert graded(database, "pipeline", data=tmp_path, pipeline=str(wrong))[0] is Grade.FAIL
    assert graded(database, "connectors", data=tmp_path)[0] is Grade.OK


def test_the_command_ends_with_one_where_something_fails(
    service: Any, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from service.commands.doctor import run

    assert run(Settings(database=database, data=tmp_path), as_json=True) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["grade"] for line in lines} <= {"ok", "warn"}
    assert run(Settings(database="postgresql://nobody@127.0.0.1:1/none", data=tmp_path), as_json=False) == 1
    assert "fail  database" in capsys.readouterr().out

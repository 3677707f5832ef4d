"""Dead letters: seen by who may see them, and tried again."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from service.commands.dead import list_dead, replay
from service.flows.forget_expired import forget_expired
from service.flows.read_conversation import read_conversation
from service.settings import Settings
from tests.service.samples import call, mail
from tests.service.test_worker import states, until_nothing_waits


def give_up(client: TestClient, service: Any, *ids: str) -> None:
    for id in ids:
        client.post("/v1/conversations", json=mail(id, "[boom]"))
        read_conversation(service.context, id)


def execute(service: Any, statement: str, **values: Any) -> Any:
    with service.context.database.begin() as connection:
        return connection.execute(sa.text(statement), values)


def letters(client: TestClient, **query: Any) -> list[dict[str, Any]]:
    return client.get("/v1/dead", params=query).json()["dead"]


def test_what_could_not_be_read_is_listed_with_the_reason(client: TestClient, service: Any) -> None:
    assert letters(client) == []
    give_up(client, service, "c-1")
    (letter,) = letters(client)
    assert letter["id"] == "conversation:c-1"
    assert letter["deal"] == "D-1"
    assert letter["reason"].startswith("RuntimeError: the reading stumbled")


def test_pages_hold_each_letter_once_the_newest_first(client: TestClient, service: Any) -> None:
    give_up(client, service, *[f"c-{n}" for n in range(5)])
    execute(service, "UPDATE procrastinate_jobs SET status = 'failed' WHERE args->>'conversation' IN ('c-1', 'c-3')")
    found, cursor = [], None
    while True:
        page = client.get("/v1/dead", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        found += page["dead"]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(found) == len({each["id"] for each in found}) == 7
    assert [each["at"] for each in found] == sorted((each["at"] for each in found), reverse=True)


@pytest.mark.parametrize("cursor", ["x", "~", "yesterday~c-1", "0001-01-01T00:00:00+14:00~c-1"])
def test_a_cursor_that_is_none(client: TestClient, cursor: str) -> None:
    answer = client.get("/v1/dead", params={"cursor": cursor})
    assert answer.status_code == 422
    assert answer.json()["field"] == "cursor"


def test_a_conversation_is_read_again_once_it_can_be(
    client: TestClient, service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_up(client, service, "c/1")
    monkeypatch.setattr(type(service.context), "read", lambda self, conversation: [])
    assert client.post("/v1/dead/conversation:c/1/replay").json() == {"id": "conversation:c/1", "replayed": True}
    assert states(service.context) == {"received": 1}
    asyncio.run(until_nothing_waits(service))
    assert states(service.context) == {"read": 1}
    assert letters(client) == []
    assert client.post("/v1/dead/conversation:c/1/replay").status_code == 404


def test_a_job_that_was_given_up_is_done_again(client: TestClient, service: Any) -> None:
    client.post("/v1/conversations", json=call("c-1", "b1: hi"))
    execute(service, "UPDATE procrastinate_jobs SET status = 'failed', attempts = 10")
    (letter,) = letters(client)
    assert (letter["kind"], letter["task"], letter["conversation"]) == ("job", "read_conversation", "c-1")
    assert client.post(f"/v1/dead/{letter['id']}/replay").status_code == 200
    assert letters(client) == []
    asyncio.run(until_nothing_waits(service))
    assert states(service.context) == {"read": 1}


@pytest.mark.parametrize(
    "id", ["job:0", "job:99999999999999999999999", "job:²", "job:-1", "conversation:none", "c-1", ":"]
)
def test_what_is_not_dead_is_not_found(client: TestClient, id: str) -> None:
    client.post("/v1/conversations?wait=true", json=call("c-1", "b1: hi"))
    assert client.post(f"/v1/dead/{id}/replay").status_code == 404
    assert client.post("/v1/dead/conversation:c-1/replay").status_code == 404


def test_another_workspaces_letters_are_not_there(client: TestClient, service: Any, with_settings: Any) -> None:
    give_up(client, service, "c-1")
    client.post("/v1/conversations", json=call("c-2", "b1: hi"))
    execute(service, "UPDATE procrastinate_jobs SET status = 'failed'")
    numbers = [each["id"] for each in letters(client) if each["kind"] == "job"]
    assert len(numbers) == 2
    from service.app import create_app

    with with_settings(workspace="other") as other, TestClient(create_app(other)) as theirs:
        assert letters(theirs) == []
        for id in ("conversation:c-1", *numbers):
            assert theirs.post(f"/v1/dead/{id}/replay").status_code == 404
    assert len(letters(client)) == 3


def test_who_sees_some_deals_only_sees_their_letters(client: TestClient, service: Any) -> None:
    from service.flows.replay_dead import replay_dead
    from service.store import dead

    give_up(client, service, "c-1")
    execute(service, "UPDATE procrastinate_jobs SET status = 'failed'")
    nobody = frozenset({"somebody@northstar.example"})
    with service.context.database.connect() as connection:
        assert dead.find(connection, "main", owners=nobody, most=10) == []
    for each in letters(client):
        assert not replay_dead(service.context, each["id"], owners=nobody)


def test_jobs_that_nobody_needs_go_and_failed_ones_of_a_workspace_stay(client: TestClient, service: Any) -> None:
    client.post("/v1/conversations", json=call("c-1", "b1: hi"))
    client.post("/v1/conversations", json=call("c-2", "b1: hi"))
    execute(service, "UPDATE procrastinate_jobs SET status = 'failed' WHERE args->>'conversation' = 'c-1'")
    execute(service, "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE args->>'conversation' = 'c-2'")
    sweep = "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('default', 'sweep')"
    execute(service, sweep)
    execute(service, "UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name = 'sweep'")
    execute(service, sweep)
    forget_expired(service.context)
    count = "SELECT count(*) FROM procrastinate_jobs"
    assert execute(service, count).scalar_one() == 4
    execute(service, "UPDATE procrastinate_events SET at = :old", old=service.context.now() - dt.timedelta(days=8))
    forget_expired(service.context)
    left = execute(service, "SELECT task_name, status::text FROM procrastinate_jobs ORDER BY 1").all()
    assert [tuple(each) for each in left] == [("read_conversation", "failed"), ("sweep", "todo")]


def test_the_command_lists_and_replays(
    client: TestClient, service: Any, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    give_up(client, service, "c-1", "c-2")
    settings = Settings(database=database)
    assert list_dead(settings, as_json=False) == 0
    assert "conversation:c-2" in capsys.readouterr().out
    assert replay(settings, ["conversation:c-1", f"job:{uuid4().int % 1000 + 10_000}"], every=False) == 1
    assert states(service.context) == {"received": 1, "failed": 1}
    assert replay(settings, [], every=True) == 0
    assert states(service.context) == {"received": 2}

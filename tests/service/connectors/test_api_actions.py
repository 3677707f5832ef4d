"""The outbox over HTTP and on the command line: seen by who may, sent again, marked as done."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.commands.actions import list_actions, replay
from service.settings import Settings
from service.store import actions
from tests.service.connectors.conftest import Desk
from tests.service.connectors.outside import Answer, Outside
from tests.service.connectors.test_outbox import SECRET, hook

Make = Callable[..., Desk]


@pytest.fixture
def here(desk: Make, system: Outside) -> Desk:
    here = desk(hook(system, '"task"'), HOOK=SECRET)
    here.deal()
    here.move("discovery")
    return here


@pytest.fixture
def api(here: Desk, service: Any) -> Iterator[TestClient]:
    with TestClient(create_app(dataclasses.replace(service, context=here.context))) as client:
        yield client


def test_actions_are_listed_in_pages_the_newest_first(here: Desk, api: TestClient) -> None:
    listed: list[Any] = []
    cursor = ""
    while True:
        page = api.get(f"/v1/actions?limit=4{cursor}").json()
        listed += page["actions"]
        if page["next"] is None:
            break
        assert len(page["actions"]) == 4
        cursor = f"&cursor={page['next']}"
    assert [each["id"] for each in listed] == [str(each.id) for each in reversed(here.all())]


def test_they_are_filtered(here: Desk, api: TestClient) -> None:
    def titles(query: str) -> set[str]:
        return {each["title"] for each in api.get(f"/v1/actions?{query}").json()["actions"]}

    assert titles("connector=ours") == {each.title for each in here.all(connector="ours")}
    assert titles("state=waiting&state=dead") == {each.title for each in here.all(state="waiting")}
    assert titles("kind=email&state=outbox") == {each.title for each in here.all(kind="email")}
    assert titles("deal=D-2") == set()
    assert api.get("/v1/actions?state=sent").status_code == 422


def test_one_is_shown_with_its_document(here: Desk, api: TestClient) -> None:
    brief = here.one(action="research_brief")
    shown = api.get(f"/v1/actions/{brief.id}").json()
    assert shown["text"].startswith("# Research brief: Hollis Freight")
    assert (shown["state"], shown["connector"], shown["payload"]) == ("outbox", None, None)
    assert shown["asked"]["to"] == ["rep"]


def test_what_was_given_up_is_sent_again(here: Desk, api: TestClient, system: Outside) -> None:
    system.faults.append(Answer(422))
    here.send()
    (dead,) = api.get("/v1/actions?state=dead").json()["actions"]
    answer = api.post(f"/v1/actions/{dead['id']}/replay")
    assert (answer.status_code, answer.json()["state"], answer.json()["attempts"]) == (200, "waiting", 0)
    here.send()
    again = api.get(f"/v1/actions/{dead['id']}").json()
    assert (again["state"], again["done_by"]) == ("done", "local")
    assert len({each.headers["webhook-id"] for each in system.asked}) == len(system.asked) - 1
    answer = api.post(f"/v1/actions/{dead['id']}/replay")
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("it is done: only outbox")


def test_nothing_is_sent_again_where_nobody_takes_it(here: Desk, api: TestClient) -> None:
    mail = here.one(action="new_discovery")
    answer = api.post(f"/v1/actions/{mail.id}/replay")
    assert answer.status_code == 409
    assert answer.json()["detail"] == ("no connector takes email (new_discovery); add one to the connectors' file")


def test_what_waited_goes_to_the_connector_that_takes_it_now(
    here: Desk, desk: Make, system: Outside, service: Any
) -> None:
    mail = here.one(action="new_discovery")
    later = desk(hook(system, '"email"'), HOOK=SECRET)
    with TestClient(create_app(dataclasses.replace(service, context=later.context))) as api:
        assert api.post(f"/v1/actions/{mail.id}/replay").json()["connector"] == "ours"
    later.send()
    assert later.one(action="new_discovery").state == "done"


def test_a_person_says_that_it_is_done(here: Desk, api: TestClient) -> None:
    mail = here.one(action="new_discovery")
    answer = api.post(f"/v1/actions/{mail.id}/done", json={"note": "by hand"})
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["error"], answer.json()["done_by"]) == ("done", "by hand", "local")
    assert api.post(f"/v1/actions/{mail.id}/done", json={}).status_code == 409


@pytest.mark.parametrize("verb", ["replay", "done"])
def test_what_is_not_there_cannot_be_found(api: TestClient, verb: str) -> None:
    missing = "0199c7a0-5f1e-7cc3-9d1a-1b2c3d4e5f60"
    assert api.post(f"/v1/actions/{missing}/{verb}", json={}).status_code == 404
    assert api.get(f"/v1/actions/{missing}").status_code == 404
    assert api.get("/v1/actions/nonsense").status_code == 422


def test_who_sees_only_their_own_deals_sees_and_sends_only_theirs(here: Desk) -> None:
    mail = here.one(action="new_discovery")
    with here.context.database.connect() as connection:
        for owner, seen in (("ana@northstar.example", True), ("eve@northstar.example", False)):
            owners = frozenset({owner})
            assert (actions.get(connection, "main", mail.id, owners) is not None) is seen
            assert bool(actions.find(connection, "main", owners=owners, most=10)) is seen
    from service.flows.settle_action import mark_done, replay_action

    eve = frozenset({"eve@northstar.example"})
    assert mark_done(here.context, mail.id, by="eve", note=None, owners=eve) is None
    assert replay_action(here.context, mail.id, by="eve", owners=eve) is None
    assert here.one(action="new_discovery").state == "outbox"


def test_connectors_are_shown_and_tried(here: Desk, api: TestClient, system: Outside) -> None:
    (shown,) = api.get("/v1/connectors").json()["connectors"]
    assert (shown["name"], shown["kind"], shown["takes"], shown["ready"]) == ("ours", "webhook", ["task"], True)
    assert SECRET not in json.dumps(shown)
    tried = api.post("/v1/connectors/ours/test").json()
    assert tried == {"ok": True, "said": "a delivery of the type telltale.test was answered 200"}
    assert system.asked[-1].json["type"] == "telltale.test"
    system.faults.append(Answer(403, b"who are you"))
    tried = api.post("/v1/connectors/ours/test").json()
    assert (tried["ok"], "answered 403" in tried["said"]) == (False, True)
    assert api.post("/v1/connectors/theirs/test").status_code == 404


def test_the_figures_tell_of_what_waits(here: Desk, api: TestClient, system: Outside) -> None:
    system.faults.append(Answer(422))
    here.send()
    printed = api.get("/metrics").text
    assert 'telltale_actions{state="dead"} 1.0' in printed
    assert f'telltale_actions{{state="outbox"}} {len(here.all(state="outbox"))}.0' in printed


def test_the_command_line_lists_and_sends_again(
    here: Desk, database: str, system: Outside, capsys: pytest.CaptureFixture[str], tmp_path: Any, monkeypatch: Any
) -> None:
    system.faults.append(Answer(422))
    here.send()
    (dead,) = here.all(state="dead")
    file = tmp_path / "connectors.toml"
    file.write_text(hook(system, '"task"'))
    monkeypatch.setenv("HOOK", SECRET)
    settings = Settings(database=database, connectors=file)
    assert list_actions(settings, states=("dead",), deal=None, as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["id"] == str(dead.id)
    assert replay(settings, [], dead=True) == 0
    assert f"{dead.id}: waiting" in capsys.readouterr().err
    here.moment = max(here.moment, here.one(action=dead.action).next_at or here.moment)
    here.send()
    assert here.one(action=dead.action).state == "done"

"""The oracle: two workspaces, the same things in each under marks of their own, and every call of the interface made
with the one's key and the other's ids. No answer holds the other's mark, and none differs from what is said of a thing
that there is not. New endpoints are covered by being in the description of the interface."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.app import create_app
from service.pages import site
from service.store.connect import within
from service.store.tables import metadata
from tests.service.access.conftest import bearer, deal, told
from tests.service.samples import mail

Json = dict[str, Any]

OURS, THEIRS = "ourmark", "theirmark"
# What stands for an id in a path that only some words can be in, and is nobody's.
WORDS = {"source": ["canonical", "auto", "docusign", "fireflies"]}
NEVER = "madeup"
# What makes what it names, in one's own workspace: afterwards that is there.
MAKES = {("put", "/v1/connector-secrets/{name}")}


def fill(client: TestClient, mark: str) -> None:
    """Everything that a workspace can hold, each with the mark in its id or its words."""
    owner = f"{mark}@northstar.example"
    assert client.post("/v1/events", json=[deal(f"{mark}-D1", owner, mark), deal(f"{mark}-D2", None, mark)]).is_success
    for body in (
        told(f"{mark}-c1", f"{mark}-D1", mark),
        told(f"{mark}-c2", None, mark),
        mail(f"{mark}-m1", f"{mark} [budget status=approved sure=0.2]", deal={"id": f"{mark}-D2", "account": mark}),
    ):
        answer = client.post("/v1/conversations?wait=true", json=body)
        assert answer.is_success, answer.text
        assert answer.json()["state"] == "read", answer.text


def rows_of_webhooks(service: Any, workspace: str, mark: str) -> None:
    """What deliveries leave, as they cannot be sent to a workspace that is not the settings' own."""
    now = service.context.now()
    text = f"{mark}-u1"
    rows: dict[str, Json] = {
        "unassigned_events": {
            "id": text,
            "source": "docusign",
            "type": "esign.sent",
            "occurred_at": now,
            "received_at": now,
            "state": "waiting",
            "reason": mark,
            "people": [mark],
            "content": {"data": {"envelope": mark}},
        },
        "announcements": {
            "source": "fireflies",
            "id": f"{mark}-a1",
            "kind": "transcript",
            "announced_at": now,
            "state": "waiting",
            "content": {"url": mark},
        },
        "webhook_deliveries": {
            "source": "docusign",
            "key": mark,
            "received_at": now,
            "expires_at": now,
            "outcome": {"accepted": [mark]},
        },
        "external_ids": {
            "system": "hubspot",
            "object_id": f"{mark}-9001",
            "deal": f"{mark}-D1",
            "told_by": mark,
            "recorded_at": now,
        },
    }
    with within(service.context.database, workspace).begin() as connection:
        for table, row in rows.items():
            connection.execute(sa.insert(metadata.tables[table]).values(row | {"workspace": workspace}))


@pytest.fixture
def both(service: Any, make: Callable[..., str]) -> tuple[TestClient, TestClient, Any]:
    """(our client, their client, the application)"""
    app = create_app(service)
    clients = []
    for workspace, mark in (("main", OURS), ("other", THEIRS)):
        key = make("admin", workspace, name=f"{mark} admin")
        client = TestClient(app, headers=bearer(key), raise_server_exceptions=False)
        fill(client, mark)
        rows_of_webhooks(service, workspace, mark)
        clients.append(client)
    return clients[0], clients[1], app


def ids_of(service: Any, workspace: str) -> list[str]:
    """An id of each kind that a workspace has, read from all of its tables by their columns' names."""
    found: set[str] = set()
    with within(service.context.database, workspace).connect() as connection:
        for table in metadata.sorted_tables:
            for column in table.columns:
                if column.name in ("id", "conversation", "deal", "signal", "object_id"):
                    one = connection.execute(sa.select(sa.func.min(sa.cast(column, sa.Text)))).scalar()
                    found |= set() if one is None else {one}
    return sorted(found)


def calls(app: Any) -> list[tuple[str, str, Json]]:
    described = app.openapi()["paths"]
    return [
        (method, path, operation)
        for path, operations in described.items()
        for method, operation in operations.items()
        if method in ("get", "post", "put", "patch", "delete")
    ]


def example_of(operation: Json) -> Any:
    content = operation.get("requestBody", {}).get("content", {})
    return next((each.get("example") for type, each in content.items() if "json" in type), None)


def filled(path: str, operation: Json, id: str) -> Iterator[str]:
    """The path with the id in each of its places."""
    names = [each["name"] for each in operation.get("parameters", ()) if each["in"] == "path"]
    choices = [WORDS.get(name, [id]) for name in names]
    for chosen in itertools.product(*choices):
        out = path
        for name, value in zip(names, chosen, strict=True):
            out = out.replace("{" + name + "}", value)
        yield out


def replaced(value: Any, id: str) -> Any:
    """An example with the id wherever it names something."""
    if isinstance(value, dict):
        named = ("deal", "conversation", "signal", "person", "id", "deal_id", "key")
        return {k: (id if k in named and isinstance(v, str) else replaced(v, id)) for k, v in value.items()}
    if isinstance(value, list):
        return [replaced(each, id) for each in value]
    return value


def asked(client: TestClient, method: str, path: str, operation: Json, id: str) -> Iterator[tuple[str, Any]]:
    """Answers to the call with the id in its path, in its body, and in each parameter of its query."""
    query = [each for each in operation.get("parameters", ()) if each["in"] == "query"]
    texts = [each["name"] for each in query if "string" in json.dumps(each["schema"])]
    for url in filled(path, operation, id):
        params: list[Json] = [{}, *({name: id} for name in texts)]
        for each in params:
            if method in ("get", "delete"):
                yield url, client.request(method, url, params=each)
                continue
            example = example_of(operation)
            for body in [{}, example, replaced(example, id)] if example is not None else [{}]:
                yield url, client.request(method, url, params=each, json=body)


def neutral(text: str, id: str) -> str:
    """What an answer says apart from the id that was asked for, and from when something was made of our own."""
    text = re.sub(r'"set_at":"[^"]*"', '"set_at":"NOW"', text)
    return text.replace(json.dumps(id)[1:-1], "ID").replace(id, "ID")


def test_no_answer_holds_anything_of_the_other_workspace(service: Any, both: Any) -> None:
    ours, _, app = both
    theirs = ids_of(service, "other")
    assert len(theirs) > 5
    made = 0
    # Deletions last: they would take away what the others ask for.
    for method, path, operation in sorted(calls(app), key=lambda each: (each[0] == "delete", each[1])):
        for id in [THEIRS, *theirs]:
            if "{" not in path and method == "get" and id != THEIRS:
                continue
            for url, answer in asked(ours, method, path, operation, id):
                made += 1
                assert answer.status_code < 500, (method, url, answer.text)
                assert THEIRS not in neutral(answer.text, id), (method, url, id)
    assert made > 100


def test_what_the_other_has_is_answered_as_what_nobody_has(service: Any, both: Any) -> None:
    ours, _, app = both
    compared = 0
    for method, path, operation in calls(app):
        names = [each["name"] for each in operation.get("parameters", ()) if each["in"] == "path"]
        if not names or all(name in WORDS for name in names) or (method, path) in MAKES:
            continue
        wants_uuid = any(
            "uuid" in json.dumps(each["schema"]) for each in operation["parameters"] if each["in"] == "path"
        )
        for id in ids_of(service, "other"):
            if wants_uuid and not looks_like_uuid(id):
                continue
            made_up = unknown(id)
            pairs = zip(
                asked(ours, method, path, operation, id), asked(ours, method, path, operation, made_up), strict=True
            )
            for (url, theirs), (_, nobodys) in pairs:
                compared += 1
                assert theirs.status_code == nobodys.status_code, (method, url, theirs.text)
                assert neutral(theirs.text, id) == neutral(nobodys.text, made_up), (method, url)
    assert compared > 50


# Asked every so often, whoever calls for what: settings of workspaces, and when a key was used.
SOMETIMES = ("workspace_settings", "connector_secrets", "set_config", "UPDATE api_keys")


def test_what_the_other_has_takes_no_longer_than_what_nobody_has(service: Any, both: Any) -> None:
    """Not by the clock, which tells of the machine: the database is asked the very same questions."""
    ours, _, app = both
    asked_for: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not any(each in statement for each in SOMETIMES):
            asked_for.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    compared = 0
    try:
        for method, path, operation in calls(app):
            if method != "get" or "{" not in path:
                continue
            for id in ids_of(service, "other"):
                questions = []
                for one in (id, unknown(id)):
                    asked_for.clear()
                    for url in filled(path, operation, one):
                        ours.get(url)
                    questions.append(list(asked_for))
                assert questions[0] == questions[1], (path, id)
                compared += bool(questions[0])
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert compared > 10


def unknown(id: str) -> str:
    """An id of the same kind and length that nothing has."""
    return "00000000-0000-7000-8000-000000000000" if looks_like_uuid(id) else NEVER + id[len(NEVER) :]


def looks_like_uuid(id: str) -> bool:
    return len(id) == 36 and id.count("-") == 4


def test_nothing_of_the_other_was_changed(service: Any, both: Any) -> None:
    ours, theirs, app = both
    before = {path: theirs.get(path).text for path in ("/v1/deals", "/v1/signals", "/v1/unassigned", "/v1/keys")}
    for method, path, operation in calls(app):
        if method != "get":
            for id in ids_of(service, "other"):
                list(asked(ours, method, path, operation, id))
    after = {path: theirs.get(path).text for path in before}
    assert {path: without_use(text) for path, text in after.items()} == {
        path: without_use(text) for path, text in before.items()
    }


def without_use(text: str) -> Any:
    value = json.loads(text)
    for key in value.get("keys", ()):
        key["used_at"] = None
    return value


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_lists_hold_ones_own_only_whatever_is_asked(both: Any, data: st.DataObject) -> None:
    ours, theirs, app = both
    lists = [
        (path, op) for method, path, op in calls(app) if method == "get" and "{" not in path and path != "/metrics"
    ]
    path, operation = data.draw(st.sampled_from(lists))
    query = [each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"]
    chosen = data.draw(st.lists(st.sampled_from(query), unique=True)) if query else []
    value = st.sampled_from(
        [OURS, THEIRS, f"{OURS}-D1", f"{THEIRS}-D1", f"{THEIRS}-c1", "1", "500", "waiting", "pending"]
    )
    params = {name: data.draw(value) for name in chosen}
    for client, other in ((ours, THEIRS), (theirs, OURS)):
        answer = client.get(path, params=params)
        assert answer.status_code < 500
        text = answer.text
        for each in sorted(params.values(), key=len, reverse=True):
            text = text.replace(each, "")
        assert other not in text, (path, params)


def test_a_clause_that_is_forgotten_finds_ones_own_rows_only(service: Any, both: Any) -> None:
    for table in metadata.sorted_tables:
        with within(service.context.database, "other").connect() as connection:
            found = set(connection.execute(sa.select(table.c.workspace)).scalars())
        assert found <= {"other"}, table.name
        with within(service.context.database, "nobody").connect() as connection:
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0
    context = dataclasses.replace(service.context, workspace="other")
    with pytest.raises(sa.exc.ProgrammingError, match="row-level security"), context.database.begin() as connection:
        connection.execute(sa.text("INSERT INTO workspaces VALUES ('main', now(), 'x')"))


# What answers whoever asks: is the process alive, and deliveries that prove themselves by their signature.
OPEN = {"/healthz", "/readyz", "/v1/webhooks/{source}"}
# Which is told without telling whether there is such a workspace.
PROVEN_ONLY = "/v1/workspaces/{workspace}/webhooks/{source}"


def test_nothing_is_answered_without_a_key_but_what_is_open(both: Any) -> None:
    _, _, app = both
    stranger = TestClient(app, raise_server_exceptions=False)
    for method, path, operation in calls(app):
        for url in filled(path, operation, NEVER):
            answer = stranger.request(method, url, json={} if method != "get" else None, follow_redirects=False)
            assert (answer.status_code == 401) == (path not in OPEN), (method, url, answer.status_code)
            if path == PROVEN_ONLY:
                assert answer.json()["type"] == "urn:telltale:problem:unproven"


def pages() -> list[tuple[str, str]]:
    """(method, path) of every page and form; the stream of live events never ends, and files are everybody's."""
    found = [(method, route.path) for router in site.ROUTERS for route in router.routes for method in route.methods]
    return [(method, path) for method, path in found if not path.startswith(("/live", "/static")) and method != "HEAD"]


def test_no_page_holds_anything_of_the_other_workspace(service: Any, both: Any) -> None:
    ours, _, _ = both
    for method, path in pages():
        for id in ids_of(service, "other"):
            url = re.sub(r"\{[^}]*\}", id, path)
            answer = ours.request(method, url, headers={"Accept": "text/html"}, follow_redirects=False)
            assert answer.status_code < 500, (method, url)
            assert THEIRS not in answer.text.replace(id, "ID").replace(quote(id), "ID"), (method, url)

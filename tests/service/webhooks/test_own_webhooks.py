"""Webhooks into several workspaces: each with secrets of its own, sealed, and none of them into another's."""

from __future__ import annotations

import dataclasses
import json
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from service.access.identity import Role
from service.access.keys import Asked, make_key
from service.app import create_app
from service.store.connect import within
from service.store.tables import metadata
from tests.service.conftest import at_time
from tests.service.webhooks.conftest import SENT_ID
from tests.service.webhooks.senders import NOW, fixture, signed

Json = dict[str, Any]

HOME, ACME, OTHER = "the secret of home", "the secret of acme", "the secret of other"
BODY = fixture("docusign/sent.json")


@pytest.fixture
def there(with_settings: Callable[..., Any]) -> Iterator[Any]:
    with with_settings(webhook_secrets={"docusign": (HOME,)}, secret_key="a long and random text") as service:
        yield at_time(service, NOW)


@pytest.fixture
def admins(there: Any) -> dict[str, TestClient]:
    """An admin of each workspace; acme and other have a secret for docusign."""
    app, out = create_app(there), {}
    for workspace in ("main", "acme", "other"):
        context = dataclasses.replace(there.context, workspace=workspace)
        wanted = Asked(name=f"ops of {workspace}", role=Role.ADMIN)
        key = make_key(context, wanted, by="test", random=secrets.token_bytes)[1]
        out[workspace] = TestClient(app, headers={"Authorization": f"Bearer {key}"}, raise_server_exceptions=False)
    for workspace, secret in (("acme", ACME), ("other", OTHER)):
        answer = out[workspace].put("/v1/webhook-sources/docusign", json={"secrets": [secret]})
        assert answer.status_code == 200, answer.text
        assert answer.json()["url"] == f"/v1/workspaces/{workspace}/webhooks/docusign"
    return out


def send(there: Any, url: str, secret: str, source: str = "docusign", body: bytes = BODY) -> Any:
    sent = signed(source, body, secret=secret)
    stranger = TestClient(create_app(there), raise_server_exceptions=False)
    return stranger.post(url, content=sent.body, headers=dict(sent.headers), params=dict(sent.query))


def into(workspace: str, source: str = "docusign") -> str:
    return f"/v1/workspaces/{workspace}/webhooks/{source}"


def waiting(admin: TestClient) -> list[str]:
    return [each["id"] for each in admin.get("/v1/webhooks/unassigned").json()["events"]]


def test_a_delivery_comes_into_the_workspace_whose_secret_it_has(there: Any, admins: dict[str, TestClient]) -> None:
    answer = send(there, into("acme"), ACME)
    assert (answer.status_code, answer.json()["unassigned"]) == (200, [SENT_ID])
    assert {name: waiting(each) for name, each in admins.items()} == {"main": [], "acme": [SENT_ID], "other": []}
    # The same bytes to another workspace are another delivery, and to the same one the same.
    assert send(there, into("acme"), ACME).json()["repeated"] is True
    assert "repeated" not in send(there, into("other"), OTHER).json()
    assert "repeated" not in send(there, "/v1/webhooks/docusign", HOME).json()
    assert {name: waiting(each) for name, each in admins.items()} == {name: [SENT_ID] for name in admins}


def test_no_secret_is_good_for_another_workspace(there: Any, admins: dict[str, TestClient]) -> None:
    answers = {
        (workspace, secret): send(there, into(workspace), secret)
        for workspace in ("acme", "other", "main", "nobody", "*", "", "x" * 80, "%2e%2e")
        for secret in (HOME, ACME, OTHER)
    }
    right = {("acme", ACME), ("other", OTHER), ("main", HOME)}
    assert {place for place, answer in answers.items() if answer.status_code == 200} == right
    assert send(there, "/v1/webhooks/docusign", ACME).status_code == 401
    for source in ("hubspot", "zoom", "asana", "slack", "calendly"):
        assert send(there, into("acme", source), ACME).status_code == 401


def test_whether_there_is_a_workspace_is_told_to_nobody(there: Any, admins: dict[str, TestClient]) -> None:
    told = set()
    for workspace in ("acme", "nobody", "*", "A"):
        for answer in (send(there, into(workspace), "wrong"), TestClient(create_app(there)).post(into(workspace))):
            assert answer.status_code == 401
            told.add(answer.text.replace(workspace, "W"))
        asked = TestClient(create_app(there)).options(
            into(workspace), headers={"WebHook-Request-Origin": "events.example"}
        )
        told.add(str((asked.status_code, asked.headers.get("webhook-allowed-origin"))))
    assert len(told) == 2
    assert admins["acme"].put("/v1/webhook-sources/docusign", json={"secrets": ["x" * 9]}).status_code == 200


def test_what_a_source_hands_over_is_its_workspaces(there: Any, admins: dict[str, TestClient]) -> None:
    assert admins["acme"].put("/v1/webhook-sources/asana", json={"secrets": ["ours"]}).status_code == 200
    stranger = TestClient(create_app(there), raise_server_exceptions=False)
    for workspace, token, status in (("acme", "ours", 200), ("acme", "no", 401), ("other", "ours", 401)):
        answer = stranger.post(
            into(workspace, "asana"), params={"token": token}, headers={"X-Hook-Secret": "handed over"}
        )
        assert answer.status_code == status
    body = fixture("asana/changed.json")
    assert send(there, into("acme", "asana"), "handed over", "asana", body).status_code == 200
    assert send(there, into("other", "asana"), "handed over", "asana", body).status_code == 401
    assert admins["acme"].delete("/v1/webhook-sources/asana").status_code == 200
    assert send(there, into("acme", "asana"), "handed over", "asana", body).status_code == 401


def test_secrets_are_sealed_and_never_shown(there: Any, admins: dict[str, TestClient]) -> None:
    with within(there.context.database, "").connect() as connection:
        kept = {
            each.name: connection.execute(sa.text(f'SELECT t::text FROM "{each.name}" t')).scalars().all()
            for each in metadata.sorted_tables
        }
    assert len(kept["webhook_sources"]) == 2
    assert ACME not in json.dumps(kept)
    (listed,) = admins["acme"].get("/v1/webhook-sources").json()["sources"]
    assert (listed["source"], listed["set_by"]) == ("docusign", "ops of acme")
    assert ACME not in json.dumps(listed)
    wrong = admins["acme"].put("/v1/webhook-sources/docusign", json={"secrets": [ACME, 7]})
    assert wrong.status_code == 422
    assert ACME not in wrong.text
    # A copy of the database without the key opens nothing.
    elsewhere = dataclasses.replace(there, sealer=dataclasses.replace(there.sealer, passphrase="another long text"))
    assert send(elsewhere, into("acme"), ACME).status_code == 401


def test_secrets_are_replaced_and_taken_away(there: Any, admins: dict[str, TestClient]) -> None:
    acme = admins["acme"]
    acme.put("/v1/webhook-sources/docusign", json={"secrets": ["new", ACME]})
    assert [send(there, into("acme"), secret).status_code for secret in ("new", ACME)] == [200, 200]
    acme.put("/v1/webhook-sources/docusign", json={"secrets": "new"})
    assert [send(there, into("acme"), secret).status_code for secret in ("new", ACME)] == [200, 401]
    assert acme.delete("/v1/webhook-sources/docusign").status_code == 200
    assert send(there, into("acme"), "new").status_code == 401
    assert acme.delete("/v1/webhook-sources/docusign").status_code == 404
    assert send(there, into("other"), OTHER).status_code == 200
    newest = acme.get("/v1/audit").json()["audit"][0]
    assert (newest["action"], newest["who"]) == ("DELETE /v1/webhook-sources/{source}", "ops of acme")


def test_home_takes_its_own_secrets_beside_the_settings(there: Any, admins: dict[str, TestClient]) -> None:
    admins["main"].put("/v1/webhook-sources/docusign", json={"secrets": ["mine"]})
    for url in ("/v1/webhooks/docusign", into("main")):
        assert [send(there, url, secret).status_code for secret in (HOME, "mine", ACME)] == [200, 200, 401]


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("our_domains", ["@Northstar.example "], 200),
        ("our_domains", "northstar.example", 422),
        ("our_domains", [""], 422),
        ("webhook_stages", {"hubspot": {"contractsent": "negotiation"}}, 200),
        ("webhook_stages", {"hubspot": "negotiation"}, 422),
        ("webhook_stages", "{}", 422),
        ("webhook_create", ["hubspot"], 200),
        ("webhook_create", [7], 422),
        ("retention_days", 7, 404),
    ],
)
def test_a_workspace_sets_what_it_may(admins: dict[str, TestClient], name: str, value: Any, status: int) -> None:
    answer = admins["acme"].put(f"/v1/settings/{name}", json={"value": value})
    assert answer.status_code == status
    own = {each["name"] for each in admins["acme"].get("/v1/settings").json()["settings"] if each["own"]}
    assert own == ({name} if status == 200 else set())
    assert not [each for each in admins["other"].get("/v1/settings").json()["settings"] if each["own"]]
    if status == 200:
        assert admins["acme"].delete(f"/v1/settings/{name}").json()["own"] is False


def test_deals_of_a_crm_are_made_where_the_workspace_says_so(there: Any, admins: dict[str, TestClient]) -> None:
    body = fixture("salesforce/created.json")
    for workspace in ("acme", "other"):
        admins[workspace].put("/v1/webhook-sources/salesforce", json={"secrets": ["crm"]})
    admins["acme"].put("/v1/settings/webhook_create", json={"value": ["salesforce"]})
    for workspace in ("acme", "other"):
        assert send(there, into(workspace, "salesforce"), "crm", "salesforce", body).status_code == 200
    deals = {name: len(each.get("/v1/deals").json()["deals"]) for name, each in admins.items()}
    assert deals == {"main": 0, "acme": 1, "other": 0}


def test_only_admins_set_anything(there: Any, admins: dict[str, TestClient]) -> None:
    context = dataclasses.replace(there.context, workspace="acme")
    wanted = Asked(name="mia", role=Role.MANAGER, person="mia@northstar.example")
    key = make_key(context, wanted, by="test", random=secrets.token_bytes)[1]
    mia = TestClient(create_app(there), headers={"Authorization": f"Bearer {key}"})
    for method, path in (
        ("PUT", "/v1/webhook-sources/docusign"),
        ("DELETE", "/v1/webhook-sources/docusign"),
        ("GET", "/v1/webhook-sources"),
        ("GET", "/v1/settings"),
        ("PUT", "/v1/settings/our_domains"),
        ("DELETE", "/v1/settings/our_domains"),
    ):
        assert mia.request(method, path, json={}).status_code == 403, path

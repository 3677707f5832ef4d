"""A workspace's own review policy, connectors and mapping files hold there and nowhere else, and reach nothing of the
machine that the service runs on."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from service.app import create_app
from service.connectors.config import ConnectorsError, own_outlets_from
from service.flows import set_secret
from service.flows.own_settings import OwnSettings
from service.flows.send_action import send_action
from service.store import actions, own_settings
from service.store.connect import within
from service.store.tables import metadata
from tests.service.access.conftest import bearer, deal
from tests.service.connectors.outside import Outside, outside
from tests.service.samples import call

Json = dict[str, Any]
Client = Callable[..., TestClient]

POLICY = '[[rule]]\ntype = "budget"\naccept_at = "never"\n'
HOOK = """\
late_after_days = 0

[connectors.hook]
kind = "webhook"
url = "{url}"
secret = {{ secret = "signing" }}
takes = ["stage", "email", "task", "alert", "approval", "queue", "document", "notify", "crm", "webhook"]
"""
MAPPING = """\
name = "erp"

[verify]
scheme = "token"

[[events]]
type = "activity.call"
id = ["id"]
at = "at"
deal = { telltale = "deal" }
data.minutes = "minutes"
data.contacts = "contacts"
"""
BODY = {"id": "1", "at": "2026-03-02T21:12:05Z", "deal": "D-1", "minutes": 42, "contacts": ["Dana Reyes"]}
SIGNING = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"


@pytest.fixture
def system() -> Iterator[Outside]:
    with outside() as system:
        yield system


def put(client: TestClient, name: str, value: Any, status: int = 200) -> Json:
    answer = client.put(f"/v1/settings/{name}", json={"value": value})
    assert answer.status_code == status, answer.text
    out: Json = answer.json()
    return out


class TestReviewPolicy:
    def read(self, client: TestClient, id: str) -> list[Json]:
        body = call(id, "b1: ok [budget status=approved amount=80000 sure=0.9]", deal=None)
        assert client.post("/v1/conversations?wait=true", json=body).is_success
        found: list[Json] = client.get(f"/v1/conversations/{id}").json()["signals"]
        return found

    def test_it_holds_where_it_was_set_until_it_is_dropped(self, signed_in: Client, make: Callable[..., str]) -> None:
        ours, theirs = signed_in(make("admin")), signed_in(make("admin", "other"))
        assert put(theirs, "review_policy", POLICY) == {"name": "review_policy", "value": POLICY, "own": True}
        (waits,) = self.read(theirs, "c-1")
        assert (waits["state"], waits["pending_because"]) == ("pending", "a person decides about every budget signal")
        assert [each["state"] for each in self.read(ours, "c-1")] == ["accepted"]
        assert theirs.delete("/v1/settings/review_policy").json() == {
            "name": "review_policy", "value": None, "own": False,
        }  # fmt: skip
        assert [each["state"] for each in self.read(theirs, "c-2")] == ["accepted"]

    def test_it_takes_the_place_of_the_services(
        self, with_settings: Callable[..., Any], make: Callable[..., str], tmp_path: Any
    ) -> None:
        file = tmp_path / "review.toml"
        file.write_text(POLICY)
        ours, theirs = make("admin"), make("admin", "other")
        with with_settings(review_policy=file) as service:
            clients = [TestClient(create_app(service), headers=bearer(key)) for key in (ours, theirs)]
            put(clients[1], "review_policy", "[default]\naccept_at = 0.8\n")
            states = [[each["state"] for each in self.read(client, "c-1")] for client in clients]
        assert states == [["pending"], ["accepted"]]

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("[default", "TOML"),
            ('[[rule]]\nworkspace = "main"\naccept_at = 0.1\n', "rule[0].workspace"),
            ('[[rule]]\nstage = "nowhere"\naccept_at = 0.1\n', "a stage of the pipeline b2b"),
            ("[default]\naccept_at = 7\n", "a probability from 0 to 1"),
            ("", "the text of a TOML file"),
            ({"default": {}}, "the text of a TOML file"),
            ("#" * 100_001, "the text of a TOML file"),
        ],
    )
    def test_one_that_cannot_be_followed_is_refused(
        self, signed_in: Client, make: Callable[..., str], text: Any, told: str
    ) -> None:
        client = signed_in(make("admin"))
        assert told in put(client, "review_policy", text, 422)["detail"]
        assert not [each for each in client.get("/v1/settings").json()["settings"] if each["own"]]


class TestConnectors:
    def test_they_send_with_the_workspaces_own_secret_and_for_it_alone(
        self, with_settings: Callable[..., Any], make: Callable[..., str], system: Outside
    ) -> None:
        keys = [make("admin"), make("admin", "other")]
        with with_settings(connector_networks="127.0.0.0/8, 10.1.0.0/16") as service:
            ours, theirs = (TestClient(create_app(service), headers=bearer(key)) for key in keys)
            put(theirs, "connectors", HOOK.format(url=system.url))
            (shown,) = theirs.get("/v1/connectors").json()["connectors"]
            assert (shown["ready"], shown["missing"]) == (False, ["the secret signing"])
            kept = theirs.put("/v1/connector-secrets/signing", json={"value": SIGNING})
            assert kept.status_code == 200, kept.text
            (shown,) = theirs.get("/v1/connectors").json()["connectors"]
            assert (shown["ready"], shown["missing"]) == (True, [])
            assert ours.get("/v1/connectors").json() == {"connectors": []}
            assert theirs.post("/v1/connectors/hook/test").json()["ok"] is True
            assert ours.post("/v1/connectors/hook/test").status_code == 404
            for client in (ours, theirs):
                moved(client)
            states = {name: sent(service, name) for name in ("main", "other")}
        assert states["main"] <= {"outbox"}
        assert states["other"] == {"done"}
        assert all("webhook-signature" in each.headers for each in system.asked)

    def test_without_leave_no_private_address_is_called(
        self, service: Any, signed_in: Client, make: Callable[..., str], system: Outside
    ) -> None:
        client = signed_in(make("admin", "other"))
        client.put("/v1/connector-secrets/signing", json={"value": SIGNING})
        put(
            client,
            "connectors",
            HOOK.format(url=system.url)
            + f'[connectors.crm]\nkind = "hubspot"\ntoken = {{ secret = "signing" }}\napi = "{system.url}"\n'
            + 'takes = ["amount"]\n'
            + f'[connectors.mail]\nkind = "smtp"\nhost = "127.0.0.1"\nport = {urlsplit(system.url).port}\n'
            + 'tls = "none"\nfrom = "t@northstar.example"\ntakes = ["notify"]\n',
        )
        for name in ("hook", "crm", "mail"):
            tried = client.post(f"/v1/connectors/{name}/test").json()
            assert tried["ok"] is False
            assert "TELLTALE_CONNECTOR_NETWORKS" in tried["said"], tried
        assert system.asked == []

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ('secret = { env = "PATH" }', "secret names no place"),
            ('secret = { file = "/etc/passwd" }', "secret names no place"),
            ('secret = "whsec_MDEy"', "secret holds the secret itself"),
            ('secret = { secret = "signing" }\nallow = ["10.0.0.0/8"]', "not a workspace's to say"),
        ],
    )
    def test_nothing_of_the_machine_is_a_workspaces_to_name(self, text: str, told: str) -> None:
        source = f'[connectors.hook]\nkind = "webhook"\nurl = "https://hooks.example"\ntakes = ["email"]\n{text}\n'
        with pytest.raises(ConnectorsError, match=told):
            own_outlets_from(source, source="connectors", secrets={"signing": SIGNING})

    def test_a_file_of_certificates_is_none_either(self) -> None:
        text = '[connectors.mail]\nkind = "smtp"\nhost = "m.example"\nfrom = "a@b.example"\ntakes = ["email"]\n'
        own_outlets_from(text, source="connectors", secrets={})
        with pytest.raises(ConnectorsError, match="not a workspace's to read"):
            own_outlets_from(text + 'ca_file = "/etc/ssl/cert.pem"\n', source="connectors", secrets={})

    def test_every_mistake_is_told_with_its_line(self, signed_in: Client, make: Callable[..., str]) -> None:
        client = signed_in(make("admin"))
        told = put(client, "connectors", '[connectors.a]\nkind = "fax"\n\n[workspaces.other.people]\nx = "y"\n', 422)
        assert {(each["line"], each["field"]) for each in told["errors"]} >= {(2, "connectors.a.kind")}
        assert {each["field"] for each in told["errors"]} == {"connectors.a.kind", "workspaces"}
        assert all(each["mend"] for each in told["errors"])

    def test_secrets_are_sealed_and_never_shown(
        self, service: Any, signed_in: Client, make: Callable[..., str]
    ) -> None:
        client = signed_in(make("admin", name="ops"))
        assert client.put("/v1/connector-secrets/slack", json={"value": "xoxb-hidden"}).is_success
        (listed,) = client.get("/v1/connector-secrets").json()["secrets"]
        assert (listed["name"], listed["set_by"]) == ("slack", "ops")
        with within(service.context.database, "").connect() as connection:
            rows = [
                connection.execute(sa.text(f'SELECT t::text FROM "{each.name}" t')).scalars().all()
                for each in metadata.sorted_tables
            ]
        assert "xoxb-hidden" not in json.dumps(rows)
        for wrong in (7, "", " ", "x" * 20_001):
            refused = client.put("/v1/connector-secrets/slack", json={"value": wrong})
            assert refused.status_code == 422
            assert "xoxb" not in refused.text
        assert client.put("/v1/connector-secrets/a%0Ab", json={"value": "x"}).status_code == 422
        assert client.delete("/v1/connector-secrets/slack").status_code == 200
        assert client.delete("/v1/connector-secrets/slack").status_code == 404

    def test_a_secret_that_its_connector_cannot_use_is_refused(self, signed_in: Client, make: Any) -> None:
        """It would take all connectors of the workspace away."""
        client = signed_in(make("admin", "other"))
        put(client, "connectors", HOOK.format(url="https://hooks.example"))
        for wrong in ("no base64!", "a\x00b"):
            refused = client.put("/v1/connector-secrets/signing", json={"value": wrong})
            assert refused.status_code == 422
            assert "base64" in refused.json()["detail"] or "control" in refused.json()["detail"]
            assert wrong not in refused.text
        assert client.put("/v1/connector-secrets/another", json={"value": "no base64!"}).status_code == 200
        text = HOOK.format(url="https://hooks.example").replace('"signing"', '"another"')
        assert "base64" in put(client, "connectors", text, 422)["detail"]

    def test_a_workspace_has_so_many_secrets_at_most(
        self, signed_in: Client, make: Callable[..., str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(set_secret, "MOST", 2)
        ours, theirs = signed_in(make("admin")), signed_in(make("admin", "other"))

        def kept(client: TestClient, name: str) -> int:
            return client.put(f"/v1/connector-secrets/{name}", json={"value": "x"}).status_code

        assert [kept(ours, name) for name in ("a", "b", "c", "b")] == [200, 200, 422, 200]
        assert kept(theirs, "c") == 200
        assert ours.delete("/v1/connector-secrets/a").status_code == 200
        assert kept(ours, "c") == 200

    def test_one_that_cannot_be_opened_is_not_there(self, service: Any, signed_in: Client, make: Any) -> None:
        client = signed_in(make("admin", "other"))
        client.put("/v1/connector-secrets/signing", json={"value": SIGNING})
        put(client, "connectors", HOOK.format(url="https://hooks.example"))
        sealer = dataclasses.replace(service.sealer, passphrase="some other long text")
        own = OwnSettings(service.context.now, unseal=sealer.unseal)
        context = dataclasses.replace(service.context, workspace="other", own=own)
        assert [each.missing for each in context.connectors.routes] == [("the secret signing",)]


def moved(client: TestClient) -> None:
    """A deal whose stage is set by a person, which the CRM is to hear."""
    assert client.post("/v1/events", json=deal("D-1", "ana@northstar.example")).is_success
    move = {"to": "discovery", "reason": "they said so", "by": "ana"}
    assert client.post("/v1/deals/D-1/override", json=move).is_success


def sent(service: Any, workspace: str) -> set[str]:
    """The states of a workspace's actions, after each was tried."""
    context = dataclasses.replace(service.context, workspace=workspace)

    def all_of() -> list[Any]:
        with context.database.connect() as connection:
            return actions.find(connection, workspace, most=100)

    for each in all_of():
        if each.next_at is not None:
            send_action(context, each.id)
    return {each.state for each in all_of()}


class TestMappings:
    def send(self, service: Any, url: str, token: str = "shared") -> Any:
        stranger = TestClient(create_app(service), raise_server_exceptions=False)
        return stranger.post(url, json=BODY, headers={"X-Telltale-Token": token})

    def test_they_describe_sources_of_the_workspace_alone(
        self, service: Any, signed_in: Client, make: Callable[..., str]
    ) -> None:
        ours, theirs = signed_in(make("admin")), signed_in(make("admin", "other"))
        assert theirs.put("/v1/webhook-sources/erp", json={"secrets": ["shared"]}).status_code == 404
        put(theirs, "webhook_mappings", {"erp": MAPPING})
        assert theirs.put("/v1/webhook-sources/erp", json={"secrets": ["shared"]}).status_code == 200
        assert theirs.post("/v1/events", json=deal("D-1", None)).is_success
        assert self.send(service, "/v1/workspaces/other/webhooks/erp").json()["accepted"]
        assert theirs.get("/v1/webhooks/deliveries?source=erp").status_code == 200
        # Nobody is told which sources a workspace describes, or whether there is one.
        answers = {
            (answer.status_code, answer.json()["detail"])
            for workspace in ("other", "main", "nobody")
            for answer in [self.send(service, f"/v1/workspaces/{workspace}/webhooks/erp", "wrong")]
        }
        assert len(answers) == 1
        assert self.send(service, "/v1/webhooks/erp").status_code == 404
        assert ours.put("/v1/webhook-sources/erp", json={"secrets": ["x"]}).status_code == 404
        assert ours.get("/v1/webhooks/deliveries?source=erp").status_code == 404
        assert theirs.delete("/v1/settings/webhook_mappings").status_code == 200
        assert self.send(service, "/v1/workspaces/other/webhooks/erp").status_code == 401

    @pytest.mark.parametrize(
        ("value", "told"),
        [
            ({"erp": MAPPING.replace("activity.call", "activity.cal")}, "webhook_mappings.erp:7: "),
            ({"crm": MAPPING}, 'a file that says name = "crm"'),
            ({"docusign": MAPPING.replace('"erp"', '"docusign"')}, "a name that no built-in source has"),
            ({"erp": 7}, "the text of a TOML file"),
            ([MAPPING], "mapping files by their names"),
            ({f"e{n}": MAPPING for n in range(51)}, "mapping files by their names"),
        ],
    )
    def test_one_that_cannot_be_followed_is_refused(
        self, signed_in: Client, make: Callable[..., str], value: Any, told: str
    ) -> None:
        assert told in put(signed_in(make("admin")), "webhook_mappings", value, 422)["detail"]


class TestKnown:
    """What a process knows of workspaces' settings."""

    def test_a_text_that_this_version_cannot_follow_gives_nothing_of_the_services(
        self, service: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        now = service.context.now()
        with within(service.context.database, "other").begin() as connection:
            for name, value in (
                ("review_policy", "[default]\naccept_from = 0.1"),
                ("connectors", "[connectors.x]\nkind = 'carrier-pigeon of Dana'"),
                ("webhook_mappings", {"erp": "name = 'erp'"}),
            ):
                own_settings.put(connection, "other", name, value, by="test", at=now)
        service.context.own.forget()
        context = dataclasses.replace(service.context, workspace="other")
        assert context.review_policy.threshold(0.0, type="budget") > 1
        assert context.connectors.routes == ()
        assert context.own.sources("other") == {}
        assert caplog.text.count("cannot be followed") == 3
        assert "Dana" not in caplog.text

    def test_only_what_became_another_is_fetched(self, service: Any) -> None:
        database, now = service.context.database, service.context.now()
        own = OwnSettings(lambda: now)
        fetched = []

        def note(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
            if "workspace_settings.value" in statement:
                fetched.append(parameters)

        # The engine that sees all workspaces is what is asked.
        everywhere = within(database, "")
        sa.event.listen(everywhere, "before_cursor_execute", note)
        try:
            for value in ("a.example", "b.example", "b.example"):
                with within(database, "other").begin() as connection:
                    own_settings.put(connection, "other", "our_domains", [value], by="test", at=now)
                own.forget()
                own.ask(database)
                assert own.domains("other", ()) == (value,)
            own.forget()
            own.ask(database)
        finally:
            sa.event.remove(everywhere, "before_cursor_execute", note)
        assert len(fetched) == 3


@pytest.mark.parametrize("path", ["/v1/connector-secrets", "/v1/connector-secrets/slack"])
def test_only_admins_touch_secrets(signed_in: Client, make: Callable[..., str], path: str) -> None:
    manager = signed_in(make("manager"))
    for method in ("GET",) if path.endswith("secrets") else ("PUT", "DELETE"):
        assert manager.request(method, path, json={"value": "x"}).status_code == 403

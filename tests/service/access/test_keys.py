"""Keys: shown once, kept as hashes, good for their role, scopes, time and workspace."""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from service.access import tokens
from service.access.identity import Role
from service.access.keys import Asked, make_key, revoke_key, rotate_key
from service.app import create_app
from service.store import audit
from tests.service.access.conftest import bearer, deal, told
from tests.service.conftest import at_time

Make = Callable[..., str]
In = Callable[[str], TestClient]


def later(service: Any, **by: float) -> TestClient:
    """The service as it is after some time."""
    moment = service.context.now() + dt.timedelta(**by)
    moved = at_time(service, moment)
    gate = type(service.gate)(service.settings, moved.context, random=service.gate.random)
    return TestClient(create_app(dataclasses.replace(moved, gate=gate)), raise_server_exceptions=False)


def test_everybody_is_admin_until_there_is_a_key(client: TestClient, make: Make) -> None:
    assert client.get("/v1/me").json()["role"] == "admin"
    assert client.get("/v1/me").json()["name"] == "local"
    key = make("admin")
    answer = client.get("/v1/deals")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "telltale keys create" in answer.json()["detail"]
    assert client.get("/v1/deals", headers=bearer(key)).status_code == 200
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers=bearer(key)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"X-Forwarded-For": "203.0.113.7"}, {"Forwarded": "for=203.0.113.7"}, {"Host": "rebound.example"}],
    ids=lambda headers: next(iter(headers)),
)
def test_without_keys_only_the_machine_itself_is_let_in(client: TestClient, headers: dict[str, str]) -> None:
    assert client.get("/v1/deals", headers=headers).status_code == 401
    assert client.get("/v1/deals", headers={"Host": "localhost:8080"}).status_code == 200


def test_keys_can_be_required_from_the_start(with_settings: Callable[..., Any]) -> None:
    with with_settings(keys="required") as service:
        assert TestClient(create_app(service)).get("/v1/deals").status_code == 401


def test_on_other_addresses_nobody_is_let_in_without_a_key(with_settings: Callable[..., Any]) -> None:
    with with_settings(host="0.0.0.0") as service:
        answer = TestClient(create_app(service)).get("/v1/deals")
        assert (answer.status_code, "no key yet" in answer.json()["detail"]) == (401, True)


def test_what_is_kept_does_not_prove_anything(service: Any, make: Make) -> None:
    key = make("admin")
    secret = key.split("_", 2)[2]
    with service.gate.everywhere.database.connect() as connection:
        row = connection.execute(sa.text("SELECT row_to_json(api_keys)::text FROM api_keys")).scalar_one()
    assert secret not in row
    assert tokens.hashed(secret).hex() in row


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda key: key[:-1] + ("A" if key[-1] != "A" else "B"),
        lambda key: key[:3] + ("a" if key[3] != "a" else "b") + key[4:],
        lambda key: key + "A",
        lambda key: "",
        lambda key: "tt__",
        lambda key: key.upper(),
    ],
)
def test_a_key_that_is_not_quite_one_is_none(client: TestClient, make: Make, spoilt: Callable[[str], str]) -> None:
    key = make("admin")
    answers = {client.get("/v1/deals", headers=bearer(spoilt(key))).text for _ in range(2)}
    assert len(answers) == 1
    assert '"status":401' in answers.pop()
    assert client.get("/v1/deals", headers={"Authorization": f"Basic {key}"}).status_code == 401


def test_a_rotated_key_has_two_secrets_for_a_while(service: Any, client: TestClient, make: Make) -> None:
    old = make("admin")
    made = client.post(f"/v1/keys/{old.split('_')[1]}/rotate", json={"overlap_hours": 2}, headers=bearer(old)).json()
    new = made["key"]
    for key in (old, new):
        assert client.get("/v1/deals", headers=bearer(key)).status_code == 200
    after = later(service, hours=3)
    assert after.get("/v1/deals", headers=bearer(old)).status_code == 401
    assert after.get("/v1/deals", headers=bearer(new)).status_code == 200


def test_a_revoked_and_an_expired_key_are_none(service: Any, client: TestClient, make: Make) -> None:
    admin, short = make("admin"), make("admin", expires_in=dt.timedelta(days=1))
    assert client.get("/v1/deals", headers=bearer(short)).status_code == 200
    assert later(service, days=1).get("/v1/deals", headers=bearer(short)).status_code == 401
    id = admin.split("_")[1]
    assert client.delete(f"/v1/keys/{id}", headers=bearer(short)).json()["revoked_at"] is not None
    assert client.get("/v1/deals", headers=bearer(admin)).status_code == 401
    assert client.post(f"/v1/keys/{id}/rotate", headers=bearer(short)).status_code == 404


def test_the_last_use_is_noted_at_most_once_a_minute(service: Any, client: TestClient, make: Make) -> None:
    key = make("admin")
    first = [client.get("/v1/keys", headers=bearer(key)).json()["keys"][0]["used_at"] for _ in range(2)]
    assert first[0] is not None
    assert first[0] == first[1]
    assert later(service, minutes=2).get("/v1/keys", headers=bearer(key)).json()["keys"][0]["used_at"] > first[0]


def test_each_role_may_do_its_own(signed_in: In, make: Make) -> None:
    ingest, rep = signed_in(make("ingest")), signed_in(make("rep", person="ana@northstar.example"))
    admin = signed_in(make("admin"))
    assert ingest.post("/v1/events", json=deal("D-1", "ana@northstar.example")).status_code == 200
    for path in ("/v1/deals", "/v1/signals", "/v1/unassigned", "/v1/keys", "/v1/audit", "/metrics"):
        assert ingest.get(path).status_code == 403, path
    assert rep.get("/v1/deals/D-1").status_code == 200
    for path in ("/v1/keys", "/v1/audit", "/v1/workspaces", "/metrics"):
        assert rep.get(path).status_code == 403, path
        assert admin.get(path).status_code == 200, path
    assert rep.post("/v1/events", json=deal("D-2", None)).status_code == 403


def test_an_ingest_key_hears_of_what_it_sent_and_nothing_else(signed_in: In, make: Make) -> None:
    ingest = signed_in(make("ingest"))
    assert ingest.post("/v1/events", json=deal("D-1", None)).json()["decisions"] == []
    answer = ingest.post("/v1/conversations?wait=true", json=told("c-1", "D-1"))
    assert answer.json() == {"id": "c-1", "state": "read"}


def test_scopes_narrow_a_role(signed_in: In, make: Make) -> None:
    reader = signed_in(make("admin", scopes=("deals:read",)))
    assert reader.get("/v1/deals").status_code == 200
    answer = reader.get("/v1/signals")
    assert (answer.status_code, answer.json()["expected"]) == (403, "signals:read")
    assert reader.post("/v1/deals/D-1/override", json={}).status_code == 403
    poster = signed_in(make("ingest", scopes=("conversations:write",)))
    assert poster.post("/v1/conversations", json=told("c-1", "D-1")).status_code == 202
    assert poster.post("/v1/events", json=deal("D-1", None)).status_code == 403


def test_keys_are_made_over_http_and_never_shown_again(client: TestClient) -> None:
    wanted = {"name": "Ana", "role": "rep", "person": "ana@northstar.example", "expires_in_days": 3}
    answer = client.post("/v1/keys", json=wanted)
    key = answer.json()["key"]
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    me = client.get("/v1/me", headers=bearer(key)).json()
    assert (me["name"], me["role"], me["owners"]) == ("ana@northstar.example", "rep", ["ana@northstar.example"])


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"name": "x", "role": "boss"}, "role"),
        ({"name": "x", "role": "rep"}, "person"),
        ({"name": "x", "role": "admin", "team": ["a@b.example"]}, "team"),
        ({"name": "x", "role": "admin", "scopes": ["everything"]}, "scopes"),
        ({"name": "x", "role": "admin", "expires_in_days": True}, "expires_in_days"),
        ({"name": "x\n", "role": "admin"}, "name"),
        ({"name": "x", "role": "admin", "secret": "mine"}, "secret"),
        ({"name": "x", "role": "rep", "person": "a b"}, "person"),
    ],
)
def test_a_key_that_cannot_be_is_refused_by_its_field(client: TestClient, wanted: Any, field: str) -> None:
    answer = client.post("/v1/keys", json=wanted)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_rotation_and_revocation_stay_in_their_workspace(service: Any, make: Make) -> None:
    other = make("admin", "other").split("_")[1]
    assert rotate_key(service.context, other, random=secrets.token_bytes) is None
    assert revoke_key(service.context, other) is None


def test_the_owner_of_a_key_decides_in_their_own_name(signed_in: In, make: Make) -> None:
    ana = "ana@northstar.example"
    signed_in(make("admin")).post("/v1/events", json=[deal("D-1", ana)])
    rep, manager = signed_in(make("rep", person=ana)), signed_in(make("manager", person="mia@northstar.example"))
    body = {"to": "proposal", "reason": "they asked", "by": "somebody else"}
    refused = rep.post("/v1/deals/D-1/override", json=body | {"approved_by": "the boss"})
    assert (refused.status_code, refused.json()["expected"]) == (403, "manager")
    assert rep.post("/v1/deals/D-1/override", json=body).status_code == 200
    done = manager.post("/v1/deals/D-1/override", json=body | {"approved_by": "the boss"})
    assert done.json()["deal"]["stage"] == "proposal"
    assert "somebody else" not in done.text
    assert "the boss" not in done.text


def test_workspaces_are_made_by_those_who_run_the_service(signed_in: In, make: Make) -> None:
    admin = signed_in(make("admin"))
    made = admin.post("/v1/workspaces", json={"workspace": "acme"})
    assert made.status_code == 201
    assert admin.post("/v1/workspaces", json={"workspace": "acme"}).status_code == 409
    assert admin.post("/v1/workspaces", json={"workspace": "*"}).status_code == 422
    assert admin.get("/v1/workspaces").json() == {"workspaces": ["main", "acme"]}
    theirs = signed_in(made.json()["key"])
    assert theirs.get("/v1/me").json()["workspace"] == "acme"
    assert theirs.get("/v1/workspaces").status_code == 403
    assert theirs.get("/metrics").status_code == 403


def test_a_line_of_the_log_is_written_with_the_change(service: Any, signed_in: In, make: Make) -> None:
    admin = signed_in(make("admin", name="crm"))
    admin.post("/v1/events", json=deal("D-1", None), headers={"X-Request-Id": "r-1"})
    admin.get("/v1/deals")
    admin.post("/v1/deals/D-1/override", json={"to": "proposal", "reason": "words nobody logs", "by": "ana"})
    lines = admin.get("/v1/audit").json()["audit"]
    assert [(each["action"], each["subjects"]) for each in lines] == [
        ("POST /v1/deals/{id}/override", {"id": ["D-1"]}),
        ("POST /v1/events", {"deal": ["D-1"]}),
    ]
    assert {(each["who"], each["address"]) for each in lines} == {("crm", "testclient")}
    assert admin.get("/v1/audit?request=r-1").json()["audit"] == lines[1:]
    assert "words nobody logs" not in str(lines)
    page = admin.get("/v1/audit?limit=1").json()
    assert admin.get(f"/v1/audit?limit=1&cursor={page['next']}").json()["audit"] == lines[1:]


@pytest.mark.parametrize("change", ["UPDATE audit_log SET who = 'x'", "DELETE FROM audit_log"])
def test_the_log_is_only_added_to(service: Any, client: TestClient, change: str) -> None:
    client.post("/v1/events", json=deal("D-1", None))
    for database in (service.context.database, service.gate.everywhere.database):
        with pytest.raises(sa.exc.ProgrammingError), database.begin() as connection:
            connection.execute(sa.text(change))


def test_a_change_that_is_rolled_back_leaves_no_line(service: Any) -> None:
    who = audit.Acting(who="ana", action="test", now=service.context.now)
    wanted = Asked(name="x", role=Role.ADMIN)

    def fails() -> None:
        with audit.acting(who), service.context.database.begin() as connection:
            connection.execute(sa.text("INSERT INTO workspaces VALUES ('main', now(), 'x')"))
            raise RuntimeError("after all not")

    with pytest.raises(RuntimeError):
        fails()
    with service.context.database.connect() as connection:
        assert audit.find(connection, "main", before=None, most=5) == []
    with audit.acting(who):
        make_key(service.context, wanted, by="x", random=secrets.token_bytes)
    with service.context.database.connect() as connection:
        assert len(audit.find(connection, "main", before=None, most=5)) == 1

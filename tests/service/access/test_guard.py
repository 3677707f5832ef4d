"""Repeated requests, limits, headers and sessions."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.access.limits import Limits
from service.access.sessions import COOKIE, close_session, cookie_flags, open_session
from service.api.headers import SECURITY
from service.app import create_app
from service.flows.forget_expired import forget_expired
from tests.service.access.conftest import bearer, deal, told
from tests.service.conftest import at_time

Make = Callable[..., str]
In = Callable[[str], TestClient]
ONCE = {"Idempotency-Key": "once-1"}
OVERRIDE = {"to": "proposal", "reason": "so", "by": "ana", "approved_by": "mia"}


@pytest.fixture
def with_deal(client: TestClient) -> TestClient:
    client.post("/v1/events", json=[deal("D-1", None), deal("D-2", None)])
    return client


def moves(client: TestClient) -> int:
    return len(client.get("/v1/deals/D-1/timeline").json()["decisions"])


def test_the_same_request_again_is_answered_the_same_and_does_nothing(with_deal: TestClient) -> None:
    first = with_deal.post("/v1/deals/D-1/override", json=OVERRIDE, headers=ONCE)
    assert first.status_code == 200
    before = moves(with_deal)
    again = with_deal.post("/v1/deals/D-1/override", json=OVERRIDE, headers=ONCE)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert moves(with_deal) == before
    with_deal.post("/v1/deals/D-1/override", json=OVERRIDE | {"to": "qualified"})
    assert moves(with_deal) > before


def test_another_request_under_the_key_is_refused(with_deal: TestClient) -> None:
    with_deal.post("/v1/deals/D-1/override", json=OVERRIDE, headers=ONCE)
    other = with_deal.post("/v1/deals/D-1/override", json=OVERRIDE | {"reason": "else"}, headers=ONCE)
    assert (other.status_code, other.json()["field"]) == (422, "Idempotency-Key")
    assert with_deal.post("/v1/deals/D-2/override", json=OVERRIDE, headers=ONCE).status_code == 200


def test_an_error_of_the_request_is_kept_too_and_one_of_being_let_in_is_not(client: TestClient, make: Make) -> None:
    first = client.post("/v1/deals/X/override", json=OVERRIDE, headers=ONCE)
    again = client.post("/v1/deals/X/override", json=OVERRIDE, headers=ONCE)
    assert (first.status_code, again.status_code) == (404, 404)
    assert again.headers["Idempotent-Replayed"] == "true"
    ingest = bearer(make("ingest"))
    for _ in range(2):
        refused = client.post("/v1/deals/X/override", json=OVERRIDE, headers=ONCE | ingest)
        assert refused.status_code == 403
        assert "Idempotent-Replayed" not in refused.headers


def test_keys_of_different_callers_do_not_meet(client: TestClient, make: Make) -> None:
    one, two, other = bearer(make("admin")), bearer(make("admin")), bearer(make("admin", "other"))
    bodies = [
        client.post("/v1/events", json=deal("D-1", None), headers=ONCE | each).json() for each in (one, two, other)
    ]
    assert [len(each["accepted"]) for each in bodies] == [1, 0, 1]


def test_while_it_runs_the_same_request_waits_for_nobody(service: Any, with_settings: Any) -> None:
    reading, go_on = threading.Event(), threading.Event()

    def slow(conversation: Any) -> list[Any]:
        reading.set()
        assert go_on.wait(20)
        return []

    slowly = dataclasses.replace(service, context=dataclasses.replace(service.context, extract=slow))
    app = create_app(slowly)
    answers: list[int] = []

    def ask() -> None:
        answers.append(
            TestClient(app).post("/v1/conversations?wait=true", json=told("c-1", "D-1"), headers=ONCE).status_code
        )

    first = threading.Thread(target=ask)
    first.start()
    assert reading.wait(20)
    running = TestClient(app).post("/v1/conversations?wait=true", json=told("c-1", "D-1"), headers=ONCE)
    assert (running.status_code, running.headers["Retry-After"]) == (409, "1")
    go_on.set()
    first.join()
    assert answers == [200]
    assert TestClient(app).post("/v1/conversations?wait=true", json=told("c-1", "D-1"), headers=ONCE).status_code == 200


def test_what_failed_here_may_be_tried_again(service: Any, with_deal: TestClient, monkeypatch: Any) -> None:
    import service.api.deals as api

    with monkeypatch.context() as broken:
        broken.setattr(api, "override_stage", lambda *any: 1 / 0)
        assert with_deal.post("/v1/deals/D-1/override", json=OVERRIDE, headers=ONCE).status_code == 500
    assert with_deal.post("/v1/deals/D-1/override", json=OVERRIDE, headers=ONCE).status_code == 200


def test_a_secret_is_not_kept_for_a_repetition(client: TestClient) -> None:
    wanted = {"name": "x", "role": "admin"}
    key = client.post("/v1/keys", json=wanted, headers=ONCE).json()["key"]
    assert client.post("/v1/keys", json=wanted, headers=ONCE).status_code == 401
    assert client.post("/v1/keys", json=wanted, headers=ONCE | bearer(key)).status_code == 201
    again = client.post("/v1/keys", json=wanted, headers=ONCE | bearer(key))
    assert (again.status_code, again.json()["type"]) == (409, "urn:telltale:problem:shown-once")
    assert len(client.get("/v1/keys", headers=bearer(key)).json()["keys"]) == 2


def test_a_day_later_the_key_is_free(service: Any, with_deal: TestClient) -> None:
    with_deal.post("/v1/deals/D-1/override", json=OVERRIDE, headers=ONCE)
    tomorrow = at_time(service, service.context.now() + dt.timedelta(hours=25))
    other = OVERRIDE | {"to": "qualified"}
    assert TestClient(create_app(tomorrow)).post("/v1/deals/D-1/override", json=other, headers=ONCE).status_code == 200
    everywhere = dataclasses.replace(tomorrow.context, workspace="")
    assert forget_expired(everywhere) == 0
    later = at_time(service, service.context.now() + dt.timedelta(hours=60))
    assert forget_expired(dataclasses.replace(later.context, workspace="")) == 1


@pytest.mark.parametrize("key", ["", "a b", "x" * 256])
def test_a_key_that_is_none_is_refused(client: TestClient, key: str) -> None:
    assert client.post("/v1/events", json=deal("D-1", None), headers={"Idempotency-Key": key}).status_code == 400


def limited(service: Any, **most: int) -> TestClient:
    given = {"requests": 0, "size": 0} | most
    return TestClient(create_app(dataclasses.replace(service, limits=Limits(**given))), raise_server_exceptions=False)


def test_requests_are_limited_by_key(service: Any, make: Make) -> None:
    one, two = bearer(make("admin")), bearer(make("admin"))
    client = limited(service, requests=3)
    answers = [client.get("/v1/deals", headers=one) for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert answers[0].headers["RateLimit"] == '"minute";r=2;t=60'
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 60
    assert answers[3].json()["type"] == "urn:telltale:problem:too-much"
    assert client.get("/v1/deals", headers=two).status_code == 200
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("announced", [True, False])
def test_bytes_are_limited_by_key_announced_or_not(service: Any, make: Make, announced: bool) -> None:
    key, body = bearer(make("ingest")), told("c-1", "D-1", "word " * 100)
    content = TestClient(create_app(service)).build_request("POST", "/", json=body).content
    client = limited(service, size=len(content) + 50)
    sent = client.post("/v1/conversations", content=content if announced else iter([content]), headers=key)
    assert sent.status_code == 202
    assert client.post("/v1/conversations", content=content, headers=key).status_code == 429


def test_every_answer_has_its_headers(client: TestClient, service: Any, monkeypatch: Any) -> None:
    import service.api.deals as api

    monkeypatch.setattr(api, "override_stage", lambda *any: 1 / 0)
    failed = client.post("/v1/deals/D-1/override", json=OVERRIDE)
    assert failed.status_code == 500
    answers = [
        failed,
        *(client.get(path) for path in ("/v1/deals", "/healthz", "/nothing", "/openapi.json", "/metrics")),
    ]
    for answer in answers:
        for name, value in SECURITY.items():
            assert answer.headers[name] == value
        assert answer.headers["X-Request-Id"]
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert client.get("/healthz", headers={"X-Request-Id": "mine-1"}).headers["X-Request-Id"] == "mine-1"
    assert client.get("/healthz", headers={"X-Request-Id": "no good"}).headers["X-Request-Id"] != "no good"


def test_a_session_stands_for_its_key_until_it_ends(service: Any, client: TestClient, make: Make) -> None:
    key = make("rep", person="ana@northstar.example").split("_")[1]
    token = open_session(service.context, key, random=service.gate.random)
    client.cookies.set(COOKIE, token)
    assert client.get("/v1/me").json()["name"] == "ana@northstar.example"
    late = dataclasses.replace(service.gate.everywhere, now=lambda: service.context.now() + dt.timedelta(hours=12))
    monkey = service.gate.everywhere
    service.gate.everywhere = late
    assert client.get("/v1/me").status_code == 401
    service.gate.everywhere = monkey
    close_session(service.context, token)
    assert client.get("/v1/me").status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 404),
        ({"Origin": "http://testserver"}, 404),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
def test_a_session_changes_things_for_its_own_pages_only(
    service: Any, client: TestClient, make: Make, headers: dict[str, str], status: int
) -> None:
    key = make("admin").split("_")[1]
    client.cookies.set(COOKIE, open_session(service.context, key, random=service.gate.random))
    assert client.post("/v1/deals/X/override", json=OVERRIDE, headers=headers).status_code == status
    assert client.get("/v1/deals").status_code == 200


def test_the_cookie_is_secure_but_on_this_machine() -> None:
    assert cookie_flags("crm.example")["secure"] is True
    for host in ("localhost", "127.0.0.1", "[::1]", "::1", "telltale.localhost"):
        assert cookie_flags(host)["secure"] is False
    assert cookie_flags("crm.example") | {"secure": None} == {
        "max_age": 43200,
        "path": "/",
        "httponly": True,
        "samesite": "lax",
        "secure": None,
    }

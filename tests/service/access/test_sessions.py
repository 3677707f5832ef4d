"""Sessions of pages end: at their age, when nobody uses them, and with what they stand for."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.access.identity import Principal, Role
from service.access.named import Named
from service.access.sessions import COOKIE, open_session, open_session_of
from service.flows.forget_expired import forget_expired
from tests.service.access.conftest import bearer, deal

Make = Callable[..., str]

PERSON = Principal(
    workspace="main",
    role=Role.REP,
    name="ana@northstar.example",
    person="ana@northstar.example",
    owners=frozenset({"ana@northstar.example"}),
)
ISSUER = "https://login.example"


@pytest.fixture
def clock(service: Any) -> Callable[..., None]:
    """Moves the clock by which sessions are looked at, to some time after their opening."""
    began, everywhere = service.context.now(), service.gate.everywhere

    def move(**by: float) -> None:
        service.gate.everywhere = dataclasses.replace(everywhere, now=lambda: began + dt.timedelta(**by))

    return move


@pytest.fixture
def with_key(service: Any, client: TestClient, make: Make) -> TestClient:
    client.cookies.set(COOKIE, open_session(service.context, make("admin").split("_")[1], random=service.gate.random))
    return client


def of_person(service: Any, client: TestClient, *, state: bytes = b"one", who: Principal = PERSON) -> str | None:
    until = service.context.now() + dt.timedelta(minutes=10)
    random = service.gate.random
    named = Named(principal=who, subject="1", at=service.context.now())
    seal = service.sealer.seal
    token = open_session_of(service.context, named, issuer=ISSUER, state=state, until=until, random=random, seal=seal)
    client.cookies.set(COOKIE, token or "")
    return token


def status(client: TestClient, **headers: str) -> int:
    return client.get("/v1/me", headers={name.replace("_", "-"): value for name, value in headers.items()}).status_code


def test_a_session_that_nobody_uses_ends(with_key: TestClient, clock: Callable[..., None]) -> None:
    clock(minutes=119)
    assert status(with_key) == 200
    clock(minutes=119 + 119)
    assert status(with_key) == 200
    clock(minutes=119 + 119 + 120)
    assert status(with_key) == 401


def test_what_a_page_fetches_by_itself_is_no_use(with_key: TestClient, clock: Callable[..., None]) -> None:
    clock(minutes=100)
    assert status(with_key, telltale_live="1") == 200
    assert status(with_key, last_event_id="hello") == 200
    clock(minutes=121)
    assert status(with_key) == 401


def test_the_idle_end_is_a_setting(with_settings: Callable[..., Any], database: str) -> None:
    for minutes, answer in ((30, 401), (0, 200)):
        with with_settings(session_idle=minutes, oidc_issuer=ISSUER, oidc_audience="a", oidc_jwks="/none") as service:
            from service.app import create_app

            client = TestClient(create_app(service))
            of_person(service, client, state=bytes([minutes]))
            now = service.context.now() + dt.timedelta(minutes=45)
            service.gate.everywhere = dataclasses.replace(service.gate.everywhere, now=lambda now=now: now)
            assert status(client) == answer


def test_however_much_it_is_used_it_ends_after_half_a_day(with_key: TestClient, clock: Callable[..., None]) -> None:
    for hour in range(1, 12):
        clock(hours=hour)
        assert status(with_key) == 200
    clock(hours=12)
    assert status(with_key) == 401


@pytest.fixture
def with_provider(with_settings: Callable[..., Any]) -> Any:
    with with_settings(oidc_issuer=ISSUER, oidc_audience="telltale", oidc_jwks="/none") as service:
        yield service


def test_a_person_has_the_role_and_the_team_of_when_they_signed_in(with_provider: Any) -> None:
    from service.app import create_app

    client = TestClient(create_app(with_provider))
    ana, team = "ana@northstar.example", frozenset({"ana@northstar.example", "ben@northstar.example"})
    of_person(with_provider, client)
    assert client.get("/v1/me").json() | {"owners": None} == {
        "workspace": "main", "role": "rep", "name": ana, "person": ana, "key": None, "scopes": None, "owners": None,
    }  # fmt: skip
    assert client.get("/v1/me").json()["owners"] == [ana]
    of_person(with_provider, client, state=b"two", who=dataclasses.replace(PERSON, role=Role.MANAGER, owners=team))
    assert client.get("/v1/me").json()["owners"] == sorted(team)
    of_person(with_provider, client, state=b"three", who=dataclasses.replace(PERSON, role=Role.ADMIN, owners=None))
    assert client.get("/v1/me").json()["owners"] is None


def test_a_persons_session_ends_with_the_provider_that_named_them(
    with_provider: Any, with_settings: Callable[..., Any]
) -> None:
    from service.app import create_app

    client = TestClient(create_app(with_provider))
    token = of_person(with_provider, client)
    assert token is not None
    for settings in ({}, {"oidc_issuer": "https://other.example", "oidc_audience": "a", "oidc_jwks": "/none"}):
        with with_settings(**settings) as other:
            elsewhere = TestClient(create_app(other), cookies={COOKIE: token})
            assert status(elsewhere) == 401


def test_a_sign_in_is_finished_once(with_provider: Any) -> None:
    from service.app import create_app

    client = TestClient(create_app(with_provider))
    assert of_person(with_provider, client) is not None
    assert of_person(with_provider, client) is None
    later = with_provider.context.now() + dt.timedelta(minutes=11)
    assert forget_expired(dataclasses.replace(with_provider.context, workspace="", now=lambda: later)) == 1


def test_an_erased_person_is_signed_out(with_provider: Any) -> None:
    from service.app import create_app
    from service.flows.erase_person import erase_person

    client = TestClient(create_app(with_provider))
    of_person(with_provider, client)
    assert status(client) == 200
    erase_person(with_provider.context, "Ana@northstar.example")
    assert status(client) == 401


def test_an_admin_ends_somebodys_sessions_in_their_workspace(with_provider: Any, make: Make) -> None:
    from service.app import create_app

    app = create_app(with_provider)
    client = TestClient(app)
    of_person(with_provider, client)
    ended = {}
    for workspace in ("other", "main"):
        admin = TestClient(app, headers=bearer(make("admin", workspace)))
        for person in ("ben@northstar.example", "Ana@northstar.example"):
            ended[workspace, person[:3]] = admin.post("/v1/sessions/end", json={"person": person}).json()["ended"]
        assert status(client) == (401 if workspace == "main" else 200)
    assert ended == {("other", "ben"): 0, ("other", "Ana"): 0, ("main", "ben"): 0, ("main", "Ana"): 1}
    rep = TestClient(app, headers=bearer(make("rep", person="ana@northstar.example")))
    assert rep.post("/v1/sessions/end", json={"person": "x@y.example"}).status_code == 403


def test_a_persons_session_changes_things_for_its_own_pages_only(with_provider: Any) -> None:
    from service.app import create_app

    client = TestClient(create_app(with_provider))
    of_person(with_provider, client, who=dataclasses.replace(PERSON, role=Role.ADMIN, owners=None))
    for headers, answer in (
        ({}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://testserver"}, 200),
    ):
        assert client.post("/v1/events", json=deal("D-1", None), headers=headers).status_code == answer

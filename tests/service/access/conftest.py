"""Two workspaces in one database, each with its own marked data, keys for each, and an identity provider."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from service.access.identity import Role
from service.access.keys import Asked, make_key
from service.app import create_app
from tests.service.access.provider import CLIENT, SECRET, SmallProvider, small_provider
from tests.service.samples import PEOPLE, call

Json = dict[str, Any]


@pytest.fixture
def make(service: Any) -> Callable[..., str]:
    """Makes a key in a workspace and gives its text."""

    def made(role: str, workspace: str = "main", **more: Any) -> str:
        context = dataclasses.replace(service.context, workspace=workspace)
        wanted = Asked(name=more.pop("name", f"{role} of {workspace}"), role=Role(role), **more)
        return make_key(context, wanted, by="test", random=secrets.token_bytes)[1]

    return made


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
def signed_in(service: Any) -> Callable[[str], TestClient]:
    """A client that sends a key."""
    app = create_app(service)

    def client(key: str) -> TestClient:
        return TestClient(app, headers=bearer(key), raise_server_exceptions=False)

    return client


def deal(id: str, owner: str | None, account: str = "Hollis Freight") -> Json:
    data = {"name": f"Deal {id}", "account": account, "currency": "USD"} | ({"owner": owner} if owner else {})
    return {
        "id": f"made:{id}",
        "deal_id": id,
        "type": "deal.created",
        "occurred_at": "2026-03-01T08:00:00Z",
        "source": "crm",
        "data": data,
    }


def told(id: str, deal_id: str | None, words: str = "", **extra: Any) -> Json:
    """A call about a deal with one signal in it; `words` are somewhere in it."""
    text = f"b1: {words} [budget status=approved amount=80000 sure=0.9] [budget status=approved sure=0.3]"
    given = {"deal": {"id": deal_id, "account": "Hollis Freight"}} if deal_id else {"deal": None}
    return call(id, text, "s1: Good.", participants=PEOPLE, **given, **extra)


@pytest.fixture
def provider() -> Iterator[SmallProvider]:
    with small_provider() as provider:
        yield provider


@pytest.fixture
def served(provider: SmallProvider, with_settings: Callable[..., Any]) -> Iterator[Any]:
    with with_settings(
        oidc_issuer=provider.url, oidc_client_id=CLIENT, oidc_client_secret=SECRET, oidc_name="Northstar ID"
    ) as service:
        yield service


def browser(served: Any) -> TestClient:
    return TestClient(
        create_app(served), base_url="http://localhost", follow_redirects=False, raise_server_exceptions=False
    )


@pytest.fixture
def visitor(served: Any) -> TestClient:
    return browser(served)


def to_provider(visitor: TestClient, after: str = "/deals?q=1") -> str:
    """Where the provider sends the browser back to: path and query."""
    begun = visitor.get("/login/provider", params={"next": after})
    assert begun.status_code == 303, begun.text
    back = httpx2.get(begun.headers["location"], follow_redirects=False)
    assert back.status_code == 302, back.text
    return back.headers["location"].removeprefix("http://localhost")

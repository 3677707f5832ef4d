"""A service that takes webhooks, on the day of the fixtures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from tests.service.conftest import at_time
from tests.service.webhooks.senders import NOW, SECRETS, Sent, fixture, signed

Json = dict[str, Any]

ENVELOPE = "bbbbbbbb-0000-4000-8000-000000000002"
SENT_ID = f"docusign:{ENVELOPE}:envelope-sent"

STAGES = {"hubspot": {"contractsent": "negotiation"}, "salesforce": {"Negotiation/Review": "negotiation"}}


@pytest.fixture
def hooks(with_settings: Callable[..., Any]) -> Iterator[TestClient]:
    """A service that has every source's secret, on the day of the fixtures."""
    given: dict[str, Any] = {"webhook_secrets": SECRETS, "webhook_stages": STAGES, "our_domains": ("seller.example",)}
    given["secret_key"] = "a long and random text"
    with with_settings(**given) as service, client_of(service) as client:
        yield client


def client_of(service: Any, now: dt.datetime = NOW) -> TestClient:
    return TestClient(create_app(at_time(service, now)), raise_server_exceptions=False)


def send(client: TestClient, source: str, sent: Sent) -> Any:
    return client.post(f"/v1/webhooks/{source}", content=sent.body, headers=dict(sent.headers), params=dict(sent.query))


def post(client: TestClient, name: str) -> Json:
    """A fixture as its vendor sends it; the answer to it."""
    source = name.partition("/")[0]
    answer = send(client, source, signed(source, fixture(name), id=name))
    assert answer.status_code == 200, answer.text
    out: Json = answer.json()
    return out


def make(client: TestClient, deal: str, **external_ids: str) -> None:
    data = {"account": "Acme", "currency": "EUR", "amount": 40000} | {"external_ids": external_ids}
    event = {"id": f"made-{deal}", "deal_id": deal, "type": "deal.created", "occurred_at": "2026-03-01T08:00:00Z"}
    assert client.post("/v1/events", json=event | {"data": data}).status_code == 200


def deal(client: TestClient, id: str) -> Json:
    out: Json = client.get(f"/v1/deals/{id}").json()
    return out


def waiting(client: TestClient, state: str = "waiting") -> list[Json]:
    out: list[Json] = client.get(f"/v1/webhooks/unassigned?state={state}").json()["events"]
    return out

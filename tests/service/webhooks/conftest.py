"""A service that takes webhooks, on the day of the fixtures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from tests.service.conftest import at_time
from tests.service.webhooks.senders import NOW, SECRETS, Sent

STAGES = {"hubspot": {"contractsent": "negotiation"}, "salesforce": {"Negotiation/Review": "negotiation"}}


@pytest.fixture
def hooks(with_settings: Callable[..., Any]) -> Iterator[TestClient]:
    """A service that has every source's secret, on the day of the fixtures."""
    given = {"webhook_secrets": SECRETS, "webhook_stages": STAGES, "our_domains": ("seller.example",)}
    with with_settings(**given) as service, client_of(service) as client:
        yield client


def client_of(service: Any, now: dt.datetime = NOW) -> TestClient:
    return TestClient(create_app(at_time(service, now)), raise_server_exceptions=False)


def send(client: TestClient, source: str, sent: Sent) -> Any:
    return client.post(f"/v1/webhooks/{source}", content=sent.body, headers=dict(sent.headers), params=dict(sent.query))

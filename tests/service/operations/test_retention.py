"""Words go after so many days; signals, events and the deal stay."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from service.app import create_app
from service.flows.retain_words import retain_words
from tests.service.conftest import at_time
from tests.service.samples import call, mail

OLD, NEW = "2026-01-05T10:00:00Z", "2026-03-02T10:00:00Z"
TODAY = dt.datetime(2026, 3, 12, tzinfo=dt.UTC)


def post(client: TestClient) -> None:
    old = call("c-old", "b1: the snark is approved [budget status=approved amount=80000]", at=OLD)
    for document in (old, call("c-new", "b1: the snark is well", at=NEW)):
        assert client.post("/v1/conversations?wait=true", json=document).status_code == 200
    assert client.post("/v1/conversations", json=mail("c-unread", "the snark waits", at=OLD)).status_code == 202


def sweep(service: Any, default: int | None = None) -> int:
    return retain_words(at_time(service, TODAY).context, default)


def words(service: Any, id: str) -> str:
    with service.context.database.connect() as connection:
        text = sa.text("SELECT content::text FROM conversations WHERE id = :id")
        return str(connection.execute(text, {"id": id}).scalar_one())


def test_words_are_kept_for_ever_unless_somebody_says_otherwise(client: TestClient, service: Any) -> None:
    post(client)
    assert client.get("/v1/privacy/retention").json() == {"days": None}
    assert sweep(service) == 0
    assert "snark" in words(service, "c-old")


def test_old_words_go_and_what_was_concluded_stays(client: TestClient, service: Any) -> None:
    post(client)
    before = client.get("/v1/deals/D-1").json(), client.get("/v1/deals/D-1/timeline").json()
    signals = client.get("/v1/conversations/c-old").json()["signals"]
    assert client.put("/v1/privacy/retention", json={"days": 30}).json() == {"days": 30}
    assert sweep(service) == 1
    assert "snark" not in words(service, "c-old")
    assert "Dana Reyes" in words(service, "c-old")
    assert "snark" in words(service, "c-new")
    assert "snark" in words(service, "c-unread"), "what is not read yet is read first"
    assert (client.get("/v1/deals/D-1").json(), client.get("/v1/deals/D-1/timeline").json()) == before
    assert client.get("/v1/conversations/c-old").json()["signals"] == signals
    assert sweep(service) == 0
    assert client.post("/v1/conversations/c-old/read-again", json={}).status_code == 409
    assert client.get("/inbox").status_code in (200, 404)


def test_each_workspace_has_its_own_days_before_those_of_the_settings(
    client: TestClient, service: Any, with_settings: Any
) -> None:
    post(client)
    with with_settings(workspace="other") as other, TestClient(create_app(other)) as theirs:
        post(theirs)
        client.put("/v1/privacy/retention", json={"days": 3650})
        assert sweep(service, default=30) == 1
        assert "snark" in words(service, "c-old")
        assert "snark" not in words(other, "c-old")
        client.put("/v1/privacy/retention", json={"days": None})
        assert sweep(service, default=30) == 1
        assert "snark" not in words(service, "c-old")


@pytest.mark.parametrize("days", [0, -1, 1.5, "30", True, 36_501])
def test_days_that_are_none(client: TestClient, days: Any) -> None:
    answer = client.put("/v1/privacy/retention", json={"days": days})
    assert answer.status_code == 422
    assert answer.json()["field"] == "days"

"""Mails that name no deal, and what is done with them over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from fastapi.testclient import TestClient

from tests.service.samples import call, mail

Json = dict[str, Any]


Rows = Callable[[], dict[str, int]]


APPROVED = "We have [budget status=approved amount=80000] for this."


DANA = {"id": "b1", "name": "Dana Reyes", "email": "Dana+work@Hollis.example"}


SAM = {"id": "s1", "name": "Sam Okoro", "email": "sam@northstar.example", "side": "seller"}


LATER = "2026-03-05T09:00:00Z"


def post(client: TestClient, source: Json) -> Json:
    answer = client.post("/v1/conversations?wait=true", json=source)
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    return body


def begin(client: TestClient, *ids: str) -> None:
    """Deals in which Dana of Hollis and Sam of Northstar talk."""
    for id in ids:
        post(client, call(f"begin-{id}", "b1: hello", deal={"id": id, "account": f"Account {id}", "currency": "EUR"}))


def loose(id: str, body: str = APPROVED, *, sender: Json = DANA, at: str = LATER, **extra: Any) -> Json:
    """A mail to Sam that names no deal."""
    people = [sender | {"id": "b1"}, SAM]
    return mail(id, body, at=at, participants=people) | {"deal": None, "to": ["s1"]} | extra


def eml(id: str, sender: str = "dana@hollis.example", *, answers: str | None = None, body: str = APPROVED) -> bytes:
    headers = [
        f"From: Somebody <{sender}>",
        "To: Sam Okoro <sam@northstar.example>",
        f"Message-ID: <{id}>",
        "Date: Thu, 05 Mar 2026 10:00:00 +0000",
        "Subject: Fleet analytics",
        *([f"In-Reply-To: <{answers}>", f"References: <root@hollis.example> <{answers}>"] if answers else []),
    ]
    return "\n".join([*headers, "", body]).encode()


def ingest(client: TestClient, data: bytes) -> Json:
    answer = client.post("/v1/ingest/eml?wait=true", content=data)
    assert answer.status_code == 200, answer.text
    (taken,) = answer.json()["accepted"]
    found: Json = taken
    return found


def inbox(client: TestClient, **query: Any) -> list[str]:
    answer = client.get("/v1/unassigned", params=query)
    assert answer.status_code == 200, answer.text
    return [each["conversation"] for each in answer.json()["unassigned"]]


def assign(client: TestClient, id: str, **body: Any) -> Any:
    return client.post(f"/v1/unassigned/{quote(id)}/assign", json=body)

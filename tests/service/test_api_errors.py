"""What is wrong with a request is said in a problem that names it; nothing is ever a 500."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.service.samples import call

Json = dict[str, Any]

NESTED_MAIL = b"From: a@b.example\nDate: Mon, 02 Mar 2026 16:12:05 -0500\n" + b"".join(
    b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1000)
)

MALFORMED = {
    "cut off": (b'{"id": "c-1", "ki', 400, None),
    "nothing": (b"", 400, "body"),
    "not UTF-8": (b"\xff\xfe\x00", 400, None),
    "too deep": (b'{"a":' * 50_000, 400, None),
    "NaN": (b'{"a": NaN}', 400, None),
    "a list": (b"[]", 422, None),
    "a number": (b"5", 422, None),
    "empty": (b"{}", 422, "kind"),
    "unknown speaker": (json.dumps(call("c", "x9: hi")).encode(), 422, "segments[0].speaker"),
    "no text": (json.dumps(call("c")).encode(), 422, "segments"),
    "a date beyond": (json.dumps(call("c", "b1: hi", at="9999-12-31T00:00:00Z")).encode(), 422, "occurred_at"),
    "a wrong type": (json.dumps(call("c", "b1: hi", participants={"a": 1})).encode(), 422, "participants"),
    "a twin": (json.dumps(call("c", "b1: hi", participants=[{"id": "b1"}] * 2)).encode(), 422, "participants[1].id"),
    "a wrong currency": (
        json.dumps(call("c", "b1: hi", deal={"id": "D", "currency": "$"})).encode(),
        422,
        "deal.currency",
    ),
}


@pytest.mark.parametrize(("body", "status", "field"), MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_conversations(
    client: TestClient, rows: Callable[[], dict[str, int]], body: bytes, status: int, field: str | None
) -> None:
    answer = client.post("/v1/conversations", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["type"].startswith("urn:telltale:problem:")
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == "/v1/conversations"
    assert problem.get("field") == field
    assert set(rows().values()) == {0}


def test_a_mail_of_a_thousand_parts(client: TestClient) -> None:
    answer = client.post("/v1/ingest/eml", content=NESTED_MAIL)
    assert (answer.status_code, answer.json()["field"]) == (422, "parts")


def test_fifty_megabytes_are_refused_and_not_kept(client: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(50):
            yield b"x" * 1_000_000

    tracemalloc.start()
    try:
        answer = client.post("/v1/conversations", content=pieces())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.status_code == 413
    assert answer.json()["expected"] == 8 << 20
    # The test's own client joins the pieces before it sends them: 50 MB are its, what is above is ours.
    assert peak < 120_000_000


def test_the_cap_is_a_setting_and_exact(with_settings: Callable[..., Any]) -> None:
    from service.app import create_app

    body = json.dumps(call("c-1", "b1: hi")).encode()
    with with_settings(max_body=max(1024, len(body))) as service, TestClient(create_app(service)) as client:
        room = b" " * (max(1024, len(body)) - len(body))
        assert client.post("/v1/conversations", content=body + room).status_code == 202
        assert client.post("/v1/conversations", content=body + room + b" ").status_code == 413


@pytest.mark.parametrize(
    ("headers", "field"),
    [
        ({"Content-Type": "text/plain"}, "Content-Type"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, "Content-Type"),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, "Content-Encoding"),
    ],
)
def test_other_media_types(client: TestClient, headers: dict[str, str], field: str) -> None:
    answer = client.post("/v1/conversations", content=json.dumps(call("c", "b1: hi")), headers=headers)
    assert (answer.status_code, answer.json()["field"]) == (415, field)


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/vnd.x+json", None])
def test_json_by_any_name(client: TestClient, kind: str | None) -> None:
    headers = {"Content-Type": kind} if kind else {}
    assert client.post("/v1/conversations", content=json.dumps(call("c", "b1: hi")), headers=headers).status_code == 202


@pytest.mark.parametrize(
    ("method", "url", "status", "field"),
    [
        ("GET", "/v1/nothing", 404, None),
        ("DELETE", "/v1/deals", 405, None),
        ("GET", "/v1/signals?type=gossip", 422, "type"),
        ("GET", "/v1/signals?state=maybe", 422, "state"),
        ("GET", "/v1/signals?min_confidence=2", 422, "min_confidence"),
        ("GET", "/v1/signals?min_confidence=nan", 422, "min_confidence"),
        ("GET", "/v1/signals?cursor=x", 422, "cursor"),
        ("GET", "/v1/signals?limit=0", 422, "limit"),
        ("GET", "/v1/signals?deal=a%00b", 400, "url"),
        ("GET", "/v1/deals/a%00b", 400, "url"),
        ("GET", "/v1/deals/x/timeline?cursor=-1", 422, "cursor"),
        ("GET", "/v1/deals/x/timeline", 404, "id"),
        ("GET", "/v1/deals/x", 404, "id"),
        ("POST", "/v1/conversations?wait=perhaps", 422, "wait"),
        ("POST", "/v1/ingest/vtt?occurred_at=soon", 422, "occurred_at"),
        ("POST", "/v1/ingest/vtt?currency=dollars", 422, "currency"),
    ],
)
def test_wrong_urls(client: TestClient, method: str, url: str, status: int, field: str | None) -> None:
    answer = client.request(method, url, content=b"{}" if method == "POST" else None)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().get("field") == field


def test_pages_of_other_sites_are_turned_away(client: TestClient, rows: Callable[[], dict[str, int]]) -> None:
    body = json.dumps(call("c", "b1: hi"))
    answer = client.post("/v1/conversations", content=body, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.json()["field"]) == (403, "Sec-Fetch-Site")
    assert rows()["conversations"] == 0
    assert client.get("/v1/deals", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_a_database_that_is_away_is_a_503(client: TestClient, service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy import create_engine

    gone = create_engine("postgresql+psycopg://nobody@/nothing?host=/nowhere")
    monkeypatch.setattr(type(service.context), "database", gone)
    for method, url in (("GET", "/readyz"), ("GET", "/v1/deals"), ("POST", "/v1/conversations")):
        answer = client.request(method, url, content=json.dumps(call("c", "b1: hi")) if method == "POST" else None)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"
    assert client.get("/healthz").status_code == 200

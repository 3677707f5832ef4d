"""Bodies of forms: nothing larger than the cap, and no more fields than forms have, is parsed or kept."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from service.api.forms import MOST_FIELDS
from service.app import create_app

CAP = 4096
PAGE = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
URLENCODED = "application/x-www-form-urlencoded"


@pytest.fixture
def small(with_settings: Callable[..., Any]) -> Iterator[TestClient]:
    with with_settings(max_body=CAP) as service:
        yield TestClient(create_app(service), raise_server_exceptions=False)


def multipart(fields: int, size: int = 1, boundary: str = "xyz") -> bytes:
    part = f'--{boundary}\r\nContent-Disposition: form-data; name="key"\r\n\r\n{"k" * size}\r\n'
    return (part * fields + f"--{boundary}--\r\n").encode()


def file(size: int) -> bytes:
    head = '--xyz\r\nContent-Disposition: form-data; name="file"; filename="a.json"\r\n\r\n'
    return head.encode() + b"x" * size + b"\r\n--xyz--\r\n"


def post(client: TestClient, body: bytes, kind: str, *, chunked: bool, path: str = "/login") -> Any:
    content: Any = (body[i : i + 500] for i in range(0, len(body), 500)) if chunked else body
    return client.post(path, content=content, headers=PAGE | {"Content-Type": kind})


TOO_LARGE = (
    (b"key=" + b"k" * CAP, URLENCODED),
    (multipart(1, CAP), "multipart/form-data; boundary=xyz"),
    (file(CAP), 'MULTIPART/form-data; charset=x; boundary="xyz"'),
    (b"k" * (CAP + 1), "text/plain"),
    (b"k" * (CAP + 1), ""),
)


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
def test_what_is_too_large_is_answered_by_a_page(small: TestClient, chunked: bool) -> None:
    for body, kind in TOO_LARGE:
        answer = post(small, body, kind, chunked=chunked)
        assert answer.status_code == 413, kind
        assert "<h1>The body is too large</h1>" in answer.text
        assert str(CAP) in answer.text
    fits = b"key=" + b"k" * (CAP - 4)
    assert len(fits) == CAP
    answer = post(small, fits, URLENCODED, chunked=chunked)
    assert (answer.status_code, "too large" in answer.text) == (422, False)


def test_more_fields_than_forms_have_are_not_parsed(client: TestClient) -> None:
    for fields, told in ((MOST_FIELDS, False), (MOST_FIELDS + 1, True)):
        for body, kind in (
            (urlencode([("key", "k")] * fields).encode(), URLENCODED),
            (multipart(fields), "multipart/form-data; boundary=xyz"),
            (multipart(fields, boundary="a b"), 'multipart/form-data; boundary="a b"'),
        ):
            for chunked in (False, True):
                answer = post(client, body, kind, chunked=chunked)
                assert answer.status_code == 422
                assert ("too many fields" in answer.text) == told, (kind, fields)


def test_a_form_still_means_the_same(client: TestClient, make: Callable[..., str]) -> None:
    key = make("admin")
    for body, kind in (
        (urlencode({"key": key, "next": "/deals"}).encode(), URLENCODED),
        (
            f'--xyz\r\nContent-Disposition: form-data; name="key"\r\n\r\n{key}\r\n--xyz--\r\n'.encode(),
            "multipart/form-data; boundary=xyz",
        ),
    ):
        answer = client.post("/login", content=body, headers=PAGE | {"Content-Type": kind}, follow_redirects=False)
        assert answer.status_code == 303


BROKEN = (b"", b"--xyz", b"--xyz\r\n\r\n", b"\xff\xfe", b"--xyz\r\nContent-Disposition: x\r\n\r\n")
KINDS = ("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=xyz", URLENCODED)


def test_what_is_no_form_is_an_error_of_its_sender(client: TestClient) -> None:
    for body in BROKEN:
        for kind in KINDS:
            assert 400 <= post(client, body, kind, chunked=False).status_code < 500, (body, kind)


def test_a_body_without_an_end_is_not_kept(with_settings: Callable[..., Any]) -> None:
    """32 MiB in pieces, to a service that takes 64 KiB: what is held meanwhile stays far below what is sent."""
    with with_settings(max_body=1 << 16) as service:
        app = create_app(service)
        sent, answered = 0, []

        async def receive() -> dict[str, Any]:
            nonlocal sent
            sent += 1 << 16
            return {"type": "http.request", "body": bytes(1 << 16), "more_body": sent < 32 << 20}

        async def send(message: Any) -> None:
            answered.append(message)

        scope = {
            "type": "http", "http_version": "1.1", "method": "POST", "path": "/login", "raw_path": b"/login",
            "query_string": b"", "root_path": "", "scheme": "http", "server": ("localhost", 80),
            "client": ("127.0.0.1", 1),
            "headers": [(b"host", b"localhost"), (b"content-type", URLENCODED.encode())],
        }  # fmt: skip
        tracemalloc.start()
        asyncio.run(app(scope, receive, send))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert answered[0]["status"] == 413
        assert sent == 32 << 20
        assert peak < 8 << 20

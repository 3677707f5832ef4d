"""The chat protocol against a real server on this machine: what is sent, and what comes of every kind of answer."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import Any

import pytest

from extractors.reading import read
from service.readers.model import Answer, ModelRefusedError, ModelUnreachableError
from service.readers.options import Options, ReaderSettingsError
from service.readers.prompt import Request
from service.readers.protocol import LARGEST_RESPONSE, over_http
from service.readers.reader import questions
from tests.service.readers.conftest import Reply, Server
from tests.service.readers.conversations import OPTIONS, conversation


@pytest.fixture
def options(model_server: Server) -> Options:
    return replace(OPTIONS, url=model_server.url, key="sk-secret", timeout=5.0, tries=3)


@pytest.fixture
def request_() -> Request:
    return questions(read(conversation("b1: Hello.")), [], OPTIONS)[0].request


def test_what_is_sent(model_server: Server, options: Options, request_: Request) -> None:
    answer = over_http(options)(request_)
    assert answer == Answer(text='{"signals": []}', model="tiny-1", sent_tokens=321, answer_tokens=45)
    (body,) = model_server.requests
    assert model_server.paths == ["/v1/chat/completions"]
    assert body["model"] == "tiny"
    assert body["stream"] is False
    assert body["temperature"] == 0
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert body["response_format"]["json_schema"]["strict"] is True
    assert model_server.headers[0]["authorization"] == "Bearer sk-secret"


def test_without_a_key_none_is_sent(model_server: Server, options: Options, request_: Request) -> None:
    over_http(replace(options, key=None))(request_)
    assert "authorization" not in model_server.headers[0]


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(model_server: Server, options: Options, request_: Request, status: int) -> None:
    model_server.replies = [Reply(status=status, headers={"retry-after": "0"}), Reply("{}")]
    assert over_http(options)(request_).text == "{}"
    assert len(model_server.requests) == 2


def test_a_server_that_stays_busy_is_unreachable(model_server: Server, options: Options, request_: Request) -> None:
    model_server.replies = [Reply(status=503)]
    with pytest.raises(ModelUnreachableError, match=r"http://127.0.0.1:\d+: status 503"):
        over_http(options)(request_)
    assert len(model_server.requests) == 3


def test_nobody_listens(options: Options, request_: Request) -> None:
    with pytest.raises(ModelUnreachableError, match="ConnectError"):
        over_http(replace(options, url="http://127.0.0.1:9/v1"))(request_)


@pytest.mark.parametrize("status", [302, 401, 403, 404])
def test_a_server_that_answers_nobody_is_unreachable(
    model_server: Server, options: Options, request_: Request, status: int
) -> None:
    model_server.replies = [
        Reply(status=status, body=b'{"error": {"message": "no such model"}}', headers={"location": "/x"})
    ]
    with pytest.raises(ModelUnreachableError, match=f"answered {status}: no such model"):
        over_http(options)(request_)
    assert len(model_server.requests) == 1


def test_a_request_that_the_server_will_not_answer(model_server: Server, options: Options, request_: Request) -> None:
    model_server.replies = [Reply(status=400, body=b'{"error": "maximum context length is 2048"}')]
    with pytest.raises(ModelRefusedError, match="answered 400: maximum context length is 2048"):
        over_http(options)(request_)


def test_no_error_tells_the_key_or_the_conversation(model_server: Server, options: Options, request_: Request) -> None:
    model_server.replies = [Reply(status=401, body=b"denied")]
    with pytest.raises(ModelUnreachableError) as caught:
        over_http(options)(request_)
    assert "secret" not in str(caught.value)
    assert "Hello" not in str(caught.value)
    assert "secret" not in repr(options)


def test_a_server_without_schemas_is_asked_without_one_from_then_on(
    model_server: Server, options: Options, request_: Request
) -> None:
    def choosy(body: dict[str, Any]) -> Reply:
        if "response_format" in body:
            return Reply(status=400, body=b'{"error": {"message": "response_format is not supported"}}')
        return Reply("{}")

    model_server.replies = [choosy]
    ask = over_http(options)
    assert [ask(request_).text, ask(request_).text] == ["{}", "{}"]
    assert ["response_format" in body for body in model_server.requests] == [True, False, False]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b'{"choices": []}',
        b'{"choices": [null]}',
        b'{"choices": [{"message": null}]}',
        b'{"choices": [{"message": {"content": null}}]}',
        b'{"choices": [{"message": {"content": {"a": 1}}}]}',
        b'{"choices": {"0": 1}, "usage": 5, "model": 7}',
        b"[" * 100_000,
        b"\xff\xfe\x00",
    ],
    ids=lambda body: repr(body[:30]),
)
def test_a_body_without_an_answer_is_an_empty_one(
    model_server: Server, options: Options, request_: Request, body: bytes
) -> None:
    model_server.replies = [Reply(body=body)]
    answer = over_http(options)(request_)
    assert answer.text == ""
    assert answer.model == "tiny"


def test_content_in_parts(model_server: Server, options: Options, request_: Request) -> None:
    parts = b'{"choices": [{"message": {"content": [{"type": "text", "text": "{"}, {"type": "text", "text": "}"}]}}]}'
    model_server.replies = [Reply(body=parts)]
    assert over_http(options)(request_).text == "{}"


def test_ten_megabytes_are_cut_off(model_server: Server, options: Options, request_: Request) -> None:
    model_server.replies = [Reply(body=b"x" * 10_000_000)]
    with pytest.raises(ModelRefusedError, match=str(LARGEST_RESPONSE)):
        over_http(options)(request_)


def test_what_is_packed_is_not_unpacked(model_server: Server, options: Options, request_: Request) -> None:
    model_server.replies = [Reply(body=gzip.compress(b"x" * 10_000_000), headers={"content-encoding": "gzip"})]
    with pytest.raises(ModelRefusedError, match="packed"):
        over_http(options)(request_)
    assert model_server.headers[0]["accept-encoding"] == "identity"


def test_an_answer_that_drips_is_given_up(model_server: Server, options: Options, request_: Request) -> None:
    model_server.replies = [Reply(body=b"x" * 100, drips=True)]
    with pytest.raises(ModelUnreachableError, match=r"no whole answer in 0.3 seconds"):
        over_http(replace(options, timeout=0.3))(request_)


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "ftp://x/v1",
        "127.0.0.1:8000",
        "http://",
        "http://me:pw@host/v1",
        "http://host/v1?key=1",
        "http://[::1",
    ],
)
def test_an_address_that_is_none(url: str | None) -> None:
    with pytest.raises(ReaderSettingsError, match="TELLTALE_LLM_URL"):
        over_http(replace(OPTIONS, url=url))


def test_a_model_is_needed() -> None:
    with pytest.raises(ReaderSettingsError, match="TELLTALE_LLM_MODEL"):
        over_http(replace(OPTIONS, url="http://127.0.0.1:1/v1", model=None))


def test_the_environments_proxies_are_not_taken(
    model_server: Server, options: Options, request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    over_http(options)(request_)
    assert len(model_server.requests) == 1

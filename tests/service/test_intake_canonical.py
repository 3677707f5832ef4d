"""The project's own JSON, good and bad."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from service.intake import Format, Given, Refusal, detect, read_conversations
from signals import Conversation
from tests.service.samples import call


def read(data: bytes, name: str = "calls.json", **options: object) -> list[Conversation | Refusal]:
    return list(read_conversations(data, name, **options))  # type: ignore[arg-type]


def test_one_object() -> None:
    (found,) = read(json.dumps(call("c-1", "b1: hello")).encode())
    assert isinstance(found, Conversation)
    assert found.id == "c-1"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
def test_lines_and_lists_keep_their_order_and_name_the_bad_ones(mark: bytes) -> None:
    values = [call("c-1", "b1: hello"), {"kind": "call"}, call("c-3", "b1: hello")]
    as_list = read(mark + json.dumps(values).encode())
    as_lines = read(mark + "\r\n".join(json.dumps(value) for value in values).encode() + b"\r\n\r\n{broken\r\n")
    assert [getattr(each, "id", None) for each in as_list] == ["c-1", None, "c-3"]
    assert [getattr(each, "id", None) for each in as_lines] == ["c-1", None, "c-3", None]
    assert str(as_list[1]).startswith("calls.json[1]: occurred_at: expected a date and time")
    assert str(as_lines[1]).startswith("calls.json:2: occurred_at: expected a date and time")
    broken = as_lines[3]
    assert isinstance(broken, Refusal)
    assert broken.place == "calls.json:5"
    assert broken.unreadable


FAULTS = {
    "unknown speaker": (call("c", "x9: hello"), "segments[0].speaker: expected the id of a participant"),
    "no text": (call("c", "b1:  "), "segments: expected at least one utterance with text"),
    "no segments": (call("c"), "segments: expected at least one utterance with text"),
    "wrong type": (call("c", "b1: hello", participants="Dana"), "participants: expected a list, got 'Dana'"),
    "text a number": (
        call("c") | {"segments": [{"speaker": None, "text": 5}]},
        "segments[0].text: expected text, got 5",
    ),
    "date out of range": (call("c", "b1: hi", at="9999-01-01T00:00:00Z"), "occurred_at: expected a date and time"),
    "no date at all": (call("c", "b1: hi", at="soon"), "occurred_at: expected a date and time"),
    "another kind": (call("c", "b1: hi", kind="fax"), "kind: expected one of call, email, got 'fax'"),
    "a number": (5, "the input: expected an object, got 5"),
}


@pytest.mark.parametrize(("value", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_faults_are_named(value: object, message: str) -> None:
    (refusal,) = read(json.dumps(value).encode())
    assert isinstance(refusal, Refusal)
    assert refusal.reason.startswith(message)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"id": "c-1", "kind"', "calls.json: the input: expected JSON (unexpected end of data, line 1"),
        (b"[" * 100_000, "calls.json: the input: expected JSON (depth limit exceeded"),
        (b'{"id": "\\ud800"}', "calls.json: the input: expected JSON (no low surrogate"),
        (b'{"a": NaN}', "calls.json: the input: expected JSON"),
        (b"   \n ", "calls.json: the input: expected a conversation, got nothing"),
        (b"[]", "calls.json: the input: expected at least one conversation"),
    ],
    ids=["cut off", "deep", "lone surrogate", "NaN", "blank", "empty list"],
)
def test_what_is_no_json(data: bytes, message: str) -> None:
    (refusal,) = read(data)
    assert str(refusal).startswith(message)


def test_size_is_capped() -> None:
    (refusal,) = read(b"x" * 101, max_bytes=100)
    assert str(refusal) == "calls.json: the input: expected at most 100 bytes, got '101 bytes'"


def test_a_time_that_is_given_fills_in_and_never_overrides() -> None:
    at = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
    dated, undated = call("c-1", "b1: hello"), call("c-2", "b1: hello")
    del undated["occurred_at"]
    first, second = read(json.dumps([dated, undated]).encode(), given=Given(occurred_at=at))
    assert isinstance(first, Conversation)
    assert isinstance(second, Conversation)
    assert first.occurred_at != at
    assert second.occurred_at == at


@pytest.mark.parametrize(
    ("data", "name", "format"),
    [
        (b'{"kind": "call"}', "x", Format.CANONICAL),
        (b'\xef\xbb\xbf [{"kind": "call"}]', "x", Format.CANONICAL),
        (b'{"requestId": "r", "callTranscripts" : []}', "x.json", Format.GONG),
        (b'{"kind": "call", "segments": [{"text": "the \\"callTranscripts\\": key"}]}', "x.json", Format.CANONICAL),
        (b"WEBVTT - by hand\n", "x.txt", Format.VTT),
        (b"1\r\n00:00:01,000 --> 00:00:02,000\r\nhi", "x.txt", Format.SRT),
        (b"Received: from x\nFrom: a@b.example\n\nhi", "x", Format.EML),
        (b"anything", "x.srt", Format.SRT),
    ],
)
def test_detection_goes_by_content_first(data: bytes, name: str, format: Format) -> None:
    assert detect(data, name) is format


def test_what_is_nothing_says_what_there_is() -> None:
    (refusal,) = read(b"\x89PNG\r\n", "x.png")
    assert "expected a conversation as canonical, vtt, srt, eml, " in str(refusal)

"""Whatever a sender sends: a reader yields what it found or says what is wrong, in little time, and nothing else."""

from __future__ import annotations

import contextlib
import json
import time
import tracemalloc
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Event, EventError
from engine.errors import Mistake
from service.flows.take_webhook import event_of
from service.intake.refusal import Refusal
from service.webhooks.door import sources
from service.webhooks.found import Announcement, Happening, Ignored, Review
from service.webhooks.mapping_file import MappingError, source_from_text
from service.webhooks.paths import PathError, parse
from service.webhooks.verify import SecretError, UnprovenError
from signals import DecodeError
from tests.service.webhooks.conftest import send
from tests.service.webhooks.senders import SITE, Sent, all_fixtures, as_sent, delivery, fixture, signed
from tests.service.webhooks.test_mapping_file import WHOLE
from tests.service.webhooks.test_verify import FIVE_MINUTES

SOURCES = dict(sources(None)) | {"quotes": source_from_text(WHOLE, source="map.toml")}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
GOOD = [name for name in all_fixtures() if name.endswith(".json")]
LONGEST_TEXT = 1000

# What breaks readers, to be put anywhere.
PIECES = [
    b"\x00",
    b"\xff\xfe",
    b"\r",
    b'"',
    b"{",
    b"]",
    b":",
    b"null",
    b"-1",
    b"9" * 20,
    b"1e400",
    b"<!DOCTYPE a [",
    b"&x;",
]
PIECES += [b"\\u0000", b"\\ud800", b"%00", b"+", b"2026-13-01T99:00:00Z", b"]]>", b"<a>", b"</Id>"]


def check(source: str, sent: Sent) -> None:
    """Only what is found, or our own error; what happened is an event or is refused in its turn."""
    given = delivery(source, sent)
    refused: DecodeError | None = None
    try:
        for found in SOURCES[source].read(given, SITE):
            match found:
                case Happening():
                    assert len(found.id) <= 200
                    assert found.id.isprintable()
                    assert found.occurred_at.tzinfo is not None
                    for each in found.about:
                        assert 0 < len(each.object_id) <= 250
                        assert each.object_id.isprintable()
                    with contextlib.suppress(EventError):
                        Event.from_json(event_of(found, source, "D-1"))
                case Announcement():
                    assert 0 < len(found.id) <= 251
                    assert found.id.isprintable()
                    json.dumps(found.fetch)
                case Review():
                    assert found.by.isprintable()
                case Ignored():
                    assert len(found.reason) < LONGEST_TEXT
                    assert "\x00" not in found.reason
                case Refusal():
                    assert found.expected
                    assert len(str(found)) < 4 * LONGEST_TEXT
    except DecodeError as error:
        refused = error
    assert refused is None or (refused.expected and len(str(refused)) < 4 * LONGEST_TEXT)


def check_early(source: str, sent: Sent) -> None:
    """Neither the handshake nor the answers before the events know other errors."""
    known = SOURCES[source]
    given = delivery(source, sent)
    try:
        if known.handshake:
            known.handshake(given, ("test-secret",))
        proof = known.verify(given, ("test-secret", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"), FIVE_MINUTES)
        if known.early:
            known.early(given, proof)
    except (UnprovenError, SecretError, DecodeError):
        return


@settings(deadline=None, max_examples=150)
@given(source=st.sampled_from(sorted(SOURCES)), data=st.binary(max_size=200))
def test_any_bytes(source: str, data: bytes) -> None:
    for headers in ({}, FORM, {"ce-specversion": "1.0", "ce-id": "\udc80%"}):
        check(source, Sent(body=data, headers=headers))


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A good body with pieces cut out, doubled, or put in."""
    name = draw(st.sampled_from(all_fixtures()))
    data = as_sent(name.partition("/")[0], fixture(name))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        piece = draw(st.one_of(st.sampled_from(PIECES), st.just(data[start:end] * 2), st.binary(max_size=6)))
        data = data[:start] + piece + data[end:]
    return name.partition("/")[0], data


@settings(deadline=None, max_examples=400)
@given(found=damaged())
def test_damaged_bodies(found: tuple[str, bytes]) -> None:
    source, data = found
    check(source, Sent(body=data, headers=FORM if source == "slack" else {}))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6)
    | st.sampled_from(
        ["", " ", "\x00", "9" * 400, "2026-03-02T15:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
    ),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=4), children, max_size=3),
    max_leaves=6,
)


@st.composite
def swapped(draw: st.DrawFn) -> tuple[str, bytes]:
    """A good JSON body with the value at some places replaced by anything."""
    name = draw(st.sampled_from(GOOD))
    value: Any = json.loads(fixture(name))
    for _ in range(draw(st.integers(1, 3))):
        place = value
        while isinstance(place, dict | list) and place:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = draw(st.sampled_from(keys))
            if not isinstance(place[key], dict | list) or not place[key] or draw(st.booleans()):
                place[key] = draw(JSON)
                break
            place = place[key]
    source = name.partition("/")[0]
    return source, as_sent(source, json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


@settings(deadline=None, max_examples=600)
@given(found=swapped())
def test_anything_at_any_place_of_the_json(found: tuple[str, bytes]) -> None:
    source, data = found
    check(source, Sent(body=data, headers=FORM if source == "slack" else {}))


def test_nothing_breaks_over_http(hooks: TestClient) -> None:
    @settings(deadline=None, max_examples=100)
    @given(found=st.one_of(swapped(), damaged()))
    def sent(found: tuple[str, bytes]) -> None:
        source, data = found
        answer = send(hooks, source, signed(source, data, id=str(len(data))))
        assert answer.status_code in (200, 400, 401, 422), answer.text

    sent()


NAMES = [
    "x-docusign-signature-1",
    "x-hubspot-signature-v3",
    "x-hubspot-request-timestamp",
    "calendly-webhook-signature",
    "x-slack-signature",
    "x-slack-request-timestamp",
    "x-zm-signature",
    "x-zm-request-timestamp",
    "x-hub-signature",
    "x-hook-signature",
    "x-hook-secret",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "x-goog-channel-token",
    "x-telltale-token",
    "authorization",
    "content-type",
]
VALUES = st.text(max_size=30) | st.sampled_from(
    ["t=1,v1=", "v1,", "v0=", "sha256=", "1772798400", "9" * 30, "test-secret"]
)


@settings(deadline=None, max_examples=300)
@given(
    source=st.sampled_from(sorted(SOURCES)),
    headers=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5),
    query=st.dictionaries(st.sampled_from(["signature", "token"]), VALUES, max_size=2),
    body=st.binary(max_size=60)
    | st.sampled_from([b'{"event":"endpoint.url_validation"}', b'{"type":"url_verification"}']),
)
def test_any_headers(source: str, headers: dict[str, str], query: dict[str, str], body: bytes) -> None:
    check_early(source, Sent(body=body, headers=headers, query=query))


@settings(deadline=None, max_examples=200)
@given(text=st.text(alphabet='ab.[]"0$ \n', max_size=20), value=JSON)
def test_any_path(text: str, value: Any) -> None:
    with contextlib.suppress(PathError):
        parse(text).find(value)


@settings(deadline=None, max_examples=200)
@given(
    start=st.integers(0, len(WHOLE)),
    length=st.integers(0, 30),
    piece=st.text(max_size=8) | st.sampled_from(["[[", "= {", '"']),
)
def test_damaged_mapping_files(start: int, length: int, piece: str) -> None:
    text = WHOLE[:start] + piece + WHOLE[start + length :]
    mistakes: tuple[Mistake, ...] = ()
    try:
        source_from_text(text, source="map.toml")
    except MappingError as error:
        mistakes = error.mistakes or (Mistake(line=0, field="", problem="none is named", mend=""),)
    assert all(mistake.line >= 1 and mistake.mend for mistake in mistakes)


BIG = 10_000_000
MOST = 250_000
HEAVY = {
    "as many records as go": b"[" + b'{"event":"x"},' * 999 + b'{"event":"' + b"a" * (BIG - 80_000) + b'"}]',
    "as many values as go": b'[{"events":[' + b"5," * MOST + b'5],"event":"' + b"a" * (BIG - 3 * MOST) + b'"}]',
    "brackets": b"[" * BIG,
    "quotes": b'"' + b"\\" * (BIG - 2) + b'"',
    "one long text": b'{"event": "' + b"a" * BIG + b'"}',
    "many records": b"[" + b'{"event":"x"},' * (BIG // 14) + b"{}]",
    "many fields": b"{" + b",".join(b'"%d":%d' % (n, n) for n in range(BIG // 14)) + b"}",
    "elements": b"<a>" + b"<b/>" * (BIG // 4) + b"</a>",
    "deep elements": b"<a>" * (BIG // 3),
    "one attribute": b'<a b="' + b"x" * BIG + b'"/>',
    "characters": b"<Notification><Id>" + b"x" * BIG,
    "a form": b"payload=" + b"%41" * (BIG // 3),
    "a form of many fields, no form": b"payload=x&" + b"a=b&" * (BIG // 4),
    "blanks": b" " * BIG,
}


@pytest.mark.parametrize("kind", HEAVY)
def test_ten_megabytes_of_anything_cost_little(kind: str) -> None:
    body = HEAVY[kind]
    sent = Sent(body=body, headers=FORM if kind.endswith("form") else {})
    for source in SOURCES:
        began = time.thread_time()
        check(source, sent)
        assert time.thread_time() - began < 1, source
    # Counting memory is slow; these are the four ways of parsing.
    for source in ("hubspot", "salesforce", "slack", "cloudevents"):
        tracemalloc.start()
        check(source, sent)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 200_000_000, source

"""Whatever the bytes are, they are read or refused: nothing else ever comes out of the door."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from service.intake import Format, Given, Refusal, read_conversations
from signals import Conversation
from tests.service.samples import call, mail
from tests.service.test_intake_captions import ZOOM
from tests.service.test_intake_gong import CALL, TRANSCRIPT
from tests.service.test_intake_mail import REPLY

AT = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)

SRT = b"1\n00:00:01,000 --> 00:00:03,500\nDana Buyer: It is approved.\n\n2\n00:00:09,000 --> 00:00:10,000\n- Great."
METADATA = b'WEBVTT\n\n00:00:16.246 --> 00:00:17.726\n{"startDateTime":"2026-03-02T15:08:52Z","spokenText":"hi"}\n'
SAMPLES = [
    ZOOM.encode(),
    SRT,
    METADATA,
    REPLY,
    json.dumps(call("c-1", "b1: hello", "s1: hi")).encode(),
    json.dumps([mail("m-1", "hello")]).encode(),
    json.dumps(TRANSCRIPT | {"calls": [CALL]}).encode(),
]
# What breaks parsers, to be put anywhere.
PIECES = [b"\x00", b"\xff\xfe", b"\n\n", b"\r", b"<v ", b"-->", b"--b0\n", b'"', b"{", b"]", b":", b"null", b"-1"]
PIECES += [b"=?utf-8?b?", b"9" * 20, b"1e400"]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good sample with pieces cut out, doubled, or put in."""
    data = draw(st.sampled_from(SAMPLES))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        piece = draw(st.one_of(st.sampled_from(PIECES), st.just(data[start:end] * 2), st.binary(max_size=6)))
        data = data[:start] + piece + data[end:]
    return data


def check(data: bytes, format: Format | None) -> None:
    for found in read_conversations(data, "file", given=Given(occurred_at=AT), format=format):
        if isinstance(found, Refusal):
            assert found.expected
            assert len(str(found)) < 2000
        else:
            assert Conversation.from_json(found.to_json()) == found


@settings(deadline=None, max_examples=300)
@given(data=damaged(), format=st.sampled_from([None, *Format]))
def test_damaged_files(data: bytes, format: Format | None) -> None:
    check(data, format)


@settings(deadline=None, max_examples=100)
@given(data=st.binary(max_size=200), format=st.sampled_from([None, *Format]))
def test_any_bytes(data: bytes, format: Format | None) -> None:
    check(data, format)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=4), children, max_size=3),
    max_leaves=6,
)


@st.composite
def swapped(draw: st.DrawFn) -> Any:
    """A good JSON object with the value at some place replaced by anything."""
    value = json.loads(draw(st.sampled_from([sample for sample in SAMPLES if sample[:1] in b"{["])))
    place = value
    while isinstance(place, dict | list) and place:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key] or draw(st.booleans()):
            place[key] = draw(JSON)
            break
        place = place[key]
    return value


@settings(deadline=None, max_examples=300)
@given(value=swapped())
def test_anything_at_any_place_of_the_json(value: Any) -> None:
    check(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"), None)

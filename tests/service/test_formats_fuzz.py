"""Whatever is sent under a transcript source's name is read or refused: nothing else, and nothing slowly.

`python -m tests.service.fuzz` goes on with new examples for as long as one likes.
"""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.intake import Format, Refusal, receive
from signals import Conversation
from tests.service.formats import GIVEN, HERE
from tests.service.test_formats_transcripts import CASES, SOURCES

SAMPLES = [(HERE / source / file).read_bytes() for source, file, _ in CASES]
JSON_SAMPLES = [(HERE / source / file).read_bytes() for source, file, _ in CASES if file.endswith(".json")]
FORMATS = [None, *(Format(source) for source in SOURCES)]
# What breaks parsers, to be put anywhere.
PIECES = [b"\x00", b"\xff\xfe", b"\n\n", b"\r", b"<v ", b"-->", b'"', b"{", b"]", b":", b"null", b"-1", b"  ", b"\t"]
PIECES += [b"9" * 20, b"1e400", b"00:00:01.000 --> 00:00:02.000\n", b"A B: ", b"[00:01] ", b"A B  0:01\n", b"\xc3\x28"]

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["2026-03-02T15:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "soon", "1e9"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A file with pieces cut out, doubled, or put in."""
    data = draw(st.sampled_from(SAMPLES))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 60)))
        piece = draw(st.one_of(st.sampled_from(PIECES), st.just(data[start:end] * 2), st.binary(max_size=6)))
        data = data[:start] + piece + data[end:]
    return data


@st.composite
def swapped(draw: st.DrawFn) -> bytes:
    """A JSON file with the values at some places replaced by anything, or taken out."""
    value = json.loads(draw(st.sampled_from(JSON_SAMPLES)))
    for _ in range(draw(st.integers(1, 3))):
        place: Any = value
        while isinstance(place, dict | list) and place:
            key = draw(st.sampled_from(list(place) if isinstance(place, dict) else list(range(len(place)))))
            if not isinstance(place[key], dict | list) or not place[key] or draw(st.integers(0, 3)) == 0:
                if draw(st.integers(0, 4)) == 0:
                    del place[key]
                else:
                    place[key] = draw(ANYTHING)
                break
            place = place[key]
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def check(data: bytes, format: Format | None) -> None:
    for found in receive(data, "file", given=GIVEN, format=format):
        if isinstance(found, Refusal):
            assert found.expected
            assert len(str(found)) < 2000
        else:
            assert Conversation.from_json(found.conversation.to_json()) == found.conversation
            if found.envelope is not None:
                assert type(found.envelope).from_json(found.envelope.to_json()) == found.envelope


WILD = st.binary(max_size=200) | ANYTHING.map(lambda value: json.dumps(value).encode())
BY_ANY_NAME = st.sampled_from(FORMATS)
KINDS = {
    "damaged files": (damaged(), BY_ANY_NAME, 300),
    "anything at any place": (swapped(), st.none(), 300),
    "one vendor's payload under another's name": (swapped(), BY_ANY_NAME, 100),
    "anything at all": (WILD, BY_ANY_NAME, 100),
}


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_read_or_refused(kind: str) -> None:
    examples, formats, count = KINDS[kind]

    @settings(deadline=None, max_examples=count, suppress_health_check=list(HealthCheck))
    @given(data=examples, format=formats)
    def every(data: bytes, format: Format | None) -> None:
        check(data, format)

    every()


def many(count: int, unit: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    return before + unit * (count // len(unit)) + after


LENGTH = 1 << 18
CUE = b"00:00:01.000 --> 00:00:02.000\n"
# What makes careless patterns and loops take the square of their time.
LONG = {
    "cues": many(LENGTH, CUE + b"Dana Buyer: yes and\n\n", b"WEBVTT\n\n"),
    "cues without blank lines": many(LENGTH, CUE, b"WEBVTT\n\n"),
    "cue of voices": many(LENGTH, b"<v A>", b"WEBVTT\n\n" + CUE),
    "cue of brackets": many(LENGTH, b"A (", b"WEBVTT\n\n" + CUE),
    "cue of open tags": many(LENGTH, b"<a", b"WEBVTT\n\n" + CUE),
    "dashes": many(LENGTH, b"-", b"WEBVTT\n\n"),
    "digits": many(LENGTH, b"1", b"WEBVTT\n\n"),
    "digits and colons": many(LENGTH, b"1:", b"WEBVTT\n\n"),
    "blanks": many(LENGTH, b" ", b"WEBVTT\n\n", b"x"),
    "blank lines": many(LENGTH, b" \n", b"WEBVTT\n\n" + CUE, b"x"),
    "colons": many(LENGTH, b"A: "),
    "names": many(LENGTH, b"Dana Buyer: yes\n"),
    "names without words": many(LENGTH, b"Dana Buyer:\n"),
    "other names": b"".join(b"Dana N%d: yes\n" % n for n in range(15_000)),
    "headers of turns": many(LENGTH, b"Dana Buyer  0:01\nyes\n\n"),
    "headers and blanks": many(LENGTH, b"Dana Buyer" + b" " * 50),
    "stamps": many(LENGTH, b"[00:01] "),
    "numbered cues": many(LENGTH, b"1\n00:00:01,000 --> 00:00:02,000\nyes\n\n"),
    "words": b'{"text":"","segments":[{"seek":0,"text":"' + b"yes " * (LENGTH // 4) + b'"}]}',
    "segments": b'{"text":"","segments":[' + many(LENGTH, b'{"seek":0,"text":"a"},', after=b"{}]}"),
    "speakers": b'{"id":"7","sentences":['
    + b",".join(b'{"speaker_name":"A%d","text":"a"}' % n for n in range(6_000))
    + b'],"participants":['
    + b",".join(b'"a%d@b.example"' % n for n in range(6_000))
    + b"]}",
    "utterances of nobody": b'{"data":{"attributes":{"recording":{"utterances":['
    + b",".join(b'{"speaker_name":"A%d","snippet":"a"}' % n for n in range(6_000))
    + b"]}}}",
    "empty objects": many(LENGTH, b"{},", b"[", b"{}]"),
    "depth": many(LENGTH, b"["),
}


@pytest.mark.parametrize("data", LONG.values(), ids=LONG.keys())
def test_long_nonsense_is_quick(data: bytes) -> None:
    """Under every name it takes a part of a second, where squares would take minutes."""
    for format in FORMATS:
        began = time.process_time()
        for found in receive(data, "file", given=GIVEN, format=format):
            assert isinstance(found, Refusal) or found.conversation.segments
        took = time.process_time() - began
        assert took < 3, f"{format} took {took:.1f} s"

"""Whatever is sent as mail is read or refused; ten megabytes of anything take little time and memory."""

from __future__ import annotations

import base64
import json
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.intake import Envelope, Format, Received, Refusal, receive
from service.intake.ical import calendar
from signals import Conversation
from tests.service.formats import HERE

SOURCES = [Format.EML, Format.GMAIL, Format.GRAPH_MAIL, Format.HUBSPOT_EMAIL, Format.MBOX]
FILES = [
    (source, file.read_bytes())
    for source in SOURCES
    for file in sorted((HERE / source).iterdir())
    if file.name != "expected.toml"
]
PIECES = [
    b"\x00",
    b"\xff\xfe",
    b"\n\n",
    b"\r",
    b"--b0\n",
    b'"',
    b"{",
    b"]",
    b":",
    b"null",
    b"-1",
    b"=?utf-8?b?",
    b"9" * 20,
]
PIECES += [
    b"\n ",
    b"boundary=",
    b"Content-Type: multipart/mixed; boundary=b0\n",
    b"=\n",
    b"<!--",
    b";x*0*=",
    b"\nFrom ",
]
PIECES += [b"BEGIN:VEVENT\n", b"charset=punycode", b"\xed\xa0\x80", b"\\ud800", b"From a Mon Mar  2 21:12:05 2026\n"]


def check(data: bytes, source: Format | None) -> None:
    for found in receive(data, "file", format=source):
        if isinstance(found, Received):
            assert Conversation.from_json(found.conversation.to_json()) == found.conversation
            if found.envelope is not None:
                assert Envelope.from_json(json.loads(json.dumps(found.envelope.to_json()))) == found.envelope
                found.envelope.to_json().__repr__().encode()  # no halves of characters
        else:
            assert found.expected
            assert len(str(found)) < 2000


@st.composite
def damaged(draw: st.DrawFn) -> tuple[Format, bytes]:
    """A file with pieces cut out, doubled, or put in."""
    source, data = draw(st.sampled_from(FILES))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 60)))
        piece = draw(st.one_of(st.sampled_from(PIECES), st.just(data[start:end] * 2), st.binary(max_size=6)))
        data = data[:start] + piece + data[end:]
    return source, data


@settings(deadline=None, max_examples=400)
@given(file=damaged())
def test_damaged_files(file: tuple[Format, bytes]) -> None:
    check(file[1], file[0])


@settings(deadline=None, max_examples=100)
@given(file=damaged(), source=st.sampled_from([None, *SOURCES]))
def test_damaged_files_under_another_name(file: tuple[Format, bytes], source: Format | None) -> None:
    check(file[1], source)


@settings(deadline=None, max_examples=200)
@given(data=st.binary(max_size=300), source=st.sampled_from(SOURCES))
def test_any_bytes(data: bytes, source: Format) -> None:
    check(data, source)


HEADER = st.sampled_from(
    ["From", "To", "Cc", "Date", "Subject", "Message-ID", "References", "Content-Type", "Received"]
)
CONTENT = st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=60)


@settings(deadline=None, max_examples=200)
@given(headers=st.lists(st.tuples(HEADER, CONTENT), max_size=8), body=st.text(max_size=100))
def test_any_headers(headers: list[tuple[str, str]], body: str) -> None:
    check(
        "".join(f"{name}: {value}\n" for name, value in headers).encode() + b"\n" + body.encode("utf-8", "replace"),
        Format.EML,
    )


@settings(deadline=None, max_examples=200)
@given(
    text=st.lists(
        st.sampled_from(["BEGIN:", "VEVENT", "\n", ";", ":", '"', "DTSTART", "=", "TZID", "20260310T100000", "REPLY"])
    )
)
def test_any_calendar(text: list[str]) -> None:
    calendar("BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\n" + "".join(text), None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=4), children, max_size=3),
    max_leaves=6,
)


@st.composite
def swapped(draw: st.DrawFn) -> tuple[Format, Any]:
    """A good JSON object with the value at some place replaced by anything."""
    source, data = draw(st.sampled_from([file for file in FILES if file[1][:1] == b"{"]))
    value = json.loads(data)
    place = value
    while isinstance(place, dict | list) and place:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key] or draw(st.booleans()):
            place[key] = draw(JSON)
            break
        place = place[key]
    return source, value


@settings(deadline=None, max_examples=400)
@given(file=swapped())
def test_anything_at_any_place_of_the_json(file: tuple[Format, Any]) -> None:
    check(json.dumps(file[1], ensure_ascii=False).encode("utf-8", "replace"), file[0])


HEAD = b"From: a@b.example\nDate: Mon, 02 Mar 2026 16:12:05 -0500\n"
TEN = 10_000_000


def repeated(piece: bytes) -> Callable[[], bytes]:
    return lambda: HEAD + piece * (TEN // len(piece))


LARGE: dict[str, tuple[Format, Callable[[], bytes]]] = {
    "lines": (Format.EML, repeated(b"\nx")),
    "blanks": (Format.EML, repeated(b"\n ")),
    "headers": (Format.EML, repeated(b"To: a@b.example\n")),
    "folded": (Format.EML, lambda: HEAD + b"To: " + b"a\n " * (TEN // 3)),
    "one line": (Format.EML, lambda: HEAD + b"\n" + b"x" * TEN),
    "zeros": (Format.EML, lambda: bytes(TEN)),
    "tags": (Format.EML, lambda: HEAD + b"Content-Type: text/html\n\n" + b"<a " * (TEN // 3)),
    "boundaries": (Format.EML, lambda: HEAD + b"Content-Type: multipart/mixed; boundary=b\n" + b"\n--b" * (TEN // 4)),
    "near boundaries": (
        Format.EML,
        lambda: HEAD + b"Content-Type: multipart/mixed; boundary=b\n" + b"\n--b " * (TEN // 5),
    ),
    "quoted-printable": (
        Format.EML,
        lambda: HEAD + b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=E2=82=AC=\n" * (TEN // 11),
    ),
    "base64": (
        Format.EML,
        lambda: HEAD + b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(b"x" * 7_000_000),
    ),
    "attachment": (
        Format.EML,
        lambda: (
            HEAD
            + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n--b\nContent-Type: application/pdf\n"
            + b"Content-Transfer-Encoding: base64\n\n"
            + base64.encodebytes(b"x" * 7_000_000)
        ),
    ),
    "flowed": (Format.EML, lambda: HEAD + b"Content-Type: text/plain; format=flowed\n\n" + b"a \n" * (TEN // 3)),
    "calendar": (Format.EML, lambda: HEAD + b"Content-Type: text/calendar\n\n" + b"BEGIN:X\n" * (TEN // 8)),
    "mailbox of no separators": (Format.MBOX, repeated(b"\nFrom ")),
    "mailbox": (
        Format.MBOX,
        lambda: (b"From a Mon Mar  2 21:12:05 2026\n" + HEAD + b"\n" + b"x" * 9900 + b"\n") * 1000,
    ),
    "mailbox escaped": (
        Format.MBOX,
        lambda: b"From a Mon Mar  2 21:12:05 2026\n" + HEAD + b"\n" + b">From \n" * (TEN // 7),
    ),
    "JSON": (
        Format.GMAIL,
        lambda: b'{"threadId":"1","raw":"' + base64.urlsafe_b64encode(HEAD + b"\n" + b"x" * 7_000_000) + b'"}',
    ),
    "brackets": (Format.GRAPH_MAIL, lambda: b"[" * TEN),
    "messages": (Format.GRAPH_MAIL, lambda: b'{"value":[' + b"{}," * (TEN // 3) + b"{}]}"),
}


def test_a_mailbox_of_very_many_tiny_mails() -> None:
    """Ten megabytes of them are far more than one request may bring: the first are read, and the rest is named."""
    tiny = b"From a Mon Mar  2 21:12:05 2026\n" + HEAD + b"\nhello there\n\n"
    found = list(receive(tiny * (TEN // len(tiny)), "file", format=Format.MBOX, most=1000))
    assert len(found) == 1001
    assert not any(isinstance(each, Refusal) for each in found[:1000])
    assert isinstance(found[1000], Refusal)
    assert "send those after the first 1000" in found[1000].expected


@pytest.mark.parametrize("name", LARGE)
def test_ten_megabytes(name: str) -> None:
    source, make = LARGE[name]
    data = make()
    began = time.process_time()
    for _ in receive(data, "file", format=source):
        pass
    assert time.process_time() - began < 3  # a second on a machine that does nothing else


@pytest.mark.parametrize("name", ["lines", "attachment", "quoted-printable", "JSON", "flowed", "mailbox"])
def test_memory_for_ten_megabytes(name: str) -> None:
    source, make = LARGE[name]
    data = make()
    tracemalloc.start()
    try:
        for _ in receive(data, "file", format=source):
            pass
        assert tracemalloc.get_traced_memory()[1] < 200 << 20
    finally:
        tracemalloc.stop()

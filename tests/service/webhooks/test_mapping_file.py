"""Mapping files: what they say is done, and what is wrong in them is named with its line and the mend."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from engine import Event, EventError
from engine.decode import READERS
from service.webhooks.door import sources
from service.webhooks.engine_fields import TYPES, Kind
from service.webhooks.found import Found, Happening
from service.webhooks.mapping_file import MappingError, load, source_from_text
from service.webhooks.paths import PathError, parse
from service.webhooks.verify import UnprovenError
from signals import DecodeError
from tests.service.webhooks.senders import NOW, SITE, Sent, delivery, sha, signed
from tests.service.webhooks.test_sources import told
from tests.service.webhooks.test_verify import FIVE_MINUTES

WHOLE = """
name = "quotes"
records = "payload.items"

[verify]
scheme = "hmac"
header = "X-Sign"
timestamp = "X-Time"
id = "X-Id"
signed = "{id}.{timestamp}.{body}"
encoding = "base64"
prefix = "sha256="

[[events]]
when = { "kind" = ["call", "phone"], "state" = "done" }
type = "activity.call"
id = ["id"]
at = { path = "began", unit = "s" }
deal = { hubspot = "crm.deal" }
about = { self = "call.id" }
people = "guests[].mail"

[events.data]
minutes = "length"
contacts = "guests[].name"
purpose = { path = "topic", words = { "D" = "demo", "T" = "technical" } }

[[events]]
when = { "kind" = "won" }
type = "deal.updated"
id = ["id", "rev"]
at = { path = "began", unit = "ms" }
deal = { hubspot = "crm.deal" }
data = { amount = "sum", stage = "stage", close_date = "day", currency = { value = "EUR" }, size = "heads", fiscal_year_start_month = "fy" }
"""  # noqa: E501 - an inline table of TOML has one line

CALL = {
    "kind": "phone",
    "state": "done",
    "id": 77,
    "began": 1772463600,
    "length": "35.5",
    "topic": "D",
    "crm": {"deal": 9001},
    "call": {"id": "c-1"},
    "guests": [{"name": "Dana Reyes", "mail": "Dana@hollis.example"}, {"mail": 5}, {"name": " "}, "nobody"],
}
WON = {
    "kind": "won",
    "id": "w",
    "rev": 2,
    "began": "1772463600000",
    "crm": {"deal": "9001"},
    "sum": 5,
    "stage": "Closed Won",
    "day": "2026-03-31T00:00:00Z",
    "heads": 250,
    "fy": "4",
}


def read(text: str, body: Any) -> list[Found]:
    source = source_from_text(text, source="map.toml")
    return list(source.read(delivery(source.name, Sent(body=json.dumps(body).encode())), SITE))


def test_a_mapping_does_what_it_says() -> None:
    found = read(WHOLE, {"payload": {"items": [CALL, WON, CALL | {"state": "planned"}, {"kind": "won"}]}})
    assert [told(each) for each in found] == [
        (
            "activity.call",
            "2026-03-02T15:00:00Z",
            {"minutes": 35.5, "contacts": ["Dana Reyes"], "purpose": "demo"},
            ["hubspot 9001!", "quotes c-1"],
        ),
        (
            "deal.updated",
            "2026-03-02T15:00:00Z",
            {
                "amount": 5,
                "stage": "closed_won",
                "close_date": "2026-03-31",
                "currency": "EUR",
                "size": "250",
                "fiscal_year_start_month": 4,
            },
            ["hubspot 9001!"],
        ),
        ("ignored", "payload.items[2]"),
        ("refused", "payload.items[3]", "id"),
    ]
    first = found[0]
    assert isinstance(first, Happening)
    assert first.people == ("dana@hollis.example",)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": None}, "id"),
        ({"began": "soon"}, "began"),
        ({"began": None}, "began"),
        ({"length": "long"}, "length"),
        ({"topic": "X"}, "topic"),
    ],
)
def test_values_of_another_kind_are_refused_by_their_path(change: dict[str, Any], field: str) -> None:
    found = read(WHOLE, {"payload": {"items": [CALL | change, CALL]}})
    assert told(found[0]) == ("refused", "payload.items[0]", field)
    assert told(found[1])[0] == "activity.call"


def test_its_own_signature() -> None:
    source = source_from_text(WHOLE, source="map.toml")
    stamp = str(int(NOW.timestamp()))
    content = b"i-1." + stamp.encode() + b'.{"a": "{timestamp}"}'
    from base64 import b64encode

    headers = {"X-Sign": "sha256=" + b64encode(sha("s", content)).decode(), "X-Time": stamp, "X-Id": "i-1"}
    sent = Sent(body=b'{"a": "{timestamp}"}', headers=headers)
    assert source.verify(delivery("quotes", sent), ("s",), FIVE_MINUTES).secret == "s"
    for name in headers:
        wrong = dataclasses.replace(sent, headers=headers | {name: "1" + headers[name]})
        with pytest.raises(UnprovenError):
            source.verify(delivery("quotes", wrong), ("s",), FIVE_MINUTES)


def test_cloudevents_may_be_mapped() -> None:
    text = """
    name = "erp"
    envelope = "cloudevents"
    verify = { scheme = "token" }
    [[events]]
    when = { "type" = "com.erp.order.signed.v1" }
    type = "esign.completed"
    id = ["source", "id"]
    at = "time"
    deal = { telltale = "data.deal" }
    data.envelope = "subject"
    """
    event = {"specversion": "1.0", "id": "1", "source": "/erp", "type": "com.erp.order.signed.v1", "subject": "O-1"}
    event |= {"time": "2026-03-02T15:00:00Z", "data": {"deal": "D-1"}}
    assert [told(each) for each in read(text, [event, event | {"source": ""}])] == [
        ("esign.completed", "2026-03-02T15:00:00Z", {"envelope": "O-1"}, ["telltale D-1!"]),
        ("refused", "body[1]", "source"),
    ]


GOOD = """name = "x"
[verify]
scheme = "token"
[[events]]
when = { "a" = "b" }
type = "document.sent"
id = ["id"]
at = "at"
data.document = { value = "proposal" }
"""

WRONG = {
    "no TOML": ("name = [", 1, "it is no TOML"),
    "no name": (GOOD.replace('name = "x"', ""), 1, "name is missing"),
    "an odd name": (GOOD.replace('"x"', '"X/y"'), 1, '"X/y" is no name'),
    "an unknown key": (GOOD.replace("[verify]", "colour = 1\n[verify]"), 2, '"colour" is not known here'),
    "an unknown scheme": (GOOD.replace('"token"', '"tokens"'), 3, '"tokens" is no scheme. Did you mean "token"?'),
    "hmac without a header": (GOOD.replace('"token"', '"hmac"'), 2, "header is missing"),
    "an unknown encoding": (
        GOOD.replace('"token"', '"hmac"\nheader = "X"\nencoding = "hax"'),
        5,
        '"hax" is no encoding. Did you mean "hex"?',
    ),
    "a pattern without its time": (
        GOOD.replace('"token"', '"hmac"\nheader = "X"\nsigned = "{timestamp}.{body}"'),
        5,
        "timestamp and {timestamp} go together",
    ),
    "a pattern without the body": (
        GOOD.replace('"token"', '"hmac"\nheader = "X"\nsigned = "body"'),
        5,
        "must hold the body once",
    ),
    "an unknown type": (
        GOOD.replace("document.sent", "document.send"),
        6,
        '"document.send" is no event that other systems may send. Did you mean "document.sent"?',
    ),
    "a type that people decide": (GOOD.replace("document.sent", "override.stage"), 6, "is no event"),
    "no events": ('name = "x"\nverify = { scheme = "token" }', 1, "no event is described"),
    "no id": (GOOD.replace('id = ["id"]', ""), 4, "nothing tells one event from another"),
    "no time": (GOOD.replace('at = "at"', ""), 4, "at is missing"),
    "a constant time": (GOOD.replace('at = "at"', "at = { value = 2026-03-02T15:00:00Z }"), 8, "is no constant"),
    "an unknown unit": (GOOD.replace('at = "at"', 'at = { path = "at", unit = "min" }'), 8, '"min" is no unit'),
    "a broken path": (GOOD.replace('at = "at"', 'at = "a..b"'), 8, '"a..b" is no path'),
    "a field that the type has not": (
        GOOD.replace("data.document", "data.documents"),
        9,
        'document.sent has no documents. Did you mean "document"?',
    ),
    "a required field that is missing": (
        GOOD.replace('data.document = { value = "proposal" }', ""),
        4,
        "document.sent needs document",
    ),
    "a value that is none": (
        GOOD.replace('"proposal"', '"propsal"'),
        9,
        '"propsal" is none of its values. Did you mean "proposal"?',
    ),
    "a word that is none": (
        GOOD.replace('{ value = "proposal" }', '{ path = "d", words = { "p" = "paper" } }'),
        9,
        '"paper" is none of its values',
    ),
    "a value of another kind": (GOOD.replace('{ value = "proposal" }', "{ value = 5 }"), 9, "of the kind text"),
    "a condition that is no text": (GOOD.replace('"a" = "b"', '"a" = 5'), 5, "a text or a list of texts"),
    "a unit of what is no time": (
        GOOD.replace('{ value = "proposal" }', '{ path = "d", unit = "s" }'),
        9,
        "only times have a unit",
    ),
    "an odd system": (GOOD.replace('at = "at"', 'at = "at"\ndeal = { "Hub Spot" = "x" }'), 9, "no name of a system"),
}


@pytest.mark.parametrize(("text", "line", "problem"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_named_with_its_line(text: str, line: int, problem: str) -> None:
    with pytest.raises(MappingError) as raised:
        source_from_text(text, source="map.toml")
    said = str(raised.value)
    assert problem in said, said
    assert f"map.toml:{line}: " in said, said


def test_every_mistake_is_named_at_once() -> None:
    text = GOOD.replace("document.sent", "document.send").replace('"at"', '"a..b"').replace('"token"', '"none"')
    with pytest.raises(MappingError) as raised:
        source_from_text(text, source="map.toml")
    assert [mistake.line for mistake in raised.value.mistakes] == [3, 6, 8]


def test_a_folder_of_mapping_files(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(GOOD)
    (tmp_path / "notes.txt").write_text("not read")
    assert {"x", "proposify", "docusign"} <= set(sources(tmp_path))
    (tmp_path / "y.toml").write_text(GOOD)
    with pytest.raises(MappingError, match='"x" is taken'):
        sources(tmp_path)
    (tmp_path / "y.toml").write_text(GOOD.replace('"x"', '"docusign"'))
    with pytest.raises(MappingError, match='"docusign" is taken'):
        sources(tmp_path)
    with pytest.raises(MappingError, match="it is no folder"):
        sources(tmp_path / "gone")


def test_the_shipped_example_may_be_replaced_by_ones_own(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text(GOOD.replace('"x"', '"proposify"'))
    found = list(sources(tmp_path)["proposify"].read(delivery("proposify", signed("proposify", b'{"a": "c"}')), SITE))
    assert told(found[0]) == ("ignored", "body[0]")


@pytest.mark.parametrize("data", [b"\xff\xfe", b"#" * (1 << 21)])
def test_files_that_are_no_text(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "x.toml"
    file.write_bytes(data)
    with pytest.raises(MappingError):
        load(file)


DOCUMENT = {"a": {"b c": [{"x": 1}, {"x": 2}, {}, 5]}, "l": [[1, 2], [3]], "n": None}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", DOCUMENT),
        ("$.n", None),
        ('a."b c"[1].x', 2),
        ('a."b c"[].x', [1, 2]),
        ('$.a."b c"[9].x', None),
        ("l[][]", [1, 2, 3]),
        ("l[].x", []),
        ("l[0][1]", 2),
        ("a.missing.deeper", None),
        ("n[]", []),
    ],
)
def test_paths(path: str, found: Any) -> None:
    assert parse(path).find(DOCUMENT) == found


@pytest.mark.parametrize("path", ["a..b", "a.", ".a.", "a b", "a[x]", "a[", "a]", 'a."b', "[1]x", "a" * 400, "a[-1]"])
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(PathError):
        parse(path)


SAMPLES = {
    Kind.TEXT: "x",
    Kind.NUMBER: 5,
    Kind.WHOLE: 4,
    Kind.DAY: "2026-03-02",
    Kind.TIME: "2026-03-02T15:00:00Z",
    Kind.TEXTS: ["Dana Reyes"],
}
MEANT = {"currency": "EUR", "kind": "demo_completed"}


def event(type: str, **data: Any) -> dict[str, Any]:
    return {"id": "e", "deal_id": "D", "type": type, "occurred_at": "2026-03-02T15:00:00Z", "data": data}


@pytest.mark.parametrize("type", TYPES)
def test_the_fields_here_are_those_that_the_engine_reads(type: str) -> None:
    assert type in READERS
    fields = TYPES[type]
    whole = {
        name: field.options[0] if field.options else MEANT.get(name, SAMPLES[field.kind])
        for name, field in fields.items()
    }
    Event.from_json(event(type, **whole))
    needed = {name: value for name, value in whole.items() if fields[name].required}
    Event.from_json(event(type, **needed))
    for name in needed:
        with pytest.raises(EventError):
            Event.from_json(event(type, **{key: value for key, value in needed.items() if key != name}))
    for name in fields:
        with pytest.raises(EventError):
            Event.from_json(event(type, **needed | {name: {"an": "object"}}))


def test_a_body_that_is_no_json_is_unreadable() -> None:
    with pytest.raises(DecodeError):
        list(source_from_text(GOOD, source="m").read(delivery("x", Sent(body=b"{")), SITE))

"""Each fixture of each source, good and broken, and what is read in it."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from engine import Event
from service.flows.make_events import iso
from service.flows.take_webhook import event_of
from service.intake.refusal import Refusal
from service.webhooks.deal_fields import named_deals, said_document
from service.webhooks.door import BUILT_IN, sources
from service.webhooks.found import Announcement, Found, Happening, Ignored, Review, event_id
from service.webhooks.meetings import purpose_of
from service.webhooks.salesforce_ids import long_id
from signals import DecodeError
from tests.service.webhooks.expected import EXPECTED, SALES, THREE, crm
from tests.service.webhooks.senders import SITE, Sent, all_fixtures, delivery, fixture, signed

Json = dict[str, Any]

SOURCES = sources(None)


def told(found: Found) -> tuple[Any, ...]:
    """What matters of it: objects that are deals carry an exclamation mark."""
    match found:
        case Happening():
            about = [f"{each.system} {each.object_id}{'!' if each.names_deal else ''}" for each in found.about]
            return (found.type, iso(found.occurred_at), found.data, about)
        case Announcement():
            return ("announced", found.kind, found.id)
        case Review():
            return ("review", found.action, str(found.signal), found.by, iso(found.at))
        case Ignored():
            return ("ignored", found.place)
        case Refusal():
            return ("refused", found.place, found.field)


def read(name: str, body: bytes | None = None) -> list[Found]:
    source = name.partition("/")[0]
    sent = signed(source, fixture(name) if body is None else body)
    return list(SOURCES[source].read(delivery(source, sent), SITE))


def test_every_fixture_is_in_the_table_and_every_source_has_one() -> None:
    assert sorted(EXPECTED) == all_fixtures()
    assert {name.partition("/")[0] for name in EXPECTED} == set(SOURCES)
    assert {source.name for source in BUILT_IN} <= set(SOURCES)


@pytest.mark.parametrize("name", EXPECTED)
def test_fixtures(name: str) -> None:
    expected = EXPECTED[name]
    if isinstance(expected, str):
        with pytest.raises(DecodeError) as raised:
            read(name)
        assert raised.value.field == expected
        assert raised.value.expected
        return
    assert [told(found) for found in read(name)] == expected


@pytest.mark.parametrize("name", [name for name, found in EXPECTED.items() if not isinstance(found, str)])
def test_what_happened_is_an_event_of_the_engine_with_an_id_that_stays(name: str) -> None:
    first, second = read(name), read(name)
    for found in first:
        if isinstance(found, Happening):
            event = Event.from_json(event_of(found, "any", "D-1"))
            assert event.occurred_at == found.occurred_at
            assert len(found.id) <= 200
    assert first == second
    ids = [found.id for found in first if isinstance(found, Happening)]
    assert len(set(ids)) == len(ids)


def test_hubspot_tells_apart_what_its_event_ids_do_not() -> None:
    one = json.loads(fixture("hubspot/one-not-in-a-list.json"))
    changes = [
        one,
        one | {"propertyValue": "Other"},
        one | {"occurredAt": one["occurredAt"] + 1},
        one | {"objectId": 5},
    ]
    again = [one | {"eventId": 999, "attemptNumber": 3}]
    ids = [
        found.id for found in read("hubspot/x", json.dumps(changes + again).encode()) if isinstance(found, Happening)
    ]
    assert len(set(ids)) == 4
    assert ids[4] == ids[0]


def test_docusign_counts_an_envelope_once_however_often_it_is_delivered() -> None:
    body = json.loads(fixture("docusign/sent.json"))
    again = json.dumps(body | {"retryCount": 4, "generatedDateTime": "2026-03-04T11:11:11Z"}).encode()
    first, second = read("docusign/sent.json"), read("docusign/sent.json", again)
    assert isinstance(first[0], Happening)
    assert isinstance(second[0], Happening)
    assert first[0].id == second[0].id


def test_salesforce_stages_are_those_that_the_settings_name() -> None:
    site = dataclasses.replace(SITE, stages={"salesforce": {"Negotiation/Review": "negotiation"}})
    sent = signed("salesforce", fixture("salesforce/changed.json"))
    found = list(SOURCES["salesforce"].read(delivery("salesforce", sent), site))
    assert [told(each) for each in found] == [crm("deal.updated", THREE, SALES, stage="negotiation")]


def test_salesforce_keeps_what_is_right_beside_what_is_not() -> None:
    body = json.loads(fixture("salesforce/changed.json"))
    body["payload"] |= {"Amount": 61000, "CloseDate": "next year"}
    found = read("salesforce/x", json.dumps(body).encode())
    assert [told(each) for each in found] == [
        crm("deal.updated", THREE, SALES, amount=61000),
        ("refused", "body[0]", "payload.CloseDate"),
        ("refused", "body[0]", "payload.StageName"),
    ]


def test_entities_are_named_in_the_refusal() -> None:
    with pytest.raises(DecodeError, match="without a document type and without entities"):
        read("salesforce/broken-entities.xml")


@pytest.mark.parametrize(
    "body",
    [
        b"<a>" * 100_000,
        b"<a><Notification>" + b"<b/>" * 200_000 + b"</Notification></a>",
        b"<Notification><Id>" + b"x" * 200_000 + b"</Id></Notification>",
        b'<?xml version="1.0" encoding="utf-7"?><a/>',
        b'<?xml version="1.0" encoding="\xc3\xa9"?><a/>',
        b"<a>\x00</a>",
        b"<notifications/>",
        b"<",
    ],
)
def test_xml_that_is_no_outbound_message(body: bytes) -> None:
    with pytest.raises(DecodeError):
        read("salesforce/x", body)


def test_google_calendar_pushes_without_a_body() -> None:
    headers = {"X-Goog-Channel-ID": "ch-1", "X-Goog-Resource-ID": "res-1", "X-Goog-Message-Number": "2"}
    source = SOURCES["google-calendar"]

    def push(state: str | None, **more: str) -> list[Found]:
        given = headers | ({} if state is None else {"X-Goog-Resource-State": state}) | more
        return list(source.read(delivery("google-calendar", Sent(body=b"", headers=given)), SITE))

    assert [told(found) for found in push("sync")] == [("ignored", "headers")]
    assert [told(found) for found in push("exists")] == [("announced", "calendar", "res-1")]
    for state in ("other", None):
        with pytest.raises(DecodeError, match="sync, exists or not_exists"):
            push(state)


def test_cloudevents_in_headers() -> None:
    headers = {
        "ce-specversion": "1.0",
        "ce-id": "7",
        "ce-source": "/crm",
        "ce-type": "document.viewed",
        "ce-time": "2026-03-02T21:12:05Z",
        "ce-subject": "deal/D%201",
        "Content-Type": "application/json",
    }
    sent = Sent(body=b'{"document": "proposal"}', headers=headers)
    found = list(SOURCES["cloudevents"].read(delivery("cloudevents", sent), SITE))
    assert [told(each) for each in found] == [
        ("document.viewed", "2026-03-02T21:12:05Z", {"document": "proposal"}, ["telltale D 1!"])
    ]


def test_announcements_say_what_to_fetch_and_where_it_goes() -> None:
    wanted = {
        "zoom/transcript.json": (
            "https://api.zoom.us/v2/meetings/%252Fc3ludGhldGlj%252F%252FXV1aWQ%253D/recordings",
            "/v1/ingest/zoom?occurred_at=2026-03-02T15%3A01%3A12Z",
        ),
        "fireflies/v2.json": ("https://api.fireflies.ai/graphql", "/v1/ingest/fireflies"),
        "recall/done.json": (
            "https://{region}.recall.ai/api/v1/transcript/8c9a0000-0000-4000-8000-000000000001/",
            "/v1/ingest/recall",
        ),
        "assemblyai/completed.json": (
            "https://api.assemblyai.com/v2/transcript/11111111-2222-4333-8444-777777777777",
            "/v1/ingest/assemblyai",
        ),
    }
    for name, (url, then) in wanted.items():
        (found,) = read(name)
        assert isinstance(found, Announcement)
        assert (found.fetch.get("api") or found.fetch["url"], found.fetch["then"]) == (url, then)
        # A token that came along is a key to the recording: it is not kept.
        assert "token" not in json.dumps(found.fetch).replace("with a token of your own", "")


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("001A0000006Vm9r", "001A0000006Vm9rIAC"),
        ("006SYNTH0000001", "006SYNTH0000001YHA"),
        ("006SYNTH0000001AAA", "006SYNTH0000001AAA"),
        ("9001", "9001"),
    ],
)
def test_ids_of_salesforce_have_one_spelling(short: str, long: str) -> None:
    assert long_id(short) == long


@pytest.mark.parametrize(
    ("title", "purpose"),
    [
        ("Demo", "demo"),
        ("Acme – product DEMONSTRATION", "demo"),
        ("Security review", "technical"),
        ("Security review and demo", None),
        ("Democracy today", None),
        ("Catch-up", None),
        (None, None),
    ],
)
def test_a_title_tells_a_purpose_only_by_one_word(title: str | None, purpose: str | None) -> None:
    assert purpose_of(title) == purpose


def test_fields_that_people_fill_in() -> None:
    fields = {"Deal ID": "D-7", "Opportunity.Id": "006SYNTH0000001", "HubSpot deal": 9001, "Colour": "red", "deal": ""}
    assert [(each.system, each.object_id) for each in named_deals(fields)] == [
        ("telltale", "D-7"),
        ("salesforce", "006SYNTH0000001YHA"),
        ("hubspot", "9001"),
    ]
    assert said_document({"Document": " Contract "}) == "contract"
    assert said_document({}, ["Proposal", "emea", 5]) == "proposal"
    assert said_document({}, ["Proposal", "Contract"]) is None


def test_ids_of_any_length_and_letters_can_be_kept() -> None:
    assert event_id("x", "a", 1) == "x:a:1"
    long, odd = event_id("x", "a" * 500), event_id("x", "a\n\x00")
    assert len(long) < 60
    assert odd.isprintable()
    assert event_id("x", "a" * 501) != long

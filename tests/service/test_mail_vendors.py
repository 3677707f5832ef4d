"""What is peculiar to each vendor's mail, case by case."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from service.intake import Envelope, Format, Nature, Received, Refusal, receive
from service.intake.mime import MOST_DEPTH, MOST_PARTS
from signals import Conversation
from tests.service.formats import content

Json = dict[str, Any]


def one(source: Format, value: object) -> tuple[Conversation, Envelope]:
    (found,) = receive(json.dumps(value).encode(), "body", format=source)
    assert isinstance(found, Received), str(found)
    assert found.envelope is not None
    return found.conversation, found.envelope


def refused(source: Format, value: object) -> str:
    (found,) = receive(json.dumps(value).encode(), "body", format=source)
    assert isinstance(found, Refusal)
    return found.reason


def gmail(**payload: Any) -> Json:
    headers = [{"name": "From", "value": "dana@buyer.example"}, *payload.pop("headers", [])]
    return {"id": "1", "threadId": "2", "internalDate": "1772485925000", "payload": {"headers": headers} | payload}


def data(raw: bytes, **more: Any) -> Json:
    return {"body": {"size": len(raw), "data": base64.urlsafe_b64encode(raw).decode()}} | more


def latin(charset: str) -> list[Json]:
    return [{"name": "Content-Type", "value": f"text/plain; charset={charset}"}]


@pytest.mark.parametrize(
    ("raw", "charset", "text"),
    [
        ("Größe".encode(), "iso-8859-1", "Größe"),
        ("Größe".encode("latin-1"), "iso-8859-1", "Größe"),
        ("予算".encode("iso-2022-jp"), "iso-2022-jp", "予算"),
        ("予算".encode(), "iso-2022-jp", "予算"),
        (b"a=20b", "utf-8", "a=20b"),
    ],
)
def test_gmail_texts_are_utf_8_or_what_the_header_says(raw: bytes, charset: str, text: str) -> None:
    assert one(Format.GMAIL, gmail(**data(raw, headers=latin(charset))))[0].body == text


@pytest.mark.parametrize("text", ["_-8=", "/+8", " _-8 ", "_-8\r\n"])
def test_gmail_letters_of_either_alphabet(text: str) -> None:
    raw = base64.b64encode(b"hi ").decode() + text
    assert one(Format.GMAIL, gmail(mimeType="text/plain", body={"data": raw}))[0].body == "hi ÿï"


def test_gmail_raw_wins_over_nothing_else() -> None:
    raw = base64.urlsafe_b64encode(
        b"From: dana@buyer.example\nDate: Mon, 02 Mar 2026 16:12:05 -0500\n\nApproved."
    ).decode()
    conversation, envelope = one(Format.GMAIL, {"id": 12345678901234567890, "threadId": "2", "raw": raw})
    assert (conversation.id, conversation.body) == ("gmail-12345678901234567890", "Approved.")
    assert envelope.source_id == "12345678901234567890"


def test_gmail_date_of_the_header_counts_and_arrival_stands_in() -> None:
    late = [{"name": "Date", "value": "Sun, 01 Mar 2026 10:00:00 +0000"}]
    assert one(Format.GMAIL, gmail(**data(b"hi", headers=late)))[0].occurred_at.day == 1
    assert one(Format.GMAIL, gmail(**data(b"hi")))[0].occurred_at.isoformat() == "2026-03-02T21:12:05+00:00"


def nested(depth: int) -> Json:
    inner: Json = {"mimeType": "text/plain", "body": {"data": "aGk"}}
    for _ in range(depth - 1):
        inner = {"mimeType": "multipart/mixed", "parts": [inner]}
    return inner


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (gmail(**nested(MOST_DEPTH + 1)), "parts nested at most 20 deep"),
        (gmail(mimeType="multipart/mixed", parts=[nested(1)] * MOST_PARTS), "an e-mail of at most 100 parts"),
        (gmail(mimeType="multipart/mixed", parts=["x"]), "payload.parts[0]: expected an object with mimeType and body"),
        (gmail(mimeType="text/plain", body={"data": 1}), "payload.body.data: expected base64url text"),
        (
            gmail(headers=[{"name": "To"}], body={"data": "aGk"}),
            "payload.headers[1]: expected an object with name and value",
        ),
        ({"id": "1", "threadId": "2", "raw": 5}, "raw: expected base64url text"),
        ({"messages": []}, "messages: expected at least one message"),
        ("x", "expected a message, a list of messages"),
    ],
)
def test_gmail_refusals(value: object, reason: str) -> None:
    assert reason in refused(Format.GMAIL, value)


GRAPH: Json = {
    "id": "AAMk1",
    "subject": "Offer",
    "sentDateTime": "2026-03-02T21:12:05Z",
    "from": {"emailAddress": {"name": "Dana Buyer", "address": "dana@buyer.example"}},
    "toRecipients": [{"emailAddress": {"name": "sam@seller.example", "address": "sam@seller.example"}}],
    "body": {"contentType": "text", "content": "All of it."},
    "uniqueBody": {"contentType": "text", "content": "New."},
}


@pytest.mark.parametrize(
    ("changed", "body"),
    [
        ({}, "New."),
        ({"uniqueBody": None}, "All of it."),
        ({"uniqueBody": {"contentType": "html", "content": "<p> </p>"}}, "All of it."),
        ({"subject": "FW: Offer"}, "All of it."),
        ({"subject": "WG: Angebot"}, "All of it."),
        ({"subject": "Forward planning"}, "New."),
        ({"body": None}, "New."),
        ({"uniqueBody": {"contentType": "HTML", "content": "<p>1 &lt; 2</p>"}}, "1 < 2"),
    ],
)
def test_graph_takes_the_new_words(changed: Json, body: str) -> None:
    assert one(Format.GRAPH_MAIL, GRAPH | changed)[0].body == body


def test_graph_without_message_id_goes_by_its_own() -> None:
    conversation, _ = one(Format.GRAPH_MAIL, GRAPH)
    assert conversation.id == "graph-AAMk1"
    assert conversation.participants[1].name is None


def test_graph_counts_when_it_was_sent_else_when_it_arrived() -> None:
    assert one(Format.GRAPH_MAIL, GRAPH | {"receivedDateTime": "2027-01-01T00:00:00Z"})[0].occurred_at.year == 2026
    arrived = GRAPH | {"sentDateTime": None, "receivedDateTime": "2027-01-01T00:00:00.1234567Z"}
    assert one(Format.GRAPH_MAIL, arrived)[0].occurred_at.year == 2027


def test_graph_mail_with_files_that_were_not_expanded() -> None:
    assert len(one(Format.GRAPH_MAIL, GRAPH | {"hasAttachments": True})[1].attachments) == 1


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"from": {"emailAddress": 1}}, "from: expected an object with emailAddress"),
        ({"toRecipients": [{}]}, "toRecipients[0]: expected an object with emailAddress"),
        ({"toRecipients": {}}, "toRecipients: expected a list of recipients"),
        ({"sentDateTime": "yesterday"}, "sentDateTime: expected a time"),
        ({"uniqueBody": "x"}, "uniqueBody: expected an object with contentType"),
        ({"isDraft": True}, "isDraft: expected a message that was sent"),
    ],
)
def test_graph_refusals(changed: Json, reason: str) -> None:
    assert reason in refused(Format.GRAPH_MAIL, GRAPH | changed)


def hubspot(**properties: Any) -> Json:
    base = json.loads(content("hubspot-email", "email.json"))
    return base | {"properties": base["properties"] | properties}


@pytest.mark.parametrize("when", [1772485925000, "1772485925000", "2026-03-02T21:12:05Z", "2026-03-02T22:12:05+01:00"])
def test_hubspot_times(when: object) -> None:
    moment = one(Format.HUBSPOT_EMAIL, hubspot(hs_timestamp=when))[0].occurred_at
    assert moment.timestamp() == 1772485925


@pytest.mark.parametrize(
    ("direction", "side"), [("EMAIL", "seller"), ("INCOMING_EMAIL", "buyer"), ("FORWARDED_EMAIL", None), (None, None)]
)
def test_hubspot_direction_tells_the_writers_side_only(direction: str | None, side: str | None) -> None:
    conversation, _ = one(Format.HUBSPOT_EMAIL, hubspot(hs_email_direction=direction))
    assert [person.side and person.side.value for person in conversation.participants] == [side, None]


@pytest.mark.parametrize("status", ["BOUNCED", "FAILED", "bounced"])
def test_hubspot_mail_that_did_not_arrive_is_a_bounce(status: str) -> None:
    _, envelope = one(Format.HUBSPOT_EMAIL, hubspot(hs_email_status=status))
    assert (envelope.nature, envelope.undelivered_to) == (Nature.BOUNCE, ("sam@seller.example",))


def test_hubspot_people_as_an_object_and_as_properties() -> None:
    people = {"from": {"email": "Dana+x@buyer.example"}, "to": {"email": " sam@seller.example "}}
    conversation, _ = one(Format.HUBSPOT_EMAIL, hubspot(hs_email_headers=people))
    assert (conversation.sender, conversation.to) == ("dana@buyer.example", ("sam@seller.example",))
    plain = {"hs_email_headers": "", "hs_email_from_email": "dana@buyer.example", "hs_email_cc_email": "a@x.example;;"}
    conversation, _ = one(Format.HUBSPOT_EMAIL, hubspot(**plain))
    assert (conversation.sender, conversation.cc) == ("dana@buyer.example", ("a@x.example",))


def test_hubspot_deal_only_where_there_is_one() -> None:
    assert one(Format.HUBSPOT_EMAIL, hubspot())[0].deal is not None
    conversation, envelope = one(Format.HUBSPOT_EMAIL, json.loads(content("hubspot-email", "two-deals.json")))
    assert conversation.deal is None
    assert [each.id for each in envelope.objects] == ["9001", "9002"]


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"hs_email_direction": "SIDEWAYS"}, "properties.hs_email_direction: expected one of EMAIL, INCOMING_EMAIL"),
        ({"hs_email_status": "LOST"}, "properties.hs_email_status: expected one of BOUNCED, FAILED, SCHEDULED"),
        ({"hs_timestamp": True}, "properties.hs_timestamp: expected a time"),
        ({"hs_email_headers": "[]"}, "properties.hs_email_headers: expected JSON text of an object"),
        ({"hs_email_headers": '{"to":[1]}'}, "properties.hs_email_headers.to[0]: expected an object with email"),
        ({"hs_email_text": "", "hs_email_html": None}, "body: expected the text"),
    ],
)
def test_hubspot_refusals(properties: Json, reason: str) -> None:
    assert reason in refused(Format.HUBSPOT_EMAIL, hubspot(**properties))


@pytest.mark.parametrize("file", ["inbox.mbox", "crlf.mbox"])
def test_what_stands_before_the_first_message_of_a_mailbox_is_none(file: str) -> None:
    plain = [str(each) for each in receive(content("mbox", file), "box", format=Format.MBOX)]
    junk = [str(each) for each in receive(b"junk\n" + content("mbox", file), "box", format=Format.MBOX)]
    assert len(plain) == len(junk) > 1


def test_a_mailbox_without_messages_says_what_one_is() -> None:
    (found,) = receive(b"From here on\nnothing", "box", format=Format.MBOX)
    assert isinstance(found, Refusal)
    assert found.unreadable
    assert "a mailbox: messages behind lines such as" in found.reason

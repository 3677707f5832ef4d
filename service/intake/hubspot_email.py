"""HubSpot's e-mail engagement: one object of crm/v3/objects/emails, a list, or the `results` of a search.

Names and addresses stand in `hs_email_headers`, JSON that is written as text; times are milliseconds or ISO. The
direction tells the writer's side: `EMAIL` was written by one of ours, `INCOMING_EMAIL` by the other side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.intake.envelope import Attachment, CrmObject, Envelope, Nature, Received, Role
from service.intake.given import Given
from service.intake.htmltext import html_to_text
from service.intake.jsontext import UnreadableError, loads
from service.intake.letter import Letter, People, received
from service.intake.mail_headers import Address, Headers, message_ids
from service.intake.mail_nature import Judged, by_headers, from_machine
from service.intake.refusal import Refusal
from service.intake.vendor_mail import each_message, id_text, instant, text_of
from signals import DecodeError

__all__ = ["read", "recognises"]

SIDES = {"EMAIL": "seller", "INCOMING_EMAIL": "buyer", "FORWARDED_EMAIL": None}
ARRIVED, LOST, UNSENT = {"SENT"}, {"BOUNCED", "FAILED"}, {"SCHEDULED", "SENDING"}
KINDS = {"deals": "deal", "companies": "company", "contacts": "contact", "tickets": "ticket"}
MOST_OBJECTS = 500


def recognises(value: Any) -> bool:
    if not isinstance(value, Mapping):
        return False
    properties = value.get("properties")
    if isinstance(properties, Mapping):
        return any(isinstance(key, str) and key.startswith("hs_email_") for key in properties)
    listed = value.get("results")
    return isinstance(listed, list) and bool(listed) and all(recognises(each) for each in listed[:10])


def read(data: bytes, name: str, given: Given) -> Iterator[Received | Refusal]:
    yield from each_message(loads(data), "results", name, lambda source: received(letter(source), given))


def letter(source: Mapping[str, Any]) -> Letter:
    properties = source.get("properties")
    if not isinstance(properties, Mapping):
        raise DecodeError("properties", properties, "the e-mail's properties (hs_timestamp, hs_email_text, ...)")
    if source.get("archived") is True:
        raise DecodeError("archived", True, "an e-mail that was not deleted")
    try:
        return of_properties(properties, id_text(source, "id"), objects(source))
    except DecodeError as error:
        raise error.under("properties") from None


def of_properties(properties: Mapping[str, Any], id: str | None, found: Sequence[CrmObject]) -> Letter:
    direction = (text_of(properties, "hs_email_direction") or "").upper()
    if direction and direction not in SIDES:
        raise DecodeError("hs_email_direction", direction, "one of " + ", ".join(SIDES))
    status = (text_of(properties, "hs_email_status") or "SENT").upper()
    if status in UNSENT:
        raise DecodeError("hs_email_status", status, "an e-mail that was sent")
    if status not in ARRIVED | LOST:
        raise DecodeError("hs_email_status", status, "one of " + ", ".join(sorted(ARRIVED | LOST | UNSENT)))
    headers = headers_of(properties)
    people = People()
    writer = people.add(writer_of(properties, headers), Role.FROM, side=SIDES.get(direction))
    if isinstance(headers.get("sender"), Mapping) and headers["sender"].get("email"):
        people.add(person(headers["sender"], "hs_email_headers.sender"), Role.SENDER)
    to = people.add_all(recipients(properties, headers, "to"), Role.TO)
    cc = people.add_all(recipients(properties, headers, "cc"), Role.CC)
    bcc = people.add_all(recipients(properties, headers, "bcc"), Role.BCC)
    ids = message_ids(text_of(properties, "hs_email_message_id"))
    thread = id_text(properties, "hs_email_thread_id")
    files = (id_text(properties, "hs_attachment_ids") or "").split(";")
    files = [each.strip() for each in files if each.strip()][:MOST_OBJECTS]
    subject = text_of(properties, "hs_email_subject")
    nature = judged(status, subject, people.found[writer].address if writer else None)
    deals = [each.id for each in found if each.kind == "deal"]
    text, html = (text_of(properties, field) or "" for field in ("hs_email_text", "hs_email_html"))
    return Letter(
        envelope=Envelope(
            source="hubspot-email",
            source_id=id,
            message_id=ids[0] if ids else None,
            thread=f"hubspot:{thread}" if thread else None,
            nature=nature.nature,
            because=nature.because,
            attachments=tuple(Attachment(name=None) for _ in files),
            objects=(*found, *(CrmObject(system="hubspot", kind="file", id=each) for each in files)),
            undelivered_to=(*to, *cc, *bcc) if status in LOST else (),
        ),
        people=people,
        writer=writer,
        to=to,
        cc=cc,
        subject=subject,
        occurred_at=instant(properties, "hs_timestamp") or instant(properties, "hs_createdate"),
        body=text if text.strip() else html_to_text(html),
        id=None if ids or id is None else f"hubspot-email-{id}",
        deal={"id": deals[0]} if len(deals) == 1 else None,
    )


def headers_of(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """The people of `hs_email_headers`; empty where it is missing."""
    value = properties.get("hs_email_headers")
    expected = "JSON text of an object with from, to, cc and bcc"
    if isinstance(value, str) and value.strip():
        try:
            value = loads(value.encode("utf-8", "replace"))
        except UnreadableError:
            raise DecodeError("hs_email_headers", value, expected) from None
    if value is None or value == "":
        return {}
    if not isinstance(value, Mapping):
        raise DecodeError("hs_email_headers", value, expected)
    return value


def writer_of(properties: Mapping[str, Any], headers: Mapping[str, Any]) -> Address:
    if headers.get("from") is not None:
        return person(headers["from"], "hs_email_headers.from")
    names = [text_of(properties, f"hs_email_from_{field}") or "" for field in ("firstname", "lastname")]
    return Address(full_name(names), spaceless(text_of(properties, "hs_email_from_email")))


def recipients(properties: Mapping[str, Any], headers: Mapping[str, Any], role: str) -> list[Address]:
    """From the headers, else from the read-only property that HubSpot makes of them."""
    value = headers.get(role)
    if isinstance(value, Mapping):
        value = [value]
    if value is None:
        written = text_of(properties, f"hs_email_{role}_email") or ""
        return [Address(None, address) for each in written.split(";") if (address := spaceless(each))]
    if not isinstance(value, list):
        raise DecodeError(f"hs_email_headers.{role}", value, "a list of people")
    return [person(each, f"hs_email_headers.{role}[{index}]") for index, each in enumerate(value)]


def person(value: object, place: str) -> Address:
    if not isinstance(value, Mapping):
        raise DecodeError(place, value, "an object with email, firstName and lastName")
    try:
        names = [text_of(value, field) or "" for field in ("firstName", "lastName")]
        return Address(full_name(names), spaceless(text_of(value, "email")))
    except DecodeError as error:
        raise error.under(place) from None


def full_name(names: Sequence[str]) -> str | None:
    return " ".join(" ".join(names).split()) or None


def spaceless(address: str | None) -> str | None:
    return "".join((address or "").split()) or None


def judged(status: str, subject: str | None, sender: str | None) -> Judged:
    if status in LOST:
        return Judged(nature=Nature.BOUNCE, because=f"hs_email_status: {status}")
    return from_machine(sender) or by_headers(Headers((("subject", subject or ""),)))


def objects(source: Mapping[str, Any]) -> list[CrmObject]:
    """The records that the e-mail is associated with, each once."""
    associations = source.get("associations")
    found: dict[CrmObject, None] = {}
    for name, kind in KINDS.items():
        group = associations.get(name) if isinstance(associations, Mapping) else None
        results = group.get("results") if isinstance(group, Mapping) else None
        for each in results[:MOST_OBJECTS] if isinstance(results, list) else []:
            if isinstance(each, Mapping) and (id := id_text(each, "id")):
                found[CrmObject(system="hubspot", kind=kind, id=id)] = None
    return list(found)

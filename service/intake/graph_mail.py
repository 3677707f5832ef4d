"""Microsoft Graph's message: one, or the `value` of a list.

`uniqueBody` holds the words that are new in its thread and is taken where it was selected; a mail that forwards hands
on what `uniqueBody` leaves out, so that its whole body is read. `id` changes when a message is moved.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from service.intake.envelope import Attachment, Calendar, Envelope, Nature, Received, Role
from service.intake.given import Given
from service.intake.htmltext import html_to_text
from service.intake.jsontext import loads
from service.intake.letter import Letter, People, received
from service.intake.mail_headers import Address, Headers, message_ids
from service.intake.mail_nature import Judged, by_headers, from_machine
from service.intake.refusal import Refusal
from service.intake.vendor_mail import FORWARDED, each_message, id_text, instant, text_of
from signals import DecodeError

__all__ = ["read", "recognises"]

SELECT = "$select=subject,from,sender,toRecipients,ccRecipients,sentDateTime,body,uniqueBody,internetMessageId"
MOST_ATTACHMENTS = 1000
MOST_HEADERS = 2000
# meetingMessageType: the calendar's method, and the answer where it is one.
MEETINGS = {
    "meetingrequest": ("REQUEST", None),
    "meetingcancelled": ("CANCEL", None),
    "meetingaccepted": ("REPLY", "accepted"),
    "meetingtentativelyaccepted": ("REPLY", "tentative"),
    "meetingtenativelyaccepted": ("REPLY", "tentative"),  # as Graph itself spells it
    "meetingdeclined": ("REPLY", "declined"),
}


def recognises(value: Any) -> bool:
    """A message, a list of them, or a notification that one has changed."""
    if not isinstance(value, Mapping):
        return False
    if "internetMessageId" in value or ("conversationId" in value and "toRecipients" in value):
        return True
    listed = value.get("value")
    if not isinstance(listed, list) or not listed:
        return "/messages" in str(value.get("@odata.context", "")) and isinstance(listed, list)
    return all(isinstance(each, Mapping) and (recognises(each) or notifies(each)) for each in listed[:10])


def notifies(value: Mapping[str, Any]) -> bool:
    """A change of a mailbox; chats and channels have messages too."""
    resource = str(value.get("resource", "")).lower().lstrip("/")
    return "subscriptionId" in value and "/messages" in resource and not resource.startswith(("chats", "teams"))


def read(data: bytes, name: str, given: Given) -> Iterator[Received | Refusal]:
    yield from each_message(loads(data), "value", name, lambda source: received(letter(source), given))


def letter(source: Mapping[str, Any]) -> Letter:
    if notifies(source):
        raise DecodeError("resource", source["resource"], f"a message; fetch the one the notification names: {SELECT}")
    if "@removed" in source:
        raise DecodeError("@removed", source["@removed"], "a message that is there")
    if source.get("isDraft") is True:
        raise DecodeError("isDraft", True, "a message that was sent")
    people = People()
    writers = (
        [person(source, "from")] if source.get("from") else [person(source, "sender")] if source.get("sender") else []
    )
    writer = next((people.add(each, Role.FROM) for each in writers), None)
    to, cc = (people.add_all(listed(source, f"{role}Recipients"), Role(role)) for role in ("to", "cc"))
    people.add_all(listed(source, "bccRecipients"), Role.BCC)
    people.add_all(listed(source, "replyTo"), Role.REPLY_TO)
    if source.get("from") and source.get("sender"):
        sender = person(source, "sender")
        if sender.address != writers[0].address:
            people.add(sender, Role.SENDER)
    headers = headers_of(source)
    entry = entry_of(source)
    ids = message_ids(text_of(source, "internetMessageId") or headers.first("message-id"))
    before = (*message_ids(headers.first("references")), *message_ids(headers.first("in-reply-to")))
    id, thread = id_text(source, "id"), id_text(source, "conversationId")
    nature = judged(headers, people.found[writer].address if writer else None, entry)
    return Letter(
        envelope=Envelope(
            source="graph-mail",
            source_id=id,
            message_id=ids[0] if ids else None,
            references=tuple(dict.fromkeys(each for each in before if each not in ids[:1])),
            thread=f"graph:{thread}" if thread else None,
            nature=nature.nature,
            because=nature.because,
            attachments=attachments(source),
            calendar=entry,
        ),
        people=people,
        writer=writer,
        to=to,
        cc=cc,
        subject=text_of(source, "subject"),
        occurred_at=sent_at(source),
        body=body(source),
        wordless="" if entry is None else f"a calendar {entry.method.lower()} without words",
        id=None if ids or id is None else f"graph-{id}",
    )


def person(source: Mapping[str, Any], field: str) -> Address:
    return recipient(source.get(field), field)


def listed(source: Mapping[str, Any], field: str) -> Iterator[Address]:
    value = source.get(field)
    if value is not None and not isinstance(value, list):
        raise DecodeError(field, value, "a list of recipients")
    return (recipient(each, f"{field}[{index}]") for index, each in enumerate(value or []))


def recipient(value: object, place: str) -> Address:
    """Somebody of one's own organisation may stand there by a directory's path, which is no mail address."""
    found = value.get("emailAddress") if isinstance(value, Mapping) else None
    if not isinstance(found, Mapping):
        raise DecodeError(place, value, "an object with emailAddress")
    name, address = (text_of(found, field) for field in ("name", "address"))
    address = "".join((address or "").split()) or None
    name = " ".join((name or "").split()) or None
    return Address(None if name and (name == address or "@" in name) else name, address)


def headers_of(source: Mapping[str, Any]) -> Headers:
    """`internetMessageHeaders`, which come only where they are selected, and the subject as a header."""
    found = [("subject", text_of(source, "subject") or "")]
    value = source.get("internetMessageHeaders")
    for index, header in enumerate(value[:MOST_HEADERS] if isinstance(value, list) else []):
        name, content = (header.get("name"), header.get("value")) if isinstance(header, Mapping) else (None, None)
        if not isinstance(name, str) or not isinstance(content, str):
            raise DecodeError(f"internetMessageHeaders[{index}]", header, "an object with name and value")
        found.append((name.lower(), content))
    return Headers(tuple(found))


def entry_of(source: Mapping[str, Any]) -> Calendar | None:
    kind = source.get("meetingMessageType")
    method, answer = MEETINGS.get(kind.lower() if isinstance(kind, str) else "", (None, None))
    if method is None:
        return None
    start = source.get("startDateTime")
    starts_at = instant(start, "dateTime") if isinstance(start, Mapping) and start.get("timeZone") == "UTC" else None
    return Calendar(method=method, answer=answer, starts_at=starts_at, summary=text_of(source, "subject"))


def judged(headers: Headers, sender: str | None, entry: Calendar | None) -> Judged:
    if bounce := from_machine(sender):
        return bounce
    if entry is not None:
        return Judged(nature=Nature.INVITATION, because="meetingMessageType")
    return by_headers(headers)


def sent_at(source: Mapping[str, Any]) -> dt.datetime | None:
    fields = ("sentDateTime", "receivedDateTime", "createdDateTime")
    return next((moment for field in fields if (moment := instant(source, field))), None)


def body(source: Mapping[str, Any]) -> str:
    """The new words where they say something, else all."""
    whole = FORWARDED.match(text_of(source, "subject") or "") is not None
    fields = ("body", "uniqueBody") if whole else ("uniqueBody", "body")
    if not any(isinstance(source.get(field), Mapping) for field in fields):
        raise DecodeError("body", source.get("body"), f"the message's body: {SELECT}")
    return next((words for field in fields if (words := content(source, field)).strip()), "")


def content(source: Mapping[str, Any], field: str) -> str:
    value = source.get(field)
    if value is None:
        return ""
    if not isinstance(value, Mapping):
        raise DecodeError(field, value, "an object with contentType and content")
    text = text_of(value, "content") or ""
    return html_to_text(text) if str(value.get("contentType")).lower() == "html" else text


def attachments(source: Mapping[str, Any]) -> tuple[Attachment, ...]:
    """Those that were expanded; one that is not told stands without name where the message says that it has some."""
    value = source.get("attachments")
    files = [each for each in value[:MOST_ATTACHMENTS] if isinstance(each, Mapping)] if isinstance(value, list) else []
    if not files:
        return (Attachment(name=None),) if source.get("hasAttachments") is True else ()
    found = []
    for each in files:
        size = each.get("size")
        whole = isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 1 << 50
        kind = text_of(each, "contentType")
        found.append(Attachment(name=text_of(each, "name"), content_type=kind, size=size if whole else None))
    return tuple(found)

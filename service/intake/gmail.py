"""Gmail's users.messages: one message, a list of them, or a thread with its messages.

`internalDate` is milliseconds as text, `body.data` base64url. Of a MIME tree Gmail has undone the transfer encoding,
and most often the charset; `raw` is the whole message as it was sent.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from service.intake.envelope import Received
from service.intake.given import Given
from service.intake.jsontext import loads
from service.intake.letter import Letter, received
from service.intake.mail import of_parts
from service.intake.mail_headers import Headers
from service.intake.mime import MOST_DEPTH, MOST_HEADER_BYTES, MOST_PARTS, Part, parse
from service.intake.refusal import Refusal
from service.intake.vendor_mail import each_message, id_text
from signals import DecodeError

__all__ = ["read", "recognises"]

MILLISECONDS = re.compile(r"\d{1,14}")
NO_LETTERS = re.compile(r"[^A-Za-z0-9_-]+")
FETCH = "fetch each with users.messages.get and format=full or format=raw"


def recognises(value: Any) -> bool:
    """A message, a thread, a list of messages' ids, or a notification that there is something new."""
    if not isinstance(value, Mapping):
        return False
    if "threadId" in value and ({"payload", "raw", "internalDate", "labelIds", "historyId"} & value.keys()):
        return True
    messages = value.get("messages")
    if isinstance(messages, list) and messages:
        return all(isinstance(each, Mapping) and "id" in each and "threadId" in each for each in messages[:10])
    pushed = value.get("message")
    return "subscription" in value and isinstance(pushed, Mapping) and "data" in pushed and "messageId" in pushed


def read(data: bytes, name: str, given: Given) -> Iterator[Received | Refusal]:
    value = loads(data)
    if isinstance(value, Mapping) and "subscription" in value and "message" in value:
        expected = (
            "a message; Pub/Sub only tells that there is one: list users.history from its historyId, and " + FETCH
        )
        raise DecodeError("message", "a notification", expected)
    yield from each_message(value, "messages", name, lambda source: received(letter(source), given))


def letter(source: Mapping[str, Any]) -> Letter:
    labels = source.get("labelIds")
    if isinstance(labels, list) and "DRAFT" in labels:
        raise DecodeError("labelIds", "DRAFT", "a message that was sent")
    id, thread = id_text(source, "id"), id_text(source, "threadId")
    root = tree(source)
    return of_parts(
        root,
        source="gmail",
        source_id=id,
        thread=f"gmail:{thread}" if thread else None,
        arrived_at=arrived_at(source),
        id=f"gmail-{id}" if id else None,
    )


def tree(source: Mapping[str, Any]) -> Part:
    if source.get("raw") is not None:
        return parse(letters(source["raw"], "raw").lstrip(b"\r\n"))
    payload = source.get("payload")
    if not isinstance(payload, Mapping):
        raise DecodeError("payload", payload, f"the message's MIME tree, or raw: {FETCH}")
    if payload.get("body") is None and not payload.get("parts"):
        raise DecodeError("payload", "headers alone", f"the message's MIME tree with its bodies: {FETCH}")
    return part_of(payload, "payload", depth=1, counted=[0])


def part_of(source: Mapping[str, Any], place: str, *, depth: int, counted: list[int]) -> Part:
    """A part with those below it; `counted` holds how many there were."""
    counted[0] += 1
    if depth > MOST_DEPTH:
        raise DecodeError(place, f"a depth of {depth} or more", f"parts nested at most {MOST_DEPTH} deep")
    if counted[0] > MOST_PARTS:
        raise DecodeError(place, f"{counted[0]} parts or more", f"an e-mail of at most {MOST_PARTS} parts")
    headers = headers_of(source, place)
    children = source.get("parts")
    parts: list[Part] = []
    for index, child in enumerate(children if isinstance(children, list) else []):
        if not isinstance(child, Mapping):
            raise DecodeError(f"{place}.parts[{index}]", child, "an object with mimeType and body")
        parts.append(part_of(child, f"{place}.parts[{index}]", depth=depth + 1, counted=counted))
    if parts:
        return Part(headers=headers, parts=tuple(parts))
    body = source.get("body")
    content = body if isinstance(body, Mapping) else {}
    if content.get("data") is None:  # of a text as of a file: users.messages.attachments.get has it, or format=raw
        return Part(headers=headers, size=size_of(content))
    data = letters(content["data"], f"{place}.body.data")
    return Part(headers=headers, body=data, charset=charset_of(data))


def headers_of(source: Mapping[str, Any], place: str) -> Headers:
    """The part's headers; type and file name also where only Gmail's own fields tell them."""
    found: list[tuple[str, str]] = []
    listed = source.get("headers")
    for index, header in enumerate(listed if isinstance(listed, list) else []):
        name, value = (header.get("name"), header.get("value")) if isinstance(header, Mapping) else (None, None)
        if not isinstance(name, str) or not isinstance(value, str):
            raise DecodeError(f"{place}.headers[{index}]", header, "an object with name and value")
        found.append((name.lower(), value.replace("\r\n", " ").replace("\n", " ")))
    if sum(len(name) + len(value) for name, value in found) > MOST_HEADER_BYTES:
        raise DecodeError(f"{place}.headers", "more", f"at most {MOST_HEADER_BYTES} bytes of headers")
    present = Headers(tuple(found))
    kind, filename = source.get("mimeType"), source.get("filename")
    if isinstance(kind, str) and kind and not present.has("content-type"):
        found.append(("content-type", kind))
    if isinstance(filename, str) and filename and not Part(headers=present).filename:
        found = [(name, value) for name, value in found if name != "content-disposition"]
        quoted = filename.replace("\\", "").replace('"', "")
        found.append(("content-disposition", f'attachment; filename="{quoted}"'))
    return Headers(tuple(found))


def letters(value: object, field: str) -> bytes:
    """Bytes of base64url, with or without padding; line ends in it, and the other alphabet, do no harm."""
    if not isinstance(value, str):
        raise DecodeError(field, value, "base64url text")
    text = NO_LETTERS.sub("", value.replace("+", "-").replace("/", "_"))
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise DecodeError(field, value, "base64url text") from None


def charset_of(data: bytes) -> str | None:
    """UTF-8 where the bytes are, whatever the header says; None leaves it to the header."""
    if b"\x1b" in data:
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def size_of(body: Mapping[str, Any]) -> int | None:
    size = body.get("size")
    return size if isinstance(size, int) and not isinstance(size, bool) and 0 < size < 1 << 50 else None


def arrived_at(source: Mapping[str, Any]) -> dt.datetime | None:
    value = source.get("internalDate")
    if value is None:
        return None
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not MILLISECONDS.fullmatch(text):
        raise DecodeError("internalDate", value, "milliseconds since 1970, as text")
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=int(text))

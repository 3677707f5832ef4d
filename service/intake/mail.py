"""One e-mail in RFC 5322/MIME form (.eml): its newest words, its people, its date.

Everything is bounded before the parser runs: the standard library's one recurses, so that a thousand nested parts
would be a thousand frames.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

from service.intake.given import Given, dated
from service.intake.htmltext import html_to_text
from service.intake.jsontext import UnreadableError
from service.intake.refusal import Refusal
from signals import Conversation, DecodeError

__all__ = ["MOST_DEPTH", "MOST_HEADER_BYTES", "MOST_PARTS", "read"]

MOST_PARTS = 100
MOST_DEPTH = 20
MOST_HEADER_BYTES = 256 * 1024
MOST_PEOPLE = 500

# Each level of nesting needs a line of this kind, folded or not.
CONTAINER = re.compile(rb"^content-type[ \t]*:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
BLANKS = re.compile(r"[ \t\u00a0\u200b]{2,}")
BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")


def read(data: bytes, name: str, given: Given) -> Iterator[Conversation | Refusal]:
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    check_before_parsing(data)
    yield given.complete(conversation(parsed(data), given))


def check_before_parsing(data: bytes) -> None:
    containers = sum(1 for _ in CONTAINER.finditer(data))
    if containers > MOST_PARTS:
        raise DecodeError("parts", containers, f"an e-mail of at most {MOST_PARTS} parts")
    end = re.search(rb"\r?\n\r?\n", data)
    header = len(data) if end is None else end.start()
    if header > MOST_HEADER_BYTES:
        raise DecodeError("headers", f"{header} bytes", f"at most {MOST_HEADER_BYTES} bytes of headers")


def parsed(data: bytes) -> EmailMessage:
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
    except RecursionError:
        raise DecodeError("parts", "deeper nesting", f"parts nested at most {MOST_DEPTH} deep") from None
    check_shape(message)
    return message


def check_shape(message: EmailMessage) -> None:
    """The parts counted and measured without recursion."""
    waiting: list[tuple[Any, int]] = [(message, 1)]
    count = 0
    while waiting:
        part, depth = waiting.pop()
        count += 1
        if depth > MOST_DEPTH:
            raise DecodeError("parts", f"a depth of {depth} or more", f"parts nested at most {MOST_DEPTH} deep")
        if count > MOST_PARTS:
            raise DecodeError("parts", f"{count} or more", f"an e-mail of at most {MOST_PARTS} parts")
        if part.is_multipart():
            waiting += [(child, depth + 1) for child in part.get_payload()]


def conversation(message: EmailMessage, given: Given) -> Conversation:
    people: dict[str, dict[str, Any]] = {}
    sender = addressed(message, "from", people)
    to, cc = addressed(message, "to", people), addressed(message, "cc", people)
    if not people and header(message, "date") is None and header(message, "subject") is None:
        raise UnreadableError("", "no From, To, Date or Subject", "an e-mail with its headers")
    source: dict[str, Any] = {
        "kind": "email",
        "occurred_at": date(message) or dated(given).isoformat(),
        "participants": list(people.values()),
        "subject": header(message, "subject"),
        "from": sender[0] if sender else None,
        "to": to,
        "cc": cc,
        "body": tidy(body(message)),
    }
    message_id = (header(message, "message-id") or "").strip().strip("<>").strip()
    if message_id:
        source["id"] = message_id
    return Conversation.from_json(source)


def header(message: EmailMessage, field: str) -> str | None:
    """A header as text, whatever is wrong with it; the structured view of a malformed one may fail."""
    try:
        value = message[field]
        return None if value is None else " ".join(str(value).split())
    except Exception:  # noqa: BLE001 - the standard library's readers of single headers fail in too many ways to list
        raw = next((value for key, value in message.raw_items() if key.lower() == field), None)
        return None if raw is None else " ".join(str(raw).encode("utf-8", "replace").decode().split())


def addressed(message: EmailMessage, field: str, people: dict[str, dict[str, Any]]) -> list[str]:
    """The ids of the people in a header: their addresses in lower case. `people` gains those who are new."""
    ids = []
    for shown, address in getaddresses([header(message, field) or ""]):
        id = address.strip().lower()
        if "@" not in id:
            continue
        if len(people) >= MOST_PEOPLE:
            raise DecodeError(field, f"more than {MOST_PEOPLE} people", f"at most {MOST_PEOPLE} people")
        person = people.setdefault(id, {"id": id, "email": address.strip()})
        if shown.strip() and "@" not in shown:
            person.setdefault("name", named(shown))
        ids.append(id)
    return list(dict.fromkeys(ids))


def named(shown: str) -> str:
    """A display name in reading order: "Buyer, Dana" is Dana Buyer."""
    words = " ".join(shown.strip().strip("'\"").split())
    family, comma, given = words.partition(", ")
    return f"{given} {family}" if comma and "," not in given and len(given.split()) <= 2 else words


def date(message: EmailMessage) -> str | None:
    value = header(message, "date")
    if value is None:
        return None
    try:
        return parsedate_to_datetime(value).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        raise DecodeError("Date", value, "a date such as Mon, 02 Mar 2026 16:12:05 -0500") from None


def body(message: EmailMessage) -> str:
    """The plain text as written, else the HTML's words; attachments and forwarded messages' files are left out."""
    for kind in ("plain", "html"):
        part = message.get_body(preferencelist=(kind,))
        words = "" if part is None else content(part)
        if words.strip():
            return html_to_text(words) if kind == "html" else words
    return ""


def content(part: Any) -> str:
    """A part's text: a charset that nobody knows, or base64 that is none, costs characters and not the mail."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = part.get_content_charset() or "utf-8"
    for name in (charset, "utf-8"):
        try:
            return payload.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return payload.decode("cp1252", "replace")


def tidy(text: str) -> str:
    """Line ends of one kind; runs of blanks, which take readers of replies ages, made short."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    text = BLANKS.sub(" ", text)
    return BLANK_LINES.sub("\n\n", text).strip("\n")

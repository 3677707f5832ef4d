"""One e-mail in RFC 5322/MIME form (.eml): its words, its people, its date, and what its headers tell of it."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Iterator

from service.intake.envelope import Attachment, Calendar, Envelope, Identity, Received, Role
from service.intake.given import Given
from service.intake.htmltext import MOST_TEXT, html_to_text
from service.intake.ical import calendar
from service.intake.jsontext import UnreadableError
from service.intake.letter import Letter, People, received
from service.intake.mail_headers import Address, Headers, addresses, date, message_ids, words
from service.intake.mail_nature import judged
from service.intake.mime import MOST_DEPTH, MOST_HEADER_BYTES, MOST_PARTS, Part, parse
from service.intake.refusal import Refusal
from signals import DecodeError

__all__ = ["MOST_DEPTH", "MOST_HEADER_BYTES", "MOST_PARTS", "message", "of_parts", "read"]

PLAIN = {"text/plain", "text/markdown"}
# Parts of reports and signatures are no files that somebody sent.
MACHINERY = {"message/delivery-status", "message/global-delivery-status", "message/disposition-notification"}
MACHINERY |= {"text/rfc822-headers", "application/pkcs7-signature", "application/x-pkcs7-signature"}
MACHINERY |= {"application/pgp-signature", "application/pgp-encrypted"}
# A plain part that only says that there is an HTML part.
STUB = re.compile(
    r"\W{0,20}(?:this (?:message|e-?mail|is an) (?:requires|needs|is best viewed|contains|is in|is an?|must be"
    r"|html)|your (?:e-?mail|mail) (?:client|program|reader|software)|to view this (?:message|e-?mail))"
    r"[^\n]{0,200}\bhtml\b",
    re.IGNORECASE,
)
LONGEST_STUB = 400
SUBJECT = re.compile(rb"^subject:([^\r\n]{0,200})", re.IGNORECASE | re.MULTILINE)
VIA = re.compile(r"'?(.{1,200}?)'?\s+via\s+\S.*", re.IGNORECASE | re.DOTALL)
# The beginning of Exchange's Thread-Index that all messages of a thread share.
INDEX_BYTES = 22


def read(data: bytes, name: str, given: Given) -> Iterator[Received | Refusal]:
    yield message(data, given, source="eml")


def message(data: bytes, given: Given, *, source: str) -> Received:
    """Raises DecodeError where the bytes are no e-mail with words and a date."""
    root = parse(data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n"))
    if not root.headers.has("from", "to", "cc", "date", "subject"):
        raise UnreadableError("", "no From, To, Date or Subject", "an e-mail with its headers")
    return received(of_parts(root, source=source), given)


def of_parts(
    root: Part,
    *,
    source: str,
    source_id: str | None = None,
    thread: str | None = None,
    arrived_at: dt.datetime | None = None,
    id: str | None = None,
) -> Letter:
    """A letter from its tree of parts. `arrived_at` stands in for a Date that is missing or cannot be read."""
    headers, people = root.headers, People()
    entry, invited = entry_of(root)
    writer = writer_of(headers, people)
    to = people.add_all(listed(headers, "to"), Role.TO)
    cc = people.add_all(listed(headers, "cc"), Role.CC)
    people.add_all(listed(headers, "bcc"), Role.BCC)
    people.add_all(listed(headers, "reply-to"), Role.REPLY_TO)
    texts = own_texts(root)
    body = "\n\n".join(text for part in texts if (text := readable(part)).strip())
    # What a report returns is the message that it is about, and no file.
    files = () if root.kind == "multipart/report" else root.walk()
    attachments = tuple(attachment(part) for part in files if attached(part, texts))
    nature = judged(root, people.found[writer].address if writer else None, entry)
    ids = message_ids(headers.first("message-id"))
    before = (*message_ids(headers.first("references")), *message_ids(headers.first("in-reply-to")))
    envelope = Envelope(
        source=source,
        source_id=source_id,
        message_id=ids[0] if ids else None,
        references=tuple(dict.fromkeys(each for each in before if each not in ids[:1])),
        thread=thread or exchange_thread(headers.first("thread-index")),
        nature=nature.nature,
        because=nature.because,
        attachments=attachments,
        calendar=entry,
        undelivered_to=nature.undelivered_to,
    )
    return Letter(
        envelope=envelope,
        people=people,
        writer=writer,
        to=to,
        cc=cc,
        subject=headers.text("subject"),
        occurred_at=written_at(headers, arrived_at),
        body=body if body.strip() else invited,
        wordless=wordless(root, entry, texts, attachments),
        id=None if ids else id,
    )


def listed(headers: Headers, name: str) -> Iterator[Address]:
    for value in headers.every(name):
        yield from addresses(value)


def writer_of(headers: Headers, people: People) -> str | None:
    """The one in From. A list that sends mail on as its own names the writer elsewhere, and `Sender` one of many."""
    writers = list(listed(headers, "from"))
    senders = list(listed(headers, "sender"))
    if not writers:
        writers, senders = senders, []
    if not writers:
        return None
    chosen = writers[0]
    if len(writers) > 1 and senders:
        chosen = next((each for each in writers if each.address == senders[0].address), chosen)
    original = behind_list(chosen, headers)
    if original is not None:
        writer = people.add(original, Role.FROM, identity=Identity.GUESSED)
        people.add(Address(None, chosen.address), Role.SENDER)
    else:
        writer = people.add(chosen, Role.FROM)
        people.add_all((each for each in writers if each is not chosen), Role.FROM)
    people.add_all(senders, Role.SENDER)
    return writer


def behind_list(shown: Address, headers: Headers) -> Address | None:
    """Who wrote what a list sent on as `"Dana Buyer via Sales" <sales@seller.example>`."""
    via = VIA.fullmatch(shown.name or "")
    original = addresses(headers.first("x-original-from"))
    if not original and via:
        original = addresses(headers.first("reply-to"))
    if len(original) != 1 or not original[0].address or original[0].address == shown.address:
        return None
    return Address(original[0].name or (via.group(1) if via else None), original[0].address)


def written_at(headers: Headers, arrived_at: dt.datetime | None) -> dt.datetime | None:
    """The Date; where it cannot be read, when the message arrived. Raises DecodeError where that is not known."""
    value = headers.first("date")
    arrivals = (date(each.rpartition(";")[2].strip()) for each in headers.every("received"))
    found = date(value) or arrived_at or next((each for each in arrivals if each), None)
    if found is None and value is not None:
        raise DecodeError("Date", value, "a date such as Mon, 02 Mar 2026 16:12:05 -0500")
    return found


def exchange_thread(index: str | None) -> str | None:
    """The thread of Exchange's Thread-Index, which survives where References are lost."""
    try:
        raw = base64.b64decode((index or "")[:400], validate=False)[:INDEX_BYTES]
    except (binascii.Error, ValueError):
        return None
    return f"exchange:{raw.hex()}" if len(raw) == INDEX_BYTES else None


def entry_of(root: Part) -> tuple[Calendar | None, str]:
    """The calendar entry of an invitation, or of an answer to one, and the words in it."""
    for part in root.walk():
        if part.kind in ("text/calendar", "application/ics") or (part.filename or "").lower().endswith(".ics"):
            entry, invited = calendar(part.text(), part.parameter("method"))
            if entry is not None:
                return entry, invited
    return None, ""


def own_texts(part: Part) -> list[Part]:
    """The parts that hold the message's words, in reading order: of alternatives one, and no attachment."""
    if not part.parts:
        return [part] if (part.kind in PLAIN or part.kind == "text/html") and not named_file(part) else []
    match part.kind:
        case "multipart/encrypted":
            return []
        case "multipart/alternative":
            return best([own_texts(child) for child in part.parts])
        case "multipart/related" | "multipart/report" | "multipart/signed":
            return own_texts(part.parts[0])
        case _:
            return [text for child in part.parts for text in own_texts(child)]


def best(alternatives: list[list[Part]]) -> list[Part]:
    """The plain one where it says something, else the first that does."""
    plain = [each for each in alternatives if each and all(part.kind in PLAIN for part in each)]
    others = [each for each in alternatives if each not in plain]
    stub: list[Part] = []
    for each in plain:
        said = "\n".join(part.text() for part in each).strip()
        if said and not (len(said) <= LONGEST_STUB and STUB.match(said)):
            return each
        stub = stub or (each if said else [])
    return next((each for each in others if any(readable(part).strip() for part in each)), stub)


def readable(part: Part) -> str:
    text = part.text()
    if part.kind == "text/html":
        return html_to_text(text)
    if len(text) > MOST_TEXT:
        raise DecodeError("body", f"{len(text)} characters", f"at most {MOST_TEXT} characters")
    if (part.parameter("format") or "").lower() == "flowed":
        return unflowed(text, joined=(part.parameter("delsp") or "").lower() == "yes")
    return text


def unflowed(text: str, *, joined: bool) -> str:
    """Lines as they were written, before a program broke them for transport (RFC 3676). `joined`: without the blank."""
    out: list[list[str]] = []
    soft = None  # how deeply the line before, which goes on, is quoted
    for raw in text.splitlines():
        depth = len(raw) - len(raw.lstrip(">"))
        content = raw[depth:].removeprefix(" ")
        goes_on = content.endswith(" ") and content != "-- "
        kept = content[:-1] if goes_on and joined else content
        if soft == depth and content != "-- ":
            out[-1].append(kept)
        else:
            out.append([">" * depth + " " if depth else "", kept])
        soft = depth if goes_on else None
    return "\n".join("".join(pieces) for pieces in out)


def named_file(part: Part) -> bool:
    return part.disposition == "attachment" or part.filename is not None


def attached(part: Part, texts: list[Part]) -> bool:
    if part.parts or part.family == "multipart" or part.kind in MACHINERY or any(part is text for text in texts):
        return False
    return named_file(part) or part.family != "text"


def attachment(part: Part) -> Attachment:
    """A message that was attached goes by its subject."""
    name = part.filename
    if name is None and part.kind == "message/rfc822":
        subject = SUBJECT.search(part.body, 0, 20_000)
        name = None if subject is None else words(subject.group(1).decode("utf-8", "replace")) or None
    return Attachment(name=name, content_type=part.kind[:100], size=len(part.body) if part.size is None else part.size)


def wordless(root: Part, entry: Calendar | None, texts: list[Part], attachments: tuple[Attachment, ...]) -> str:
    """What there is where no words are."""
    if entry is not None:
        return f"a calendar {entry.method.lower()} without words" + (f" ({entry.answer})" if entry.answer else "")
    if root.kind in ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"):
        return "an encrypted or wrapped message"
    if any(part.size is not None for part in texts):
        return "a text that did not come along"
    names = ", ".join(each.name or each.content_type or "a file" for each in attachments[:3])
    return f"only attachments: {names}" if attachments else ""

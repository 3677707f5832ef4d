"""The one door: which format the bytes are in, and the conversations in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum

from service.intake import canonical, captions, gong, mail
from service.intake.envelope import Received
from service.intake.given import Given
from service.intake.jsontext import UnreadableError
from service.intake.refusal import Refusal
from signals import Conversation, DecodeError

__all__ = ["FORMATS", "Format", "detect", "read_conversations", "receive"]

# A reader of messages yields Received, with the envelope; one of transcripts may yield the bare conversation.
Reader = Callable[[bytes, str, Given], Iterator[Conversation | Received | Refusal]]


class Format(StrEnum):
    CANONICAL = "canonical"
    VTT = "vtt"
    SRT = "srt"
    EML = "eml"
    GONG = "gong"


FORMATS: dict[Format, Reader] = {
    Format.CANONICAL: canonical.read,
    Format.VTT: captions.read_vtt,
    Format.SRT: captions.read_srt,
    Format.EML: mail.read,
    Format.GONG: gong.read,
}

BY_ENDING = {".json": Format.CANONICAL, ".jsonl": Format.CANONICAL, ".ndjson": Format.CANONICAL, ".vtt": Format.VTT}
BY_ENDING |= {".srt": Format.SRT, ".eml": Format.EML}

# A quoted key with its colon never occurs inside a JSON string, where the quote would be escaped.
GONG_KEYS = re.compile(rb'"(?:callTranscripts|callData)"\s*:')
FIRST_CUE = re.compile(rb"\s*(?:\d+[ \t]*\r?\n)?\s*-?\d{1,3}:\d{1,2}:\d{1,2}[,.]\d{1,3}[ \t]*-->")
FIRST_HEADER = re.compile(
    rb"(?:from|to|cc|date|subject|message-id|received|return-path|delivered-to|mime-version|reply-to|x-[a-z-]+"
    rb"|content-type|in-reply-to|references|dkim-signature|authentication-results|arc-[a-z-]+)[ \t]*:",
    re.IGNORECASE,
)


def detect(data: bytes, name: str) -> Format:
    """The format by content, and by the ending of `name` only where the content could be anything.

    Raises DecodeError, naming the formats there are, where neither tells.
    """
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:400]
    if start.startswith(b"WEBVTT"):
        return Format.VTT
    if start[:1] in (b"{", b"["):
        return Format.GONG if GONG_KEYS.search(data) else Format.CANONICAL
    if FIRST_CUE.match(start):
        return Format.SRT
    if FIRST_HEADER.match(start):
        return Format.EML
    ending = "." + name.rpartition(".")[2].lower()
    if ending in BY_ENDING:
        return BY_ENDING[ending]
    raise DecodeError("", data[:40], "a conversation as " + ", ".join(FORMATS))


def read_conversations(
    data: bytes, name: str, *, given: Given | None = None, format: Format | None = None, max_bytes: int | None = None
) -> Iterator[Conversation | Refusal]:
    """Every conversation in `data`, or why it is none, in order. `name` stands in messages and may tell the format.

    Nothing is raised for anything that the bytes hold.
    """
    for found in receive(data, name, given=given, format=format, max_bytes=max_bytes):
        yield found if isinstance(found, Refusal) else found.conversation


def receive(
    data: bytes, name: str, *, given: Given | None = None, format: Format | None = None, max_bytes: int | None = None
) -> Iterator[Received | Refusal]:
    """The same with each conversation's envelope: thread, nature, attachments, what is known of its people."""
    if max_bytes is not None and len(data) > max_bytes:
        yield Refusal.of(name, DecodeError("", f"{len(data)} bytes", f"at most {max_bytes} bytes"), unreadable=True)
        return
    if not data.strip():
        yield Refusal.of(name, DecodeError("", None, "a conversation"), unreadable=True)
        return
    try:
        reader = FORMATS[format or detect(data, name)]
        for found in reader(data, name, given or Given()):
            yield Received(conversation=found) if isinstance(found, Conversation) else found
    except DecodeError as error:
        yield Refusal.of(name, error, unreadable=isinstance(error, UnreadableError))

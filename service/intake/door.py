"""The one door: which format the bytes are in, and the conversations in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from service.intake import (
    assemblyai,
    aws_call_analytics,
    aws_transcribe,
    canonical,
    captions,
    chorus,
    deepgram,
    fireflies,
    gmail,
    gong,
    graph_mail,
    hubspot_call,
    hubspot_email,
    mail,
    mbox,
    meet,
    otter,
    plaintext,
    recall,
    teams,
    vexa,
    whisper,
    whisperx,
    zoom,
)
from service.intake.envelope import Received
from service.intake.given import Given
from service.intake.jsontext import UnreadableError, loads
from service.intake.refusal import Refusal
from service.intake.textfile import as_text
from signals import Conversation, DecodeError

__all__ = ["FORMATS", "Format", "detect", "read_conversations", "receive"]

# A reader of messages yields Received, with the envelope; one of transcripts may yield the bare conversation.
Reader = Callable[[bytes, str, Given], Iterator[Conversation | Received | Refusal]]
Recogniser = Callable[[Any], bool]


class Format(StrEnum):
    CANONICAL = "canonical"
    VTT = "vtt"
    SRT = "srt"
    EML = "eml"
    MBOX = "mbox"
    GMAIL = "gmail"
    GRAPH_MAIL = "graph-mail"
    HUBSPOT_EMAIL = "hubspot-email"
    GONG = "gong"
    CHORUS = "chorus"
    ZOOM = "zoom"
    TEAMS = "teams"
    MEET = "meet"
    FIREFLIES = "fireflies"
    OTTER = "otter"
    RECALL = "recall"
    DEEPGRAM = "deepgram"
    ASSEMBLYAI = "assemblyai"
    AWS_TRANSCRIBE = "aws-transcribe"
    AWS_CALL_ANALYTICS = "aws-call-analytics"
    WHISPER = "whisper"
    WHISPERX = "whisperx"
    VEXA = "vexa"
    HUBSPOT_CALL = "hubspot-call"
    TEXT = "text"


FORMATS: dict[Format, Reader] = {
    Format.CANONICAL: canonical.read,
    Format.VTT: captions.read_vtt,
    Format.SRT: captions.read_srt,
    Format.EML: mail.read,
    Format.MBOX: mbox.read,
    Format.GMAIL: gmail.read,
    Format.GRAPH_MAIL: graph_mail.read,
    Format.HUBSPOT_EMAIL: hubspot_email.read,
    Format.GONG: gong.read,
    Format.CHORUS: chorus.read,
    Format.ZOOM: zoom.read,
    Format.TEAMS: teams.read,
    Format.MEET: meet.read,
    Format.FIREFLIES: fireflies.read,
    Format.OTTER: otter.read,
    Format.RECALL: recall.read,
    Format.DEEPGRAM: deepgram.read,
    Format.ASSEMBLYAI: assemblyai.read,
    Format.AWS_TRANSCRIBE: aws_transcribe.read,
    Format.AWS_CALL_ANALYTICS: aws_call_analytics.read,
    Format.WHISPER: whisper.read,
    Format.WHISPERX: whisperx.read,
    Format.VEXA: vexa.read,
    Format.HUBSPOT_CALL: hubspot_call.read,
    Format.TEXT: plaintext.read,
}

# Whether a JSON value is surely of the format: it has fields that no other format has. For a list each of its items,
# and the list as a whole, is asked.
SURE: dict[Format, Recogniser] = {
    Format.CANONICAL: canonical.recognises,
    Format.GONG: gong.recognises,
    Format.GMAIL: gmail.recognises,
    Format.GRAPH_MAIL: graph_mail.recognises,
    Format.HUBSPOT_EMAIL: hubspot_email.recognises,
    Format.CHORUS: chorus.recognises,
    Format.ZOOM: zoom.recognises,
    Format.TEAMS: teams.recognises,
    Format.MEET: meet.recognises,
    Format.FIREFLIES: fireflies.recognises,
    Format.RECALL: recall.recognises,
    Format.DEEPGRAM: deepgram.recognises,
    Format.ASSEMBLYAI: assemblyai.recognises,
    Format.AWS_TRANSCRIBE: aws_transcribe.recognises,
    Format.AWS_CALL_ANALYTICS: aws_call_analytics.recognises,
    Format.WHISPER: whisper.recognises,
    Format.WHISPERX: whisperx.recognises,
    Format.VEXA: vexa.recognises,
    Format.HUBSPOT_CALL: hubspot_call.recognises,
}

# Whether it could be, by fields that several formats share. Such a value is never guessed at.
PERHAPS: dict[Format, Recogniser] = {
    Format.WHISPER: whisper.could_be,
    Format.WHISPERX: whisperx.could_be,
    Format.ASSEMBLYAI: assemblyai.could_be,
}

BY_ENDING = {".json": Format.CANONICAL, ".jsonl": Format.CANONICAL, ".ndjson": Format.CANONICAL, ".vtt": Format.VTT}
BY_ENDING |= {".srt": Format.SRT, ".eml": Format.EML, ".mbox": Format.MBOX, ".txt": Format.TEXT}

# "[00:07:40] Dana Buyer:" and "[SPEAKER_01]:" begin like a list and are none.
JSON_BEGINS = re.compile(r"\{|\[(?!\d{1,3}:\d\d)\s*(?:[\[\]{\"\d-]|true|false|null)")
FIRST_CUE = re.compile(r"\s*(?:\d+[ \t]*\n)?\s*-?\d{1,3}:\d{1,2}:\d{1,2}[,.]\d{1,3}[ \t]*-->")
FIRST_HEADER = re.compile(
    r"(?:from|to|cc|date|subject|message-id|received|return-path|delivered-to|mime-version|reply-to|x-[a-z-]+"
    r"|content-[a-z-]+|in-reply-to|references|dkim-signature|authentication-results|arc-[a-z-]+|sender|bcc|received-spf"
    r"|auto-submitted|list-[a-z-]+|thread-[a-z]+|resent-[a-z-]+|precedence|importance|user-agent)[ \t]*:",
    re.IGNORECASE,
)
# What is looked at of a text; JSON is looked at as a whole, unless it is larger than any request may be.
HEAD = 4000
LARGEST_LOOK = 64 << 20


def detect(data: bytes, name: str) -> Format:
    """The format by content, and by the ending of `name` only where the content could be anything.

    Raises DecodeError, naming the candidates, where neither tells: a wrong guess is never made.
    """
    start = as_text(data[:HEAD]).lstrip()
    if start.startswith("WEBVTT"):
        return Format.VTT
    if JSON_BEGINS.match(start):
        return json_format(data)
    if FIRST_CUE.match(start):
        return Format.SRT
    if mbox.begins(data.removeprefix(b"\xef\xbb\xbf")[:1000]):
        return Format.MBOX
    if FIRST_HEADER.match(start):
        return mail_or_text(start)
    if otter.looks_like_it(start):
        return Format.OTTER
    if plaintext.looks_like_it(start):
        return Format.TEXT
    ending = "." + name.rpartition(".")[2].lower()
    if ending in BY_ENDING:
        return BY_ENDING[ending]
    raise DecodeError("", start[:40], "a conversation as " + ", ".join(FORMATS))


def mail_or_text(start: str) -> Format:
    """A mail has several headers, and then a blank line; a transcript may have a date or a subject above it."""
    headers = start.partition("\n\n")[0]
    fields = {match.group().lower() for line in headers.split("\n") if (match := FIRST_HEADER.match(line))}
    if len(fields) > 1 and any(field.startswith(("from", "received", "message-id", "return-path")) for field in fields):
        return Format.EML
    if plaintext.looks_like_it(start) or otter.looks_like_it(start):
        expected = f"the name of its source, for this could be eml or text: {how_to_name(Format.TEXT)}"
        raise DecodeError("", start[:40], expected)
    return Format.EML


def json_format(data: bytes) -> Format:
    """What cannot be parsed is the canonical reader's, which says where the text is wrong."""
    value = looked_at(data)
    if not isinstance(value, Mapping | list) or not value:
        return Format.CANONICAL
    sure = [format for format, recognises in SURE.items() if known(value, recognises)]
    if len(sure) == 1:
        return sure[0]
    perhaps = sure or [format for format, recognises in PERHAPS.items() if known(value, recognises)]
    raise undecided(value, perhaps)


def looked_at(data: bytes) -> Any:
    """The JSON value, or that of the first good line; None where there is none."""
    if len(data) <= LARGEST_LOOK:
        try:
            return loads(data)
        except UnreadableError:
            pass
    for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n", 100)[:100]:
        if line.lstrip().startswith(b"{"):
            try:
                return loads(line)
            except UnreadableError:
                continue
    return None


def known(value: Any, recognises: Recogniser) -> bool:
    if recognises(value):
        return True
    return isinstance(value, list) and any(recognises(item) for item in value[:100])


def undecided(value: Any, candidates: Sequence[Format]) -> DecodeError:
    first = value[0] if isinstance(value, list) else value
    fields = ", ".join(str(key)[:30] for key in list(first)[:8]) if isinstance(first, Mapping) else repr(first)[:40]
    if candidates:
        could = " or ".join(candidates)
        expected = f"the name of its source, for this could be {could}: {how_to_name(candidates[0])}"
    else:
        expected = "the payload of a source that is known: " + ", ".join(FORMATS)
    return DecodeError("", f"JSON with {fields}", expected)


def how_to_name(format: Format) -> str:
    return f"POST it to /v1/ingest/{format}, or give --source {format}"


def read_conversations(
    data: bytes, name: str, *, given: Given | None = None, format: Format | None = None, max_bytes: int | None = None
) -> Iterator[Conversation | Refusal]:
    """Every conversation in `data`, or why it is none, in order. `name` stands in messages and may tell the format.

    Nothing is raised for anything that the bytes hold.
    """
    for found in receive(data, name, given=given, format=format, max_bytes=max_bytes):
        yield found if isinstance(found, Refusal) else found.conversation


def receive(
    data: bytes,
    name: str,
    *,
    given: Given | None = None,
    format: Format | None = None,
    max_bytes: int | None = None,
    most: int | None = None,
) -> Iterator[Received | Refusal]:
    """The same with each conversation's envelope: thread, nature, attachments, what is known of its people.

    `most` is how many conversations are read, good ones and others: what comes after them is refused as a whole.
    """
    if max_bytes is not None and len(data) > max_bytes:
        yield Refusal.of(name, DecodeError("", f"{len(data)} bytes", f"at most {max_bytes} bytes"), unreadable=True)
        return
    if not data.strip():
        yield Refusal.of(name, DecodeError("", None, "a conversation"), unreadable=True)
        return
    try:
        reader = FORMATS[format or detect(data, name)]
        for number, found in enumerate(reader(data, name, given or Given())):
            if number == most:
                expected = f"at most {most} conversations at a time: send those after the first {most} by themselves"
                yield Refusal.of(name, DecodeError("", "more conversations", expected))
                return
            yield Received(conversation=found) if isinstance(found, Conversation) else found
    except DecodeError as error:
        yield Refusal.of(name, error, unreadable=isinstance(error, UnreadableError))

"""WebVTT (Zoom's "Name: text", Teams' <v Name>, plain) and SRT: cues, their speakers, utterances."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import webvtt
from webvtt.errors import MalformedFileError

from service.intake import speakers
from service.intake.given import Given, dated
from service.intake.jsontext import UnreadableError, loads
from service.intake.refusal import Refusal
from service.intake.textfile import as_text
from signals import Conversation, DecodeError

__all__ = ["Cue", "read_srt", "read_vtt"]

MOST_CUES = 100_000
NEGATIVE = re.compile(r"-\d+:\d+(?::\d+)?\.\d+(?=[ \t]*(?:-->|$))|(?<=-->)([ \t]*)-\d+:\d+(?::\d+)?\.\d+", re.MULTILINE)
SRT_TIMES = re.compile(
    r"^([ \t]*-?\d+:\d{1,2}:\d{1,2})[,.](\d{1,3})([ \t]*-->[ \t]*-?\d+:\d{1,2}:\d{1,2})[,.](\d{1,3})", re.MULTILINE
)
VOICE = re.compile(r"<v(?:\.[^\s<>]{0,80})?[ \t]{1,8}([^<>]{0,200})>")
TAG = re.compile(r"</?[a-zA-Z0-9.:][^<>]{0,200}>")

# An utterance that a cue cuts in two is one: the next cue of the same speaker follows soon, and no sentence had ended.
JOIN_WITHIN = 3.0
JOIN_UP_TO = 400
ENDS = re.compile(r"[.?!…][\"')\]”’]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """`start` and `end` in seconds; `speaker` is a name, None where the cue tells none."""

    start: float
    end: float
    text: str
    speaker: str | None = None
    at: str | None = None


def read_vtt(data: bytes, name: str, given: Given) -> Iterator[Conversation | Refusal]:
    yield conversation(cues(as_text(data)), given)


def read_srt(data: bytes, name: str, given: Given) -> Iterator[Conversation | Refusal]:
    text = SRT_TIMES.sub(r"\1.\2\3.\4", as_text(data))
    if SRT_TIMES.search(text) is None:
        raise UnreadableError("", text[:40], "SRT: a number, a line 00:00:01,000 --> 00:00:02,500, then the words")
    yield conversation(cues("WEBVTT\n\n" + text), given)


def cues(text: str) -> list[Cue]:
    """The cues of a WebVTT text in order of time; what began before the recording (negative offsets) starts at 0."""
    text = NEGATIVE.sub(lambda match: (match.group(1) or "") + "00:00:00.000", text)
    try:
        captions = webvtt.from_string(text)
    except MalformedFileError:
        raise UnreadableError("", text[:40], "WebVTT, which begins with WEBVTT") from None
    if len(captions) > MOST_CUES:
        raise DecodeError("cues", len(captions), f"at most {MOST_CUES}")
    found: list[Cue] = []
    for caption in captions.captions:
        start, end = (time.in_milliseconds() / 1000 for time in (caption.start_time, caption.end_time))
        found += spoken(caption.raw_text, start, max(start, end))
    found.sort(key=lambda cue: cue.start)
    return found


def spoken(payload: str, start: float, end: float) -> Iterator[Cue]:
    """What one cue says: usually one voice, sometimes several, in Teams' metadata a JSON object."""
    if payload.startswith("{") and '"spokenText"' in payload:
        yield from described(payload, start, end)
        return
    parts = VOICE.split(payload)
    voices = [(None, parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
    for speaker, words in voices:
        text = plain(words)
        if text:
            yield Cue(start=start, end=end, text=text, speaker=plain(speaker) or None if speaker else None)


def described(payload: str, start: float, end: float) -> Iterator[Cue]:
    try:
        value = loads(payload.encode("utf-8", "surrogatepass"))
    except DecodeError:
        return
    if isinstance(value, dict) and isinstance(value.get("spokenText"), str) and value["spokenText"].strip():
        name, at = value.get("speakerName"), value.get("startDateTime")
        yield Cue(
            start=start,
            end=end,
            text=" ".join(value["spokenText"].split()),
            speaker=name if isinstance(name, str) and name.strip() else None,
            at=at if isinstance(at, str) else None,
        )


def plain(text: str) -> str:
    return " ".join(html.unescape(TAG.sub("", text)).split())


def conversation(found: Sequence[Cue], given: Given) -> Conversation:
    """A call out of cues; raises DecodeError where nobody says anything or no time is known."""
    if not found:
        raise DecodeError("cues", None, "at least one cue with words")
    named = speakers.name_all([(cue.speaker, cue.text) for cue in found], known=given.sellers)
    ids = {name: f"p{n}" for n, name in enumerate(dict.fromkeys(name for name, _ in named if name), start=1)}
    segments: list[dict[str, Any]] = []
    for cue, (name, text) in zip(found, named, strict=True):
        extend(segments, {"speaker": ids.get(name or ""), "start": cue.start, "end": cue.end, "text": text})
    at = given.occurred_at.isoformat() if given.occurred_at else found[0].at or dated(given).isoformat()
    source = {
        "kind": "call",
        "occurred_at": at,
        "participants": [{"id": id, "name": name} for name, id in ids.items()],
        "segments": segments,
    }
    return given.complete(Conversation.from_json(source))


def extend(segments: list[dict[str, Any]], piece: dict[str, Any]) -> None:
    """Add an utterance, or the rest of the one that the last cue began."""
    last = segments[-1] if segments else None
    if (
        last is None
        or last["speaker"] != piece["speaker"]
        or piece["start"] - last["end"] > JOIN_WITHIN
        or ENDS.search(last["text"])
        or len(last["text"]) + len(piece["text"]) > JOIN_UP_TO
    ):
        segments.append(piece)
    else:
        last["text"] += " " + piece["text"]
        last["end"] = max(last["end"], piece["end"])

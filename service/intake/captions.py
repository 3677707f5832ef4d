"""WebVTT (Zoom's "Name: text", Teams' <v Name>, plain) and SRT: cues, their speakers, utterances."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.intake import speakers
from service.intake.calls import call, people_of_names
from service.intake.envelope import Identity, Received
from service.intake.fields import LONGEST
from service.intake.given import Given
from service.intake.jsontext import UnreadableError, loads
from service.intake.textfile import as_text, single_blanks
from service.intake.times import moment
from service.intake.turns import joined
from signals import DecodeError, Participant, Segment

__all__ = ["TIMING", "Cue", "captioned", "read_captions", "read_srt", "read_vtt", "srt_cues", "vtt_cues"]

MOST_CUES = 100_000
TIME = r"-?(?:\d{1,6}:)?\d{1,6}:\d{1,2}(?:[.,]\d{1,9})?"
TIMING = re.compile(rf"^[ \t]*({TIME})[ \t]*-->[ \t]*({TIME})(?!\d)[^\n]*\n?", re.MULTILINE)
BLANK_LINE = re.compile(r"^[ \t]*(?:\n|$)", re.MULTILINE)
# The fields of Teams' metadataContent; a cue that was cut off is no words either.
METADATA = re.compile(r'"(?:spokenText|startDateTime|speakerName)"\s{0,8}:')
VOICE = re.compile(r"<v(?:\.[^\s<>]{0,80})?[ \t]{1,8}([^<>]{0,200})>")
TAG = re.compile(r"</?[a-zA-Z0-9.:][^<>]{0,200}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """`start` and `end` in seconds; `speaker` is a name, None where the cue tells none."""

    start: float
    end: float
    text: str
    speaker: str | None = None
    at: str | None = None


def read_vtt(data: bytes, name: str, given: Given) -> Iterator[Received]:
    yield captioned(vtt_cues(as_text(data)), given, source="vtt")


def read_srt(data: bytes, name: str, given: Given) -> Iterator[Received]:
    yield captioned(srt_cues(as_text(data)), given, source="srt")


def read_captions(data: bytes, given: Given, *, source: str) -> Received:
    """A transcript that its source gives as WebVTT, or as SRT."""
    text = as_text(data)
    found = srt_cues(text) if TIMING.search(text) and not begins_as_vtt(text) else vtt_cues(text)
    return captioned(found, given, source=source)


def begins_as_vtt(text: str) -> bool:
    return text.lstrip("\ufeff \t\n").startswith("WEBVTT")


def vtt_cues(text: str) -> list[Cue]:
    """The cues in order of time; what began before the recording (negative offsets) starts at 0."""
    if not begins_as_vtt(text):
        raise UnreadableError("", text[:40], "WebVTT, which begins with WEBVTT")
    return in_order(cues(text, blank_ends=True))


def srt_cues(text: str) -> list[Cue]:
    if TIMING.search(text) is None:
        raise UnreadableError("", text[:40], "SRT: a number, a line 00:00:01,000 --> 00:00:02,500, then the words")
    return in_order(cues(text, blank_ends=False))


def in_order(found: Iterable[Cue]) -> list[Cue]:
    return sorted(found, key=lambda cue: cue.start)


def cues(text: str, *, blank_ends: bool) -> Iterator[Cue]:
    """What stands after each line of times: up to a blank line in WebVTT, else up to the number of the next cue."""
    timings = list(TIMING.finditer(text))
    if len(timings) > MOST_CUES:
        raise DecodeError("cues", len(timings), f"at most {MOST_CUES}")
    for index, timing in enumerate(timings):
        following = timings[index + 1].start() if index + 1 < len(timings) else len(text)
        payload = text[timing.end() : following]
        blank = BLANK_LINE.search(payload) if blank_ends else None
        if blank is not None:
            payload = payload[: blank.start()]
        elif following < len(text):
            payload = without_number(payload)
        start, end = (clock(time, index) for time in timing.groups())
        yield from spoken(payload.strip(), start, max(start, end))


def without_number(payload: str) -> str:
    """The next cue's number belongs to what comes before its times."""
    words, _, last = payload.rstrip().rpartition("\n")
    return words if last.strip().isdecimal() else payload


def clock(written: str, index: int) -> float:
    """Seconds of a written time, padded or not, with hours or without; a negative one is 0."""
    if written.startswith("-"):
        return 0.0
    hours, minutes, rest = (["0", *written.replace(",", ".").split(":")])[-3:]
    result = int(hours) * 3600 + int(minutes) * 60 + float(rest)
    if result > LONGEST:
        raise DecodeError(f"cues[{index}]", written, "a time within a week")
    return round(result, 3)


def spoken(payload: str, start: float, end: float) -> Iterator[Cue]:
    """What one cue says: usually one voice, sometimes several, in Teams' metadata a JSON object."""
    if payload.startswith("{") and METADATA.search(payload) is not None:
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
            text=single_blanks(value["spokenText"]),
            speaker=name if isinstance(name, str) and name.strip() else None,
            at=at if isinstance(at, str) else None,
        )


def plain(text: str) -> str:
    return single_blanks(html.unescape(TAG.sub("", text)))


def captioned(found: Sequence[Cue], given: Given, *, source: str, **known: Any) -> Received:
    """A call out of cues, `known` as `call` takes it; raises DecodeError where nobody speaks or no time is known."""
    if not found:
        raise DecodeError("cues", None, "at least one cue with words")
    named = speakers.name_all([(cue.speaker, cue.text) for cue in found], known=given.sellers)
    people = people_of_names(name for name, _ in named)
    pieces = [
        Segment(speaker=people[name].id if name else None, start=cue.start, end=cue.end, text=text)
        for cue, (name, text) in zip(found, named, strict=True)
    ]
    at = given.occurred_at.isoformat() if given.occurred_at else beginning(found)
    return call(
        given,
        source=source,
        segments=joined(pieces),
        people=people.values(),
        identities=guessed(found, named, people),
        **{"at": at} | {key: value for key, value in known.items() if value is not None},
    )


def beginning(found: Iterable[Cue]) -> str | None:
    """When the recording began, by the first cue that has a moment of its own."""
    cue = next((cue for cue in found if cue.at is not None), None)
    if cue is None or cue.at is None:
        return None
    return (moment(cue.at, "startDateTime") - dt.timedelta(seconds=cue.start)).isoformat()


def guessed(
    found: Sequence[Cue], named: Sequence[tuple[str | None, str]], people: Mapping[str, Participant]
) -> dict[str, Identity]:
    """A name that stands before a colon a single time is a guess; voices and names that recur are told."""
    voices = {cue.speaker for cue in found if cue.speaker}
    counts = Counter(name for name, _ in named if name)
    return {people[name].id: Identity.GUESSED for name, count in counts.items() if count == 1 and name not in voices}

"""Recall.ai: the downloaded transcript (a list of parts, word for word) and live `transcript.data` events.

Words have offsets from the beginning of the recording in seconds and, with `absolute`, moments: the difference is when
the recording began. A live event is one part; several of a recording that come together are one conversation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.intake.calls import call, payloads
from service.intake.envelope import Received
from service.intake.fields import address, at, entries, label, mapping, seconds, some, spoken
from service.intake.given import Given
from service.intake.jsontext import UnreadableError, loads
from service.intake.refusal import Refusal
from service.intake.times import moment
from service.intake.turns import of_words
from signals import DecodeError, Participant, Segment

__all__ = ["read", "recognises"]

FINAL = "transcript.data"


def recognises(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(is_part(item) for item in value[:100])
    event = at(value, "event")
    if isinstance(event, str) and event.startswith(("transcript.", "bot.", "recording.")):
        return isinstance(at(value, "data", "data"), Mapping)
    return is_part(value)


def is_part(value: Any) -> bool:
    return isinstance(at(value, "words"), list) and isinstance(at(value, "participant"), Mapping)


def read(data: bytes, file: str, given: Given) -> Iterator[Received | Refusal]:
    found: list[tuple[str, Any]] = []
    for place, item in payloads(data, file):
        try:
            found.append((place, loads(item) if isinstance(item, bytes) else item))
        except UnreadableError as error:
            yield Refusal.of(place, error, unreadable=True)
    if not any(isinstance(at(item, "event"), str) for _, item in found):
        yield conversation([(place.removeprefix(file), part) for place, part in found], given)
        return
    by_recording: dict[str, list[tuple[str, object]]] = {}
    for place, item in found:
        try:
            by_recording.setdefault(recording_of(item), []).append(("data.data", at(item, "data", "data")))
        except DecodeError as error:
            yield Refusal.of(place, error)
    for recording, parts in by_recording.items():
        try:
            yield conversation(parts, given, recording=recording)
        except DecodeError as error:
            yield Refusal.of(file, error)


def recording_of(item: object) -> str:
    """The recording that a live event is of; raises DecodeError for events that hold no final words."""
    event = mapping(item, "an event").get("event")
    if event != FINAL:
        expected = {
            "transcript.done": "the transcript itself: GET /api/v1/transcript/{data.transcript.id}, then its "
            "data.download_url, and send what is there",
            "transcript.partial_data": f"{FINAL}: partial words come again there when they are final",
        }
        raise DecodeError("event", event, expected.get(str(event), f"{FINAL}, or a downloaded transcript"))
    return next(
        (id for kind in ("recording", "transcript", "bot") if (id := label(at(item, "data", kind), "id"))), "unknown"
    )


def conversation(parts: Sequence[tuple[str, object]], given: Given, *, recording: str | None = None) -> Received:
    people, segments, began = [], [], None
    for place, part in parts:
        try:
            source = mapping(part, "a part with participant and words")
            speaker = person(source.get("participant"))
            people += [] if speaker is None else [speaker]
            words = [word_of(place, word, speaker) for place, word in entries(source, "words")]
        except DecodeError as error:
            raise (error.under(place) if place else error) from None
        segments += of_words(words)
        began = began or next(filter(None, (beginning(word) for _, word in entries(source, "words"))), None)
    first = next((segment.start for segment in segments if segment.start is not None), 0.0)
    id = None if recording is None else f"{recording}-{round(first * 1000)}"
    return call(
        given,
        source="recall",
        id=id,
        at=began.isoformat() if began else None,
        people=people,
        segments=segments,
        field="words",
    )


def person(value: object) -> Participant | None:
    """The one who speaks; before anybody has joined it may be nobody."""
    id = label(value, "id")
    name, email = some(value, "name"), address(value, "email")
    if id is None:
        id = email or name
    return None if id is None else Participant(id=id, name=name, email=email)


def word_of(place: str, value: object, speaker: Participant | None) -> Segment:
    try:
        source = mapping(value, "a word with text and start_timestamp")
        return Segment(
            speaker=None if speaker is None else speaker.id,
            start=relative(source, "start_timestamp"),
            end=relative(source, "end_timestamp"),
            text=spoken(source, "text"),
        )
    except DecodeError as error:
        raise error.under(place) from None


def relative(word: Mapping[str, Any], field: str) -> float | None:
    """Seconds from the beginning; a word may have no time at all."""
    time = word.get(field)
    if not isinstance(time, Mapping):
        return None
    try:
        return seconds(time, "relative")
    except DecodeError as error:
        raise error.under(field) from None


def beginning(word: Any) -> dt.datetime | None:
    """When the recording began, by a word that has both times."""
    absolute, start = some(at(word, "start_timestamp"), "absolute"), relative(word, "start_timestamp")
    if absolute is None or start is None:
        return None
    return moment(absolute, "start_timestamp.absolute") - dt.timedelta(seconds=start)

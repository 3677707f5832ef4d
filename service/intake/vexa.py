"""Vexa: a meeting's transcript, segments in seconds and as moments, speakers by name.

A segment that is not `completed` is provisional: it comes again, and the last of a `segment_id` holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from service.intake.asr import voices
from service.intake.calls import batch, call
from service.intake.envelope import Received
from service.intake.fields import at, entries, label, mapping, moment_text, seconds, some, spoken
from service.intake.given import Given
from service.intake.refusal import Refusal
from service.intake.times import moment
from service.intake.turns import joined
from signals import DecodeError, Segment

__all__ = ["read", "recognises"]

RUNNING = {"requested", "joining", "awaiting_admission", "active", "stopping"}


def recognises(value: Any) -> bool:
    if not isinstance(value, Mapping):
        return False
    segments = value.get("segments")
    return isinstance(segments, list) and (
        "native_meeting_id" in value
        or any(isinstance(each, Mapping) and "absolute_start_time" in each for each in segments[:20])
    )


def read(data: bytes, file: str, given: Given) -> Iterator[Received | Refusal]:
    yield from batch(data, file, given, one)


def one(payload: object, given: Given) -> Received:
    source = mapping(payload, "an object with segments")
    if some(source, "status") in RUNNING:
        expected = "completed: while the meeting goes on its segments change; fetch it again when it is over"
        raise DecodeError("status", source["status"], expected)
    latest: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for place, entry in entries(source, "segments"):
        segment = mapping(entry, f"{place}: an object with text, start, end, speaker")
        key = label(segment, "segment_id") or place
        # What was final does not become provisional again.
        if segment.get("completed") is not False or at(latest.get(key, ("", {}))[1], "completed") is not True:
            latest[key] = place, segment
    over = some(source, "status") == "completed"
    segments, began = [], None
    for place, segment in latest.values():
        if segment.get("completed") is False and not over:
            continue
        try:
            segments.append(segment_of(segment))
            began = began or beginning(segment)
        except DecodeError as error:
            raise error.under(place) from None
    identity = label(source, "id", "meeting_id")
    if source.get("type") == "transcription" and identity is not None and segments:
        # A message of a meeting that goes on holds only a part of it.
        identity = f"{identity}-{round((segments[0].start or 0.0) * 1000)}"
    return call(
        given,
        source="vexa",
        id=identity,
        at=began.isoformat() if began else moment_text(source, "start_time"),
        people=voices(segments),
        segments=joined(segments),
    )


def segment_of(source: Mapping[str, Any]) -> Segment:
    start, end = seconds(source, "start"), seconds(source, "end")
    return Segment(speaker=some(source, "speaker"), start=start, end=end, text=spoken(source, "text"))


def beginning(segment: Mapping[str, Any]) -> dt.datetime | None:
    """When the recording began, by a segment that has both times; the meeting's own start is earlier."""
    absolute, start = some(segment, "absolute_start_time"), seconds(segment, "start")
    if absolute is None or start is None:
        return None
    return moment(absolute, "absolute_start_time") - dt.timedelta(seconds=start)

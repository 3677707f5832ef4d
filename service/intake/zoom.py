"""Zoom: the transcript's WebVTT, and the webhook `recording.transcript_completed`, which holds none.

The webhook's object may carry the text of the file that it announces as `transcript`: then the meeting's id and the
time at which the recording began come from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.intake.calls import batch
from service.intake.captions import captioned, read_captions, vtt_cues
from service.intake.envelope import Received
from service.intake.fields import at, entries, identity, mapping, moment_text, some
from service.intake.given import Given
from service.intake.refusal import Refusal
from service.intake.textfile import as_text, is_json
from signals import DecodeError

__all__ = ["read", "recognises"]


def recognises(value: Any) -> bool:
    if not isinstance(value, Mapping):
        return False
    meeting = at(value, "payload", "object")
    if isinstance(value.get("event"), str) and isinstance(value.get("payload"), Mapping):
        return isinstance(meeting, Mapping) or "plainToken" in value["payload"]
    return isinstance(value.get("recording_files"), list)


def read(data: bytes, file: str, given: Given) -> Iterator[Received | Refusal]:
    if is_json(data):
        yield from batch(data, file, given, one)
    else:
        yield read_captions(data, given, source="zoom")


def one(payload: object, given: Given) -> Received:
    """A webhook, or the recordings of a meeting, together with its transcript."""
    source = mapping(payload, "Zoom's webhook, or WebVTT")
    meeting = at(source, "payload", "object") if "payload" in source else source
    files = [file for _, file in entries(mapping(meeting, "payload.object"), "recording_files")]
    place, recording = next(
        ((index, file) for index, file in enumerate(files) if some(file, "file_type") == "TRANSCRIPT"), (0, None)
    )
    if not isinstance(source.get("transcript"), str):
        raise DecodeError("transcript", None, to_be_fetched(source, recording, place))
    return captioned(
        vtt_cues(as_text(source["transcript"].encode("utf-8", "replace"))),
        given,
        source="zoom",
        id=identity(meeting, "uuid", "id"),
        at=moment_text(recording, "recording_start") or moment_text(meeting, "start_time"),
    )


def to_be_fetched(source: Mapping[str, Any], recording: object, place: int) -> str:
    if recording is None:
        event = some(source, "event") or "this"
        return (
            f"the transcript, of which {event} tells nothing: wait for recording.transcript_completed, whose "
            "recording_files have one of file_type TRANSCRIPT (CC holds the same words as captions)"
        )
    path = "payload.object.recording_files" if "payload" in source else "recording_files"
    begun = moment_text(recording, "recording_start") or "the time at which the recording began"
    return (
        f"the words, which this does not hold: GET {path}[{place}].download_url with the header Authorization: Bearer "
        'and the download_token, and send the file\'s text as "transcript" in this same object, or the file alone with '
        f"occurred_at {begun}"
    )

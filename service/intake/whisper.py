"""Whisper, OpenAI's recogniser: segments in seconds, without speakers.

What it invented over silence is left out, by the limits that it has itself: hardly any speech and an unlikely or
repetitive text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.intake.asr import voice, voices
from service.intake.calls import batch, call
from service.intake.captions import read_captions
from service.intake.envelope import Received
from service.intake.fields import at, entries, mapping, numeric, seconds, spoken
from service.intake.given import Given
from service.intake.refusal import Refusal
from service.intake.textfile import is_json
from service.intake.turns import joined
from signals import DecodeError, Segment

__all__ = ["could_be", "read", "recognises"]

OWN = ("seek", "tokens", "no_speech_prob", "compression_ratio")
NO_SPEECH, UNLIKELY, REPETITIVE = 0.6, -1.0, 2.4


def recognises(value: Any) -> bool:
    if not isinstance(value, Mapping):
        return False
    if value.get("task") == "transcribe" and "text" in value:
        return True
    return isinstance(at(value, "segments"), list) and any(
        isinstance(each, Mapping) and any(field in each for field in OWN) for each in value["segments"][:20]
    )


def could_be(value: Any) -> bool:
    """Segments with times and words, which others have too; or nothing but a text."""
    if not isinstance(value, Mapping) or "id" in value or "participants" in value:
        return False
    segments = value.get("segments")
    if isinstance(segments, list):
        return any(isinstance(each, Mapping) and "text" in each for each in segments[:20])
    return isinstance(value.get("text"), str)


def read(data: bytes, file: str, given: Given) -> Iterator[Received | Refusal]:
    """JSON, or the captions that it writes as well."""
    if is_json(data):
        yield from batch(data, file, given, one)
    else:
        yield read_captions(data, given, source="whisper")


def one(payload: object, given: Given) -> Received:
    source = mapping(payload, "an object with segments")
    segments = []
    for place, entry in entries(source, "segments"):
        try:
            words = mapping(entry, "an object with start, end, text")
            if not invented(words):
                segments.append(segment_of(words))
        except DecodeError as error:
            raise error.under(place) from None
    if source.get("segments") is None:
        segments = [Segment(speaker=None, text=spoken(source, "text"))]
    return call(given, source="whisper", people=voices(segments), segments=joined(segments))


def segment_of(source: Mapping[str, Any]) -> Segment:
    start, end = seconds(source, "start"), seconds(source, "end")
    return Segment(speaker=voice(source), start=start, end=end, text=spoken(source, "text"))


def invented(source: Mapping[str, Any]) -> bool:
    silent, likely, packed = (
        numeric(source.get(field)) for field in ("no_speech_prob", "avg_logprob", "compression_ratio")
    )
    if silent is None or silent <= NO_SPEECH:
        return False
    return (likely is not None and likely < UNLIKELY) or (packed is not None and packed > REPETITIVE)

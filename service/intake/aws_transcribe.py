"""Amazon Transcribe, batch: words with times in seconds that are written as text; punctuation has no time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from service.intake.asr import finished, voices
from service.intake.calls import batch, call
from service.intake.envelope import Received
from service.intake.fields import at, entries, label, mapping, seconds, spoken
from service.intake.given import Given
from service.intake.refusal import Refusal
from service.intake.turns import of_words
from signals import DecodeError, Segment

__all__ = ["read", "recognises"]

Spoken = dict[tuple[float, float], str]


def recognises(value: Any) -> bool:
    results = at(value, "results")
    return isinstance(at(results, "transcripts"), list) and "channels" not in results


def read(data: bytes, file: str, given: Given) -> Iterator[Received | Refusal]:
    yield from batch(data, file, given, one)


def one(payload: object, given: Given) -> Received:
    source = mapping(payload, "an object with results")
    finished(source, "status", "COMPLETED")
    results = source.get("results")
    if not isinstance(results, Mapping):
        expected = "an object with items: the file at Transcript.TranscriptFileUri of the job holds them"
        raise DecodeError("results", results, expected)
    try:
        segments = by_channel(results) or of_words(words(results, None, labelled(results))) or whole(results)
    except DecodeError as error:
        raise error.under("results") from None
    name = "-".join(part for field in ("accountId", "jobName") if (part := label(source, field)))
    return call(
        given,
        source="aws-transcribe",
        id=name if label(source, "jobName") else None,
        people=voices(segments),
        segments=segments,
        field="results",
    )


def by_channel(results: Mapping[str, Any]) -> list[Segment]:
    """Each channel by itself, then all in order of time; an output without channels has none here."""
    found: list[Segment] = []
    for place, channel in entries(mapping(results.get("channel_labels") or {}), "channels"):
        try:
            source = mapping(channel, "an object with channel_label and items")
            name = label(source, "channel_label")
            found += of_words(words(source, name, {}))
        except DecodeError as error:
            raise error.under(f"channel_labels.{place}") from None
    return found


def labelled(results: Mapping[str, Any]) -> Spoken:
    """Who spoke between two times, for items that do not tell it themselves."""
    found: Spoken = {}
    for _, segment in entries(mapping(results.get("speaker_labels") or {}), "segments"):
        for _, item in entries(segment, "items") if isinstance(segment, Mapping) else []:
            who = label(item, "speaker_label") or label(segment, "speaker_label")
            if who is not None and isinstance(item, Mapping):
                start, end = seconds(item, "start_time"), seconds(item, "end_time")
                if start is not None and end is not None:
                    found[start, end] = who
    return found


def words(source: Mapping[str, Any], channel: str | None, who: Spoken) -> Iterable[Segment]:
    """The words, each with the punctuation that follows it."""
    found: list[Segment] = []
    for place, entry in entries(source, "items"):
        try:
            item = mapping(entry, "an item with type and alternatives")
            text = content(item)
            if item.get("type") == "punctuation":
                if found:
                    last = found[-1]
                    found[-1] = Segment(speaker=last.speaker, start=last.start, end=last.end, text=last.text + text)
                continue
            start, end = seconds(item, "start_time"), seconds(item, "end_time")
            speaker = label(item, "speaker_label") or who.get((start or 0.0, end or 0.0))
            speaker = "-".join(part for part in (channel, speaker) if part) or None
            found.append(Segment(speaker=speaker, start=start, end=end, text=text))
        except DecodeError as error:
            raise error.under(place) from None
    return found


def content(item: Mapping[str, Any]) -> str:
    alternatives = item.get("alternatives")
    first = alternatives[0] if isinstance(alternatives, list) and alternatives else None
    return spoken(mapping(first, "alternatives[0].content"), "content")


def whole(results: Mapping[str, Any]) -> list[Segment]:
    found = (spoken(entry, "transcript") for _, entry in entries(results, "transcripts") if isinstance(entry, Mapping))
    return [Segment(speaker=None, text=text) for text in found if text]

"""Deepgram: the answer of /v1/listen (seconds). Utterances where they were asked for, else the words.

`metadata.created` is when it was transcribed, not when it was said: the time of the call has to be given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.intake.asr import voice, voices
from service.intake.calls import batch, call
from service.intake.envelope import Received
from service.intake.fields import at, entries, label, mapping, seconds, spoken
from service.intake.given import Given
from service.intake.refusal import Refusal
from service.intake.turns import joined, of_words
from signals import DecodeError, Segment

__all__ = ["read", "recognises"]


def recognises(value: Any) -> bool:
    results = at(value, "results")
    return isinstance(at(results, "channels"), list) or (
        isinstance(at(results, "utterances"), list) and at(value, "metadata", "request_id") is not None
    )


def read(data: bytes, file: str, given: Given) -> Iterator[Received | Refusal]:
    yield from batch(data, file, given, one)


def one(payload: object, given: Given) -> Received:
    source = mapping(payload, "an object with results")
    if not isinstance(source.get("results"), Mapping):
        expected = "an object with channels: the webhook and the answer of /v1/listen have them"
        raise DecodeError("results", source.get("results"), expected)
    results = source["results"]
    try:
        segments = utterances(results) or words(results) or whole(results)
    except DecodeError as error:
        raise error.under("results") from None
    id = label(source.get("metadata"), "request_id")
    return call(given, source="deepgram", id=id, people=voices(segments), segments=segments, field="results")


def several(results: Mapping[str, Any]) -> bool:
    channels = results.get("channels")
    return isinstance(channels, list) and len(channels) > 1


def utterances(results: Mapping[str, Any]) -> list[Segment]:
    found = []
    for place, entry in entries(results, "utterances"):
        try:
            source = mapping(entry, "an object with transcript, start, end")
            who = voice(source, channels=several(results))
            found.append(piece(source, who, "transcript"))
        except DecodeError as error:
            raise error.under(place) from None
    return joined(sorted(found, key=lambda each: each.start or 0.0))


def best(results: Mapping[str, Any]) -> Iterator[tuple[str, str | None, Mapping[str, Any]]]:
    """(place, channel's label, first alternative) of each channel; the first is the likeliest."""
    for index, (place, channel) in enumerate(entries(results, "channels")):
        alternatives = at(channel, "alternatives")
        first = alternatives[0] if isinstance(alternatives, list) and alternatives else None
        if isinstance(first, Mapping):
            yield f"{place}.alternatives[0]", f"channel-{index}" if several(results) else None, first


def words(results: Mapping[str, Any]) -> list[Segment]:
    found: list[Segment] = []
    for place, channel, alternative in best(results):
        spoken_words = []
        for field, word in entries(alternative, "words"):
            try:
                source = mapping(word, "a word with start and end")
                who = "-".join(part for part in (channel, voice(source)) if part) or None
                text = "punctuated_word" if spoken(source, "punctuated_word") else "word"
                spoken_words.append(piece(source, who, text))
            except DecodeError as error:
                raise error.under(f"{place}.{field}") from None
        found += of_words(spoken_words)
    return found


def whole(results: Mapping[str, Any]) -> list[Segment]:
    return [
        Segment(speaker=channel, text=text)
        for _, channel, alternative in best(results)
        if (text := spoken(alternative, "transcript"))
    ]


def piece(source: Mapping[str, Any], who: str | None, text: str) -> Segment:
    return Segment(speaker=who, start=seconds(source, "start"), end=seconds(source, "end"), text=spoken(source, text))

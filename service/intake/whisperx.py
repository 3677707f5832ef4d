"""WhisperX: Whisper's segments with words aligned and voices told apart (`SPEAKER_01`), in seconds.

A word that could not be aligned (a figure, mostly) has no time, and a segment or word with no voice over it has no
speaker: it says nothing of either. A segment in which two voices speak at length is taken apart.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from service.intake import whisper
from service.intake.asr import voice, voices
from service.intake.calls import batch, call
from service.intake.captions import read_captions
from service.intake.envelope import Received
from service.intake.fields import at, entries, mapping, seconds, spoken
from service.intake.given import Given
from service.intake.refusal import Refusal
from service.intake.textfile import is_json
from service.intake.turns import joined, put_together
from signals import DecodeError, Segment

__all__ = ["could_be", "read", "recognises"]

could_be = whisper.could_be

# Fewer words of another voice within a segment are more likely the recogniser's slip than somebody's.
FEWEST_WORDS = 3


def recognises(value: Any) -> bool:
    if not isinstance(value, Mapping) or whisper.recognises(value):
        return False
    if isinstance(value.get("word_segments"), list):
        return True
    segments = value.get("segments")
    return isinstance(segments, list) and any(is_own(each) for each in segments[:20])


def is_own(segment: Any) -> bool:
    if str(at(segment, "speaker")).startswith("SPEAKER_"):
        return True
    words = at(segment, "words")
    return isinstance(words, list) and any(isinstance(word, Mapping) and "score" in word for word in words[:20])


def read(data: bytes, file: str, given: Given) -> Iterator[Received | Refusal]:
    """JSON, or the captions that it writes as well."""
    if is_json(data):
        yield from batch(data, file, given, one)
    else:
        yield read_captions(data, given, source="whisperx")


def one(payload: object, given: Given) -> Received:
    source = mapping(payload, "an object with segments")
    segments: list[Segment] = []
    for place, entry in entries(source, "segments"):
        try:
            words = mapping(entry, "an object with start, end, text")
            if not whisper.invented(words):
                segments += apart(words)
        except DecodeError as error:
            raise error.under(place) from None
    return call(given, source="whisperx", people=voices(segments), segments=joined(segments))


def apart(source: Mapping[str, Any]) -> list[Segment]:
    """The segment as it is, or a piece for each voice that has enough words in it."""
    whole = whisper.segment_of(source)
    found: list[Segment] = []
    speaker = whole.speaker
    for place, word in entries(source, "words"):
        try:
            each = mapping(word, "a word")
            speaker = voice(each) or speaker
            text = spoken(each, "word") or spoken(each, "text")
            found.append(Segment(speaker=speaker, start=seconds(each, "start"), end=seconds(each, "end"), text=text))
        except DecodeError as error:
            raise error.under(place) from None
    runs = [list(run) for _, run in itertools.groupby(found, key=lambda word: word.speaker)]
    told = [run for run in runs if run[0].speaker is not None]
    if len({run[0].speaker for run in told}) < 2 or min(map(len, runs)) < FEWEST_WORDS:
        return [whole]
    return [piece for run in runs if (piece := put_together(run)) is not None]

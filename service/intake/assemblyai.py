"""AssemblyAI: a transcript (milliseconds, speakers by letter), and its webhook, which holds none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.intake.asr import finished, voice, voices
from service.intake.calls import batch, call
from service.intake.envelope import Received
from service.intake.fields import at, entries, label, mapping, seconds, spoken
from service.intake.given import Given
from service.intake.refusal import Refusal
from service.intake.turns import joined, of_words
from signals import DecodeError, Segment

__all__ = ["could_be", "read", "recognises"]

MILLISECONDS = 0.001


def recognises(value: Any) -> bool:
    if not isinstance(value, Mapping) or not isinstance(value.get("status"), str):
        return False
    if "transcript_id" in value:
        return True
    listed = any(field in value for field in ("utterances", "words"))
    own = any(field in value for field in ("audio_duration", "audio_url", "language_code", "acoustic_model"))
    return listed and own and "segments" not in value


def could_be(value: Any) -> bool:
    """Utterances with times, which a part of an answer has too."""
    return isinstance(at(value, "utterances"), list) or (isinstance(at(value, "words"), list) and "text" in value)


def read(data: bytes, file: str, given: Given) -> Iterator[Received | Refusal]:
    yield from batch(data, file, given, one)


def one(payload: object, given: Given) -> Received:
    source = mapping(payload, "an object with utterances")
    id = label(source, "transcript_id")
    if id is not None and not any(field in source for field in ("utterances", "words", "text")):
        expected = f"the words, which the webhook does not hold: GET /v2/transcript/{id[:100]}, and send the answer"
        raise DecodeError("utterances", None, expected)
    finished(source, "status", "completed")
    several = (numbered := source.get("audio_channels")) is not None and numbered != 1
    segments = joined(pieces(source, "utterances", several)) or of_words(pieces(source, "words", several))
    if not segments:
        segments = [Segment(speaker=None, text=spoken(source, "text"))]
    id = label(source, "id") or id
    return call(given, source="assemblyai", id=id, people=voices(segments), segments=segments, field="utterances")


def pieces(source: Mapping[str, Any], field: str, several: bool) -> list[Segment]:
    found = []
    for place, entry in entries(source, field):
        try:
            words = mapping(entry, "an object with text, start, end, speaker")
            start, end = (seconds(words, each, unit=MILLISECONDS) for each in ("start", "end"))
            # With channels apart the speaker already names the channel; without speakers the channel is the voice.
            who = voice(words) or voice(words, speaker="channel") if not several else voice(words, channels=True)
            found.append(Segment(speaker=who, start=start, end=end, text=spoken(words, "text")))
        except DecodeError as error:
            raise error.under(place) from None
    return found

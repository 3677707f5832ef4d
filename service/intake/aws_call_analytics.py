"""Amazon Transcribe Call Analytics: turns with times in milliseconds, and whether agent or customer speaks.

What was redacted stands there as `[PII]` and stays so. The offsets of issues are not used: AWS's own samples count
them from 0 and from 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.intake.asr import finished
from service.intake.calls import batch, call
from service.intake.envelope import Received
from service.intake.fields import at, entries, label, mapping, seconds, some, spoken
from service.intake.given import Given
from service.intake.refusal import Refusal
from service.intake.turns import joined
from signals import DecodeError, Participant, Segment, Side

__all__ = ["read", "recognises"]

SIDES = {"AGENT": Side.SELLER, "CUSTOMER": Side.BUYER}
MILLISECONDS = 0.001


def recognises(value: Any) -> bool:
    turns = at(value, "Transcript")
    if isinstance(turns, list) and turns:
        return (
            any(field in turns[0] for field in ("ParticipantRole", "ParticipantId", "BeginOffsetMillis"))
            if (isinstance(turns[0], Mapping))
            else "ConversationCharacteristics" in value
        )
    return isinstance(value, Mapping) and "ConversationCharacteristics" in value


def read(data: bytes, file: str, given: Given) -> Iterator[Received | Refusal]:
    yield from batch(data, file, given, one)


def one(payload: object, given: Given) -> Received:
    source = mapping(payload, "an object with Transcript")
    finished(source, "JobStatus", "COMPLETED")
    roles = {label(each, "ParticipantId"): some(each, "ParticipantRole") for _, each in entries(source, "Participants")}
    segments = []
    for place, turn in entries(source, "Transcript"):
        try:
            words = mapping(turn, "an object with ParticipantRole and Content")
            segments.append(
                Segment(
                    speaker=some(words, "ParticipantRole") or roles.get(label(words, "ParticipantId")),
                    start=seconds(words, "BeginOffsetMillis", unit=MILLISECONDS),
                    end=seconds(words, "EndOffsetMillis", unit=MILLISECONDS),
                    text=spoken(words, "Content"),
                )
            )
        except DecodeError as error:
            raise error.under(place) from None
    speaking = dict.fromkeys(segment.speaker for segment in segments if segment.speaker)
    name = "-".join(part for field in ("AccountId", "JobName") if (part := label(source, field)))
    return call(
        given,
        source="aws-call-analytics",
        id=name if label(source, "JobName") else None,
        people=[Participant(id=role, side=SIDES.get(role)) for role in speaking],
        segments=joined(segments),
        field="Transcript",
    )

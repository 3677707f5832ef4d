"""HubSpot calls: the transcript (milliseconds) as it is posted or fetched, with the call itself where it comes along.

One object may hold `transcriptCreateUtterances` (what other tools post) or `transcriptUtterances` (what HubSpot gives),
and beside them the call's `properties` and `associations`, its own or under `call`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.intake.calls import batch, call
from service.intake.envelope import CrmObject, Received
from service.intake.fields import address, at, entries, label, mapping, moment_text, seconds, some, spoken
from service.intake.fireflies import epoch
from service.intake.given import Given
from service.intake.refusal import Refusal
from service.intake.turns import joined
from signals import DecodeError, Participant, Segment

__all__ = ["read", "recognises"]

UTTERANCES = ("transcriptCreateUtterances", "transcriptUtterances")
MILLISECONDS = 0.001


def recognises(value: Any) -> bool:
    if not isinstance(value, Mapping):
        return False
    properties = value.get("properties")
    return any(field in value for field in UTTERANCES) or (
        isinstance(properties, Mapping) and any(str(field).startswith("hs_call_") for field in properties)
    )


def read(data: bytes, file: str, given: Given) -> Iterator[Received | Refusal]:
    yield from batch(data, file, given, one)


def one(payload: object, given: Given) -> Received:
    source = mapping(payload, "an object with engagementId and transcriptCreateUtterances")
    known = source.get("call") if isinstance(source.get("call"), Mapping) else source
    field = next((field for field in UTTERANCES if source.get(field) is not None), UTTERANCES[0])
    if field not in source:
        raise DecodeError(
            field,
            None,
            "the words, which a call does not hold (hs_call_body are somebody's notes): GET "
            "/crm/extensions/calling/2026-03/transcripts/{transcriptId}, and send the answer, with this as its call",
        )
    people, segments = [], []
    for place, entry in entries(source, field):
        try:
            words = mapping(entry, "an object with speaker, text, startTimeMillis")
            speaker = person(words.get("speaker"))
            people += [] if speaker is None else [speaker]
            segments.append(
                Segment(
                    speaker=None if speaker is None else speaker.id,
                    start=seconds(words, "startTimeMillis", unit=MILLISECONDS),
                    end=seconds(words, "endTimeMillis", unit=MILLISECONDS),
                    text=spoken(words, "text"),
                )
            )
        except DecodeError as error:
            raise error.under(place) from None
    deals = [id for id in associated(known) if id is not None]
    when = at(known, "properties", "hs_timestamp")
    return call(
        given,
        source="hubspot-call",
        id=label(source, "engagementId") or label(known, "id"),
        at=moment_text(at(known, "properties"), "hs_timestamp") or epoch(when),
        people=people,
        segments=joined(segments),
        deal={"id": deals[0]} if len(deals) == 1 else None,
        objects=[CrmObject(system="hubspot", kind="deal", id=id) for id in deals],
        field=field,
    )


def person(value: object) -> Participant | None:
    name, email = some(value, "name"), address(value, "email")
    id = label(value, "id") or email or name
    return None if id is None else Participant(id=id, name=name, email=email)


def associated(known: object) -> list[str | None]:
    """The ids of the deals that the call is tied to."""
    deals = at(known, "associations", "deals")
    found = [label(each, "id") for _, each in entries(deals, "results")] if isinstance(deals, Mapping) else []
    return list(dict.fromkeys(found))

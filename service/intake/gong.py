"""Gong: transcripts (`callTranscripts`, milliseconds), with the calls' parties and deal where they come along.

One object may hold `callTranscripts` together with `calls` (of /v2/calls/extensive), `callData` (of the webhook) or
bare `parties` and `metaData`. Ids have up to 20 digits and stay text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from service.intake.calls import batch, call
from service.intake.envelope import CrmObject, Received
from service.intake.fields import address, at, entries, identity, label, mapping, moment_text, seconds, some, spoken
from service.intake.given import Given
from service.intake.refusal import Refusal
from service.intake.turns import put_together
from signals import DecodeError, Participant, Segment, Side

__all__ = ["read", "recognises"]

SIDES = {"Internal": Side.SELLER, "External": Side.BUYER}
KINDS = {"Opportunity": "deal", "Deal": "deal", "Account": "account", "Company": "account"}
MILLISECONDS = 0.001
# Nobody says so many characters a second. Where it would be so, the times are seconds, as one published schema has it.
IMPOSSIBLE_PACE = 500

Transcript = tuple[Any, Mapping[str, Mapping[str, Any]], Mapping[str, Any]]


def recognises(value: Any) -> bool:
    if not isinstance(value, Mapping):
        return False
    if "callTranscripts" in value or isinstance(at(value, "callData", "metaData"), Mapping):
        return True
    calls = value.get("calls")
    first = calls[0] if isinstance(calls, list) and calls else value
    return isinstance(at(first, "metaData"), Mapping) and any(
        field in first for field in ("parties", "context", "content", "interaction", "collaboration", "media")
    )


def read(data: bytes, file: str, given: Given) -> Iterator[Received | Refusal]:
    yield from batch(data, file, given, one, transcripts)


def transcripts(payload: object) -> Iterable[tuple[str, Transcript]]:
    whole = mapping(payload, "an object with callTranscripts")
    calls = calls_of(whole)
    found = list(entries(whole, "callTranscripts", "a list of transcripts"))
    if not found:
        raise DecodeError("callTranscripts", None, to_be_fetched(calls))
    return [(place, (transcript, calls, whole)) for place, transcript in found]


def to_be_fetched(calls: Mapping[str, Any]) -> str:
    ids = ", ".join(f'"{id}"' for id in list(calls)[:5]) or "the call's id"
    return (
        "a list of transcripts, which Gong's webhook and /v2/calls/extensive do not hold: "
        f'POST /v2/calls/transcript with {{"filter": {{"callIds": [{ids}]}}}}, and send the callTranscripts of the '
        "answer together with this in one object"
    )


def calls_of(value: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What is known of each call beside its words, by the call's id."""
    calls = value.get("calls")
    candidates = [*calls] if isinstance(calls, list) else []
    candidates += [value.get("callData"), value if "metaData" in value else None]
    found = ((label(at(call, "metaData"), "id"), call) for call in candidates)
    return {id: call for id, call in found if id is not None and call is not None}


def one(record: Transcript, given: Given) -> Received:
    source, calls, whole = record
    transcript = mapping(source, "an object with callId and transcript")
    call_id = identity(transcript, "callId")
    known = calls.get(call_id, {})
    parties = next((list_ for each in (known, transcript, whole) if (list_ := list(entries(each, "parties")))), [])
    objects = list(linked(known))
    return call(
        given,
        source="gong",
        id=call_id,
        at=moment_text(known.get("metaData"), "started") or moment_text(known.get("metaData"), "scheduled"),
        people=[person(party, place) for place, party in parties],
        segments=monologues(transcript, duration=at(known, "metaData", "duration")),
        deal=deal(known, objects),
        objects=objects,
    )


def person(value: object, place: str) -> Participant:
    """A party as a participant; one who never spoke has no speakerId and is known by the party's own id."""
    if not isinstance(value, Mapping):
        raise DecodeError(place, value, "an object")
    return Participant(
        id=label(value, "speakerId", "id", "emailAddress") or place,
        name=some(value, "name"),
        email=address(value, "emailAddress"),
        title=some(value, "title"),
        side=SIDES.get(str(value.get("affiliation"))),
    )


def monologues(transcript: Mapping[str, Any], *, duration: object) -> list[Segment]:
    """Each speaker's turn, its sentences joined."""
    turns = []
    for place, turn in entries(transcript, "transcript"):
        try:
            source = mapping(turn, "an object with speakerId and sentences")
            sentences = [(field, sentence) for field, sentence in entries(source, "sentences")]
            turns.append((place, None if source.get("speakerId") is None else identity(source, "speakerId"), sentences))
        except DecodeError as error:
            raise error.under(place) from None
    unit = unit_of([sentence for _, _, sentences in turns for _, sentence in sentences], duration)
    spoken_turns = [
        put_together(sentence_of(sentence, speaker, f"{place}.{field}", unit) for field, sentence in sentences)
        for place, speaker, sentences in turns
    ]
    return [turn for turn in spoken_turns if turn is not None]


def sentence_of(value: object, speaker: str | None, place: str, unit: float) -> Segment:
    try:
        source = mapping(value, "an object with start, end and text")
        return Segment(
            speaker=speaker,
            start=seconds(source, "start", unit=unit),
            end=seconds(source, "end", unit=unit),
            text=spoken(source, "text"),
        )
    except DecodeError as error:
        raise error.under(place) from None


def unit_of(sentences: Sequence[object], duration: object) -> float:
    """Milliseconds, unless all would have been said at a pace that nobody has and the times fit the call as seconds."""
    letters, raw, last = 0, 0.0, 0.0
    for sentence in sentences:
        start, end, text = (at(sentence, field) for field in ("start", "end", "text"))
        if isinstance(start, int | float) and isinstance(end, int | float) and isinstance(text, str):
            letters, raw, last = letters + len(text), raw + max(0, end - start), max(last, end)
    if letters <= IMPOSSIBLE_PACE * raw * MILLISECONDS or not raw:
        return MILLISECONDS
    fits = last <= float(duration) * 1.05 + 60 if isinstance(duration, int | float) else True
    return 1.0 if fits else MILLISECONDS


def linked(known: Mapping[str, Any]) -> Iterator[CrmObject]:
    """The CRM's records that Gong tied to the call."""
    for _, context in entries(known, "context"):
        for _, entry in entries(context, "objects") if isinstance(context, Mapping) else []:
            id, kind = label(entry, "objectId"), some(entry, "objectType")
            if id is not None and kind is not None:
                yield CrmObject(
                    system=(some(context, "system") or "crm").lower(), kind=KINDS.get(kind, kind.lower()), id=id
                )


def deal(known: Mapping[str, Any], objects: Sequence[CrmObject]) -> dict[str, Any]:
    """The one opportunity and the account's name; several opportunities leave it open which is meant."""
    deals = {each.id for each in objects if each.kind == "deal"}
    found = {"id": deals.pop()} if len(deals) == 1 else {}
    for _, context in entries(known, "context"):
        for _, entry in entries(context, "objects") if isinstance(context, Mapping) else []:
            if KINDS.get(some(entry, "objectType") or "") == "account":
                fields = [field for _, field in entries(entry, "fields") if some(field, "name") == "Name"]
                found.setdefault("account", next(filter(None, (some(field, "value") for field in fields)), ""))
    return {key: value for key, value in found.items() if value}

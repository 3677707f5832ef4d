"""Gong: transcripts (`callTranscripts`, milliseconds), with the calls' parties and deal where they come along.

One object may hold `callTranscripts` together with `calls` (of /v2/calls/extensive), `callData` (of the webhook) or
bare `parties` and `metaData`. Ids have up to 20 digits and stay text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.intake.given import Given, dated
from service.intake.jsontext import loads
from service.intake.refusal import Refusal
from signals import Conversation, DecodeError
from signals.decode import items, name, number, optional_text, text

__all__ = ["read"]

SIDES = {"Internal": "seller", "External": "buyer"}


def read(data: bytes, file: str, given: Given) -> Iterator[Conversation | Refusal]:
    value = loads(data)
    if not isinstance(value, Mapping):
        raise DecodeError("", value, "an object with callTranscripts")
    transcripts = value.get("callTranscripts")
    if not isinstance(transcripts, list) or not transcripts:
        raise DecodeError(
            "callTranscripts",
            transcripts,
            "a list of transcripts; Gong's webhook and /v2/calls/extensive hold none: fetch them from "
            "/v2/calls/transcript by the call's id, and send both in one object",
        )
    for index, transcript in enumerate(transcripts):
        try:
            yield one(transcript, calls_of(value), value, given)
        except DecodeError as error:
            yield Refusal.of(file, error.under(f"callTranscripts[{index}]"))


def calls_of(value: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What is known of each call beside its words, by the call's id."""
    calls = value.get("calls")
    candidates = [*calls] if isinstance(calls, list) else []
    candidates += [value.get("callData"), value if "metaData" in value else None]
    out: dict[str, Mapping[str, Any]] = {}
    for call in candidates:
        meta = call.get("metaData") if isinstance(call, Mapping) else None
        if isinstance(meta, Mapping) and meta.get("id") is not None:
            out[str(meta["id"])] = call
    return out


def one(
    transcript: object, calls: Mapping[str, Mapping[str, Any]], whole: Mapping[str, Any], given: Given
) -> Conversation:
    if not isinstance(transcript, Mapping):
        raise DecodeError("", transcript, "an object with callId and transcript")
    call_id = identity(transcript, "callId")
    call = calls.get(call_id, {})
    parties = first_list(call.get("parties"), transcript.get("parties"), whole.get("parties"))
    people = [person(party, index) for index, party in enumerate(parties)]
    segments = list(items(transcript, "transcript", monologue))
    known = {each["id"] for each in people}
    silent = dict.fromkeys(each["speaker"] for each in segments if each["speaker"] and each["speaker"] not in known)
    people += [{"id": id} for id in silent]
    source: dict[str, Any] = {
        "id": f"gong-{call_id}",
        "kind": "call",
        "occurred_at": started(call) or dated(given).isoformat(),
        "participants": people,
        "segments": segments,
    }
    deal = opportunity(call)
    if deal:
        source["deal"] = deal
    return given.complete(Conversation.from_json(source))


def identity(source: Mapping[str, Any], field: str) -> str:
    """An id: text, or a whole number that some client made of it."""
    value = source.get(field)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else name(source, field)


def first_list(*candidates: object) -> list[Any]:
    return next((list(each) for each in candidates if isinstance(each, list) and each), [])


def person(party: object, index: int) -> dict[str, Any]:
    """A party as a participant; one who never spoke has no speakerId and is known by the party's own id."""
    if not isinstance(party, Mapping):
        raise DecodeError(f"parties[{index}]", party, "an object")
    id = party.get("speakerId") or party.get("id") or party.get("emailAddress") or f"party-{index + 1}"
    fields = {"name": "name", "email": "emailAddress", "title": "title"}
    out = {ours: party[theirs] for ours, theirs in fields.items() if isinstance(party.get(theirs), str)}
    side = SIDES.get(str(party.get("affiliation")))
    return {"id": str(id), **out} | ({"side": side} if side else {})


def monologue(value: object) -> dict[str, Any]:
    """One speaker's turn, its sentences joined; times come in milliseconds and leave in seconds."""
    if not isinstance(value, Mapping):
        raise DecodeError("", value, "an object with speakerId and sentences")
    sentences = items(value, "sentences", sentence)
    starts = [start for start, _, _ in sentences if start is not None]
    ends = [end for _, end, _ in sentences if end is not None]
    return {
        "speaker": None if value.get("speakerId") is None else identity(value, "speakerId"),
        "start": min(starts, default=None),
        "end": max(ends, default=None),
        "text": " ".join(words for _, _, words in sentences if words),
    }


def sentence(value: object) -> tuple[float | None, float | None, str]:
    if not isinstance(value, Mapping):
        raise DecodeError("", value, "an object with start, end and text")
    start, end = (None if value.get(field) is None else number(value, field) / 1000 for field in ("start", "end"))
    return start, end, " ".join(text(value, "text").split())


def started(call: Mapping[str, Any]) -> str | None:
    meta = call.get("metaData")
    if not isinstance(meta, Mapping):
        return None
    return optional_text(meta, "started") or optional_text(meta, "scheduled")


def opportunity(call: Mapping[str, Any]) -> dict[str, Any]:
    """The CRM's opportunity and account that Gong linked to the call."""
    out: dict[str, Any] = {}
    for context in first_list(call.get("context")):
        for entry in first_list(context.get("objects")) if isinstance(context, Mapping) else []:
            if not isinstance(entry, Mapping):
                continue
            fields = {
                f["name"]: f.get("value")
                for f in first_list(entry.get("fields"))
                if isinstance(f, Mapping) and isinstance(f.get("name"), str)
            }
            if entry.get("objectType") == "Opportunity" and entry.get("objectId") is not None:
                out.setdefault("id", str(entry["objectId"]))
            if entry.get("objectType") == "Account" and isinstance(fields.get("Name"), str):
                out.setdefault("account", fields["Name"])
    return out if "id" in out else {}

"""Microsoft Teams: the WebVTT of a transcript's content or metadataContent, and what Graph says about it in JSON.

A callTranscript or a change notification holds no words. A callTranscript may carry the text of its content as
`transcript`: then its id and the time at which transcribing began come from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from service.intake.calls import batch
from service.intake.captions import captioned, read_captions, vtt_cues
from service.intake.envelope import Received
from service.intake.fields import entries, identity, mapping, moment_text, some
from service.intake.given import Given
from service.intake.refusal import Refusal
from service.intake.textfile import as_text, is_json
from signals import DecodeError

__all__ = ["read", "recognises"]


def recognises(value: Any) -> bool:
    if not isinstance(value, Mapping):
        return False
    if "transcriptContentUrl" in value:
        return True
    listed = value.get("value")
    first = listed[0] if isinstance(listed, list) and listed else None
    if not isinstance(first, Mapping):
        return False
    notified = "subscriptionId" in first and "transcripts" in str(first.get("resource")).lower()
    return notified or "transcriptContentUrl" in first


def read(data: bytes, file: str, given: Given) -> Iterator[Received | Refusal]:
    if is_json(data):
        yield from batch(data, file, given, one, records)
    else:
        yield read_captions(data, given, source="teams")


def records(payload: object) -> Iterable[tuple[str, Any]]:
    source = mapping(payload, "a callTranscript of Graph, or WebVTT")
    return list(entries(source, "value")) if isinstance(source.get("value"), list) else [("", source)]


def one(record: object, given: Given) -> Received:
    source = mapping(record, "a callTranscript of Graph")
    if not isinstance(source.get("transcript"), str):
        raise DecodeError("transcript", None, to_be_fetched(source))
    return captioned(
        vtt_cues(as_text(source["transcript"].encode("utf-8", "replace"))),
        given,
        source="teams",
        id=identity(source, "id"),
        at=moment_text(source, "createdDateTime"),
    )


def to_be_fetched(source: Mapping[str, Any]) -> str:
    where = some(source, "transcriptContentUrl")
    resource = some(source, "resource")
    if where is None:
        where = f"/{resource[:300].strip('/')}/content" if resource else ".../transcripts/{id}/content"
    return (
        f"the words, which this does not hold: GET {where[:400]} with Accept: text/vtt, and send the answer, with "
        'occurred_at the createdDateTime, or as "transcript" in the callTranscript\'s own object'
    )

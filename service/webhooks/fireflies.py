"""Fireflies: a meeting is transcribed (webhooks of version 2, and the older ones)."""

from __future__ import annotations

from collections.abc import Iterator

from service.webhooks import verify
from service.webhooks.delivery import Delivery, Site
from service.webhooks.found import Announcement, Found, Ignored
from service.webhooks.payload import clean, identity, known, loads, millis, short
from service.webhooks.source import Source
from signals.decode import as_object, text

__all__ = ["SOURCE"]

QUERY = (
    "query($id:String!){transcript(id:$id){id title dateString organizer_email participants "
    "meeting_attendees{displayName email} speakers{id name} "
    "sentences{index speaker_id speaker_name text raw_text start_time end_time}}}"
)


def read(delivery: Delivery, site: Site) -> Iterator[Found]:
    body = as_object(loads(delivery.body))
    if "eventType" in body:
        event, ready, meeting = text(body, "eventType"), "Transcription completed", "meetingId"
        reference, when = body.get("clientReferenceId"), delivery.received_at
    else:
        event, ready, meeting = text(body, "event"), "meeting.transcribed", "meeting_id"
        reference = body.get("client_reference_id")
        when = millis(body, "timestamp") if body.get("timestamp") is not None else delivery.received_at
    if event != ready:
        yield Ignored(place="body", reason=f"{short(event)}: only {ready} tells that there is something to read")
        return
    id = identity(body, meeting)
    fetch = {
        "what": "the transcript; post the answer to `then`",
        "method": "POST",
        "url": "https://api.fireflies.ai/graphql",
        "body": {"query": QUERY, "variables": {"id": id}},
        "then": "/v1/ingest/fireflies",
        "reference": clean(reference),
    }
    yield Announcement(place="body", id=id, kind="transcript", announced_at=when, fetch=known(fetch))


SOURCE = Source(name="fireflies", verify=verify.fireflies, read=read)

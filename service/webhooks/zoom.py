"""Zoom: a recording's transcript is ready. The file is to be fetched with a token of the company's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import orjson

from service.intake.jsontext import UnreadableError
from service.webhooks import verify
from service.webhooks.delivery import Delivery, Site
from service.webhooks.found import Announcement, Found, Ignored
from service.webhooks.payload import at, clean, identity, known, loads, millis, objects, short
from service.webhooks.source import Reply, Source
from service.webhooks.verify import Proof, UnprovenError, hex_of
from signals import DecodeError
from signals.decode import as_object, text

__all__ = ["SOURCE"]

VALIDATION, READY = "endpoint.url_validation", "recording.transcript_completed"
# What is signed for an event begins with "v0:": such a text must never be signed on demand.
PLAIN = re.compile(r"[A-Za-z0-9_=+/-]{1,200}")


def early(delivery: Delivery, proof: Proof) -> Reply | None:
    try:
        body = loads(delivery.body)
    except UnreadableError:
        return None
    if at(body, "event") != VALIDATION:
        return None
    plain = at(body, "payload", "plainToken")
    if not isinstance(plain, str) or not PLAIN.fullmatch(plain):
        raise DecodeError("payload.plainToken", plain, "letters and digits")
    if proof.secret is None:
        raise UnprovenError("the URL's validation is answered with Zoom's secret token, and there is none")
    return Reply(body=orjson.dumps({"plainToken": plain, "encryptedToken": hex_of(proof.secret, plain.encode())}))


def read(delivery: Delivery, site: Site) -> Iterator[Found]:
    body = as_object(loads(delivery.body))
    event = text(body, "event")
    if event != READY:
        yield Ignored(place="body", reason=f"{short(event)}: only {READY} tells that there is something to read")
        return
    meeting = at(body, "payload", "object")
    try:
        uuid = identity(as_object(meeting), "uuid")
    except DecodeError as error:
        raise error.under("payload.object") from None
    files = [each for each in objects(meeting, "recording_files") if each.get("file_type") == "TRANSCRIPT"]
    if not files:
        yield Ignored(place="body", reason="no file of the type TRANSCRIPT; captions (CC) are the same words again")
        return
    for file in files:
        yield Announcement(
            place="body",
            id=f"{uuid}/{clean(file.get('id')) or 'transcript'}"[:250],
            kind="transcript",
            announced_at=millis(body, "event_ts"),
            fetch=to_fetch(uuid, meeting, file),
        )


def to_fetch(uuid: str, meeting: object, file: Mapping[str, Any]) -> dict[str, Any]:
    began = clean(file.get("recording_start")) or clean(at(meeting, "start_time")) or ""
    # Slashes in a meeting's id are escaped twice in Zoom's API.
    in_api = quote(quote(uuid, safe=""), safe="")
    fetch = {
        "what": "the transcript as VTT, with a token of your own; post it to `then`",
        "method": "GET",
        "url": clean(file.get("download_url")),
        "api": f"https://api.zoom.us/v2/meetings/{in_api}/recordings",
        "then": f"/v1/ingest/zoom?occurred_at={quote(began, safe='')}",
        "title": clean(at(meeting, "topic")),
        "host": clean(at(meeting, "host_email")),
    }
    return known(fetch)


SOURCE = Source(name="zoom", verify=verify.v0("x-zm-signature", "x-zm-request-timestamp"), read=read, early=early)

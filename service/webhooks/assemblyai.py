"""AssemblyAI: a transcript is completed. It signs nothing, and sends a header that one chooses."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from service.webhooks import verify
from service.webhooks.delivery import Delivery, Site
from service.webhooks.found import Announcement, Found, Ignored
from service.webhooks.payload import identity, loads, short
from service.webhooks.source import Source
from signals.decode import as_object, text

__all__ = ["SOURCE"]


def read(delivery: Delivery, site: Site) -> Iterator[Found]:
    body = as_object(loads(delivery.body))
    id, status = identity(body, "transcript_id"), text(body, "status")
    if status != "completed":
        yield Ignored(place="body", reason=f"{short(status)}: there is no transcript")
        return
    fetch = {
        "what": "the transcript; post it to `then`",
        "method": "GET",
        "url": f"https://api.assemblyai.com/v2/transcript/{quote(id, safe='')}",
        "then": "/v1/ingest/assemblyai",
    }
    yield Announcement(place="body", id=id, kind="transcript", announced_at=delivery.received_at, fetch=fetch)


SOURCE = Source(name="assemblyai", verify=verify.token("authorization"), read=read)

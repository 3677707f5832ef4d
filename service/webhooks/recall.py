"""Recall.ai: a transcript is done. Signed as Standard Webhooks, by older workspaces under Svix's header names."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from service.webhooks import verify
from service.webhooks.delivery import Delivery, Site
from service.webhooks.found import Announcement, Found, Ignored
from service.webhooks.payload import any_identity, at, identity, known, loads, moment, short
from service.webhooks.source import Source
from signals import DecodeError
from signals.decode import as_object, text

__all__ = ["SOURCE"]

DONE = "transcript.done"


def read(delivery: Delivery, site: Site) -> Iterator[Found]:
    body = as_object(loads(delivery.body))
    event = text(body, "event")
    if event != DONE:
        yield Ignored(place="body", reason=f"{short(event)}: only {DONE} tells that there is something to read")
        return
    try:
        id = identity(as_object(at(body, "data", "transcript")), "id")
    except DecodeError as error:
        raise error.under("data.transcript") from None
    inner = at(body, "data", "data")
    when = moment(inner, "updated_at") if at(inner, "updated_at") else delivery.received_at
    fetch = {
        "what": "the transcript's record; post what its data.download_url gives to `then`",
        "method": "GET",
        # The region is the account's: us-west-2, us-east-1, eu-central-1 or ap-northeast-1.
        "url": f"https://{{region}}.recall.ai/api/v1/transcript/{quote(id, safe='')}/",
        "then": "/v1/ingest/recall",
        "recording": any_identity(at(body, "data", "recording", "id")),
        "bot": any_identity(at(body, "data", "bot", "id")),
    }
    yield Announcement(place="body", id=id, kind="transcript", announced_at=when, fetch=known(fetch))


SOURCE = Source(name="recall", verify=verify.standard, read=read)

"""Google Calendar: a push without a body says that something changed; events of the API say what.

The push is announced, so that whoever may read the calendar fetches what changed and posts it here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from service.webhooks import verify
from service.webhooks.deal_fields import named_deals
from service.webhooks.delivery import Delivery, Site
from service.webhooks.found import Announcement, External, Found, Happening, Ignored, event_id
from service.webhooks.marks import made
from service.webhooks.meetings import purpose_of
from service.webhooks.payload import (
    any_identity,
    at,
    clean,
    each,
    identity,
    known,
    loads,
    mail_address,
    moment,
    objects,
)
from service.webhooks.source import Source
from signals import DecodeError
from signals.decode import as_object, text

__all__ = ["SOURCE"]

STATE = "x-goog-resource-state"


def read(delivery: Delivery, site: Site) -> Iterator[Found]:
    if delivery.body.strip():
        body = as_object(loads(delivery.body))

        def record(value: Mapping[str, Any], place: str) -> Iterator[Found]:
            yield entry(value, place, site, delivery.received_at)

        yield from each(body.get("items", [body]), "items", record)
        return
    yield pushed(delivery)


def pushed(delivery: Delivery) -> Found:
    state = delivery.header(STATE)
    if state == "sync":
        return Ignored(place="headers", reason="sync: the channel is open, nothing has changed yet")
    if state not in ("exists", "not_exists"):
        expected = "sync, exists or not_exists; a push of Google Calendar has no body and says it in headers"
        raise DecodeError("X-Goog-Resource-State", state, expected)
    resource = any_identity(delivery.header("x-goog-resource-id"))
    if resource is None:
        raise DecodeError("X-Goog-Resource-ID", delivery.header("x-goog-resource-id"), "the id of the watched calendar")
    fetch = {
        "what": "events.list with the syncToken of your last call; post its answer to /v1/webhooks/google-calendar",
        "channel": clean(delivery.header("x-goog-channel-id")),
        "resource": clean(delivery.header("x-goog-resource-uri")),
    }
    return Announcement(
        place="headers", id=resource, kind="calendar", announced_at=delivery.received_at, fetch=known(fetch)
    )


def entry(value: Mapping[str, Any], place: str, site: Site, received_at: dt.datetime) -> Found:
    id, status = identity(value, "id"), text(value, "status")
    meeting = f"google:{id}"
    changed = f"{value.get('updated') or value.get('etag') or '-'}"
    about = (External(system="google-calendar", object_id=id), *named_deals(private(value)))
    marks = (made(id),)
    if status == "cancelled":
        # Of a cancelled event of a series nothing else need be there.
        return Happening(
            place=place,
            id=event_id("google-calendar", id, "cancelled", changed),
            type="meeting.cancelled",
            occurred_at=moment(value, "updated") if value.get("updated") else received_at,
            data={"meeting": meeting},
            about=about,
            marks=marks,
        )
    start = value.get("start")
    if not isinstance(start, Mapping) or not start.get("dateTime"):
        return Ignored(place=place, reason="it lasts whole days: a note, no meeting")
    guests = list(others(value, site))
    if not guests:
        return Ignored(place=place, reason="nobody from outside is invited, as far as TELLTALE_OUR_DOMAINS tells")
    if all(guest.get("responseStatus") == "declined" for guest in guests):
        return Ignored(place=place, reason="everybody from outside declined")
    try:
        starts = moment(start, "dateTime")
    except DecodeError as error:
        raise error.under("start") from None
    names = [clean(guest.get("displayName")) for guest in guests if guest.get("responseStatus") != "declined"]
    data = {
        "meeting": meeting,
        "at": starts.isoformat(),
        "contacts": [name for name in names if name],
        "purpose": purpose_of(value.get("summary")),
    }
    return Happening(
        place=place,
        id=event_id("google-calendar", id, changed),
        type="meeting.scheduled",
        occurred_at=moment(value, "updated", "created"),
        data=known(data),
        about=about,
        people=tuple(filter(None, (mail_address(guest.get("email")) for guest in guests))),
        marks=marks,
    )


def private(value: Mapping[str, Any]) -> Mapping[str, Any]:
    found = at(value, "extendedProperties", "private")
    return found if isinstance(found, Mapping) else {}


def others(value: Mapping[str, Any], site: Site) -> Iterator[Mapping[str, Any]]:
    """Those invited who are neither rooms nor the seller's."""
    for guest in objects(value, "attendees"):
        address = mail_address(guest.get("email"))
        if not guest.get("resource") and not guest.get("self") and not (address and site.is_ours(address)):
            yield guest


SOURCE = Source(
    name="google-calendar",
    verify=verify.token("x-goog-channel-token", beside=("x-goog-",)),
    read=read,
    beside=("x-goog-",),
)

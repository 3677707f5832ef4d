"""Calendly: a buyer books a meeting, or cancels it. Who reschedules does both, each delivered by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.webhooks import verify
from service.webhooks.deal_fields import canonical
from service.webhooks.delivery import Delivery, Site
from service.webhooks.found import External, Found, Happening, Ignored, event_id
from service.webhooks.meetings import purpose_of
from service.webhooks.payload import any_identity, at, clean, known, loads, mail_address, moment, objects, short
from service.webhooks.source import Source
from signals import DecodeError
from signals.decode import as_object, text

__all__ = ["SOURCE"]

BOOKED, CANCELLED = "invitee.created", "invitee.canceled"


def read(delivery: Delivery, site: Site) -> Iterator[Found]:
    body = as_object(loads(delivery.body))
    event = text(body, "event")
    if event not in (BOOKED, CANCELLED):
        yield Ignored(place="body", reason=f"{short(event)}: means nothing to a deal")
        return
    try:
        yield invitee(as_object(body.get("payload")), body, event)
    except DecodeError as error:
        raise error if error.field == "created_at" else error.under("payload") from None


def invitee(payload: Mapping[str, Any], body: Mapping[str, Any], event: str) -> Found:
    found = payload.get("scheduled_event")
    scheduled: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    meeting = last_part(payload.get("event") or scheduled.get("uri"), "event")
    person = last_part(payload.get("uri"), "uri")
    if event == CANCELLED:
        if scheduled.get("status") == "active":
            return Ignored(place="body", reason="one of several guests cancelled; the meeting takes place")
        type, data = "meeting.cancelled", {"meeting": meeting}
    else:
        try:
            starts = moment(scheduled, "start_time")
        except DecodeError as error:
            raise error.under("scheduled_event") from None
        name = clean(payload.get("name"))
        type = "meeting.scheduled"
        data = known(
            {
                "meeting": meeting,
                "at": starts.isoformat(),
                "contacts": [name] if name else [],
                "purpose": purpose_of(scheduled.get("name")),
            }
        )
    return Happening(
        place="body",
        id=event_id("calendly", person, "created" if event == BOOKED else "canceled"),
        type=type,
        occurred_at=moment(body, "created_at"),
        data=data,
        about=(External(system="calendly", object_id=meeting), *tracked(payload)),
        people=tuple(guests(payload, scheduled)),
    )


def last_part(value: object, field: str) -> str:
    """Calendly's ids are the last part of its URIs."""
    found = any_identity(value.rstrip("/").rpartition("/")[2]) if isinstance(value, str) else None
    if found is None:
        raise DecodeError(field, value, "a URI of Calendly, of which the last part is the id")
    return found


def tracked(payload: Mapping[str, Any]) -> Iterator[External]:
    """The CRM's object that the booking link was made for."""
    found = any_identity(at(payload, "tracking", "salesforce_uuid"))
    if found:
        yield External(system="salesforce", object_id=canonical("salesforce", found), names_deal=True)


def guests(payload: Mapping[str, Any], scheduled: Mapping[str, Any]) -> Iterator[str]:
    for value in (payload.get("email"), *(guest.get("email") for guest in objects(scheduled, "event_guests"))):
        address = mail_address(value)
        if address:
            yield address


SOURCE = Source(name="calendly", verify=verify.calendly, read=read)

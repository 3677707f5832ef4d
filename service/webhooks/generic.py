"""The doors for any sender: Standard Webhooks and CloudEvents whose types and data are the engine's own.

A sender that cannot speak the engine's words gets a mapping file (mapping_file.py) instead.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from service.intake.refusal import Refusal
from service.webhooks import cloudevents, verify
from service.webhooks.deal_fields import external_ids
from service.webhooks.delivery import Delivery, Site
from service.webhooks.engine_fields import TYPES
from service.webhooks.found import TELLTALE, External, Found, Happening, event_id
from service.webhooks.marks import by_client
from service.webhooks.payload import identity, loads, mail_address, moment
from service.webhooks.source import Source
from signals import DecodeError
from signals.decode import as_object, text

__all__ = ["CLOUDEVENTS", "STANDARD"]

PREFIXES = ("com.telltale.", "telltale.")
OWN_FIELDS = ("deal_id", "external_ids", "people")


def read_standard(delivery: Delivery, site: Site) -> Iterator[Found]:
    body = as_object(loads(delivery.body))
    sent = delivery.header("webhook-id") or delivery.header("svix-id")
    id = event_id("standard", sent or verify.digest(delivery.body)[:40])
    yield happening(body, "body", id, time_of(body, "timestamp", delivery.received_at), ())


def read_cloudevents(delivery: Delivery, site: Site) -> Iterator[Found]:
    for place, event in cloudevents.events(delivery):
        try:
            found = cloudevents.checked(event)
            id = event_id("cloudevents", found["source"], found["id"])
            marks = (by_client(found["source"]),)
            yield happening(found, place, id, time_of(found, "time", delivery.received_at), marks)
        except DecodeError as error:
            yield Refusal.of(place, error)


def time_of(source: Mapping[str, Any], field: str, otherwise: dt.datetime) -> dt.datetime:
    """Both specifications leave the time out where nobody knows it: then it is when it came."""
    return otherwise if source.get(field) is None else moment(source, field)


def happening(source: Mapping[str, Any], place: str, id: str, when: dt.datetime, marks: tuple[str, ...]) -> Happening:
    said = text(source, "type")
    type = next((said.removeprefix(prefix) for prefix in PREFIXES if said.startswith(prefix)), said)
    if type not in TYPES:
        expected = f"one of {', '.join(TYPES)}; events of other types need a mapping file"
        raise DecodeError("type", said, expected)
    try:
        data = {} if source.get("data") is None else as_object(source["data"])
        about = tuple(about_deal(data, source.get("subject")))
    except DecodeError as error:
        raise error.under("data") from None
    people = data.get("people")
    return Happening(
        place=place,
        id=id,
        type=type,
        occurred_at=when,
        data={key: value for key, value in data.items() if key not in OWN_FIELDS},
        about=about,
        people=tuple(filter(None, map(mail_address, people if isinstance(people, list) else ()))),
        marks=marks,
    )


def about_deal(data: Mapping[str, Any], subject: object) -> Iterator[External]:
    if data.get("deal_id") is not None:
        yield External(system=TELLTALE, object_id=identity(data, "deal_id"), names_deal=True)
    elif isinstance(subject, str) and subject.startswith("deal/"):
        yield External(system=TELLTALE, object_id=identity({"subject": subject[5:]}, "subject"), names_deal=True)
    for system, object_id in external_ids(data):
        yield External(system=system, object_id=object_id, names_deal=True)


STANDARD = Source(name="standard", verify=verify.standard, read=read_standard)
CLOUDEVENTS = Source(
    name="cloudevents",
    verify=verify.first_of(
        verify.is_standard, verify.standard, verify.token("authorization", beside=cloudevents.HEADERS)
    ),
    read=read_cloudevents,
    beside=cloudevents.HEADERS,
)

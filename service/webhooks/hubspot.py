"""HubSpot: deals made and their properties changed. A list of events, in no order, values as text."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from service.webhooks import crm, verify
from service.webhooks.delivery import Delivery, Site
from service.webhooks.found import External, Found, Happening, Ignored, event_id
from service.webhooks.marks import by_client, wrote
from service.webhooks.payload import any_identity, clean, each, identity, loads, millis, short
from service.webhooks.source import Source
from signals import DecodeError
from signals.decode import text

__all__ = ["SOURCE"]

DEALS = "0-3"
# What a person does in HubSpot's own pages is never an echo of ours, even where it is what we wrote.
BY_PEOPLE = ("CRM_UI", "CRM_UI_BULK_ACTION", "MOBILE_IOS", "MOBILE_ANDROID")


def words(value: object, field: str) -> str:
    found = clean(value)
    if found is None:
        raise DecodeError(field, value, "text that is not blank")
    return found


# Property → our field, and how its value is read. Owners are ids, which say nothing to a person: they are left out.
PROPERTIES: dict[str, tuple[str, Callable[[object, str], Any]]] = {
    "amount": ("amount", crm.figure),
    "closedate": ("close_date", crm.close_date),
    "dealname": ("name", words),
    "deal_currency_code": ("currency", crm.currency),
    "closed_lost_reason": ("loss_reason", words),
}


def read(delivery: Delivery, site: Site) -> Iterator[Found]:
    body = loads(delivery.body)

    def record(value: Mapping[str, Any], place: str) -> Iterator[Found]:
        yield one(value, place, site)

    yield from each([body] if isinstance(body, dict) else body, "body", record)


def one(value: Mapping[str, Any], place: str, site: Site) -> Found:
    kind = text(value, "subscriptionType")
    subject, _, what = kind.partition(".")
    if subject == "object" and value.get("objectTypeId") == DEALS:
        subject = "deal"
    if subject != "deal" or what not in ("creation", "propertyChange"):
        return Ignored(place=place, reason=f"{short(kind)}: only deals that are made or changed mean something here")
    deal, when = identity(value, "objectId"), millis(value, "occurredAt")
    about = (External(system="hubspot", object_id=deal, names_deal=True),)
    subscription = any_identity(value.get("subscriptionId")) or "-"
    if what == "creation":
        return Happening(
            place=place,
            id=event_id("hubspot", subscription, deal, "creation"),
            type="deal.created",
            occurred_at=when,
            data={},
            about=about,
            marks=marks(value, deal, None, None),
        )
    name, said = text(value, "propertyName"), value.get("propertyValue")
    if name != "dealstage" and name not in PROPERTIES:
        return Ignored(place=place, reason=f"{short(name)}: not a property that moves a deal")
    if said is None or said == "":
        return Ignored(place=place, reason=f"{name}: emptied; what was known of the deal stays")
    if name == "dealstage":
        data = {"stage": crm.stage(site, "hubspot", said, "propertyValue")}
    else:
        field, take = PROPERTIES[name]
        data = {field: take(said, "propertyValue")}
    # HubSpot's own eventId is not unique; these together are.
    value_hash = hashlib.sha256(str(said).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return Happening(
        place=place,
        id=event_id("hubspot", subscription, deal, name, int(when.timestamp() * 1000), value_hash),
        type="deal.updated",
        occurred_at=when,
        data=data,
        about=about,
        marks=marks(value, deal, name, str(said)),
    )


def marks(value: Mapping[str, Any], deal: str, name: str | None, said: str | None) -> tuple[str, ...]:
    """How a write of ours comes back: by our app, or with the very value that we wrote."""
    origin = value.get("changeSource")
    if origin in BY_PEOPLE:
        return ()
    out = []
    app = any_identity(value.get("sourceId"))
    if origin in ("INTEGRATION", "API") and app:
        out.append(by_client(app))
    if name is not None and said is not None:
        out.append(wrote(deal, name, said))
    return tuple(out)


SOURCE = Source(name="hubspot", verify=verify.hubspot, read=read)

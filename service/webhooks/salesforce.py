"""Salesforce: opportunities, as change data capture (JSON, relayed) and as outbound messages (SOAP)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from service.intake.refusal import Refusal
from service.webhooks import crm, soap, verify
from service.webhooks.delivery import Delivery, Site
from service.webhooks.found import Announcement, External, Found, Happening, Ignored, event_id
from service.webhooks.marks import by_client, wrote
from service.webhooks.payload import any_identity, at, clean, each, identity, listed, loads, millis, moment, short
from service.webhooks.salesforce_ids import OPPORTUNITY, long_id
from service.webhooks.source import Reply, Source
from signals import DecodeError
from signals.decode import as_object, text

__all__ = ["ACK", "SOURCE"]

ACK = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b'<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    b'<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>'
    b"</soapenv:Body></soapenv:Envelope>"
)
TYPES = {"CREATE": "deal.created", "UPDATE": "deal.updated"}
CLIENT = ";client="


def words(value: object, field: str) -> str:
    found = clean(value)
    if found is None:
        raise DecodeError(field, value, "text that is not blank")
    return found


# Field → ours. ExpectedRevenue is the amount times the probability, and OwnerId an id: both say nothing new.
FIELDS: dict[str, tuple[str, Callable[[object, str], Any]]] = {
    "Name": ("name", words),
    "Amount": ("amount", crm.figure),
    "CloseDate": ("close_date", crm.close_date),
    "CurrencyIsoCode": ("currency", crm.currency),
    "Probability": ("rep_probability", crm.figure),
    "Loss_Reason__c": ("loss_reason", words),
}


def read(delivery: Delivery, site: Site) -> Iterator[Found]:
    if is_xml(delivery):
        yield from outbound(delivery, site)
        return
    body = loads(delivery.body)

    def record(value: Mapping[str, Any], place: str) -> Iterator[Found]:
        yield from change(value, place, site)

    yield from each([body] if isinstance(body, dict) else body, "body", record)


def is_xml(delivery: Delivery) -> bool:
    return delivery.body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def change(value: Mapping[str, Any], place: str, site: Site) -> Iterator[Found]:
    # Some relays hand on the payload alone, some wrap it once more.
    wrapped = at(value, "data", "payload") or value.get("payload") or value
    payload = as_object(wrapped, "payload")
    header = payload.get("ChangeEventHeader")
    if not isinstance(header, Mapping):
        raise DecodeError("payload.ChangeEventHeader", header, "the header of a change event")
    entity, kind = text(header, "entityName"), text(header, "changeType")
    if entity != "Opportunity":
        yield Ignored(place=place, reason=f"{short(entity)}: only opportunities mean something here")
        return
    when = millis(header, "commitTimestamp")
    data, wrong = fields(payload, site, "payload.")
    ids = ids_of(header)
    for id in ids if data or not wrong or kind not in TYPES else ():
        yield one(payload, header, kind, id, place, when, data)
    if kind in TYPES:
        yield from (Refusal.of(place, error) for error in wrong)


def ids_of(header: Mapping[str, Any]) -> list[str]:
    found = [any_identity(each) for each in listed(header, "recordIds")]
    if not found or None in found:
        raise DecodeError("payload.ChangeEventHeader.recordIds", header.get("recordIds"), "a list of ids")
    return [long_id(each) for each in found if each is not None]


def one(
    payload: Mapping[str, Any],
    header: Mapping[str, Any],
    kind: str,
    id: str,
    place: str,
    when: dt.datetime,
    data: dict[str, Any],
) -> Found:
    origin = header.get("changeOrigin")
    client = origin.partition(CLIENT)[2] if isinstance(origin, str) else ""
    mine = (by_client(client),) if any_identity(client) else ()
    if kind.startswith("GAP_") or "*" in id:
        fetch = {"what": "the opportunity as it is now: this event holds no fields", "object": "Opportunity", "id": id}
        return Announcement(
            place=place, id=f"Opportunity/{id}", kind="record", announced_at=when, fetch=fetch, marks=mine
        )
    if kind not in TYPES:
        return Ignored(place=place, reason=f"{short(kind)}: a deal here is not deleted by its CRM")
    if not data and kind == "UPDATE":
        return Ignored(place=place, reason="none of the changed fields moves a deal")
    number = header.get("transactionKey") or header.get("commitNumber")
    return Happening(
        place=place,
        id=event_id("salesforce", id, number, header.get("sequenceNumber"), int(when.timestamp() * 1000)),
        type=TYPES[kind],
        occurred_at=when,
        data=data,
        about=(External(system="salesforce", object_id=id, names_deal=True),),
        # Without a client's name the value alone tells; a change from Salesforce's own pages names none either.
        marks=mine or written(payload, id, origin),
    )


def written(payload: Mapping[str, Any], id: str, origin: object) -> tuple[str, ...]:
    if not (isinstance(origin, str) and origin.startswith("com/salesforce/api/")):
        return ()
    return tuple(
        wrote(id, name, str(payload[name])) for name in (*FIELDS, "StageName") if payload.get(name) is not None
    )


def fields(source: Mapping[str, Any], site: Site, path: str) -> tuple[dict[str, Any], list[DecodeError]]:
    """What is told of an opportunity, and what of it cannot be read; fields that did not change are null or missing."""
    out: dict[str, Any] = {}
    wrong: list[DecodeError] = []

    def stage(value: object, field: str) -> str:
        return crm.stage(site, "salesforce", value, field)

    for name, (ours, take) in (FIELDS | {"StageName": ("stage", stage)}).items():
        if source.get(name) is not None:
            try:
                out[ours] = take(source[name], path + name)
            except DecodeError as error:
                wrong.append(error)
    return out, wrong


def outbound(delivery: Delivery, site: Site) -> Iterator[Found]:
    notifications = soap.notifications(delivery.body)

    def record(value: Mapping[str, Any], place: str) -> Iterator[Found]:
        id, object = identity(value, "Id"), as_object(value.get("sObject"), "sObject")
        record_id = long_id(identity(object, "Id"))
        if not record_id.startswith(OPPORTUNITY):
            yield Ignored(place=place, reason=f"{record_id}: no opportunity")
            return
        data, wrong = fields(object, site, "sObject.")
        yield from (Refusal.of(place, error) for error in wrong)
        if not data:
            if not wrong:
                yield Ignored(place=place, reason="none of the message's fields moves a deal")
            return
        changed = [name for name in ("LastModifiedDate", "SystemModstamp") if object.get(name)]
        yield Happening(
            place=place,
            id=event_id("salesforce", id),
            type="deal.updated",
            occurred_at=moment(object, *changed) if changed else delivery.received_at,
            data=data,
            about=(External(system="salesforce", object_id=record_id, names_deal=True),),
        )

    yield from each(notifications, "Notification", record)


def answer(delivery: Delivery, outcome: dict[str, Any]) -> Reply | None:
    return None if not is_xml(delivery) else Reply(body=ACK, media_type="text/xml")


SOURCE = Source(
    name="salesforce",
    verify=verify.first_of(verify.is_standard, verify.standard, verify.token()),
    read=read,
    answer=answer,
)

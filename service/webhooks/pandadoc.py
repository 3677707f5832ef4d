"""PandaDoc: a document is sent, viewed, completed, declined. The body is a list; a view is a change of state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.webhooks import verify
from service.webhooks.deal_fields import canonical, named_deals, said_document
from service.webhooks.delivery import Delivery, Site
from service.webhooks.found import External, Found, Happening, Ignored, event_id
from service.webhooks.payload import any_identity, each, identity, loads, mail_address, moment, objects, short
from service.webhooks.source import Source
from signals import DecodeError
from signals.decode import as_object, text

__all__ = ["SOURCE"]

SIGNED, REFUSED = "document.completed", ("document.declined", "document.rejected", "document.voided")
CRM_DEALS = {"hubspot": ("deal",), "salesforce": ("opportunity",)}


def read(delivery: Delivery, site: Site) -> Iterator[Found]:
    body = loads(delivery.body)
    yield from each([body] if isinstance(body, dict) else body, "body", record)


def record(value: Mapping[str, Any], place: str) -> Iterator[Found]:
    event = text(value, "event")
    if event != "document_state_changed":
        yield Ignored(
            place=place, reason=f"{short(event)}: only changes of a document's state mean something to a deal"
        )
        return
    try:
        yield changed(as_object(value.get("data")), place)
    except DecodeError as error:
        raise error.under("data") from None


def changed(data: Mapping[str, Any], place: str) -> Found:
    document, status = identity(data, "id"), text(data, "status")
    metadata = data.get("metadata")
    fields = metadata if isinstance(metadata, Mapping) else {}
    tags = data.get("tags")
    said = said_document(fields, tags if isinstance(tags, list) else ())
    meaning = type_and_data(status, document, said, signers(data))
    if meaning is None:
        return Ignored(place=place, reason=f"{short(status)}: means nothing to a deal")
    type, details = meaning
    # A document is viewed as often as somebody opens it: the time of the change tells one from the other.
    when = moment(data, "date_modified", "date_created")
    return Happening(
        place=place,
        id=event_id("pandadoc", document, status, when.isoformat()),
        type=type,
        occurred_at=when,
        data=details,
        about=(External(system="pandadoc", object_id=document), *linked(data), *named_deals(fields)),
        people=tuple(filter(None, (mail_address(each.get("email")) for each in objects(data, "recipients")))),
    )


def type_and_data(status: str, document: str, said: str | None, signers: int) -> tuple[str, dict[str, Any]] | None:
    """What a state means. Nobody says what a document is: unless a tag or the metadata does, it is a proposal until
    those who sign it have signed it."""
    if status == "document.sent":
        if said == "contract":
            return "esign.sent", {"envelope": document, "document": said}
        return "document.sent", {"document": said or "proposal"}
    if status == "document.viewed":
        return "document.viewed", {"document": said or "proposal"}
    if status == SIGNED and signers:
        return "esign.completed", {"envelope": document, "document": said or "contract"}
    if status in REFUSED:
        return "esign.declined", {"envelope": document, "document": said or "proposal"}
    return None


def signers(data: Mapping[str, Any]) -> int:
    return sum(each.get("recipient_type") == "signer" for each in objects(data, "recipients"))


def linked(data: Mapping[str, Any]) -> Iterator[External]:
    """The CRM's deal that the document was made from."""
    for link in objects(data, "linked_objects"):
        system, kind = (str(link.get(field) or "").lower() for field in ("provider", "entity_type"))
        found = any_identity(link.get("entity_id"))
        if found and kind in CRM_DEALS.get(system, ()):
            yield External(system=system, object_id=canonical(system, found), names_deal=True)


SOURCE = Source(name="pandadoc", verify=verify.pandadoc, read=read)

"""DocuSign Connect (JSON SIM): an envelope is sent, opened, signed by all, declined or voided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.webhooks import verify
from service.webhooks.deal_fields import named_deals, said_document
from service.webhooks.delivery import Delivery, Site
from service.webhooks.found import External, Found, Happening, Ignored, event_id
from service.webhooks.payload import at, identity, known, loads, mail_address, moment, objects, short
from service.webhooks.source import Source
from signals import DecodeError
from signals.decode import as_object, text

__all__ = ["SOURCE"]

# Event → our type, and the time in the summary when it happened. A voided envelope is signed by nobody any more: like
# a declined one it takes back that a contract is out for signature.
TYPES = {
    "envelope-sent": ("esign.sent", "sentDateTime"),
    "envelope-delivered": ("document.viewed", "deliveredDateTime"),
    "envelope-completed": ("esign.completed", "completedDateTime"),
    "envelope-declined": ("esign.declined", "declinedDateTime"),
    "envelope-voided": ("esign.declined", "voidedDateTime"),
}


def read(delivery: Delivery, site: Site) -> Iterator[Found]:
    if delivery.body.lstrip()[:1] == b"<":
        raise DecodeError("", "XML", "Connect's JSON: choose the format REST v2.1 in Connect's settings")
    body = as_object(loads(delivery.body))
    event = text(body, "event")
    if event not in TYPES:
        why = "one recipient's step; the envelope's own event tells when all are done"
        yield Ignored(
            place="body",
            reason=f"{short(event)}: {why if event.startswith('recipient-') else 'means nothing to a deal'}",
        )
        return
    type, when = TYPES[event]
    data = body.get("data")
    try:
        envelope = identity(as_object(data), "envelopeId")
    except DecodeError as error:
        raise error.under("data") from None
    found = at(data, "envelopeSummary")
    summary: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    fields = custom_fields(summary)
    document = said_document(fields) or "contract"
    yield Happening(
        place="body",
        id=event_id("docusign", envelope, event),
        type=type,
        occurred_at=moment(summary, when) if summary.get(when) else moment(body, "generatedDateTime"),
        data={"document": document} | ({} if type == "document.viewed" else {"envelope": envelope}),
        about=(External(system="docusign", object_id=envelope), *named_deals(fields)),
        people=tuple(people(summary)),
    )


def custom_fields(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Name → value of the envelope's own fields, written or chosen."""
    found = at(summary, "customFields")
    fields = [*objects(found, "textCustomFields"), *objects(found, "listCustomFields")]
    return known({field["name"]: field.get("value") for field in fields if isinstance(field.get("name"), str)})


def people(summary: Mapping[str, Any]) -> Iterator[str]:
    for signer in objects(summary, "recipients", "signers"):
        address = mail_address(signer.get("email"))
        if address:
            yield address


SOURCE = Source(name="docusign", verify=verify.docusign, read=read)

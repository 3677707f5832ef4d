"""Fields that people fill in by hand in other systems (custom fields, metadata, tags), where they name a deal of ours
or a CRM's, and which kind of document it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from service.webhooks.found import TELLTALE, External
from service.webhooks.payload import any_identity, identity
from service.webhooks.salesforce_ids import long_id
from signals import DecodeError

__all__ = ["canonical", "external_ids", "named_deals", "said_document"]

# The name of a field, without case and without what stands between its words → whose id it holds.
FIELDS = {
    "dealid": TELLTALE,
    "deal": TELLTALE,
    "telltaledeal": TELLTALE,
    "telltaledealid": TELLTALE,
    "hubspotdeal": "hubspot",
    "hubspotdealid": "hubspot",
    "salesforceopportunity": "salesforce",
    "salesforceopportunityid": "salesforce",
    "opportunityid": "salesforce",
}
DOCUMENTS = ("proposal", "contract")


def named_deals(fields: Mapping[str, Any]) -> Iterator[External]:
    """The deals that these fields name."""
    for name, value in fields.items():
        system = FIELDS.get(re.sub("[^a-z]", "", name.lower()[:60]))
        found = any_identity(value)
        if system and found:
            yield External(system=system, object_id=canonical(system, found), names_deal=True)


def canonical(system: str, object_id: str) -> str:
    """The one spelling of an id that another system spells in two ways."""
    return long_id(object_id) if system == "salesforce" else object_id


def said_document(fields: Mapping[str, Any], tags: Iterable[object] = ()) -> str | None:
    """proposal or contract, where a field `document` or exactly one of the tags says so."""
    for name, value in fields.items():
        if name.lower() in ("document", "document_type") and isinstance(value, str):
            said = value.strip().lower()
            if said in DOCUMENTS:
                return said
    found = {tag.strip().lower() for tag in tags if isinstance(tag, str)} & set(DOCUMENTS)
    return found.pop() if len(found) == 1 else None


def external_ids(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """`external_ids`: what the deal is called elsewhere, `{system: id}`. Raises DecodeError."""
    found = data.get("external_ids")
    if found is None:
        return
    if not isinstance(found, Mapping):
        raise DecodeError("external_ids", found, 'an object such as {"hubspot": "9001"}')
    for system in found:
        name = any_identity(system)
        if name is None or name != name.lower() or name == TELLTALE:
            raise DecodeError("external_ids", system, 'names of other systems in small letters, such as "hubspot"')
        try:
            yield name, canonical(name, identity(found, system))
        except DecodeError as error:
            raise error.under("external_ids") from None

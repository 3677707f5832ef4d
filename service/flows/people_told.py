"""The people that other systems' events name: a contact's name, and its address where the event has one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from service.flows.fold import FROM_WORDS
from service.routing.addresses import domain_of, mailbox
from service.routing.clues import clean
from service.store.people import DealPerson, key_of

__all__ = ["people_told"]

Json = dict[str, Any]


def people_told(events: Sequence[Json]) -> list[DealPerson]:
    """From `contact.added` with `person` and, beyond what the engine reads, `email`. Conversations' own events are left
    out: the conversation itself tells more."""
    found = [
        person(event["id"], event["data"])
        for event in events
        if event["type"] == "contact.added" and event.get("source") != FROM_WORDS
    ]
    return sorted(found, key=key_of)


def person(event: str, data: Json) -> DealPerson:
    email = data.get("email")
    address = mailbox(clean(email)) if isinstance(email, str) else None
    return DealPerson(
        side=data.get("side") or "buyer",
        known="given",
        told_by=event,
        address=address,
        domain=domain_of(address),
        name=clean(data["person"]),
        title=clean(data["title"]) if data.get("title") else None,
    )

"""What a conversation itself tells of its deal: records of a CRM, its thread, the other side's people, its time."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from service.intake.envelope import Envelope
from service.routing.addresses import domain_of, mailbox, wider
from signals import Conversation, Side

__all__ = ["Clues", "Kind", "Object", "clues_of"]

# (system, id) of a deal's record in another system: ("hubspot", "9001").
Object = tuple[str, str]

# Keys are entries of an index; what is longer is known by its hash.
LONGEST_KEY = 250


class Kind(StrEnum):
    """Kinds of keys under which a conversation is found again when something becomes known."""

    OBJECT = "object"
    THREAD = "thread"
    EMAIL = "email"
    DOMAIN = "domain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """`people` are mailboxes that are not known to be the seller's; `wrote` is the one who sent it, where one did.

    `threads` are keys: messages that share one are of one thread.
    """

    occurred_at: dt.datetime
    objects: frozenset[Object] = frozenset()
    threads: tuple[str, ...] = ()
    people: frozenset[str] = frozenset()
    wrote: str | None = None
    ours: frozenset[str] = field(default_factory=frozenset)

    @property
    def domains(self) -> dict[str, str]:
        """Each company's domain, and each that it is a part of, with somebody who has it; none of ours."""
        out: dict[str, str] = {}
        for person in sorted(self.people):
            own = domain_of(person)
            if own is not None and not self.is_ours(own):
                for each in (own, *wider(own)):
                    out.setdefault(each, person)
        return out

    def is_ours(self, domain: str) -> bool:
        return any(each in self.ours for each in (domain, *wider(domain)))

    @property
    def keys(self) -> frozenset[tuple[Kind, str]]:
        return frozenset(
            [
                *((Kind.OBJECT, object_key(each)) for each in self.objects),
                *((Kind.THREAD, key) for key in self.threads),
                *((Kind.EMAIL, person) for person in self.people),
                *((Kind.DOMAIN, domain) for domain in self.domains),
            ]
        )

    def without(self, *, people: Iterable[str], domains: Iterable[str]) -> Clues:
        """The same where these are known to be the seller's."""
        return replace(self, people=self.people - frozenset(people), ours=self.ours | frozenset(domains))


def clues_of(conversation: Conversation, envelope: Envelope | None, *, our_domains: Iterable[str] = ()) -> Clues:
    """Sides that are given count, and our own mail domains; what else is known of our people comes by `without`."""
    found = Clues(occurred_at=conversation.occurred_at, ours=frozenset(our_domains))
    boxes = {person.id: mailbox(person.email or person.id) for person in conversation.participants}
    sellers = {person.id for person in conversation.participants if person.side is Side.SELLER}
    theirs = {id: box for id, box in outsiders(boxes, found) if id not in sellers}
    return replace(
        found,
        objects=frozenset() if envelope is None else deals_of(envelope),
        threads=() if envelope is None else tuple(bounded(key) for key in envelope.thread_keys),
        people=frozenset(theirs.values()),
        wrote=theirs.get(conversation.sender or ""),
    )


def outsiders(boxes: Mapping[str, str | None], clues: Clues) -> Iterator[tuple[str, str]]:
    for id, box in boxes.items():
        if box is not None and not clues.is_ours(box.rpartition("@")[2]):
            yield id, box


def deals_of(envelope: Envelope) -> frozenset[Object]:
    """Records of deals only: a contact's record may have the same number as a deal's."""
    deals = (each for each in envelope.objects if each.kind.lower() in ("deal", "opportunity"))
    return frozenset((clean(each.system.lower()), clean(each.id)) for each in deals)


def object_key(object: Object) -> str:
    return bounded(f"{object[0]}:{object[1]}")


def bounded(key: str) -> str:
    key = clean(key)
    return key if len(key) <= LONGEST_KEY else "sha256:" + hashlib.sha256(key.encode()).hexdigest()


def clean(text: str) -> str:
    """As the database can hold it: no NUL, no half of a character."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()

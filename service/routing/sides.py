"""Whose side each participant is on, how that is known, and whether it may count for the deal.

What only the way somebody talks suggests is shown and does not count: it makes no contact and no direction.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from extractors.sides import Known, sides_of
from service.routing.addresses import mailbox, wider
from signals import Conversation, Participant, Side

__all__ = ["Concluded", "How", "conclude"]


class How(StrEnum):
    """How a side is known, the surest first. `deal`: the address is known in the deal already."""

    GIVEN = "given"
    DEAL = "deal"
    EMAIL = "email"
    TITLE = "title"
    OTHER = "other"
    TALK = "talk"


HOW = {Known.GIVEN: How.GIVEN, Known.EMAIL: How.EMAIL, Known.TITLE: How.TITLE, Known.OTHER: How.OTHER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Concluded:
    """`informed` is the conversation with the sides that were told, `conversation` that with every side that counts.

    `how` has a participant's id for each side that is known at all; `supposed` are the sides that do not count.
    """

    informed: Conversation
    conversation: Conversation
    how: Mapping[str, How]
    supposed: Mapping[str, Side]

    def to_json(self) -> list[dict[str, Any]]:
        return [self.one(person) for person in self.conversation.participants]

    def one(self, person: Participant) -> dict[str, Any]:
        side = person.side or self.supposed.get(person.id)
        how = self.how.get(person.id)
        return {
            "participant": person.id,
            "name": person.name,
            "title": person.title,
            "side": None if side is None else side.value,
            "known": None if how is None else how.value,
            "counts": person.side is not None,
        }


def conclude(
    conversation: Conversation, *, known: Mapping[str, Side] | None = None, our_domains: Iterable[str] = ()
) -> Concluded:
    """`known` are the sides of mailboxes in the deal. With `our_domains`, everybody who has another one is the
    buyer's, as everywhere in the service."""
    ours = frozenset(our_domains)
    how: dict[str, How] = {}
    people = []
    for person in conversation.participants:
        side, source = told(person, known or {}, ours)
        if side is not None and source is not None:
            how[person.id] = source
        people.append(person if side is person.side else dataclasses.replace(person, side=side))
    informed = dataclasses.replace(conversation, participants=tuple(people))
    found = sides_of(informed)
    supposed: dict[str, Side] = {}
    for place, person in enumerate(people):
        side = found.of(person.id)
        if person.side is not None or side is None:
            continue
        source = HOW.get(found.known[person.id], How.TALK)
        how[person.id] = source
        if source is How.TALK:
            supposed[person.id] = side
        else:
            people[place] = dataclasses.replace(person, side=side)
    settled = dataclasses.replace(conversation, participants=tuple(people))
    return Concluded(informed=informed, conversation=settled, how=how, supposed=supposed)


def told(person: Participant, known: Mapping[str, Side], ours: frozenset[str]) -> tuple[Side | None, How | None]:
    if person.side is not None:
        return person.side, How.GIVEN
    box = mailbox(person.email)
    if box is None:
        return None, None
    if box in known:
        return known[box], How.DEAL
    if not ours:
        return None, None
    domain = box.rpartition("@")[2]
    return (Side.SELLER if any(each in ours for each in (domain, *wider(domain))) else Side.BUYER), How.EMAIL

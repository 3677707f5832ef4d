"""What the sender tells beside the file: a transcript alone knows neither its date nor its deal."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass

from signals import Conversation, DealContext, DecodeError, Participant, Side

__all__ = ["Given", "dated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """`sellers` are names, `our_domains` mail domains of the seller's side; with either, all others are the buyer's."""

    occurred_at: dt.datetime | None = None
    deal: DealContext | None = None
    sellers: tuple[str, ...] = ()
    our_domains: tuple[str, ...] = ()

    def complete(self, conversation: Conversation) -> Conversation:
        """The conversation with what it did not tell itself: its deal, and the sides of its people."""
        people = tuple(self.with_side(person) for person in conversation.participants)
        deal = self.deal if conversation.deal is None else conversation.deal
        if people == conversation.participants and deal is conversation.deal:
            return conversation
        return dataclasses.replace(conversation, participants=people, deal=deal)

    def with_side(self, person: Participant) -> Participant:
        side = person.side or self.side(person)
        return person if side is person.side else dataclasses.replace(person, side=side)

    def side(self, person: Participant) -> Side | None:
        """By mail domain where there is one, else by name; None where neither was told."""
        if self.our_domains and person.email and "@" in person.email:
            domain = person.email.rpartition("@")[2].lower()
            ours = any(domain == known or domain.endswith("." + known) for known in self.our_domains)
            return Side.SELLER if ours else Side.BUYER
        if self.sellers and person.name:
            ours = person.name.casefold() in {name.casefold() for name in self.sellers}
            return Side.SELLER if ours else Side.BUYER
        return None


def dated(given: Given) -> dt.datetime:
    """The moment for a format that has none of its own; raises DecodeError with the mend where it was not given."""
    if given.occurred_at is None:
        raise DecodeError(
            "occurred_at",
            None,
            "the time of the conversation, which this format does not hold: give --occurred-at on the command line, "
            "?occurred_at= over HTTP (2026-03-12T15:00:00-05:00)",
        )
    return given.occurred_at

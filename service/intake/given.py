"""What the sender tells beside the file: a transcript alone knows neither its date nor its deal."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass

from signals import Conversation, DealContext, DecodeError, Participant, Side

__all__ = ["Given", "dated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """`sellers` are names, or labels of nameless speakers (`spk_0`); `our_domains` mail domains of the seller's side.

    With either, all others are the buyer's.
    """

    occurred_at: dt.datetime | None = None
    deal: DealContext | None = None
    sellers: tuple[str, ...] = ()
    our_domains: tuple[str, ...] = ()

    def complete(self, conversation: Conversation) -> Conversation:
        """The conversation with what it did not tell itself: its deal, and the sides of its people."""
        labels = any(person.name is None and self.told(person) for person in conversation.participants)
        people = tuple(self.with_side(person, labels=labels) for person in conversation.participants)
        deal = self.deal_of(conversation.deal)
        if people == conversation.participants and deal is conversation.deal:
            return conversation
        return dataclasses.replace(conversation, participants=people, deal=deal)

    def deal_of(self, told: DealContext | None) -> DealContext | None:
        """What the conversation tells of its deal holds; the rest is filled in, unless it is about another deal."""
        if told is None or self.deal is None:
            return told or self.deal
        if told.id is not None and self.deal.id is not None and told.id != self.deal.id:
            return told
        fields = [field.name for field in dataclasses.fields(DealContext)]
        missing = {field: getattr(self.deal, field) for field in fields if not getattr(told, field)}
        return dataclasses.replace(told, **missing)

    def with_side(self, person: Participant, *, labels: bool) -> Participant:
        side = person.side or self.side(person, labels=labels)
        return person if side is person.side else dataclasses.replace(person, side=side)

    def side(self, person: Participant, *, labels: bool) -> Side | None:
        """By mail domain where there is one, else by name; None where neither was told.

        Of people without a name (`spk_0`) the label is told; then, and only then, the other labels are the buyer's.
        """
        if self.our_domains and person.email and "@" in person.email:
            domain = person.email.rpartition("@")[2].lower()
            ours = any(domain == known or domain.endswith("." + known) for known in self.our_domains)
            return Side.SELLER if ours else Side.BUYER
        if self.sellers and (person.name or labels):
            return Side.SELLER if self.told(person) else Side.BUYER
        return None

    def told(self, person: Participant) -> bool:
        return (person.name or person.id).casefold() in {name.casefold() for name in self.sellers}


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

"""To which deal a conversation belongs: the one it names, the one that is clear, or none until a person says it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from service.flows.context import Context
from service.flows.store_reading import store_reading
from service.intake.envelope import Envelope, Nature
from service.routing.addresses import mailbox
from service.routing.clues import Clues, clues_of
from service.routing.match import Verdict, decide, match
from service.routing.sides import Concluded, conclude
from service.store import conversations, deals, external_ids, knowledge, people, reviews, routing
from signals import Conversation, DealContext, Side

__all__ = ["Routed", "route_as_before", "route_conversation", "route_into", "route_waiting"]

log = logging.getLogger(__name__)

MOST_CANDIDATES = 20
AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """Where a conversation goes, before anything of it is stored.

    `conversation` has its deal and the sides that were known beforehand: it is what is read. `concluded` has the sides
    that count for events. `state` is named, taken, assigned or waiting.
    """

    conversation: Conversation
    concluded: Concluded
    nature: Nature
    state: str
    verdict: Verdict
    looked_at: dt.datetime
    by: str | None = None

    @property
    def deal(self) -> str | None:
        return self.verdict.deal

    def as_stored(self, at: dt.datetime) -> routing.StoredRoute:
        return routing.StoredRoute(
            conversation=self.conversation.id,
            state=self.state,
            deal=self.deal,
            reason=self.verdict.reason,
            candidates=[each.to_json() for each in self.verdict.candidates[:MOST_CANDIDATES]],
            sides=self.concluded.to_json(),
            headline={
                "subject": self.conversation.subject,
                "from": self.conversation.sender,
                "participants": [person.to_json() for person in self.conversation.participants],
            },
            looked_at=self.looked_at,
            settled_at=None if self.deal is None else at,
            settled_by=self.by,
        )


def route_conversation(context: Context, connection: Connection, conversation: Conversation) -> Routed:
    """Looks and decides; stores nothing."""
    at = context.now()
    envelope = envelope_of(context, connection, conversation.id)
    if conversation.deal is not None and conversation.deal.id is not None:
        verdict = named(context, connection, conversation.deal.id, envelope)
        return settled(context, connection, conversation, envelope, verdict, state="named", at=at)
    clues = clues_here(context, conversation, envelope)
    clues = knowledge.theirs(connection, context.workspace, clues)
    known = knowledge.known_deals(connection, context.workspace, conversation.id, clues)
    verdict = decide(match(clues, known))
    state = "waiting" if verdict.deal is None else "taken"
    return settled(context, connection, conversation, envelope, verdict, state=state, at=at)


def route_into(context: Context, conversation: Conversation, deal: str, *, reason: str, by: str | None) -> Routed:
    """Where a person says that it goes; the candidates that there were are kept by the caller."""
    at = context.now()
    with context.database.connect() as connection:
        envelope = envelope_of(context, connection, conversation.id)
        verdict = Verdict(deal=deal, reason=reason)
        return settled(context, connection, conversation, envelope, verdict, state="assigned", at=at, by=by)


def route_as_before(context: Context, conversation: Conversation, route: routing.StoredRoute) -> Routed:
    """Where it is already, for one that is read again."""
    with context.database.connect() as connection:
        envelope = envelope_of(context, connection, conversation.id)
        verdict = Verdict(deal=route.deal, reason=route.reason)
        by, at = route.settled_by, context.now()
        return settled(context, connection, conversation, envelope, verdict, state=route.state, at=at, by=by)


def envelope_of(context: Context, connection: Connection, conversation: str) -> Envelope | None:
    stored = routing.envelope(connection, context.workspace, conversation)
    return None if stored is None else Envelope.from_json(stored)


def clues_here(context: Context, conversation: Conversation, envelope: Envelope | None) -> Clues:
    return clues_of(conversation, envelope, our_domains=context.domains)


def named(context: Context, connection: Connection, deal: str, envelope: Envelope | None) -> Verdict:
    """The id that the conversation names is ours, unless it is a CRM's for a deal that has another id here."""
    records = [] if envelope is None else [each for each in envelope.objects if each.id == deal]
    told = external_ids.find(connection, context.workspace, [(each.system.lower(), deal) for each in records])
    if not told:
        return Verdict(deal=deal, reason="the conversation names it")
    (system, id), ours = min(told.items())
    return Verdict(deal=ours, reason=f"the conversation names {system}'s record {id}, which is this deal")


def settled(
    context: Context,
    connection: Connection,
    conversation: Conversation,
    envelope: Envelope | None,
    verdict: Verdict,
    *,
    state: str,
    at: dt.datetime,
    by: str | None = None,
) -> Routed:
    """What is known of the deal informs the reading, except where the conversation itself names the deal: then what it
    is to the deal must not depend on what came in before it."""
    known: dict[str, Side] = {}
    conversation = with_sides(conversation, reviews.sides(connection, context.workspace, conversation.id))
    if verdict.deal is not None:
        if state != "named":
            boxes = {box for person in conversation.participants if (box := mailbox(person.email)) is not None}
            found = people.sides(connection, context.workspace, verdict.deal, boxes)
            known = {address: Side(side) for address, side in found.items()}
            told = deal_context(context, connection, verdict.deal, conversation.deal)
        else:
            told = dataclasses.replace(conversation.deal or DealContext(), id=verdict.deal)
        conversation = dataclasses.replace(conversation, deal=told)
    concluded = conclude(conversation, known=known, our_domains=context.domains)
    return Routed(
        conversation=concluded.informed,
        concluded=concluded,
        nature=Nature.HUMAN if envelope is None else envelope.nature,
        state=state,
        verdict=verdict,
        looked_at=at,
        by=by,
    )


def with_sides(conversation: Conversation, sides: Mapping[str, str]) -> Conversation:
    """With those that people corrected, which are given as much as the conversation's own."""
    if not sides:
        return conversation
    told = tuple(
        dataclasses.replace(person, side=Side(sides[person.id])) if person.id in sides else person
        for person in conversation.participants
    )
    return dataclasses.replace(conversation, participants=told)


def deal_context(context: Context, connection: Connection, deal: str, told: DealContext | None) -> DealContext:
    """What the conversation tells of its deal, and what it does not tell from the deal itself."""
    told = dataclasses.replace(told or DealContext(), id=deal)
    stored = deals.get(connection, context.workspace, deal)
    state = (stored.state if stored else None) or {}
    return dataclasses.replace(
        told, account=told.account or state.get("account"), currency=told.currency or state.get("currency")
    )


def route_waiting(context: Context, *, everywhere: bool = False, most: int = AT_ONCE) -> list[str]:
    """Looks again at those that wait and of which something became known; the ids of those that found their deal."""
    with context.database.connect() as connection:
        again = knowledge.stale(connection, most, None if everywhere else context.workspace)
    found = []
    for workspace, id in again:
        here = dataclasses.replace(context, workspace=workspace)
        try:
            if route_again(here, id):
                found.append(id)
        except (SQLAlchemyError, MemoryError, ImportError):
            raise
        except Exception as error:  # noqa: BLE001 - one that cannot be read must not keep the others waiting
            log.error("conversation not routed", extra={"conversation": id, "error": type(error).__name__})
    return found


def route_again(context: Context, id: str) -> bool:
    with context.database.connect() as connection:
        stored = conversations.get(connection, context.workspace, id)
        assert stored is not None, "conversations are never deleted"
        routed = route_conversation(context, connection, Conversation.from_json(stored.content))
    if routed.deal is None:
        fresh = routed.as_stored(context.now())
        with context.database.begin() as connection:
            routing.look_again(
                connection,
                context.workspace,
                id,
                reason=fresh.reason,
                candidates=fresh.candidates,
                at=fresh.looked_at,
            )
        return False
    found = context.read(routed.conversation)
    with context.database.begin() as connection:
        route = routing.lock(connection, context.workspace, id)
        if route is None or route.state != "waiting":
            return False
        store_reading(context, connection, routed, found, again=True)
        routing.update(connection, context.workspace, routed.as_stored(context.now()))
    return True

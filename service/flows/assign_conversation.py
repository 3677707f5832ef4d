"""A person says to which deal a conversation belongs: it is read into the deal, and what they taught is kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from service.flows.context import Context
from service.flows.route_conversation import route_into, route_waiting
from service.flows.store_reading import store_reading
from service.intake.envelope import Envelope
from service.routing.addresses import domain_of
from service.routing.clues import Clues, Kind, clean, clues_of
from service.store import conversations, deals, knowledge, routing
from signals import Conversation, DecodeError
from signals.decode import as_object, name, optional_text

__all__ = ["LESSONS", "Assigned", "NotWaitingError", "assign_conversation"]

# What can be learnt from a choice, as callers name it.
LESSONS = {kind.value: kind for kind in (Kind.THREAD, Kind.DOMAIN, Kind.EMAIL)}
OPEN = ("waiting", "dismissed")
# So many others are looked at before the answer; the sweep looks at the rest.
AT_ONCE = 50


class NotWaitingError(Exception):
    """The conversation has its deal already, or was not read yet."""

    def __init__(self, state: str, deal: str | None) -> None:
        self.state, self.deal = state, deal
        super().__init__(state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """`learnt` are (kind, key); `followed` are conversations that waited and went to their deal by what was learnt."""

    deal: str
    learnt: tuple[tuple[str, str], ...] = ()
    followed: tuple[str, ...] = ()


def assign_conversation(context: Context, id: str, value: Any) -> Assigned | None:
    """`value` is `{"deal", "learn"?, "by"?, "reason"?}`; None for a conversation that nobody knows.

    Raises DecodeError for a deal that is unknown and for what cannot be learnt, NotWaitingError for a conversation
    that is in another deal or in none yet for want of being read. The same assignment again changes nothing.
    """
    source = as_object(value)
    deal, by = name(source, "deal"), optional_text(source, "by")
    lessons = lessons_of(source.get("learn"))
    reason = optional_text(source, "reason")
    with context.database.connect() as connection:
        stored = conversations.get(connection, context.workspace, id)
        if stored is None:
            return None
        route = routing.get(connection, context.workspace, id)
        if route is not None and route.state == "assigned" and route.deal == deal:
            return Assigned(deal=deal)
        if route is None or route.state not in OPEN:
            raise NotWaitingError(stored.state if route is None else route.state, stored.deal)
        if "\x00" in deal or deals.get(connection, context.workspace, deal) is None:
            raise DecodeError(
                "deal", deal, "the id of a deal that is known; make it first: POST /v1/events deal.created"
            )
        conversation = Conversation.from_json(stored.content)
        carrier = routing.envelope(connection, context.workspace, id)
        clues = clues_of(
            conversation,
            None if carrier is None else Envelope.from_json(carrier),
            our_domains=context.domains,
        )
        clues = knowledge.theirs(connection, context.workspace, clues)
    learnt = taught(clues, lessons)
    why = f"{clean(by) if by else 'a person'} put it into this deal" + (f": {clean(reason)}" if reason else "")
    routed = route_into(context, conversation, deal, reason=why, by=by and clean(by))
    found = context.read(routed.conversation)
    with context.database.begin() as connection:
        held = routing.lock(connection, context.workspace, id)
        if held is None or held.state not in OPEN:
            raise NotWaitingError("received" if held is None else held.state, None if held is None else held.deal)
        store_reading(context, connection, routed, found, again=True)
        after = dataclasses.replace(routed.as_stored(context.now()), candidates=held.candidates)
        routing.update(connection, context.workspace, after)
        routing.learn(
            connection,
            context.workspace,
            learnt,
            deal=deal,
            conversation=id,
            told_by=(by and clean(by)) or "",
            at=context.now(),
        )
    return Assigned(deal=deal, learnt=tuple(learnt), followed=tuple(route_waiting(context, most=AT_ONCE)))


def lessons_of(value: object) -> tuple[tuple[Kind, bool], ...]:
    """(what is to be learnt, whether it was asked for): the thread where nothing is said."""
    if value is None:
        return ((Kind.THREAD, False),)
    if not isinstance(value, list) or any(not isinstance(each, str) or each not in LESSONS for each in value):
        raise DecodeError("learn", value, "a list of " + ", ".join(LESSONS))
    return tuple((LESSONS[each], True) for each in dict.fromkeys(value))


def taught(clues: Clues, lessons: Sequence[tuple[Kind, bool]]) -> list[tuple[str, str]]:
    """Of the one who wrote, or where that was none of the buyer's people, of all of them."""
    people = [clues.wrote] if clues.wrote in clues.people else sorted(clues.people)
    out: list[tuple[str, str]] = []
    for kind, asked in lessons:
        match kind:
            case Kind.THREAD:
                found = list(clues.threads)
                lacking = "a conversation with a thread, which this one does not have"
            case Kind.EMAIL:
                found = [person for person in people if person]
                lacking = "a conversation with the address of one of the buyer's people"
            case _:
                found = sorted(
                    {domain for person in people if (domain := domain_of(person)) in clues.domains and domain}
                )
                lacking = "a conversation with an address at a company: free mail tells of none"
        if asked and not found:
            raise DecodeError("learn", kind.value, lacking)
        out += [(kind.value, key) for key in found]
    return out

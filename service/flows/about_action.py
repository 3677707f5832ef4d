"""What an action's connector needs to know of its deal: gathered when it is sent, so that it is true then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection

from service.connectors.addresses import is_address
from service.connectors.protocol import About, Asked, Buyer, Kind
from service.flows.context import Context
from service.flows.timeline import told
from service.store import deals, decisions, events, external_ids, people
from service.store.actions import StoredAction

__all__ = ["about_action", "asked_of", "text_of"]

MOST_QUOTES = 3
# Roles that the deal itself names a person for.
OF_DEAL = {"rep": "owner", "manager": "manager"}


def asked_of(action: StoredAction) -> Asked:
    return Asked(
        kind=Kind(action.kind),
        action=action.action,
        title=action.title,
        at=action.at,
        due_at=action.due_at,
        content=action.content,
    )


def about_action(context: Context, connection: Connection, action: StoredAction) -> About:
    stored = deals.get(connection, context.workspace, action.deal)
    state = {} if stored is None or stored.state is None else stored.state
    known = context.connectors.people
    roles = [role for role in action.content.get("to") or () if isinstance(role, str)]
    found = {role: addresses_of(role, state, known) for role in roles}
    site = context.outlet.site
    return About(
        deal=action.deal,
        state=state,
        elsewhere=dict(external_ids.of_deal(connection, context.workspace, action.deal)),
        addresses=tuple(dict.fromkeys(each for some in found.values() for each in some)),
        nobody=tuple(role for role, some in found.items() if not some),
        text=text_of(context, connection, action),
        buyers=buyers_of(connection, context.workspace, action.deal, state),
        quotes=quotes_of(connection, context.workspace, action),
        link=None if site is None else f"{site}/deals/{quote(action.deal, safe='')}",
    )


def quotes_of(connection: Connection, workspace: str, action: StoredAction) -> tuple[str, ...]:
    """What was said, and by whom, that led to the action's decision."""
    if action.decision_seq is None:
        return ()
    taken = decisions.of_deal(connection, workspace, action.deal, after=action.decision_seq - 1, most=1)
    return tuple(
        f"“{quote['text']}”" + (f" ({speaker.get('name') or speaker['id']})" if speaker else "")
        for decision in told(connection, workspace, taken)
        for quote in decision["quotes"][:MOST_QUOTES]
        for speaker in [quote.get("speaker")]
    )


def buyers_of(connection: Connection, workspace: str, deal: str, state: Mapping[str, Any]) -> tuple[Buyer, ...]:
    known = people.addresses(connection, workspace, deal)
    return tuple(
        Buyer(name=each["person"], role=each["role"], address=known.get(str(each["person"]).casefold()))
        for each in state.get("contacts") or ()
        if each["side"] == "buyer" and not each["left"]
    )


def addresses_of(role: str, state: Mapping[str, Any], known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Of the person whom the deal names for the role, else of whoever has it in the file."""
    person = state.get(OF_DEAL.get(role, ""))
    if isinstance(person, str):
        if is_address(person):
            return (person,)
        if person.casefold() in known:
            return known[person.casefold()]
    return known.get(role.casefold(), ())


def text_of(context: Context, connection: Connection, action: StoredAction) -> str:
    """The action's own words, and its document as the deal stands now."""
    parts = [str(action.content["body"])] if action.content.get("body") else []
    name = action.content.get("document")
    if name is not None:
        written = document(context, connection, action.deal, str(name))
        parts += [] if written is None else [written]
    return "\n\n".join(parts)


def document(context: Context, connection: Connection, deal: str, name: str) -> str | None:
    """None for a document that the engine does not know, and for a deal that nothing has created."""
    from engine import DOCUMENTS, Event, Ledger, write
    from service.flows.fold import added, creation_first

    if name not in DOCUMENTS:
        return None
    ledger = Ledger(context.pipeline)
    for event in creation_first(
        [Event.from_json(stored.content) for stored in events.of_deal(connection, context.workspace, deal)]
    ):
        list(added(ledger, event))
    return write(name, ledger.dossier(deal)) if deal in ledger.deals() else None

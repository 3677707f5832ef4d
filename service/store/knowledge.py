"""What the tables know of the deals that a conversation's clues touch; and which waiting ones have new clues."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from service.routing.clues import Clues, Kind, Object
from service.routing.match import Choice, KnownDeal
from service.store import external_ids, people
from service.store.routing_tables import choices, deal_people, keys, routes
from service.store.tables import conversations, deals, events
from service.store.webhook_tables import external_ids as external

__all__ = ["known_deals", "stale", "theirs"]

Json = dict[str, Any]

# A transaction may commit later than the moment that it writes into its rows.
LATE = dt.timedelta(minutes=1)


def theirs(connection: Connection, workspace: str, clues: Clues) -> Clues:
    """The clues without the seller's own people and domains, as far as deals have told them."""
    boxes, domains = people.ours(connection, workspace, addresses=clues.people, domains=clues.domains)
    return clues.without(people=boxes, domains=domains)


def known_deals(connection: Connection, workspace: str, conversation: str, clues: Clues) -> list[KnownDeal]:
    """Every deal that shares a clue with the conversation, with what it shares."""
    found: dict[str, dict[str, Any]] = defaultdict(lambda: defaultdict(dict))
    for object, deal in objects(connection, workspace, clues.objects):
        found[deal]["objects"][object] = None
    for row in threads(connection, workspace, conversation, clues):
        found[row.deal]["threads"][row.key] = row.conversation
    for row in contacts(connection, workspace, clues):
        found[row.deal]["contacts"][row.address] = row.name
    for row in domains(connection, workspace, clues):
        found[row.deal]["domains"][row.domain] = None
    for row in chosen(connection, workspace, clues):
        choice = Choice(kind=Kind(row.kind), key=row.key, conversation=row.conversation)
        found[row.deal]["choices"][choice] = None
    described = about(connection, workspace, found)
    return [
        KnownDeal(
            id=deal,
            **described[deal],
            objects=frozenset(each["objects"]),
            threads=each["threads"],
            contacts=each["contacts"],
            domains=frozenset(each["domains"]),
            choices=tuple(each["choices"]),
        )
        for deal, each in found.items()
    ]


def objects(connection: Connection, workspace: str, wanted: Iterable[Object]) -> list[tuple[Object, str]]:
    """Records of a CRM that are a deal of ours, by what was told or because ours has that very id."""
    told = external_ids.find(connection, workspace, wanted)
    open_ = {object[1]: object for object in wanted if object not in told}
    statement = sa.select(deals.c.id).where(deals.c.workspace == workspace, deals.c.id.in_(sorted(open_)))
    same = [(open_[id], id) for id in connection.execute(statement).scalars()]
    return [*told.items(), *same]


def threads(connection: Connection, workspace: str, conversation: str, clues: Clues) -> Sequence[Any]:
    """The first conversation that each deal has under each key of the thread."""
    statement = (
        sa.select(conversations.c.deal, keys.c.key, sa.func.min(keys.c.conversation).label("conversation"))
        .join(
            conversations,
            (conversations.c.workspace == keys.c.workspace) & (conversations.c.id == keys.c.conversation),
        )
        .where(
            keys.c.workspace == workspace,
            keys.c.kind == Kind.THREAD.value,
            keys.c.key.in_(clues.threads),
            keys.c.conversation != conversation,
            conversations.c.deal.is_not(None),
        )
        .group_by(conversations.c.deal, keys.c.key)
    )
    return connection.execute(statement).all()


def contacts(connection: Connection, workspace: str, clues: Clues) -> Sequence[Any]:
    table = deal_people.c
    statement = sa.select(table.deal, table.address, table.name).where(
        table.workspace == workspace, table.address.in_(sorted(clues.people)), table.side == "buyer"
    )
    return connection.execute(statement).all()


def domains(connection: Connection, workspace: str, clues: Clues) -> Sequence[Any]:
    table = deal_people.c
    statement = (
        sa.select(table.deal, table.domain)
        .where(table.workspace == workspace, table.domain.in_(sorted(clues.domains)), table.side == "buyer")
        .distinct()
    )
    return connection.execute(statement).all()


def chosen(connection: Connection, workspace: str, clues: Clues) -> Sequence[Any]:
    """Choices for the clues' keys; of those for the thread only the newest, since a person may change their mind."""
    wanted = [(kind.value, key) for kind, key in clues.keys if kind is not Kind.OBJECT]
    statement = (
        sa.select(choices.c.deal, choices.c.kind, choices.c.key, choices.c.conversation)
        .where(choices.c.workspace == workspace, sa.tuple_(choices.c.kind, choices.c.key).in_(sorted(wanted)))
        .order_by(choices.c.recorded_at.desc(), choices.c.conversation, choices.c.key)
    )
    rows = connection.execute(statement).all()
    newest = next((row.deal for row in rows if row.kind == Kind.THREAD.value), None)
    return [row for row in rows if row.kind != Kind.THREAD.value or row.deal == newest]


def about(connection: Connection, workspace: str, ids: Iterable[str]) -> dict[str, Json]:
    """What each deal is and when it was active; what is booked is activity to come."""
    wanted = sorted(ids)
    here = (events.c.workspace == workspace) & events.c.deal.in_(wanted)
    span = (
        sa.select(
            events.c.deal,
            sa.func.min(events.c.occurred_at).label("first"),
            sa.func.max(events.c.occurred_at).label("last"),
        )
        .where(here, events.c.type != "clock")
        .group_by(events.c.deal)
    )
    out: dict[str, Json] = {id: {} for id in wanted}
    for row in connection.execute(span):
        out[row.deal] = {"first_at": row.first, "last_at": row.last}
    booked = sa.select(events.c.deal, events.c.content).where(here, events.c.type == "meeting.scheduled")
    for meeting in connection.execute(booked):
        at = dt.datetime.fromisoformat(meeting.content["data"]["at"])
        at = at if at.tzinfo else at.replace(tzinfo=dt.UTC)
        out[meeting.deal]["last_at"] = max(out[meeting.deal]["last_at"], at)
    known = sa.select(deals.c.id, deals.c.stage, deals.c.state).where(
        deals.c.workspace == workspace, deals.c.id.in_(wanted)
    )
    for each in connection.execute(known):
        state = each.state or {}
        closed = state.get("closed_at")
        out[each.id] |= {
            "stage": each.stage,
            "account": state.get("account"),
            "closed_at": None if closed is None else dt.datetime.fromisoformat(closed),
        }
    return out


def stale(connection: Connection, most: int, workspace: str | None = None) -> list[tuple[str, str]]:
    """(workspace, conversation) of those that wait and of whose clues something became known since they were looked
    at, in order of arrival."""
    key, other, settled = keys.alias("own"), keys.alias("other"), routes.alias("settled")
    record = sa.func.substr(key.c.key, sa.func.strpos(key.c.key, ":") + 1)
    person, choice, deal = deal_people.c, choices.c, deals.c
    # One plain join for each kind of knowledge: put together by OR they would be looked up row by row.
    news = [
        (Kind.EMAIL, deal_people, person.address == key.c.key, person.recorded_at),
        (Kind.DOMAIN, deal_people, person.domain == key.c.key, person.recorded_at),
        (None, choices, (choice.kind == key.c.kind) & (choice.key == key.c.key), choice.recorded_at),
        (
            Kind.OBJECT,
            external,
            (external.c.system == sa.func.split_part(key.c.key, ":", 1)) & (external.c.object_id == record),
            external.c.recorded_at,
        ),
        (Kind.OBJECT, deals, deal.id == record, deal.updated_at),
    ]
    own = (key.c.workspace == routes.c.workspace) & (key.c.conversation == routes.c.conversation)
    waiting = sa.select(routes.c.workspace, routes.c.conversation, routes.c.seq).where(routes.c.state == "waiting")
    if workspace is not None:
        waiting = waiting.where(routes.c.workspace == workspace)
    since = routes.c.looked_at - LATE
    found = []
    for kind, table, same, at in news:
        statement = waiting.join(key, own).join(table, (table.c.workspace == key.c.workspace) & same).where(at > since)
        found.append(statement if kind is None else statement.where(key.c.kind == kind.value))
    of_thread = (other.c.workspace == key.c.workspace) & (other.c.kind == key.c.kind) & (other.c.key == key.c.key)
    has_deal = (settled.c.workspace == other.c.workspace) & (settled.c.conversation == other.c.conversation)
    found.append(
        waiting.join(key, own)
        .join(other, of_thread)
        .join(settled, has_deal)
        .where(key.c.kind == Kind.THREAD.value, settled.c.deal.is_not(None), settled.c.settled_at > since)
    )
    all_found = sa.union(*found).subquery()
    statement = sa.select(all_found.c.workspace, all_found.c.conversation).order_by(all_found.c.seq).limit(most)
    return [(row.workspace, row.conversation) for row in connection.execute(statement)]

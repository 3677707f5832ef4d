"""Where conversations belong: what came with them, what was decided, what waits, what people taught."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from service.store.routing_tables import choices, envelopes, routes
from service.store.sight import visible
from service.store.tables import conversations

__all__ = [
    "Item",
    "StoredRoute",
    "add",
    "envelope",
    "get",
    "inbox",
    "learn",
    "lock",
    "look_again",
    "sides",
    "update",
]

Json = dict[str, Any]
# (kind, key)
Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRoute:
    """`state` is named (the conversation itself names its deal), taken (one was clear), waiting, assigned or
    dismissed (by a person). `looked_at` is when the knowledge was looked at that `candidates` rest on. `headline` has
    the conversation's subject, sender (`from`) and participants.
    """

    conversation: str
    state: str
    deal: str | None
    reason: str
    candidates: list[Json]
    sides: list[Json]
    headline: Json
    looked_at: dt.datetime
    settled_at: dt.datetime | None
    settled_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry of the inbox; `seq` is its place in the order of arrival."""

    seq: int
    route: StoredRoute
    kind: str
    occurred_at: dt.datetime
    received_at: dt.datetime
    envelope: Json | None


FIELDS = list(StoredRoute.__dataclass_fields__)
COLUMNS = [routes.c[field] for field in FIELDS]


def of(workspace: str, conversation: str) -> sa.ColumnElement[bool]:
    return (routes.c.workspace == workspace) & (routes.c.conversation == conversation)


def envelope(connection: Connection, workspace: str, conversation: str) -> Json | None:
    statement = sa.select(envelopes.c.content).where(
        envelopes.c.workspace == workspace, envelopes.c.conversation == conversation
    )
    found: Json | None = connection.execute(statement).scalar()
    return found


def get(connection: Connection, workspace: str, conversation: str) -> StoredRoute | None:
    """None for a conversation that was not read yet, or that nobody knows."""
    row = connection.execute(sa.select(*COLUMNS).where(of(workspace, conversation))).mappings().first()
    return None if row is None else StoredRoute(**row)


def lock(connection: Connection, workspace: str, conversation: str) -> StoredRoute | None:
    """The row for this transaction alone."""
    statement = sa.select(*COLUMNS).where(of(workspace, conversation)).with_for_update()
    row = connection.execute(statement).mappings().first()
    return None if row is None else StoredRoute(**row)


def values_of(route: StoredRoute) -> Json:
    return {field: getattr(route, field) for field in FIELDS}


def add(connection: Connection, workspace: str, route: StoredRoute) -> None:
    connection.execute(sa.insert(routes).values(values_of(route) | {"workspace": workspace}))


def update(connection: Connection, workspace: str, route: StoredRoute) -> None:
    connection.execute(sa.update(routes).where(of(workspace, route.conversation)).values(values_of(route)))


def sides(connection: Connection, workspace: str, ids: Iterable[str]) -> dict[str, list[Json]]:
    """Who was in each of these conversations and on whose side, without loading what they said."""
    statement = sa.select(routes.c.conversation, routes.c.sides).where(
        routes.c.workspace == workspace, routes.c.conversation.in_(sorted(ids))
    )
    return {row.conversation: row.sides for row in connection.execute(statement)}


def look_again(
    connection: Connection, workspace: str, conversation: str, *, reason: str, candidates: list[Json], at: dt.datetime
) -> None:
    """What is known now of one that still waits."""
    statement = sa.update(routes).where(of(workspace, conversation), routes.c.state == "waiting")
    connection.execute(statement.values(reason=reason, candidates=candidates, looked_at=at))


def inbox(
    connection: Connection,
    workspace: str,
    *,
    state: str,
    after: int,
    most: int,
    owners: frozenset[str] | None = None,
) -> list[Item]:
    """In order of arrival, after a cursor; only those that are of some owners' deals by now, unless None."""
    on_envelope = (envelopes.c.workspace == routes.c.workspace) & (envelopes.c.conversation == routes.c.conversation)
    on_conversation = (conversations.c.workspace == routes.c.workspace) & (conversations.c.id == routes.c.conversation)
    told = [conversations.c[field] for field in ("kind", "occurred_at", "received_at")]
    statement = (
        sa.select(*COLUMNS, routes.c.seq, *told, envelopes.c.content.label("envelope"))
        .join(conversations, on_conversation)
        .outerjoin(envelopes, on_envelope)
        .where(routes.c.workspace == workspace, routes.c.state == state, routes.c.seq > after)
        .where(visible(workspace, routes.c.deal, owners))
        .order_by(routes.c.seq)
        .limit(most)
    )
    out = []
    for row in connection.execute(statement).mappings():
        rest = {field: row[field] for field in Item.__dataclass_fields__ if field != "route"}
        out.append(Item(route=StoredRoute(**{field: row[field] for field in FIELDS}), **rest))
    return out


def learn(
    connection: Connection,
    workspace: str,
    taught: Sequence[Key],
    *,
    deal: str,
    conversation: str,
    told_by: str,
    at: dt.datetime,
) -> None:
    """The last word on a key holds. In one order for everybody, so that two writers never wait for each other."""
    for kind, key in sorted(set(taught)):
        statement = insert(choices).values(
            workspace=workspace,
            kind=kind,
            key=key,
            deal=deal,
            conversation=conversation,
            told_by=told_by,
            recorded_at=at,
        )
        changed = {field: statement.excluded[field] for field in ("deal", "conversation", "told_by", "recorded_at")}
        connection.execute(statement.on_conflict_do_update(index_elements=["workspace", "kind", "key"], set_=changed))

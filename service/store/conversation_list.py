"""Conversations as a list shows them: without their words, with how many signals they hold."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from service.store.deal_card_table import deal_cards
from service.store.routing_tables import routes
from service.store.sight import visible
from service.store.tables import conversations, signals

__all__ = ["Asked", "Listed", "listed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`search` in the deal's account, name and id, or as the whole id; `kind` call or email; `state` received, read,
    failed, waiting (read, and nobody knows its deal) or pending (it holds signals to review)."""

    search: str | None = None
    kind: str | None = None
    state: str | None = None
    deal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """`signals` are those that were not dismissed, `pending` those among them that wait for a person."""

    id: str
    kind: str
    state: str
    deal: str | None
    account: str | None
    headline: dict[str, object] | None
    occurred_at: dt.datetime
    signals: int
    pending: int


V, R, C = conversations.c, routes.c, deal_cards.c


def matching(workspace: str, owners: frozenset[str] | None, asked: Asked) -> sa.ColumnElement[bool]:
    tests = [V.workspace == workspace, visible(workspace, V.deal, owners)]
    if asked.search:
        known = deal_cards.alias("known").c
        columns = (known.account, known.name, known.deal)
        named = sa.or_(*(column.icontains(asked.search, autoescape=True) for column in columns))
        deals = sa.select(known.deal).where(known.workspace == workspace, named)
        tests.append((V.id == asked.search) | (V.deal == asked.search) | V.deal.in_(deals))
    if asked.kind is not None:
        tests.append(V.kind == asked.kind)
    if asked.deal is not None:
        tests.append(V.deal == asked.deal)
    match asked.state:
        case None:
            pass
        case "waiting":
            tests.append(R.state == "waiting")
        case "pending":
            tests.append(
                sa.exists().where(
                    signals.c.workspace == workspace, signals.c.conversation == V.id, signals.c.state == "pending"
                )
            )
        case state:
            tests.append(V.state == state)
    return sa.and_(*tests)


def listed(
    connection: Connection,
    workspace: str,
    owners: frozenset[str] | None,
    asked: Asked,
    *,
    after: tuple[dt.datetime, str] | None,
    most: int,
) -> list[Listed]:
    """The newest first; `after` is the (occurred_at, id) of the last one of the page before."""
    on_route = (R.workspace == V.workspace) & (R.conversation == V.id)
    on_card = (C.workspace == V.workspace) & (C.deal == V.deal)
    here = (signals.c.workspace == V.workspace) & (signals.c.conversation == V.id)
    standing = sa.select(sa.func.count()).where(here, signals.c.state != "dismissed").scalar_subquery()
    pending = sa.select(sa.func.count()).where(here, signals.c.state == "pending").scalar_subquery()
    statement = (
        sa.select(
            V.id,
            V.kind,
            V.state,
            V.deal,
            C.account,
            R.headline,
            V.occurred_at,
            standing.label("signals"),
            pending.label("pending"),
        )
        .outerjoin(routes, on_route)
        .outerjoin(deal_cards, on_card)
        .where(matching(workspace, owners, asked))
        .order_by(V.occurred_at.desc(), V.id.desc())
        .limit(most)
    )
    if after is not None:
        statement = statement.where(sa.tuple_(V.occurred_at, V.id) < sa.tuple_(*map(sa.literal, after)))
    return [Listed(**row) for row in connection.execute(statement).mappings()]

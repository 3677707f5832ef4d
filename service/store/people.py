"""Who is in a deal: the buyer's contacts and the seller's people, with their addresses, as events and talks tell it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import Insert, insert

from service.store.routing_tables import deal_people

__all__ = ["DealPerson", "addresses", "key_of", "ours", "remember", "sides"]

GIVEN = "given"


@dataclass(frozen=True, slots=True, kw_only=True)
class DealPerson:
    """`address` as addresses are compared; `domain` is the company's, None for free mail. `side` is buyer or seller,
    `known` how that is known, `told_by` the event or the conversation that told it. There is a name or an address."""

    side: str
    known: str
    told_by: str
    address: str | None = None
    domain: str | None = None
    name: str | None = None
    title: str | None = None


def key_of(person: DealPerson) -> str:
    if person.address is not None:
        return f"mailbox:{person.address}"
    return f"name:{' '.join((person.name or '').casefold().split())[:250]}"


def remember(connection: Connection, workspace: str, deal: str, people: Iterable[DealPerson], at: dt.datetime) -> None:
    """A known person gains what was not known; a side that is given holds against one that was concluded.

    The caller holds the deal's lock.
    """
    rows = [
        {field: getattr(person, field) for field in person.__dataclass_fields__}
        | {"workspace": workspace, "deal": deal, "person": key_of(person), "recorded_at": at}
        for person in people
    ]
    if rows:
        connection.execute(REMEMBER, rows)


def remembering() -> Insert:
    statement = insert(deal_people)
    new, old = statement.excluded, deal_people.c
    surer = (new.known == GIVEN) | (old.known != GIVEN)
    other = surer & (new.side != old.side)
    changed: dict[str, Any] = {
        "name": sa.func.coalesce(new.name, old.name),
        "title": sa.func.coalesce(new.title, old.title),
        "side": sa.case((surer, new.side), else_=old.side),
        "known": sa.case((surer, new.known), else_=old.known),
        "told_by": sa.case((other, new.told_by), else_=old.told_by),
        "recorded_at": sa.case((other, new.recorded_at), else_=old.recorded_at),
    }
    return statement.on_conflict_do_update(index_elements=["workspace", "deal", "person"], set_=changed)


REMEMBER = remembering()


def addresses(connection: Connection, workspace: str, deal: str) -> dict[str, str]:
    """Name → address of the deal's people, of those who have both; names in small letters."""
    table = deal_people.c
    statement = sa.select(table.name, table.address).where(
        table.workspace == workspace, table.deal == deal, table.name.is_not(None), table.address.is_not(None)
    )
    return {row.name.casefold(): row.address for row in connection.execute(statement.order_by(table.person))}


def sides(connection: Connection, workspace: str, deal: str, addresses: Iterable[str]) -> Mapping[str, str]:
    """Address → side in the deal, of those who are known there."""
    table = deal_people.c
    statement = sa.select(table.address, table.side).where(
        table.workspace == workspace, table.deal == deal, table.address.in_(sorted(addresses))
    )
    return {row.address: row.side for row in connection.execute(statement)}


def ours(
    connection: Connection, workspace: str, *, addresses: Iterable[str], domains: Iterable[str]
) -> tuple[set[str], set[str]]:
    """Which of these addresses and domains are the seller's: those that are so in at least half of what is known."""
    return (
        mostly_sellers(connection, workspace, deal_people.c.address, addresses),
        mostly_sellers(connection, workspace, deal_people.c.domain, domains),
    )


def mostly_sellers(
    connection: Connection, workspace: str, column: sa.ColumnElement[str], values: Iterable[str]
) -> set[str]:
    sellers = sa.func.count().filter(deal_people.c.side == "seller")
    statement = (
        sa.select(column)
        .where(deal_people.c.workspace == workspace, column.in_(sorted(values)))
        .group_by(column)
        .having((sellers > 0) & (sellers * 2 >= sa.func.count()))
    )
    return set(connection.execute(statement).scalars())

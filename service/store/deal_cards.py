"""The narrow rows of deals: columns of a board with exact totals, and sorted, paged lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import ARRAY, insert

from service.store.deal_card_table import deal_cards
from service.store.tables import deals

__all__ = [
    "SORTS",
    "DealCard",
    "Filters",
    "Total",
    "cards",
    "choices",
    "count",
    "get",
    "put",
    "states_marked",
    "totals",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class DealCard:
    """`amount` is in units of `currency`, `probability` in percent; `marks` name flags and risks."""

    deal: str
    stage: str
    open: bool
    account: str
    name: str
    owner: str | None
    amount: Decimal | None
    currency: str | None
    probability: float
    health: int
    close_date: dt.date | None
    marks: tuple[str, ...]
    entered_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """`owners` are those whose deals may be seen at all (None: every deal); the rest is what was asked for.

    `month` is the first day of the month of the close date; `search` is looked for in account, name and id.
    """

    owners: frozenset[str] | None = None
    stage: str | None = None
    owner: str | None = None
    mark: str | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    month: dt.date | None = None
    search: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """Of one stage and currency: how many deals, what they come to, and what that is weighted by probability.

    `currency` is None for deals without one; an amount that nobody told counts as none.
    """

    stage: str
    currency: str | None
    deals: int
    amount: Decimal
    weighted: Decimal


C = deal_cards.c
COLUMNS = [C[field] for field in DealCard.__dataclass_fields__]
SORTS: dict[str, sa.ColumnElement[Any]] = {
    "account": sa.func.lower(C.account),
    "stage": C.stage,
    "owner": C.owner,
    "amount": C.amount,
    "probability": C.probability,
    "close": C.close_date,
    "health": C.health,
    "entered": C.entered_at,
    "updated": C.updated_at,
}


def put(connection: Connection, workspace: str, card: DealCard) -> None:
    values = asdict(card) | {"workspace": workspace, "marks": list(card.marks)}
    changed = {field: value for field, value in values.items() if field not in ("workspace", "deal")}
    statement = insert(deal_cards).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=["workspace", "deal"], set_=changed))


def get(connection: Connection, workspace: str, deal: str, owners: frozenset[str] | None) -> DealCard | None:
    """None for a deal that is not there, and for one that may not be seen."""
    here = (C.deal == deal) & matching(workspace, Filters(owners=owners))
    row = connection.execute(sa.select(*COLUMNS).where(here)).mappings().first()
    return None if row is None else made(row)


def made(row: sa.RowMapping) -> DealCard:
    return DealCard(**{**row, "marks": tuple(row["marks"])})


def matching(workspace: str, filters: Filters) -> sa.ColumnElement[bool]:
    """The rows that the filters let through."""
    tests: list[sa.ColumnElement[bool]] = [C.workspace == workspace]
    if filters.owners is not None:
        tests.append(C.owner.in_(sorted(filters.owners)))
    if filters.stage is not None:
        tests.append(C.stage == filters.stage)
    if filters.owner is not None:
        tests.append(C.owner == filters.owner if filters.owner else C.owner.is_(None))
    if filters.mark is not None:
        tests.append(C.marks.contains([filters.mark]))
    if filters.least is not None:
        tests.append(C.amount >= filters.least)
    if filters.most is not None:
        tests.append(C.amount <= filters.most)
    if filters.month is not None:
        after = (filters.month.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        tests.append((C.close_date >= filters.month) & (C.close_date < after))
    if filters.search:
        tests.append(
            sa.or_(*(column.icontains(filters.search, autoescape=True) for column in (C.account, C.name, C.deal)))
        )
    return sa.and_(*tests)


def totals(connection: Connection, workspace: str, filters: Filters) -> list[Total]:
    """Exact over all the deals that the filters let through, a row for each stage and currency."""
    amount = sa.func.coalesce(C.amount, 0)
    weighted = sa.func.sum(amount * sa.cast(C.probability, sa.Numeric) / 100)
    columns = (
        C.stage,
        C.currency,
        sa.func.count().label("deals"),
        sa.func.sum(amount).label("amount"),
        weighted.label("weighted"),
    )
    statement = sa.select(*columns).where(matching(workspace, filters)).group_by(C.stage, C.currency)
    rows = connection.execute(statement.order_by(C.stage, C.currency)).mappings()
    return [Total(**row) for row in rows]


def count(connection: Connection, workspace: str, filters: Filters) -> int:
    statement = sa.select(sa.func.count()).select_from(deal_cards).where(matching(workspace, filters))
    return connection.execute(statement).scalar_one()


def cards(
    connection: Connection,
    workspace: str,
    filters: Filters,
    *,
    sort: str,
    descending: bool,
    most: int | None,
    skip: int = 0,
    stages: Sequence[str] = (),
) -> list[DealCard]:
    """A page of deals by one of `SORTS`, unknown values last, equal ones by id; stages in the order of `stages`."""
    key = sa.func.array_position(sa.cast(list(stages), ARRAY(sa.Text)), C.stage) if sort == "stage" else SORTS[sort]
    order = (key.desc() if descending else key.asc()).nulls_last()
    statement = sa.select(*COLUMNS).where(matching(workspace, filters)).order_by(order, C.deal).limit(most).offset(skip)
    return [made(row) for row in connection.execute(statement).mappings()]


def states_marked(
    connection: Connection, workspace: str, mark: str, *, owners: frozenset[str] | None, after: str | None, most: int
) -> list[tuple[str, dict[str, Any]]]:
    """Open deals with a mark by id, after a cursor, each with its state."""
    same = (deals.c.workspace == C.workspace) & (deals.c.id == C.deal)
    statement = sa.select(C.deal, deals.c.state).join(deals, same)
    statement = statement.where(matching(workspace, Filters(owners=owners, mark=mark)), C.open)
    if after is not None:
        statement = statement.where(C.deal > after)
    return [(row.deal, row.state) for row in connection.execute(statement.order_by(C.deal).limit(most))]


def choices(
    connection: Connection, workspace: str, owners: frozenset[str] | None
) -> tuple[Sequence[str], Sequence[str]]:
    """The owners and the marks that there are among the deals that may be seen, each in order."""
    here = matching(workspace, Filters(owners=owners))
    known = connection.execute(sa.select(C.owner).where(here, C.owner.is_not(None)).distinct().order_by(C.owner))
    mark = sa.func.unnest(C.marks).label("mark")
    marks = connection.execute(sa.select(mark).where(here).distinct().order_by(mark))
    return known.scalars().all(), marks.scalars().all()

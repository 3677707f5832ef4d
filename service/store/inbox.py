"""What waits for people: signals to review, deals that hold or are about to fall back, alerts that nobody has seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from service.store.deal_card_table import deal_cards
from service.store.page_tables import notices_seen
from service.store.routing_tables import routes
from service.store.sight import visible
from service.store.signals import REGRESSING, StoredSignal
from service.store.tables import deals, decisions, signals

__all__ = [
    "MOST_COUNTED",
    "Notice",
    "Sight",
    "Waiting",
    "Wanted",
    "count_marked",
    "count_notices",
    "count_signals",
    "count_unassigned",
    "marked",
    "notices",
    "see",
    "signals_waiting",
]

Json = dict[str, Any]

# Counts stop here: "999+" says enough, and no page waits for a million rows to be counted.
MOST_COUNTED = 999


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Who looks: `owners` are those whose deals may be seen (None: all), `person` whose seen notices are left out."""

    workspace: str
    owners: frozenset[str] | None
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which signals: of this type and deal, at least this sure, and whether also those that would move a deal down."""

    type: str | None = None
    deal: str | None = None
    least: float | None = None
    regressing: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A pending signal and the account of its deal; both empty where it has none."""

    signal: StoredSignal
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """An alert, or a held advance of a deal that still is where it was held; `content` is the decision's JSON."""

    deal: str
    account: str
    stage: str
    owner: str | None
    seq: int
    at: dt.datetime
    content: Json


S, D, N, C = signals.c, decisions.c, notices_seen.c, deal_cards.c


def pending(sight: Sight, wanted: Wanted) -> sa.ColumnElement[bool]:
    tests = [S.workspace == sight.workspace, S.state == "pending", visible(sight.workspace, S.deal, sight.owners)]
    if wanted.type is not None:
        tests.append(S.type == wanted.type)
    if wanted.deal is not None:
        tests.append(S.deal == wanted.deal)
    if wanted.least is not None:
        tests.append(S.confidence >= wanted.least)
    if not wanted.regressing:
        tests.append(~sa.func.coalesce(S.pending_because, "").startswith(REGRESSING))
    return sa.and_(*tests)


def signals_waiting(
    connection: Connection, sight: Sight, wanted: Wanted, *, after: UUID | None, most: int
) -> list[Waiting]:
    """The newest first, after a cursor (that is, older than it)."""
    here = (C.workspace == S.workspace) & (C.deal == S.deal)
    columns = [S[field] for field in StoredSignal.__dataclass_fields__]
    statement = (
        sa.select(*columns, sa.func.coalesce(C.account, "").label("account"))
        .outerjoin(deal_cards, here)
        .where(pending(sight, wanted))
        .order_by(S.id.desc())
        .limit(most)
    )
    if after is not None:
        statement = statement.where(S.id < after)
    return [
        Waiting(signal=StoredSignal(**{f: row[f] for f in StoredSignal.__dataclass_fields__}), account=row["account"])
        for row in connection.execute(statement).mappings()
    ]


def counted(connection: Connection, statement: sa.Select[Any]) -> int:
    """How many rows, at most one more than `MOST_COUNTED`. The order is kept: it is that of an index."""
    some = statement.limit(MOST_COUNTED + 1).subquery()
    return connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one()


def count_signals(connection: Connection, sight: Sight, wanted: Wanted) -> int:
    statement = sa.select(S.id).where(pending(sight, wanted))
    if wanted.least is not None:
        # The surest first, as their index has them: the planner believes that there are far more of them.
        statement = statement.order_by(S.confidence.desc())
    return counted(connection, statement)


def of_mark(sight: Sight, mark: str) -> sa.ColumnElement[bool]:
    return standing(sight) & C.marks.contains([mark])


def count_marked(connection: Connection, sight: Sight, mark: str) -> int:
    return counted(connection, sa.select(C.deal).where(of_mark(sight, mark)))


def marked(connection: Connection, sight: Sight, mark: str, *, skip: int, most: int) -> list[tuple[str, Json]]:
    """Deals with a mark, and their states; those first of which time will soonest change something."""
    same = (deals.c.workspace == C.workspace) & (deals.c.id == C.deal)
    statement = (
        sa.select(C.deal, deals.c.state)
        .join(deals, same)
        .where(of_mark(sight, mark))
        .order_by(deals.c.due_at.asc().nulls_last(), C.deal)
        .offset(skip)
        .limit(most)
    )
    return [(row.deal, row.state) for row in connection.execute(statement)]


def unseen(sight: Sight, deal: sa.ColumnElement[str], seq: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    here = (N.workspace == sight.workspace) & (N.person == sight.person)
    return ~sa.exists().where(here, N.deal == deal, N.seq == seq)


def standing(sight: Sight) -> sa.ColumnElement[bool]:
    """The open deals that may be seen."""
    here = (C.workspace == sight.workspace) & C.open
    return here if sight.owners is None else here & C.owner.in_(sorted(sight.owners))


def alerts(sight: Sight, since: dt.datetime) -> sa.Select[Any]:
    """The newest first."""
    same = (C.workspace == D.workspace) & (C.deal == D.deal)
    return (
        sa.select(D.deal, C.account, C.stage, C.owner, D.seq, D.at, D.content)
        .join(deal_cards, same)
        .where(D.workspace == sight.workspace, D.type == "alert", D.recorded_at >= since)
        .where(standing(sight), unseen(sight, D.deal, D.seq))
        .order_by(D.recorded_at.desc(), D.deal, D.seq.desc())
    )


def held(sight: Sight, since: dt.datetime) -> sa.Select[Any]:
    """Of each deal the newest held advance, while the deal is where it was held; the deals that changed last first.

    Deal by deal, so that a page of them looks at a page's deals only.
    """
    newest = (
        sa.select(D.seq, D.at, D.content)
        .where(D.workspace == C.workspace, D.deal == C.deal, D.type == "advance_held")
        .order_by(D.seq.desc())
        .limit(1)
        .correlate(deal_cards)
        .lateral("newest")
    )
    here = newest.c
    return (
        sa.select(C.deal, C.account, C.stage, C.owner, here.seq, here.at, here.content)
        .join(newest, sa.true())
        .where(standing(sight), C.updated_at >= since, here.at >= C.entered_at)
        .where(here.content["from"].as_string() == C.stage, unseen(sight, C.deal, here.seq))
        .order_by(C.updated_at.desc(), C.deal)
    )


NOTICED: dict[str, Callable[[Sight, dt.datetime], sa.Select[Any]]] = {"alert": alerts, "advance_held": held}


def count_notices(connection: Connection, sight: Sight, type: str, since: dt.datetime) -> int:
    return counted(connection, NOTICED[type](sight, since))


def notices(
    connection: Connection, sight: Sight, type: str, since: dt.datetime, *, skip: int, most: int
) -> list[Notice]:
    """`type` is `alert` or `advance_held`."""
    statement = NOTICED[type](sight, since).offset(skip).limit(most)
    return [Notice(**row) for row in connection.execute(statement).mappings()]


def count_unassigned(connection: Connection, sight: Sight) -> int:
    """Conversations whose deal nobody knows; those who see some deals only see none of them."""
    if sight.owners is not None:
        return 0
    here = (routes.c.workspace == sight.workspace) & (routes.c.state == "waiting")
    return counted(connection, sa.select(routes.c.conversation).where(here))


def see(connection: Connection, sight: Sight, seen: Sequence[tuple[str, int]], at: dt.datetime) -> None:
    """These (deal, seq) are not shown to this person again."""
    rows = [
        {"workspace": sight.workspace, "person": sight.person, "deal": deal, "seq": seq, "seen_at": at}
        for deal, seq in seen
    ]
    if rows:
        connection.execute(insert(notices_seen).values(rows).on_conflict_do_nothing())

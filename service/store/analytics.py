"""Sums over many deals, made by the database: stays, what became of deals, forecasts, exceptions.

`owners` are those whose deals may be seen (None: every deal); `owner` narrows to one of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import ARRAY

from service.store.deal_card_table import deal_cards
from service.store.figure_tables import deal_paths, deal_stays, deal_tallies
from service.store.review_tables import reviews
from service.store.sight import visible

__all__ = [
    "Bin",
    "Closed",
    "Error",
    "Month",
    "Overdue",
    "Reached",
    "Scope",
    "StageSums",
    "Tallied",
    "any_deal",
    "bins",
    "closed",
    "dismissals",
    "errors",
    "exceptions",
    "losses",
    "months",
    "overdue",
    "owners_of",
    "reached",
    "rules",
    "stages",
]

S, P, C, T, R = deal_stays.c, deal_paths.c, deal_cards.c, deal_tallies.c, reviews.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose deals count. `owner` "" is nobody's, None everybody's."""

    workspace: str
    owners: frozenset[str] | None = None
    owner: str | None = None

    def over(self, table: sa.Table) -> sa.ColumnElement[bool]:
        """A clause for a table with `workspace` and `deal`."""
        column = table.c
        tests = [column.workspace == self.workspace, visible(self.workspace, column.deal, self.owners)]
        if self.owner is not None:
            cards = deal_cards.alias("whose").c
            theirs = cards.owner == self.owner if self.owner else cards.owner.is_(None)
            tests.append(sa.exists().where(cards.workspace == self.workspace, cards.deal == column.deal, theirs))
        return sa.and_(*tests)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSums:
    """Stays in a stage, and the days of those that ended; `to` says how many left for which stage."""

    stage: str
    entered: int
    open: int
    median_days: float | None
    mean_days: float | None
    to: dict[str, int]


def stages(connection: Connection, scope: Scope, since: dt.datetime | None) -> list[StageSums]:
    """With `since`: only stays that ended from then on, and all that last."""
    days = sa.extract("epoch", S.left_at - S.entered_at) / 86400
    here = scope.over(deal_stays)
    if since is not None:
        here &= S.left_at.is_(None) | (S.left_at >= since)
    middle = sa.func.percentile_cont(0.5).within_group(days.asc()).filter(S.left_at.is_not(None))
    statement = sa.select(
        S.stage,
        sa.func.count(),
        sa.func.count().filter(S.left_at.is_(None)),
        middle,
        sa.func.avg(days),
    ).where(here)
    sums = connection.execute(statement.group_by(S.stage)).all()
    left = sa.select(S.stage, S.to_stage, sa.func.count()).where(here, S.left_at.is_not(None))
    went: dict[str, dict[str, int]] = {}
    for stage, to, times in connection.execute(left.group_by(S.stage, S.to_stage)):
        went.setdefault(stage, {})[to] = times
    return [
        StageSums(
            stage=stage,
            entered=entered,
            open=going,
            median_days=None if median is None else float(median),
            mean_days=None if mean is None else float(mean),
            to=went.get(stage, {}),
        )
        for stage, entered, going, median, mean in sums
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Deals whose furthest stage has this position, and what became of them."""

    position: int
    deals: int
    won: int
    lost: int


def reached(connection: Connection, scope: Scope, order: Sequence[str], since: dt.datetime | None) -> list[Reached]:
    """`order` are the stages from the first to the won one; with `since`: of deals that were created from then on."""
    position = sa.func.array_position(sa.cast(list(order), ARRAY(sa.Text)), S.stage)
    furthest = (
        sa.select(S.deal, sa.func.max(position).label("position"))
        .where(S.workspace == scope.workspace)
        .group_by(S.deal)
        .subquery()
    )
    here = scope.over(deal_paths)
    if since is not None:
        here &= P.created_at >= since
    statement = (
        sa.select(
            furthest.c.position,
            sa.func.count(),
            sa.func.count().filter(P.outcome == "won"),
            sa.func.count().filter(P.outcome == "lost"),
        )
        .join_from(deal_paths, furthest, furthest.c.deal == P.deal)
        .where(here, furthest.c.position.is_not(None))
        .group_by(furthest.c.position)
    )
    return [
        Reached(position=position - 1, deals=deals, won=won, lost=lost)
        for position, deals, won, lost in connection.execute(statement)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """A deal that has been in its stage longer than `limit` days."""

    deal: str
    account: str
    name: str
    owner: str | None
    stage: str
    days: float
    limit: float


def overdue(
    connection: Connection, scope: Scope, limits: dict[str, float], now: dt.datetime, *, most: int | None, skip: int = 0
) -> tuple[int, list[Overdue], dict[str, int]]:
    """How many there are, a page of them (the furthest beyond their limit first), and how many in each stage."""
    if not limits:
        return 0, [], {}
    limit = sa.case(limits, value=C.stage, else_=None)
    days = sa.extract("epoch", sa.literal(now) - C.entered_at) / 86400
    here = scope.over(deal_cards) & C.open & C.stage.in_(list(limits)) & (days > limit)
    by_stage = connection.execute(sa.select(C.stage, sa.func.count()).where(here).group_by(C.stage))
    counts = {row[0]: row[1] for row in by_stage}
    if most == 0:
        return sum(counts.values()), [], counts
    statement = (
        sa.select(C.deal, C.account, C.name, C.owner, C.stage, days.label("days"), limit.label("limit"))
        .where(here)
        .order_by((days / limit).desc(), C.deal)
        .limit(most)
        .offset(skip)
    )
    found = [
        Overdue(**{**row, "days": float(row["days"]), "limit": float(row["limit"])})
        for row in connection.execute(statement).mappings()
    ]
    return sum(counts.values()), found, counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """Deals that were closed, of one currency; `days` are the mean of those won, from creation to signature."""

    currency: str | None
    won: int
    lost: int
    amount: Decimal
    with_amount: int
    days: float | None


def closed(connection: Connection, scope: Scope, since: dt.datetime | None) -> list[Closed]:
    won = P.outcome == "won"
    days = sa.extract("epoch", P.closed_at - P.created_at) / 86400
    here = scope.over(deal_paths) & P.outcome.is_not(None)
    if since is not None:
        here &= P.closed_at >= since
    statement = (
        sa.select(
            C.currency,
            sa.func.count().filter(won).label("won"),
            sa.func.count().filter(~won).label("lost"),
            sa.func.coalesce(sa.func.sum(C.amount).filter(won), 0).label("amount"),
            sa.func.count(C.amount).filter(won).label("with_amount"),
            sa.func.avg(days).filter(won).label("days"),
        )
        .join_from(deal_paths, deal_cards, (C.workspace == P.workspace) & (C.deal == P.deal))
        .where(here)
        .group_by(C.currency)
        .order_by(C.currency)
    )
    rows = connection.execute(statement).mappings()
    return [Closed(**{**row, "days": None if row["days"] is None else float(row["days"])}) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """Open deals of one currency that are to close in a month (its first day; None: no date is known). `variance` is of
    the sum, as if each deal were won or lost by itself."""

    month: dt.date | None
    currency: str | None
    deals: int
    amount: Decimal
    weighted: Decimal
    variance: Decimal
    largest: Decimal


def months(connection: Connection, scope: Scope) -> list[Month]:
    amount = sa.func.coalesce(C.amount, 0)
    chance = sa.cast(C.probability, sa.Numeric) / 100
    month = sa.cast(sa.func.date_trunc("month", sa.cast(C.close_date, sa.DateTime)), sa.Date).label("month")
    statement = (
        sa.select(
            month,
            C.currency,
            sa.func.count().label("deals"),
            sa.func.sum(amount).label("amount"),
            sa.func.sum(amount * chance).label("weighted"),
            sa.func.sum(amount * amount * chance * (1 - chance)).label("variance"),
            sa.func.max(amount).label("largest"),
        )
        .where(scope.over(deal_cards), C.open)
        .group_by(month, C.currency)
        .order_by(month.nulls_last(), C.currency)
    )
    return [Month(**row) for row in connection.execute(statement).mappings()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Forecasts of closed deals from `low` percent on, ten wide: their mean, how many were won, and the summed squared
    error."""

    low: int
    count: int
    forecast: float
    won: int
    error: float


def bins(connection: Connection, scope: Scope, ending: Sequence[str], since: dt.datetime | None) -> list[Bin]:
    """A forecast is the probability that a deal was given on entering a stage that closes nothing."""
    low = sa.cast(sa.func.least(sa.func.floor(S.percent / 10), 9) * 10, sa.Integer)
    won = sa.cast(P.outcome == "won", sa.Integer)
    off = S.percent / 100 - won
    here = scope.over(deal_paths) & P.outcome.is_not(None)
    if since is not None:
        here &= P.closed_at >= since
    statement = (
        sa.select(
            low.label("low"),
            sa.func.count().label("count"),
            sa.func.avg(S.percent).label("forecast"),
            sa.func.sum(won).label("won"),
            sa.func.sum(off * off).label("error"),
        )
        .join_from(deal_stays, deal_paths, (P.workspace == S.workspace) & (P.deal == S.deal))
        .where(here, S.percent.is_not(None), S.stage.not_in(list(ending)))
        .group_by(low)
        .order_by(low)
    )
    return [Bin(**row) for row in connection.execute(statement).mappings()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Error:
    """How far a kind of close date was from the real one, in days: the mean (above 0: too late), and the mean size."""

    name: str
    deals: int
    bias: float | None
    size: float | None


DATES = {"stated": P.off_stated, "automatic": P.off_auto, "rep": P.off_rep, "original": P.off_original}


def errors(connection: Connection, scope: Scope, since: dt.datetime | None) -> list[Error]:
    here = scope.over(deal_paths)
    if since is not None:
        here &= P.closed_at >= since
    columns = [figure(c) for c in DATES.values() for figure in (sa.func.count, sa.func.avg, size_of)]
    row = connection.execute(sa.select(*columns).where(here)).one()
    found = []
    for n, name in enumerate(DATES):
        deals, bias, size = row[3 * n : 3 * n + 3]
        found.append(Error(name=name, deals=deals, bias=as_float(bias), size=as_float(size)))
    return found


def size_of(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.func.avg(sa.func.abs(column))


def as_float(value: Any) -> float | None:
    return None if value is None else float(value)


def losses(connection: Connection, scope: Scope, since: dt.datetime | None, most: int) -> list[tuple[str | None, int]]:
    """Why deals were lost, the commonest first; None where nobody said."""
    here = scope.over(deal_paths) & (P.outcome == "lost")
    if since is not None:
        here &= P.closed_at >= since
    times = sa.func.count()
    statement = sa.select(P.loss_reason, times).where(here).group_by(P.loss_reason)
    rows = connection.execute(statement.order_by(times.desc(), P.loss_reason).limit(most))
    return [(reason, times) for reason, times in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallied:
    name: str
    who: str
    times: int


def exceptions(connection: Connection, scope: Scope) -> list[Tallied]:
    here = scope.over(deal_tallies) & (T.what == "exception")
    statement = sa.select(T.name, T.who, sa.func.sum(T.times).label("times")).where(here).group_by(T.name, T.who)
    return [Tallied(**row) for row in connection.execute(statement.order_by(T.who, T.name)).mappings()]


def dismissals(connection: Connection, scope: Scope) -> list[Tallied]:
    """How many signals each person dismissed, undone ones left out."""
    here = scope.over(reviews) & (R.action == "dismiss") & R.undone_at.is_(None)
    statement = sa.select(R.by.label("who"), sa.func.count().label("times")).where(here).group_by(R.by)
    return [Tallied(name="signal dismissed", **row) for row in connection.execute(statement.order_by(R.by)).mappings()]


def rules(connection: Connection, scope: Scope) -> dict[str, tuple[int, int]]:
    """How often each rule has fired, and how often it was held."""
    fired = sa.func.coalesce(sa.func.sum(T.times).filter(T.what == "fired"), 0)
    held = sa.func.coalesce(sa.func.sum(T.times).filter(T.what == "held"), 0)
    here = scope.over(deal_tallies) & T.what.in_(("fired", "held"))
    rows = connection.execute(sa.select(T.name, fired, held).where(here).group_by(T.name))
    return {name: (int(times), int(kept)) for name, times, kept in rows}


def owners_of(connection: Connection, scope: Scope) -> Sequence[str]:
    here = scope.over(deal_cards) & C.owner.is_not(None)
    return connection.execute(sa.select(C.owner).where(here).distinct().order_by(C.owner)).scalars().all()


def any_deal(connection: Connection, scope: Scope) -> bool:
    found = sa.select(sa.exists().select_from(deal_cards).where(scope.over(deal_cards)))
    return connection.execute(found).scalar_one()

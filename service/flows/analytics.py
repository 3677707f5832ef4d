"""The figures of a workspace's deals: how fast they move, how many come through, where they stall, what is to be
expected, and how right the probabilities were. Summed by the database; a figure that rests on no deal is None."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from service.flows.context import Context
from service.store import analytics
from service.store.analytics import Closed, Error, Month, Overdue, Scope, Tallied

if TYPE_CHECKING:
    from engine.analytics import StageFigures

__all__ = [
    "Calibration",
    "Conversion",
    "Expected",
    "FunnelStep",
    "Reliable",
    "Stalls",
    "Velocity",
    "calibration",
    "conversion",
    "date_errors",
    "exceptions",
    "forecast",
    "loss_reasons",
    "stalls",
    "velocity",
]

# Two-sided 80 % of a normal distribution.
Z80 = 1.2815515655446004
MOST_REASONS = 12
NO_REASON = "(not known)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Velocity:
    """`stages` in the pipeline's order; `bottleneck` is where deals stay longest beyond what is expected; `closed` has
    a row for each currency; `money_per_day` is what was won, by currency, over `days`."""

    stages: tuple[StageFigures, ...]
    bottleneck: str | None
    closed: tuple[Closed, ...]
    win_rate: float | None
    money_per_day: dict[str | None, float]
    days: int


def velocity(context: Context, connection: Connection, scope: Scope, days: int) -> Velocity:
    """Of stays and deals that ended within the last `days`."""
    from engine.analytics import bottleneck

    since = context.now() - dt.timedelta(days=days)
    figures = stage_figures(context, connection, scope, since)
    closed = analytics.closed(connection, scope, since)
    won, lost = sum(each.won for each in closed), sum(each.lost for each in closed)
    return Velocity(
        stages=figures,
        bottleneck=bottleneck(figures),
        closed=tuple(closed),
        win_rate=won / (won + lost) if won + lost else None,
        money_per_day={each.currency: float(each.amount) / days for each in closed if each.amount},
        days=days,
    )


def stage_figures(
    context: Context, connection: Connection, scope: Scope, since: dt.datetime
) -> tuple[StageFigures, ...]:
    from engine.analytics import StageFigures

    pipeline = context.pipeline
    sums = {each.stage: each for each in analytics.stages(connection, scope, since)}
    late = analytics.overdue(connection, scope, limits(context), context.now(), most=0)[2]
    lost = pipeline.stages[pipeline.lost].id
    found = []
    for n, stage in enumerate(pipeline.stages):
        if stage.closed is not None:
            continue
        here = sums.get(stage.id)
        to = {} if here is None else here.to
        ended = sum(to.values())
        # A stage that the pipeline no longer has counts as neither up nor down.
        up = sum(times for there, times in to.items() if there != lost and pipeline.positions.get(there, -1) > n)
        down = sum(times for there, times in to.items() if 0 <= pipeline.positions.get(there, -1) < n)
        found.append(
            StageFigures(
                stage=stage.id,
                entered=0 if here is None else here.entered,
                open=0 if here is None else here.open,
                median_days=None if here is None else here.median_days,
                mean_days=None if here is None else here.mean_days,
                expected_days=None if stage.average_days is None else float(stage.average_days),
                advanced=share(up, ended),
                regressed=share(down, ended),
                lost=share(to.get(lost, 0), ended),
                stalled=late.get(stage.id, 0),
            )
        )
    return tuple(found)


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def limits(context: Context) -> dict[str, float]:
    """For each stage with an average, after how many days a deal stalls in it: the first alert's."""
    after = float(context.pipeline.alerts.stage_1_5x.after)
    return {
        stage.id: float(stage.average_days) * after
        for stage in context.pipeline.stages
        if stage.closed is None and stage.average_days
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStep:
    """Deals that came as far as this stage or beyond. `of_before` are from 0 to 1; `win_rate` is of those that were
    closed since, with its interval at 95 %."""

    stage: str
    deals: int
    of_before: float | None
    of_all: float | None
    won: int
    lost: int
    win_rate: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    steps: tuple[FunnelStep, ...]
    days: int


def conversion(context: Context, connection: Connection, scope: Scope, days: int) -> Conversion:
    """Of deals that were created within the last `days`."""
    from engine.calibrate import wilson

    pipeline = context.pipeline
    order = [stage.id for n, stage in enumerate(pipeline.stages) if n != pipeline.lost]
    since = context.now() - dt.timedelta(days=days)
    rows = analytics.reached(connection, scope, order, since)
    steps: list[FunnelStep] = []
    for n, stage in enumerate(order):
        here = [row for row in rows if row.position >= n]
        deals, won, lost = (sum(getattr(row, name) for row in here) for name in ("deals", "won", "lost"))
        low, high = wilson(won, won + lost)
        steps.append(
            FunnelStep(
                stage=stage,
                deals=deals,
                of_before=share(deals, steps[-1].deals) if steps else None,
                of_all=share(deals, steps[0].deals if steps else deals),
                won=won,
                lost=lost,
                win_rate=share(won, won + lost),
                low=low,
                high=high,
            )
        )
    return Conversion(steps=tuple(steps), days=days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stalls:
    """`count` over all pages; `by_stage` as well."""

    count: int
    deals: tuple[Overdue, ...]
    by_stage: dict[str, int]


def stalls(context: Context, connection: Connection, scope: Scope, *, most: int | None, skip: int = 0) -> Stalls:
    """Open deals that have been in their stage longer than the pipeline's first alert allows, the furthest first."""
    count, found, by_stage = analytics.overdue(connection, scope, limits(context), context.now(), most=most, skip=skip)
    return Stalls(count=count, deals=tuple(found), by_stage=by_stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the open deals of a month and currency come to: `weighted` by probability, between `low` and `high` in four
    of five cases if deals are won independently of each other."""

    month: dt.date | None
    past: bool
    currency: str | None
    deals: int
    amount: float
    weighted: float
    low: float
    high: float


def forecast(context: Context, connection: Connection, scope: Scope) -> tuple[Expected, ...]:
    """A row for each month in which open deals are to close, and for those without a date."""
    today = context.pipeline.calendar.day(context.now())
    return tuple(expected(row, today.replace(day=1)) for row in analytics.months(connection, scope))


def expected(row: Month, this_month: dt.date) -> Expected:
    weighted, amount, off = float(row.weighted), float(row.amount), Z80 * sqrt(max(0.0, float(row.variance)))
    return Expected(
        month=row.month,
        past=row.month is not None and row.month < this_month,
        currency=row.currency,
        deals=row.deals,
        amount=amount,
        weighted=weighted,
        low=max(0.0, weighted - off),
        high=min(amount, weighted + off),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliable:
    """Forecasts from `low` to `high` percent: their mean, and the share that was won with its interval at 95 %."""

    low: int
    high: int
    count: int
    forecast: float | None
    won: float | None
    won_low: float
    won_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """`brier` is the mean squared error: 0 is perfect, 0.25 a coin."""

    bins: tuple[Reliable, ...]
    brier: float | None
    forecasts: int
    days: int


def calibration(context: Context, connection: Connection, scope: Scope, days: int) -> Calibration:
    """Of deals that were closed within the last `days`."""
    from engine.calibrate import wilson

    ending = [stage.id for stage in context.pipeline.stages if stage.closed is not None]
    rows = analytics.bins(connection, scope, ending, context.now() - dt.timedelta(days=days))
    by_low = {row.low: row for row in rows}
    count = sum(row.count for row in rows)
    found = []
    for low in range(0, 100, 10):
        row = by_low.get(low)
        won_low, won_high = wilson(0 if row is None else row.won, 0 if row is None else row.count)
        found.append(
            Reliable(
                low=low,
                high=low + 10,
                count=0 if row is None else row.count,
                forecast=None if row is None else float(row.forecast),
                won=None if row is None else row.won / row.count,
                won_low=won_low,
                won_high=won_high,
            )
        )
    brier = sum(float(row.error) for row in rows) / count if count else None
    return Calibration(bins=tuple(found), brier=brier, forecasts=count, days=days)


def date_errors(context: Context, connection: Connection, scope: Scope, days: int) -> list[Error]:
    return analytics.errors(connection, scope, context.now() - dt.timedelta(days=days))


def loss_reasons(context: Context, connection: Connection, scope: Scope, days: int) -> list[tuple[str, int]]:
    """The commonest; NO_REASON where nobody said."""
    since = context.now() - dt.timedelta(days=days)
    found = analytics.losses(connection, scope, since, MOST_REASONS)
    return [(reason or NO_REASON, times) for reason, times in found]


def exceptions(connection: Connection, scope: Scope) -> Sequence[Tallied]:
    """Who went round the rules, and who dismissed how many signals."""
    return [*analytics.exceptions(connection, scope), *analytics.dismissals(connection, scope)]

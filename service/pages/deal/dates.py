"""How the close date moved, drawn: when it was told from left to right, which day it then was from the bottom up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from engine import DecisionType, Pipeline
from engine.close_date import close_date_of
from service.flows.deal_now import DealNow
from service.pages.deal.wording import day

__all__ = ["DateLine", "date_line"]

WIDTH, HEIGHT = 340, 110
LEFT, RIGHT, TOP, BOTTOM = 76, 8, 14, 24

Move = tuple[dt.datetime, dt.date, dt.date]


@dataclass(frozen=True, slots=True, kw_only=True)
class DateLine:
    """`path` is the date in force as steps, `points` where it changed; `said` tells the same in a sentence."""

    width: int
    height: int
    path: str
    points: tuple[tuple[float, float], ...]
    highest: str
    lowest: str
    first: str
    last: str
    top: int
    bottom: int
    left: int
    right: int
    said: str


def date_line(now: DealNow, pipeline: Pipeline, at: dt.datetime) -> DateLine | None:
    """None where nothing moved the date: then there is nothing to see.

    Between two moves an automatic date follows the days by itself, so the line may slope there.
    """
    moves = list(moved(now))
    if not moves or moves[0][0] >= at:
        return None
    begin = now.deal.created_at
    first = now.deal.close.original or moves[0][1]
    last = close_date_of(now.deal, pipeline, now.deal.now) or moves[-1][2]
    days = [first, last, *(each for _, source, to in moves for each in (source, to))]
    low, high = min(days), max(days)
    span, rise = max((at - begin).total_seconds(), 1.0), max((high - low).days, 1)

    def x(moment: dt.datetime) -> float:
        share = min(1.0, max(0.0, (moment - begin).total_seconds() / span))
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(on: dt.date) -> float:
        return round(HEIGHT - BOTTOM - (on - low).days / rise * (HEIGHT - TOP - BOTTOM), 1)

    steps = [f"L{x(moment)} {y(source)}V{y(to)}" for moment, source, to in moves]
    return DateLine(
        width=WIDTH,
        height=HEIGHT,
        path=f"M{x(begin)} {y(first)}{''.join(steps)}L{x(at)} {y(last)}",
        points=tuple((x(moment), y(to)) for moment, _, to in moves),
        highest=day(high),
        lowest=day(low),
        first=day(begin),
        last=day(at),
        top=TOP,
        bottom=HEIGHT - BOTTOM,
        left=LEFT,
        right=WIDTH - RIGHT,
        said=f"From {day(first)} at first to {day(last)} now, in {len(moves)} move{'' if len(moves) == 1 else 's'}.",
    )


def moved(now: DealNow) -> Iterator[Move]:
    for decision in now.history:
        if decision.type is DecisionType.CLOSE_DATE_MOVED and isinstance(decision.to, str):
            yield decision.at, dt.date.fromisoformat(decision.source or decision.to), dt.date.fromisoformat(decision.to)

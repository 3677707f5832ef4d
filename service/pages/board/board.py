"""The board: a column for each stage, with exact totals over all its deals and cards of the first few."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from engine import Pipeline
from engine.parts import Stage
from service.flows.context import Context
from service.pages.board.filters import Asked, FilterForm, filter_form
from service.pages.deal.wording import ago, days_between, deal_url, number, plain, short_money, signed
from service.pages.formats import day
from service.pages.marks import Mark, marks_shown
from service.store import deal_cards
from service.store.deal_cards import DealCard, Filters, Total

__all__ = ["A_COLUMN", "SORTS", "Board", "Card", "Column", "Sums", "board_of"]

PATH = "/pipeline"
A_COLUMN = 20
MOST_CARDS = 400
BADGES = 3

# What the URL says, what it means, and whether the largest comes first.
SORTS = {
    "": ("Close date", "close", False),
    "amount": ("Amount", "amount", True),
    "health": ("Worst health", "health", False),
    "days": ("Longest in stage", "entered", False),
    "chance": ("Probability", "probability", True),
}
ORDERS = {"": "Late stages first", "early": "Early stages first"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """`health_tone` and `close_tone` are tones of badges; `more_marks` counts those that are not shown."""

    id: str
    url: str
    title: str
    name: str
    stage: str
    amount: str
    chance: str
    close: str
    close_tone: str
    health: str
    health_tone: str
    days: str
    owner: str
    marks: tuple[Mark, ...]
    more_marks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Of many deals, by currency, the largest first: what they come to, and that weighted by their probability."""

    deals: int
    amounts: tuple[str, ...]
    weighted: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`position` orders stages from the first to the last; `more` is the address that shows more of it."""

    id: str
    name: str
    position: int
    closed: str
    sums: Sums
    cards: tuple[Card, ...]
    more: str | None
    more_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageName:
    id: str
    name: str
    position: int
    closed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """`open` sums the deals that are not closed; `here` is the address of what is shown."""

    columns: tuple[Column, ...]
    open: Sums
    deals: int
    form: FilterForm
    stages: tuple[StageName, ...]
    here: str
    early: bool
    bare: bool


def board_of(context: Context, connection: Connection, asked: Asked, owners: frozenset[str] | None) -> Board:
    """The deals that `owners` may see and the filters let through."""
    pipeline, filters = context.pipeline, asked.filters(owners)
    totals = deal_cards.totals(connection, context.workspace, filters)
    stages = in_order([stage_name(n, stage) for n, stage in enumerate(pipeline.stages)], asked, totals)
    known_owners, marks = deal_cards.choices(connection, context.workspace, owners)
    ending = {stage.id for stage in stages if stage.closed}
    columns = tuple(column(context, connection, asked, filters, stage, totals) for stage in stages)
    return Board(
        columns=columns,
        open=summed([total for total in totals if total.stage not in ending]),
        deals=sum(total.deals for total in totals),
        form=filter_form(
            asked,
            PATH,
            owners=known_owners,
            marks=marks,
            stages=(),
            sorts={key: sort[0] for key, sort in SORTS.items()},
            orders=ORDERS,
        ),
        stages=tuple(stage_name(n, stage) for n, stage in enumerate(pipeline.stages)),
        here=asked.url(PATH),
        early=asked.order == "early",
        bare=not asked.narrowed and not totals,
    )


def stage_name(position: int, stage: Stage) -> StageName:
    return StageName(
        id=stage.id, name=plain(stage.id), position=position, closed="" if stage.closed is None else stage.closed.value
    )


def in_order(stages: Sequence[StageName], asked: Asked, totals: Iterable[Total]) -> list[StageName]:
    """Open stages, the late ones first unless asked otherwise; then the closed ones; then stages of other pipelines."""
    going = [stage for stage in stages if not stage.closed]
    if asked.order != "early":
        going.reverse()
    known = {stage.id for stage in stages}
    strange = dict.fromkeys(total.stage for total in totals if total.stage not in known)
    others = [StageName(id=id, name=plain(id), position=-1, closed="") for id in strange]
    return [*going, *(stage for stage in stages if stage.closed), *others]


def column(
    context: Context,
    connection: Connection,
    asked: Asked,
    filters: Filters,
    stage: StageName,
    totals: Sequence[Total],
) -> Column:
    mine = [total for total in totals if total.stage == stage.id]
    sums = summed(mine)
    shown = min(MOST_CARDS, max(A_COLUMN, dict(asked.more).get(stage.id, A_COLUMN)))
    found = cards_of(connection, context.workspace, asked, filters, stage.id, shown) if sums.deals else []
    now = context.now()
    left = sums.deals - len(found)
    more = asked.showing(stage.id, shown + A_COLUMN).url(PATH) if left and shown < MOST_CARDS else None
    if left and more is None:
        more = f"/deals?stage={stage.id}"
    return Column(
        id=stage.id,
        name=stage.name,
        position=stage.position,
        closed=stage.closed,
        sums=sums,
        cards=tuple(card(each, now, context.pipeline) for each in found),
        more=more,
        more_text=f"{min(A_COLUMN, left)} more of {left:,}" if shown < MOST_CARDS else f"All {sums.deals:,} in a list",
    )


def cards_of(
    connection: Connection, workspace: str, asked: Asked, filters: Filters, stage: str, most: int
) -> list[DealCard]:
    _, key, descending = SORTS.get(asked.sort, SORTS[""])
    here = Filters(**{name: getattr(filters, name) for name in Filters.__dataclass_fields__} | {"stage": stage})
    return deal_cards.cards(connection, workspace, here, sort=key, descending=descending, most=most)


def summed(totals: Sequence[Total]) -> Sums:
    amounts: dict[str | None, list[Decimal]] = {}
    for total in totals:
        amounts.setdefault(total.currency, []).append(total.amount)
    weighted: dict[str | None, list[Decimal]] = {}
    for total in totals:
        weighted.setdefault(total.currency, []).append(total.weighted)
    return Sums(
        deals=sum(total.deals for total in totals), amounts=by_currency(amounts), weighted=by_currency(weighted)
    )


def by_currency(figures: dict[str | None, list[Decimal]]) -> tuple[str, ...]:
    """No sum of different currencies: each stands for itself."""
    sums = [(sum(some, Decimal(0)), currency) for currency, some in figures.items()]
    return tuple(short_money(figure, currency) for figure, currency in sorted(sums, key=lambda s: -s[0]) if figure)


def card(deal: DealCard, now: dt.datetime, pipeline: Pipeline) -> Card:
    marks = marks_shown(deal.marks)
    late = deal.open and deal.close_date is not None and deal.close_date < pipeline.calendar.day(now)
    return Card(
        id=deal.deal,
        url=deal_url(deal.deal),
        title=deal.account or deal.name or deal.deal,
        name=deal.name if deal.account else "",
        stage=deal.stage,
        amount="" if deal.amount is None else short_money(deal.amount, deal.currency),
        chance=f"{number(deal.probability)} %" if deal.open else "",
        close=day(deal.close_date),
        close_tone="bad" if late else "",
        health=signed(deal.health),
        health_tone="good" if deal.health > 0 else "bad" if deal.health < 0 else "",
        days=ago(days_between(deal.entered_at, now)),
        owner=deal.owner or "",
        marks=marks[:BADGES],
        more_marks=max(0, len(marks) - BADGES),
    )

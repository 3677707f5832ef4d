"""The deals as a table: sorted, filtered, in pages, and the same as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from service.flows.context import Context
from service.pages.board.board import Card, card
from service.pages.board.filters import Asked, FilterForm, filter_form
from service.pages.deal.wording import plain
from service.store import deal_cards
from service.store.deal_cards import DealCard

__all__ = ["A_PAGE", "Heading", "Listing", "Row", "csv_of", "listing_of"]

PATH = "/deals"
A_PAGE = 50
# What the URL says: the heading, the store's name of it, and whether the largest comes first when it is first chosen.
COLUMNS: Mapping[str, tuple[str, str, bool]] = {
    "account": ("Account", "account", False),
    "stage": ("Stage", "stage", True),
    "amount": ("Amount", "amount", True),
    "chance": ("Probability", "probability", True),
    "close": ("Close date", "close", False),
    "health": ("Health", "health", False),
    "days": ("In stage", "entered", False),
    "owner": ("Owner", "owner", False),
}
NUMBERS = frozenset({"amount", "chance", "health", "days"})
FIRST = "updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """`sorted` is ascending, descending or nothing, as `aria-sort` wants it; `url` sorts by it, or turns it round."""

    name: str
    url: str
    sorted: str
    number: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    card: Card
    stage: str
    closed: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """`count` is over all pages; `bare` says that there is no deal at all."""

    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    count: int
    shown: str
    first: str | None
    next: str | None
    csv: str
    form: FilterForm
    here: str
    bare: bool


def listing_of(context: Context, connection: Connection, asked: Asked, owners: frozenset[str] | None) -> Listing:
    filters, pipeline, now = asked.filters(owners), context.pipeline, context.now()
    count = deal_cards.count(connection, context.workspace, filters)
    page = min(asked.page, max(1, -(-count // A_PAGE)))
    begin = (page - 1) * A_PAGE
    found = sorted_cards(context, connection, asked, owners, most=A_PAGE, skip=begin)
    known_owners, marks = deal_cards.choices(connection, context.workspace, owners)
    closed = {stage.id: None if stage.closed is None else stage.closed.value for stage in pipeline.stages}
    return Listing(
        headings=tuple(headings(asked)),
        rows=tuple(
            Row(card=card(each, now, pipeline), stage=plain(each.stage), closed=closed.get(each.stage))
            for each in found
        ),
        count=count,
        shown=f"{begin + 1:,} to {begin + len(found):,} of {count:,}" if found else "",
        first=asked.url(PATH) if page > 1 else None,
        next=asked.url(PATH, page=page + 1) if begin + len(found) < count else None,
        csv=asked.url("/deals.csv"),
        form=filter_form(
            asked,
            PATH,
            owners=known_owners,
            marks=marks,
            stages=[stage.id for stage in pipeline.stages],
            sorts={},
            orders={},
        ),
        here=asked.url(PATH, page=page),
        bare=not count and not asked.narrowed,
    )


def sorting(asked: Asked) -> tuple[str, bool]:
    """The store's name, and whether it descends: the newest change first where nothing was asked for."""
    if asked.sort not in COLUMNS:
        return FIRST, True
    _, key, first = COLUMNS[asked.sort]
    return key, asked.order == "down" or (first and asked.order != "up")


def sorted_cards(
    context: Context,
    connection: Connection,
    asked: Asked,
    owners: frozenset[str] | None,
    *,
    most: int | None,
    skip: int = 0,
) -> list[DealCard]:
    key, descending = sorting(asked)
    stages = [stage.id for stage in context.pipeline.stages]
    return deal_cards.cards(
        connection,
        context.workspace,
        asked.filters(owners),
        sort=key,
        descending=descending,
        most=most,
        skip=skip,
        stages=stages,
    )


def headings(asked: Asked) -> Iterator[Heading]:
    for id, (name, _, _) in COLUMNS.items():
        chosen = asked.sort == id
        down = sorting(asked)[1]
        turned = ("up" if down else "down") if chosen else ""
        yield Heading(
            name=name,
            url=asked.url(PATH, sort=id, order=turned),
            sorted=("descending" if down else "ascending") if chosen else "",
            number=id in NUMBERS,
        )


CSV_COLUMNS = (
    "deal",
    "account",
    "name",
    "stage",
    "owner",
    "amount",
    "currency",
    "probability",
    "health",
    "close_date",
    "in_stage_since",
    "marks",
)


def csv_of(context: Context, connection: Connection, asked: Asked, owners: frozenset[str] | None) -> bytes:
    """Every deal that the filters let through, with a mark at the beginning by which spreadsheets know UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(CSV_COLUMNS)
    for each in sorted_cards(context, connection, asked, owners, most=None):
        writer.writerow(harmless(cells(each)))
    return out.getvalue().encode("utf-8-sig")


def cells(deal: DealCard) -> list[object]:
    figures = [deal.amount, deal.currency, deal.probability, deal.health, deal.close_date]
    texts = [deal.deal, deal.account, deal.name, deal.stage, deal.owner]
    return [*texts, *figures, deal.entered_at.isoformat(), " ".join(deal.marks)]


def harmless(values: Sequence[object]) -> list[object]:
    """A text that a spreadsheet would run as a formula is marked as text."""
    return [f"'{v}" if isinstance(v, str) and v.startswith(("=", "+", "-", "@", "\t", "\r")) else v for v in values]

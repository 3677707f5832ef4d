"""What a section of the page consists of, and how its figures are written: for people, and as CSV has them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from service.flows.context import Context
from service.pages.analytics.charts import Chart
from service.pages.deal.wording import short_money
from service.store.analytics import Scope

__all__ = ["A_PAGE", "Cell", "Look", "Section", "Sheet", "days", "money", "most_of", "rate", "rows_of", "text", "whole"]

A_PAGE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What a table shows, and the same as CSV has it; `url` leads somewhere."""

    text: str
    raw: str | int | float | None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """`columns` are names with whether they hold numbers. `first` and `next` are URLs of other pages."""

    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Cell, ...], ...]
    shown: str = ""
    first: int | None = None
    next: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """`said` is the answer; `note` how to read the chart. Without rows, `bare` says what would be needed."""

    id: str
    said: str
    note: str
    bare: str
    chart: Chart | None
    sheet: Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Whose deals, how far back, and which page of a list (None: all of it)."""

    context: Context
    connection: Connection
    scope: Scope
    days: int
    skip: int | None = 0


def text(value: str) -> Cell:
    return Cell(text=value, raw=value)


def whole(value: int) -> Cell:
    return Cell(text=f"{value:,}", raw=value)


def days(value: float | None) -> Cell:
    return Cell(text="–" if value is None else f"{value:.1f}", raw=None if value is None else round(value, 2))


def rate(value: float | None) -> Cell:
    return Cell(text="–" if value is None else f"{value:.0%}", raw=None if value is None else round(value, 4))


def money(value: float, currency: str | None) -> Cell:
    return Cell(text=short_money(Decimal(str(round(value))), currency), raw=round(value, 2))


def most_of(values: Iterable[float]) -> float:
    return max(values, default=0.0) or 1.0


def rows_of(sheet: Sheet) -> Sequence[Sequence[str | int | float | None]]:
    return [[cell.raw for cell in row] for row in sheet.rows]

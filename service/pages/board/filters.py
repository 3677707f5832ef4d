"""What a board or a list was asked for, in its URL: read leniently, so that no old link breaks, and written shortly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from service.pages.formats import words
from service.pages.marks import mark_shown
from service.store.deal_cards import Filters

__all__ = ["NO_OWNER", "Asked", "Choice", "FilterForm", "asked_of", "filter_form"]

# The owner of deals without one, in a URL.
NO_OWNER = "-"
ALL = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """As it stands in the URL; an empty text asks for nothing. `more` is how many cards a column shows."""

    q: str = ""
    owner: str = ""
    mark: str = ""
    stage: str = ""
    least: str = ""
    most: str = ""
    month: str = ""
    sort: str = ""
    order: str = ""
    page: int = 1
    more: tuple[tuple[str, int], ...] = ()

    def url(self, path: str, **changed: str | int) -> str:
        """The address of the same with something changed; what is not asked for does not stand in it."""
        pairs: list[tuple[str, str]] = []
        for name in ("q", "owner", "mark", "stage", "least", "most", "month", "sort", "order"):
            value = str(changed.get(name, getattr(self, name)))
            if value:
                pairs.append((name, value))
        page = int(changed.get("page", 1))
        pairs += [("page", str(page))] * (page > 1)
        pairs += [("more", f"{stage}:{count}") for stage, count in self.more]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def showing(self, stage: str, count: int) -> Asked:
        """The same with so many cards in a column."""
        rest = tuple(pair for pair in self.more if pair[0] != stage)
        return replace(self, more=(*rest, (stage, count)))

    @property
    def narrowed(self) -> bool:
        return any((self.q, self.owner, self.mark, self.stage, self.least, self.most, self.month))

    def filters(self, owners: frozenset[str] | None) -> Filters:
        return Filters(
            owners=owners,
            stage=self.stage or None,
            owner="" if self.owner == NO_OWNER else self.owner or None,
            mark=self.mark or None,
            least=amount(self.least),
            most=amount(self.most),
            month=first_of(self.month),
            search=self.q or None,
        )


def asked_of(query: Mapping[str, str], more: Sequence[str] = ()) -> Asked:
    """From a URL; what cannot be read asks for nothing."""
    texts = {name: query.get(name, "").strip()[:200] for name in ("q", "owner", "mark", "stage", "sort", "order")}
    least, most, month = (query.get(name, "").strip() for name in ("least", "most", "month"))
    page = query.get("page", "")
    return Asked(
        **texts,
        least=least if amount(least) is not None else "",
        most=most if amount(most) is not None else "",
        month=month if first_of(month) is not None else "",
        page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
        more=tuple(wanted for each in more[:20] if (wanted := count_of(each)) is not None),
    )


def amount(text: str) -> Decimal | None:
    """A figure as people type it: "50000", "50,000"; None for none."""
    try:
        figure = Decimal(text.replace(",", "").replace(" ", ""))
    except InvalidOperation:
        return None
    return figure if figure.is_finite() and abs(figure) < Decimal(10) ** 15 else None


def first_of(month: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(f"{month}-01")
    except ValueError:
        return None


def count_of(more: str) -> tuple[str, int] | None:
    stage, _, count = more.rpartition(":")
    return (stage[:100], int(count)) if stage and count.isascii() and count.isdigit() and len(count) < 5 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    value: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterForm:
    """The form above a board or a list, as it stands. `kept` is asked for elsewhere on the page and goes along; `clear`
    leads to the same without filters."""

    q: str
    least: str
    most: str
    month: str
    owners: tuple[Choice, ...]
    marks: tuple[Choice, ...]
    stages: tuple[Choice, ...]
    sorts: tuple[Choice, ...]
    orders: tuple[Choice, ...]
    kept: tuple[tuple[str, str], ...]
    clear: str | None


def filter_form(
    asked: Asked,
    path: str,
    *,
    owners: Sequence[str],
    marks: Sequence[str],
    stages: Sequence[str],
    sorts: Mapping[str, str],
    orders: Mapping[str, str],
) -> FilterForm:
    """The first of `sorts` and of `orders` is what holds where nothing was asked for."""
    everybody = {ALL: "Everybody", **{owner: owner for owner in owners}, NO_OWNER: "Nobody"}
    names = {ALL: "Any", **{mark: capital(mark_shown(mark).text) for mark in marks}}
    rooms = {ALL: "All", **{stage: capital(words(stage)) for stage in stages}}
    return FilterForm(
        q=asked.q,
        least=asked.least,
        most=asked.most,
        month=asked.month,
        owners=choices(everybody, asked.owner),
        marks=choices(names, asked.mark),
        stages=choices(rooms, asked.stage),
        sorts=tuple(choice for choice in choices(sorts, asked.sort) if choice.value in sorts),
        orders=tuple(choice for choice in choices(orders, asked.order) if choice.value in orders),
        kept=() if sorts else tuple(pair for pair in (("sort", asked.sort), ("order", asked.order)) if pair[1]),
        clear=Asked(sort=asked.sort, order=asked.order).url(path) if asked.narrowed else None,
    )


def choices(options: Mapping[str, str], chosen: str) -> tuple[Choice, ...]:
    """What was asked for stands among them, even where nothing is of that name any more."""
    known = options if not chosen or chosen in options else {**options, chosen: chosen}
    return tuple(Choice(value=value, text=text, chosen=value == chosen) for value, text in known.items())


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]

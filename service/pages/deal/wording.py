"""How stages, roles, money and times read on pages."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from urllib.parse import quote

from service.pages.formats import day, moment, money

__all__ = [
    "ago",
    "capital",
    "day",
    "days_between",
    "deal_url",
    "due_in",
    "moment",
    "money",
    "number",
    "plain",
    "short_money",
    "signed",
]

DAY = dt.timedelta(days=1)


def plain(name: str) -> str:
    """A name of the pipeline's in words: "closed_won" is "Closed won"; "competitor_favored" is "Competitor favored"."""
    words = name.replace("_", " ").replace(".", ": ").strip()
    return words[:1].upper() + words[1:]


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def deal_url(deal: str, *more: str) -> str:
    """Where the deal's page is; ids may hold anything, slashes too."""
    return "/".join(["/deals", quote(deal, safe=""), *more])


def short_money(amount: Decimal, currency: str | None) -> str:
    """An amount for a narrow place, in three figures: "USD 1.24M", "CHF 84.5k"."""
    figure, unit = amount, ""
    for limit, name in ((Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "k")):
        if amount >= limit:
            figure, unit = amount / limit, name
            break
    digits = 0 if figure >= 100 or not unit else 1 if figure >= 10 else 2
    told = f"{figure:,.{digits}f}"
    told = (told.rstrip("0").rstrip(".") if "." in told else told) + unit
    return f"{currency} {told}" if currency else told


def number(value: float) -> str:
    """A figure without needless decimals, its minus sign a real one."""
    return f"{value:g}".replace("-", "−")


def signed(value: float) -> str:
    """Points with their sign: "+4", "−3", "0"."""
    return number(value) if value <= 0 else f"+{number(value)}"


def days_between(earlier: dt.datetime, later: dt.datetime) -> int:
    """Whole days, never below 0."""
    return max(0, (later - earlier) // DAY)


def ago(days: int) -> str:
    """How long something has lasted; hours count as no day, whichever day they began on."""
    return "under a day" if days == 0 else "1 day" if days == 1 else f"{days} days"


def due_in(due: dt.datetime, now: dt.datetime) -> str:
    """How much time is left: "in 3 days" by the calendar, as the inbox has it, "in 5 hours", "2 days overdue"."""
    left, days = due - now, (due.date() - now.date()).days
    if left >= DAY:
        return f"in {days} day{'' if days == 1 else 's'}"
    if left > dt.timedelta(0):
        hours = max(1, left // dt.timedelta(hours=1))
        return f"in {hours} hour{'' if hours == 1 else 's'}"
    return "overdue" if days == 0 else f"{-days} day{'' if days == -1 else 's'} overdue"

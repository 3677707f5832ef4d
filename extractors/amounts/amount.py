"""One amount of money, where it stands and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from signals import Per

__all__ = ["Amount"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """Money in a text: `text` is the slice from `start` to `end`, with bounds ("up to") and what it buys ("a year").

    `low` and `high` are equal for one figure; `high` is None for "at least X", `low` is 0 for "up to X".
    `currency`: ISO 4217, the deal's where `currency_said` is false. `phrase`: the shape that read it.
    `explicit`: a currency or a magnitude was said. Where it is false only the context can make it money, and the
    figures are as said: "one thirty-five" is 135, whatever it stands for.
    `hedge`: "about", "roughly", "ish"... as said, or None.
    """

    start: int
    end: int
    text: str
    low: Decimal | None
    high: Decimal | None
    currency: str
    per: Per
    phrase: str
    explicit: bool
    currency_said: bool
    hedge: str | None = None

"""Flags and risks as badges: how they read, and how grave they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from service.pages.formats import words

__all__ = ["Mark", "mark_shown", "marks_shown"]

BAD = {
    "regression_scheduled": "will fall back",
    "budget_cancelled": "budget cancelled",
    "budget_none": "no budget",
    "competitor_selected": "rival chosen",
    "champion_lost": "champion lost",
    "signed_after_lost": "signed after lost",
    "lost_after_won": "lost after won",
}
WARN = {
    "approval_waiting": "waits for approval",
    "budget_reduced": "budget cut",
    "competitor_favored": "rival ahead",
    "champion_at_risk": "champion at risk",
    "close_date_unstable": "close date unstable",
    "loss_reason_missing": "loss reason missing",
    "rep_probability_off": "rep's forecast is off",
    "paused": "paused",
}
PLAIN = {
    "required_data_missing": "data missing",
    "competitive": "competitive",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """`tone` is bad, warn or nothing, as badges know them."""

    id: str
    text: str
    tone: str


def mark_shown(id: str) -> Mark:
    for tone, known in (("bad", BAD), ("warn", WARN), ("", PLAIN)):
        if id in known:
            return Mark(id=id, text=known[id], tone=tone)
    return Mark(id=id, text=words(id), tone="")


def marks_shown(ids: Iterable[str]) -> tuple[Mark, ...]:
    """The gravest first; of those that are as grave, in the order given."""
    order = {"bad": 0, "warn": 1, "": 2}
    return tuple(sorted(map(mark_shown, ids), key=lambda mark: order[mark.tone]))

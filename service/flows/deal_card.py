"""What a list shows of a deal, from its state: one narrow row, kept with every change of the state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from service.store.deal_cards import DealCard

__all__ = ["card_of", "marks_of"]

Json = dict[str, Any]

CHAMPION = {"lost": "champion_lost", "at_risk": "champion_at_risk"}
BUDGET = {"reduced": "budget_reduced", "cancelled": "budget_cancelled", "none": "budget_none"}
RIVALS = {"selected": "competitor_selected", "favored": "competitor_favored"}


def card_of(deal: str, state: Json, at: dt.datetime) -> DealCard:
    """`state` is the deal's state as the engine shows it; `at` is when it became so."""
    close, amount = state["close_date"], state["amount"]
    return DealCard(
        deal=deal,
        stage=state["stage"],
        open=state["closed_at"] is None,
        account=text(state["account"]) or "",
        name=text(state["name"]) or "",
        owner=text(state["owner"]),
        amount=None if amount is None else Decimal(str(amount)),
        currency=text(state["currency"]),
        probability=state["probability"],
        health=state["health"]["total"],
        close_date=None if close is None else dt.date.fromisoformat(close),
        marks=tuple(dict.fromkeys(marks_of(state))),
        entered_at=dt.datetime.fromisoformat(state["entered_stage_at"]),
        updated_at=at,
    )


def text(value: str | None) -> str | None:
    """PostgreSQL's text holds no NUL character."""
    return None if value is None else value.replace("\x00", "\ufffd")


def marks_of(state: Json) -> Iterator[str]:
    """What a person should see at a glance, the gravest first: the deal's flags, and the risks that its state tells."""
    if state["scheduled"]:
        yield "regression_scheduled"
    if state["approvals"]:
        yield "approval_waiting"
    budget = state["budget"]
    if budget is not None and budget["status"] in BUDGET:
        yield BUDGET[budget["status"]]
    relations = set(state["competitors"].values())
    yield from (mark for relation, mark in RIVALS.items() if relation in relations)
    yield from champions(state["contacts"])
    if state["paused"]:
        yield "paused"
    yield from state["flags"]


def champions(contacts: list[Json]) -> Iterator[str]:
    """Only where nobody advocates any more."""
    standing = ["lost" if person["left"] else person["champion"] for person in contacts if person["champion"]]
    if "advocating" not in standing:
        yield from (mark for status, mark in CHAMPION.items() if status in standing)

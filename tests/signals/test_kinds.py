"""The eight kinds of signal, money, periods and evidence."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from signals import (
    KINDS,
    Budget,
    BudgetStatus,
    DateChange,
    DecodeError,
    Evidence,
    KeyDate,
    Money,
    Per,
    Period,
    Side,
    Stakeholder,
    signal_from_json,
)

SAID: dict[str, Any] = {
    "evidence": [{"segment": 14, "start": 3, "end": 8, "text": "words"}],
    "speaker": "p1",
    "side": "buyer",
    "confidence": 0.94,
}
MONEY = {"low": 120000, "high": 120000, "currency": "USD", "per": "year"}
ONE_OF_EACH: list[dict[str, Any]] = [
    {"type": "budget", "status": "approved", "amount": MONEY},
    {"type": "pricing", "status": "objected", "amount": None},
    {"type": "date", "role": "close", "start": "2026-04-01", "end": "2026-04-30", "change": "later"},
    {"type": "competitor", "name": "Qlik", "relation": "incumbent"},
    {"type": "champion", "person": "Dana Reyes", "status": "at_risk"},
    {"type": "stakeholder", "person": None, "title": "CFO", "change": "identified", "role": "economic_buyer"},
    {"type": "qualification", "element": "pain"},
    {"type": "milestone", "kind": "deal_paused"},
]


def test_there_is_one_of_each() -> None:
    assert [fact["type"] for fact in ONE_OF_EACH] == list(KINDS)


@pytest.mark.parametrize("fact", ONE_OF_EACH, ids=lambda fact: fact["type"])
def test_json_goes_in_and_comes_out_the_same(fact: dict[str, Any]) -> None:
    assert signal_from_json(fact | SAID).to_json() == fact | SAID


@pytest.mark.parametrize("fact", ONE_OF_EACH, ids=lambda fact: fact["type"])
def test_values_are_frozen(fact: dict[str, Any]) -> None:
    signal = signal_from_json(fact | SAID)
    with pytest.raises(FrozenInstanceError):
        signal.confidence = 0.1  # type: ignore[misc]


def test_what_is_not_said_has_its_default() -> None:
    signal = signal_from_json({"type": "date", "role": "close", "start": "2026-04-01", "end": "2026-04-01"})
    assert isinstance(signal, KeyDate)
    assert signal.change is DateChange.SET
    assert (signal.evidence, signal.speaker, signal.side, signal.confidence) == ((), None, None, 1.0)


def test_fields_are_typed() -> None:
    signal = signal_from_json(ONE_OF_EACH[0] | SAID)
    assert isinstance(signal, Budget)
    assert (signal.status, signal.side) == (BudgetStatus.APPROVED, Side.BUYER)
    assert signal.amount == Money.of(120000, "USD", Per.YEAR)
    assert isinstance(signal.amount.low, Decimal)


def test_a_successor_travels() -> None:
    fact = {
        "type": "stakeholder",
        "person": "Gail",
        "title": None,
        "change": "left",
        "role": None,
        "successor": "Rohan",
    }
    signal = signal_from_json(fact)
    assert isinstance(signal, Stakeholder)
    assert signal.successor == "Rohan"
    assert signal.to_json()["successor"] == "Rohan"


@pytest.mark.parametrize(
    ("place", "change", "field"),
    [
        (0, {"type": "budgets"}, "type"),
        (0, {"status": "maybe"}, "status"),
        (0, {"amount": {**MONEY, "currency": "dollars"}}, "amount.currency"),
        (0, {"amount": {**MONEY, "per": "week"}}, "amount.per"),
        (0, {"amount": {**MONEY, "low": "120k"}}, "amount.low"),
        (0, {"amount": {**MONEY, "low": 5, "high": 4}}, "amount.high"),
        (0, {"amount": {**MONEY, "low": None, "high": None}}, "amount.low"),
        (0, {"confidence": 1.2}, "confidence"),
        (0, {"evidence": [{"segment": 1, "start": 0, "end": 9, "text": "short"}]}, "evidence[0].end"),
        (0, {"evidence": [{"segment": -1, "start": 0, "end": 5, "text": "short"}]}, "evidence[0].segment"),
        (2, {"role": "closing"}, "role"),
        (2, {"end": "2026-03-31"}, "end"),
        (2, {"start": "01.04.2026"}, "start"),
        (3, {"name": " "}, "name"),
        (3, {"relation": "rival"}, "relation"),
        (4, {"person": None}, "person"),
        (5, {"title": None}, "person"),
        (5, {"role": "boss"}, "role"),
        (6, {"element": "need"}, "element"),
        (7, {"kind": "lunch"}, "kind"),
    ],
)
def test_wrong_input_is_named(place: int, change: dict[str, Any], field: str) -> None:
    with pytest.raises(DecodeError) as caught:
        signal_from_json(ONE_OF_EACH[place] | SAID | change)
    assert caught.value.field == field


def test_the_middle_of_money() -> None:
    assert Money(low=Decimal(100), high=Decimal(120), currency="EUR").middle == 110
    assert Money(low=Decimal(100), high=None, currency="EUR").middle == 100
    assert Money(low=None, high=Decimal(80), currency="EUR").middle == 80


def test_fractions_of_money_survive() -> None:
    money = Money.from_json({"low": 1.5, "high": 1.5, "currency": "USD", "per": "unit"})
    assert money.low == Decimal("1.5")
    assert money.to_json()["low"] == 1.5


def test_a_period_counts_both_ends() -> None:
    assert Period(date(2026, 4, 1), date(2026, 4, 30)).days == 30
    assert Period.day(date(2026, 4, 1)).days == 1


def test_evidence_is_exactly_its_slice() -> None:
    with pytest.raises(DecodeError):
        Evidence(segment=None, start=4, end=4, text="")

"""Which facts are the same, and which stand in each other's place."""

from __future__ import annotations

from typing import Any

import pytest

from extractors.second.rivals import rivals, same_fact
from signals import Signal, signal_from_json

HERE = [{"segment": 3, "start": 0, "end": 9, "text": "we signed"}]
NEAR = [{"segment": 4, "start": 0, "end": 9, "text": "we signed"}]
FAR = [{"segment": 9, "start": 0, "end": 9, "text": "we signed"}]
EIGHTY = {"low": 80, "high": 80, "currency": "USD", "per": "total"}
NINETY = {"low": 90, "high": 90, "currency": "USD", "per": "total"}


def fact(evidence: list[dict[str, Any]] = HERE, **fields: Any) -> Signal:
    return signal_from_json({"evidence": evidence, "confidence": 0.5, **fields})


def budget(status: str, evidence: list[dict[str, Any]]) -> Signal:
    return fact(evidence, type="budget", status=status, amount=EIGHTY)


def quoted(amount: dict[str, Any], evidence: list[dict[str, Any]]) -> Signal:
    return fact(evidence, type="pricing", status="quoted", amount=amount)


def day(role: str, start: str, evidence: list[dict[str, Any]] = HERE) -> Signal:
    return fact(evidence, type="date", role=role, start=start, end=start)


CASES = [
    (
        fact(type="budget", status="stated", amount=EIGHTY),
        fact(FAR, type="budget", status="stated", amount=EIGHTY),
        "same",
    ),
    (
        fact(type="budget", status="stated", amount=EIGHTY),
        fact(type="budget", status="approved", amount=EIGHTY),
        "rivals",
    ),
    (quoted(EIGHTY, HERE), quoted(EIGHTY, NEAR), "same"),
    (quoted(EIGHTY, HERE), quoted(NINETY, NEAR), "rivals"),
    (quoted(EIGHTY, HERE), quoted(NINETY, FAR), "neither"),
    (day("close", "2026-03-01"), day("go_live", "2026-03-01"), "rivals"),
    (day("close", "2026-03-01"), day("go_live", "2026-05-01"), "neither"),
    (day("close", "2026-03-01"), day("close", "2026-03-01", FAR), "same"),
    (
        fact(type="competitor", name="Qlik", relation="rejected"),
        fact(FAR, type="competitor", name="Qlik", relation="incumbent"),
        "rivals",
    ),
    (
        fact(type="champion", person="Dana Reyes", status="lost"),
        fact(FAR, type="champion", person="Dana", status="lost"),
        "same",
    ),
    (
        fact(type="stakeholder", person="Dr. Ito", change="left"),
        fact(type="stakeholder", person="Ito", change="joined"),
        "rivals",
    ),
    (
        fact(type="stakeholder", person="Ito", title="CFO", change="left"),
        fact(type="stakeholder", person=None, title="CFO", change="left"),
        "neither",
    ),
    (fact(type="qualification", element="pain"), fact(NEAR, type="qualification", element="pain"), "neither"),
    (fact(type="milestone", kind="deal_lost"), fact(NEAR, type="milestone", kind="deal_lost"), "same"),
    (fact(type="milestone", kind="deal_lost"), fact(FAR, type="milestone", kind="deal_lost"), "rivals"),
    (fact(type="milestone", kind="deal_lost"), fact(type="milestone", kind="deal_paused"), "neither"),
    (fact(type="milestone", kind="deal_lost"), fact(type="budget", status="none", amount=None), "neither"),
]


@pytest.mark.parametrize(("a", "b", "expected"), CASES)
def test_pairs(a: Signal, b: Signal, expected: str) -> None:
    told = "same" if same_fact(a, b) else "rivals" if rivals(a, b) else "neither"
    assert told == expected
    assert (same_fact(a, b), rivals(a, b)) == (same_fact(b, a), rivals(b, a))

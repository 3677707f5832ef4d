"""The purchase's money: the family's corpus, each example a test of its own, and what resolving must keep."""

from __future__ import annotations

from typing import Any

import pytest

from extractors.budget import find_budgets
from extractors.budget.wording import as_worded
from extractors.reading import read
from signals import BudgetStatus
from tests.extractors.family_corpus import check, conversation_of, examples


@pytest.mark.parametrize("example", examples("budget"))
def test_corpus(example: dict[str, Any]) -> None:
    check(example, find_budgets)


def test_a_sum_said_again_is_evidence_of_the_same_budget() -> None:
    call = (
        "dana: The board approved ninety five thousand.\nsam: Ninety five thousand dollars.\ndana: Ninety five, yeah."
    )
    (signal,) = find_budgets(read(conversation_of({"call": call})))
    assert [piece.segment for piece in signal.evidence] == [0, 1, 2]


def test_what_it_is_for_may_be_told_by_the_next_sentence() -> None:
    call = "dana: Finance approved eighty thousand.\nsam: Is that a year?\ndana: Per year, yes."
    (signal,) = find_budgets(read(conversation_of({"call": call})))
    assert signal.amount is not None
    assert signal.amount.per == "year"


def test_what_became_of_the_money_goes_before_how_it_began() -> None:
    call = "dana: I asked for ninety thousand in May.\ndana: The board approved it.\ndana: Then they froze the budget."
    (signal,) = find_budgets(read(conversation_of({"call": call})))
    assert signal.status == "cancelled"


@pytest.mark.parametrize(
    ("said", "found", "holds"),
    [
        ("It's not a yes yet, and it needs one more signature.", "approved", "pending"),
        ("The form for eighty-eight thousand is there, they haven't voted.", "approved", "pending"),
        ("It's approved. The pilot's ten thousand isn't released.", "approved", "approved"),
        ("We reserved 15 thousand for it in the plan.", "pending", "stated"),
        ("We reserved 15 thousand for it, and asked the committee.", "pending", "pending"),
        ("The list is shorter now: our 13 thousand were struck out.", "reduced", "cancelled"),
        ("We have 50k approved. The old project was scrapped.", "approved", "approved"),
        ("We have 50k approved. It was scrapped.", "approved", "cancelled"),
        ("I told you 24k. There's 17k left.", "approved", "reduced"),
        ("Last year it was 24k. There's 17k this time.", "approved", "approved"),
        ("I had 24k. Is it 17k now?", "stated", "stated"),
    ],
)
def test_what_was_found_is_put_right_by_the_words(said: str, found: str, holds: str) -> None:
    reading = read(conversation_of({"call": f"dana: {said}"}))
    assert as_worded(reading, BudgetStatus(found), reading.units[:1]) == holds

"""The price of the offer: the family's corpus, each example a test of its own, and what resolving must keep."""

from __future__ import annotations

from typing import Any

import pytest

from extractors.pricing import find_pricing
from extractors.reading import read
from tests.extractors.family_corpus import check, conversation_of, examples


@pytest.mark.parametrize("example", examples("pricing"))
def test_corpus(example: dict[str, Any]) -> None:
    check(example, find_pricing)


def test_a_price_said_again_is_one_quote_with_all_its_evidence() -> None:
    call = "sam: That comes to ninety thousand a year.\ndana: Hm.\nsam: Our price is ninety thousand."
    (signal,) = find_pricing(read(conversation_of({"call": call})))
    assert [piece.segment for piece in signal.evidence] == [0, 2]


def test_later_offers_buy_what_the_first_one_bought() -> None:
    call = "sam: It is sixty dollars per user.\ndana: Make it fifty."
    quoted, countered = find_pricing(read(conversation_of({"call": call})))
    assert countered.amount is not None
    assert quoted.amount is not None
    assert countered.amount.per == quoted.amount.per == "unit"

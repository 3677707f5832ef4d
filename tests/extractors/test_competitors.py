"""Alternatives to the seller: the family's corpus, each example a test of its own, and what resolving must keep."""

from __future__ import annotations

from typing import Any

import pytest

from extractors.competitors import find_competitors
from extractors.reading import read
from tests.extractors.family_corpus import check, conversation_of, examples


@pytest.mark.parametrize("example", examples("competitors"))
def test_corpus(example: dict[str, Any]) -> None:
    check(example, find_competitors)


def test_a_fact_said_three_times_is_one_signal_with_all_its_evidence() -> None:
    call = (
        "dana: We use Tableau.\nsam: For all of it?\ndana: Yes, we use Tableau for everything.\ndana: We pay Tableau."
    )
    (signal,) = find_competitors(read(conversation_of({"call": call})))
    assert [piece.segment for piece in signal.evidence] == [0, 2, 3]


def test_what_was_decided_goes_before_what_was_weighed() -> None:
    call = "dana: Tableau gave us a quote in May.\ndana: We use Tableau today.\ndana: We turned Tableau down."
    (signal,) = find_competitors(read(conversation_of({"call": call})))
    assert signal.relation == "rejected"


def test_the_seller_and_the_buyer_are_no_competitors() -> None:
    call = "dana: We prefer Northstar Analytics. Brightwater Foods uses Northstar today."
    assert find_competitors(read(conversation_of({"call": call}))) == []

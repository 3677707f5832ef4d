"""Key dates: the family's corpus, each example a test of its own, and what resolving must keep."""

from __future__ import annotations

from typing import Any

import pytest

from extractors.dates import find_dates
from extractors.reading import read
from tests.extractors.family_corpus import check, conversation_of, examples


@pytest.mark.parametrize("example", examples("dates"))
def test_corpus(example: dict[str, Any]) -> None:
    check(example, find_dates)


def test_a_date_said_by_both_sides_is_one_signal_with_all_its_evidence() -> None:
    call = "sam: When do you go live?\ndana: On the fourth of May.\nsam: The fourth of May, okay."
    (signal,) = find_dates(read(conversation_of({"call": call})))
    assert signal.role == "go_live"
    assert [piece.segment for piece in signal.evidence] == [1, 2]


def test_the_more_precise_date_holds() -> None:
    call = "dana: The decision falls in mid April.\nsam: Which day?\ndana: The fifteenth of April."
    (signal,) = find_dates(read(conversation_of({"call": call})))
    assert signal.period.start.isoformat() == "2026-04-15"
    assert len(signal.evidence) == 2


def test_a_condition_that_must_not_fail_is_a_deadline() -> None:
    call = "dana: If it isn't live on the fifteenth of April, it's useless to us."
    (signal,) = find_dates(read(conversation_of({"call": call})))
    assert signal.role == "go_live"

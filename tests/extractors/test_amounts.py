"""Amounts: every example of the corpus beside the grammar, and what holds for any text."""

from __future__ import annotations

import time
import tomllib
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.amounts import Amount, find_amounts

CORPUS: dict[str, list[dict[str, Any]]] = tomllib.loads(
    files("extractors.amounts").joinpath("corpus.toml").read_text("utf-8"), parse_float=Decimal
)


def examples(kind: str) -> list[Any]:
    return [
        pytest.param(group, said, id=f"{group.get('shape') or group['why']}: {said}")
        for group in CORPUS[kind]
        for said in group["said"]
    ]


def read(group: dict[str, Any], text: str) -> list[Amount]:
    return find_amounts(text, currency=group.get("deal", "USD"), bare=group.get("bare", False))


def is_read_as_meant(group: dict[str, Any], said: str) -> None:
    """Exactly one reading, of exactly the marked characters (or all), worth what the group says."""
    text = said.replace("«", "").replace("»", "")
    start = said.index("«") if "«" in said else 0
    end = said.index("»") - 1 if "«" in said else len(text)
    amounts = read(group, text)
    assert [(amount.start, amount.end, amount.text) for amount in amounts] == [(start, end, text[start:end])]
    (amount,) = amounts
    assert (amount.low, amount.high) == (group["low"], group.get("high"))
    assert amount.currency == group.get("currency", group.get("deal", "USD"))
    assert amount.per == group.get("per", "total")
    assert amount.explicit is not group.get("bare", False)


@pytest.mark.parametrize(("group", "said"), examples("means"))
def test_means(group: dict[str, Any], said: str) -> None:
    is_read_as_meant(group, said)


@pytest.mark.parametrize(("group", "said"), examples("nothing"))
def test_means_no_money(group: dict[str, Any], said: str) -> None:
    assert read(group, said) == []


@pytest.mark.xfail(strict=True, reason="known misses of the corpus")
@pytest.mark.parametrize(("group", "said"), examples("missed"))
def test_known_miss(group: dict[str, Any], said: str) -> None:
    if group.get("nothing"):
        assert read(group, said) == []
    else:
        is_read_as_meant(group, said)


def test_the_corpus_is_large_and_says_nothing_twice() -> None:
    entries = [
        (kind, group.get("deal"), group.get("bare"), said)
        for kind in CORPUS
        for group in CORPUS[kind]
        for said in group["said"]
    ]
    assert len(entries) >= 500
    assert len(set(entries)) == len(entries)


@pytest.mark.parametrize(
    ("text", "values"),
    {
        "eighty thousand, sorry, ninety thousand": [80_000, 90_000],
        "they took us from 200k down to 140": [200_000, 140_000],
        "it went from 120 to 95k": [120_000, 95_000],
        "raised from €80k to €120k": [80_000, 120_000],
        "40k here and 60k there": [40_000, 60_000],
        "120k a year, or 330k over three years": [120_000, 330_000],
        "$4,150 monthly for all 70 trucks, $900 once": [4150, 900],
        "40k plus 10k": [40_000, 10_000],
    }.items(),
)
def test_each_figure_of_several(text: str, values: list[int]) -> None:
    """Corrections and changes give both figures; which one holds is for the families to say."""
    assert [amount.low for amount in find_amounts(text)] == values


def test_hedges_and_shapes_travel_with_the_amount() -> None:
    (amount,) = find_amounts("so about 80k a year")
    assert (amount.hedge, amount.phrase, amount.currency_said) == ("about", "<number> <magnitude>", False)
    (amount,) = find_amounts("up to €80k")
    assert (amount.hedge, amount.phrase, amount.currency_said) == (
        None,
        "at most <currency> <number> <magnitude>",
        True,
    )


def test_a_currency_that_is_no_code_is_refused() -> None:
    with pytest.raises(ValueError, match="currency: 'dollars' is no ISO 4217 code"):
        find_amounts("80k", currency="dollars")


PIECES = (
    "between|from|to|and|up to|at least|-|,|.|$|€|k|80|1,200|one|twenty|hundred|million|a buck|fifty|per|a|year|seat|"
    "low|six figures|cents|%|people|R|US|\n| | |max|+|/|each|euros|2027|5pm"
)


@given(
    st.lists(st.sampled_from(PIECES.split("|")), max_size=24),
    st.sampled_from(["USD", "INR", "ZAR", "GBP"]),
    st.booleans(),
)
def test_any_text_is_read_in_order_and_exactly(pieces: list[str], currency: str, spaced: bool) -> None:
    text = (" " if spaced else "").join(pieces)
    explicit = find_amounts(text, currency=currency)
    last = 0
    for amount in find_amounts(text, currency=currency, bare=True):
        assert last <= amount.start < amount.end
        assert text[amount.start : amount.end] == amount.text
        assert amount.low is not None or amount.high is not None
        assert amount.low is None or amount.high is None or amount.low <= amount.high
        last = amount.end
    assert all(amount.explicit for amount in explicit)


@given(st.text(max_size=200))
def test_any_unicode_is_read(text: str) -> None:
    find_amounts(text, bare=True)


@pytest.mark.parametrize(
    "unit",
    [
        " ",
        "1",
        "$",
        "1,",
        "1 to ",
        "up to ",
        "a buck ",
        "$1 ",
        "per ",
        "one hundred and ",
        "low six figures ",
        "1k per seat ",
    ],
)
def test_time_grows_with_the_text_and_no_faster(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        start = time.process_time()
        find_amounts(text, bare=True)
        return time.process_time() - start

    # Eight times the text may cost thirty times as much and no more; what costs its square, sixty-four times.
    # Each is the best of three, of the processor's time: what else the machine does must not count.
    small, large = (min(seconds(size) for _ in range(3)) for size in (2_000, 16_000))
    assert large < 0.1 + 30 * small

"""Figures said without their magnitude."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from extractors.reading import read
from extractors.scaling import money_of
from extractors.slots import amounts_in
from tests.extractors.family_corpus import conversation_of


@pytest.mark.parametrize(
    ("call", "currency", "meant"),
    [
        ("dana: We have one thirty-five.", "USD", "135000"),
        ("dana: We have eighty.\nsam: Eighty thousand dollars.", "USD", "80000"),
        ("sam: It is two hundred and twelve thousand.\ndana: Two twelve.", "USD", "212000"),
        ("sam: Eighteen million naira.\ndana: Twelve.", "NGN", "12000000"),
        ("sam: Sixty-two lakhs.\ndana: Fifty-five.", "INR", "5500000"),
        ("sam: Forty-two hundred a month.\ndana: Make it thirty-six.", "USD", "3600"),
        ("sam: Four dollars twenty a door.\ndana: Three sixty.", "USD", "3.60"),
        ("sam: We charge twenty dollars.\ndana: I pay ninety a month.", "USD", "90"),
        ("dana: We kept twelve for it.", "INR", "1200000"),
        ("dana: We kept twelve for it.", "JPY", "12000000"),
        ("sam: Thirty-four dollars a door.\ndana: Twenty-six fifty.", "USD", "26.50"),
        ("sam: Three thousand dollars a door.\ndana: Twenty-six fifty.", "USD", "2650"),
        ("dana: The board gave us one point nine million.\nsam: Our number was one eight forty.", "SEK", "1840000"),
    ],
)
def test_the_last_figure_means(call: str, currency: str, meant: str) -> None:
    reading = read(conversation_of({"call": call, "deal": {"currency": currency}}))
    unit = reading.units[-1] if "Eighty thousand" not in call else reading.units[0]
    money = money_of(reading, unit, amounts_in(reading, unit)[-1])
    assert money is not None
    assert money.high == Decimal(meant)


@pytest.mark.parametrize(
    ("written", "meant"), [(None, "GBP"), ("USD", "USD")], ids=["nobody wrote a currency down", "the deal has one"]
)
def test_a_sum_without_its_currency_is_in_that_of_the_talk(written: str | None, meant: str) -> None:
    call = "dana: It cost us two million pounds.\nsam: For ninety dollars?\ndana: A million pounds. We have eighty."
    conversation = conversation_of({"call": call})
    assert conversation.deal is not None
    reading = read(replace(conversation, deal=replace(conversation.deal, currency=written)))
    unit = reading.units[-1]
    money = money_of(reading, unit, amounts_in(reading, unit)[-1])
    assert money is not None
    assert money.currency == meant

"""Numbers as written and as said."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.numbers import find_numbers, find_ordinals

ONE_NUMBER = {
    # digits
    "1,200,000": 1_200_000, "1.200.000": 1_200_000, "1 200 000": 1_200_000, "1'200": 1200, "1’200’000": 1_200_000,
    "1,20,00,000": 12_000_000, "12,50": "12.50", "1.5": "1.5", "1.234,56": "1234.56", "1,234.56": "1234.56",
    "12 500": 12_500, "5 870": 5870, "12 590,50": "12590.50", "1'049,95": "1049.95",
    "0.250": "0.250", "$.75": "0.75", "0,5": "0.5", "2½": "2.5", "1\u00a0234": 1234,
    # digits with a scale
    "50k": 50_000, "80 K": 80_000, "1.2m": 1_200_000, "1,2 million": 1_200_000, "1.250 million": 1_250_000,
    "2½m": 2_500_000, "3.4bn": 3_400_000_000, "2 mil": 2_000_000, "1,4 Mio": 1_400_000, "6mm": 6_000_000,
    "2.4 lakh": 240_000, "3 lacs": 300_000, "1.75 crore": 17_500_000, "2cr": 20_000_000, "5 hundred": 500,
    "1 crore 20 lakh": 12_000_000, "2 million 400 thousand": 2_400_000, ".5 million": 500_000,
    "2 thousand 5 hundred": 2500, "3 hundred and 21": 321, "3 hundred and 21 thousand": 321_000,
    "4 thousand 3 hundred and 21": 4321, "30 lkhs": 3_000_000,
    "2 Mrd": 2_000_000_000,
    # words
    "forty five": 45, "forty-five k": 45_000, "a hundred and ten": 110, "one hundred ten": 110,
    "one hundred and ten thousand": 110_000, "a hundred and twenty-five thousand four hundred": 125_400,
    "hundred and twenty grand": 120_000, "twelve hundred": 1200, "twenty-five hundred": 2500, "ten thousand": 10_000,
    "two million five hundred thousand": 2_500_000, "one million, two hundred thousand": 1_200_000,
    "one hundred uh twenty": 120, "five grand": 5000, "a grand": 1000, "zero": 0, "two hundred\nthousand": 200_000,
    # pairs
    "one twenty": 120, "one thirty-five": 135, "two seventy-two": 272, "three ten": 310, "twelve fifty": 1250,
    "one oh five": 105, "nineteen ninety nine": 1999, "twenty twenty-seven": 2027, "one eighty k": 180_000,
    "two fifty thousand": 250_000, "twenty five fifty": 2550, "two seven four": 274, "one nine five": 195,
    # the magnitude is known to both
    "twelve eight": "12.8", "thirty-six four": "36.4", "eighty two seven": "82.7", "one seven sixty": "1.76",
    "two four eighty five": "2.485", "nineteen and half": "19.5",
    # parts and handfuls
    "half a million": 500_000, "half million": 500_000, "a quarter of a million": 250_000, "half a dozen": 6,
    "three quarters of a million": 750_000, "two and a half": "2.5", "two and a half million": 2_500_000,
    "a million and a half": 1_500_000, "one and three quarter million": 1_750_000, "a couple hundred": 200,
    "a couple of million": 2_000_000, "couple hundred k": 200_000, "a dozen": 12, "two dozen": 24,
    # points
    "one point two million": 1_200_000, "one point seven five crore": 17_500_000, "three point one four": "3.14",
    "point five million": 500_000, "nine point nought four": "9.04",
    "three fifths of a million": 600_000, "two point oh five": "2.05", "one point twenty five million": 1_250_000,
    # left unsaid
    "a million two": 1_200_000, "a million two fifty": 1_250_000, "one crore twenty": 12_000_000,
    "two lakh fifty": 250_000, "one million three hundred": 1_300_000,
}  # fmt: skip

TWO_NUMBERS = {
    "80-90k": (80, 90_000),
    "80–90k": (80, 90_000),
    "forty fifty thousand": (40, 50_000),
    "ten fifteen k": (10, 15_000),
    "between a hundred and a hundred twenty": (100, 120),
    "between one hundred and one fifty": (100, 150),
    "between one thousand and fifteen hundred": (1000, 1500),
    "one hundred or two hundred": (100, 200),
    "3 hundred and 2 hundred": (300, 200),
    "100 120k": (100, 120_000),
    "eighty, ninety": (80, 90),
    "100 120": (100, 120),
    "5 120k": (5, 120_000),
    "80 thousand 5": (80_000, 5),
    "one ninety\n\ntwo": (190, 2),
}

NO_NUMBERS = {
    "": "nothing",
    "a few hundred thousand": "nobody knows how many",
    "hundreds of thousands": "nobody knows how many",
    "several million": "nobody knows how many",
    "the grand total": "no thousand",
    "a grand total": "no thousand",
    "a grand plan": "no thousand",
    "the 401k": "a pension plan",
    "Q3 with B2B, v2.1 and H264": "digits of a name",
    "06/07/2026 and 2026-07-06 and 6.7.2026": "dates",
    "24/7": "always",
    "10:30": "a time of day",
    "version 3.5.1 on 10.0.0.1": "a version, an address",
    "555-123-4567 or +44 20 7946 0958": "phone numbers",
    "two thirds of it": "a part",
    "half of it, a quarter": "parts of something",
    "the twenty-first": "an ordinal",
}


@pytest.mark.parametrize(("text", "value"), ONE_NUMBER.items())
def test_one_number_and_nothing_else(text: str, value: int | str) -> None:
    """Read as one number, to its last character, alone and in a sentence."""
    (number,) = find_numbers(text)
    assert number.value == Decimal(value)
    assert number.end == len(text)
    before, after = "we said ", " in the end, please"
    (number,) = find_numbers(before + text + after)
    assert number.value == Decimal(value)
    assert (before + text + after)[number.start : number.end] == number.text == text.removeprefix("$")


@pytest.mark.parametrize(("text", "values"), TWO_NUMBERS.items())
def test_two_numbers_side_by_side(text: str, values: tuple[int, int]) -> None:
    assert tuple(number.value for number in find_numbers(text)) == values


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number(text: str) -> None:
    assert find_numbers(text) == []


@pytest.mark.parametrize(
    ("text", "value"), {"21st": 21, "the 3rd": 3, "thirty first": 31, "twenty-second": 22, "twelfth": 12}.items()
)
def test_ordinals_are_kept_apart(text: str, value: int) -> None:
    (number,) = find_ordinals(text)
    assert number.value == value
    assert find_numbers(text) == []


def test_a_scale_alone_after_a_dash_is_read() -> None:
    """A scale that nothing stands before once kept the scan where it was, for ever."""
    assert [number.value for number in find_numbers("5pm - million dollars")] == [5, 1_000_000]


def test_what_is_known_of_a_number() -> None:
    (number,) = find_numbers("three hundred thousand")
    assert (number.magnitude, number.factor, number.spoken, number.phrase) == ("thousand", 100_000, True, "words")
    (number,) = find_numbers("at 5pm")
    assert (number.text, number.glued, number.magnitude, number.spoken) == ("5", "pm", None, False)


@given(st.integers(min_value=1, max_value=999_999_999))
def test_digits_in_every_style_have_their_value(value: int) -> None:
    for written in (str(value), f"{value:,}", f"{value:,}".replace(",", "'"), f"{value:,}".replace(",", "\u202f")):
        assert [number.value for number in find_numbers(f"it is {written} now")] == [value]


PIECES = "one|two|hundred|and|half|a|million|point|k|1|2|,|.|-| - |½|€|$|\n| | |first|few|twenty|000|quarter|oh|lakh"


@given(st.lists(st.sampled_from(PIECES.split("|")), max_size=30))
def test_any_text_is_read_without_overlaps(pieces: list[str]) -> None:
    text = "".join(pieces)
    last = 0
    for number in find_numbers(text):
        assert last <= number.start < number.end
        assert text[number.start : number.end] == number.text
        last = number.end


@given(st.text())
def test_any_unicode_is_read(text: str) -> None:
    find_numbers(text)


@pytest.mark.parametrize(
    "unit", [" ", "1", "1,", "a ", "one ", "hundred and ", "1.", "one point ", "1 000", "one million "]
)
def test_time_grows_with_the_text_and_no_faster(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        start = time.process_time()
        find_numbers(text)
        return time.process_time() - start

    # Of the processor, not the clock: eight times as much text takes about eight times as long, and not 64.
    small = min(seconds(10_000) for _ in range(3))
    assert min(seconds(80_000) for _ in range(2)) < 0.2 + 30 * small

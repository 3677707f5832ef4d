"""The words that numbers are made of."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

__all__ = [
    "ABBREVIATED",
    "AFTER_POINT",
    "DIGITS",
    "FILLERS",
    "FRACTIONS",
    "GLYPHS",
    "GRAND_OTHERWISE",
    "NUMERIC",
    "ORDINAL_TENS",
    "ORDINAL_UNITS",
    "PARTS",
    "SCALES",
    "SINGULAR_SCALES",
    "TEENS",
    "TENS",
    "VAGUE",
]

DIGITS: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
TEENS: Final = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS: Final = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip

# Every way to say a scale, and its full word.
_SCALE_WORDS: Final = {
    "hundred": ("hundred", "hundreds"),
    "thousand": ("thousand", "thousands", "k", "grand", "thou"),
    "lakh": ("lakh", "lakhs", "lac", "lacs", "lkh", "lkhs"),
    "million": ("million", "millions", "m", "mm", "mn", "mln", "mil", "mill", "mils", "mio", "mios"),
    "crore": ("crore", "crores", "cr", "crs"),
    "billion": ("billion", "billions", "bn", "bln", "bil", "b", "mrd"),
    "trillion": ("trillion", "trillions", "tn", "trn"),
}
_WORTH: Final = {
    "hundred": 10**2,
    "thousand": 10**3,
    "lakh": 10**5,
    "million": 10**6,
    "crore": 10**7,
    "billion": 10**9,
    "trillion": 10**12,
}
SCALES: Final = {word: (name, Decimal(_WORTH[name])) for name, words in _SCALE_WORDS.items() for word in words}

# "hundred k", "million dollars": a scale said without its "a". A plural alone ("thousands of users") is no number.
SINGULAR_SCALES: Final = frozenset({"hundred", "thousand", "lakh", "million", "crore", "billion"})
# Scales so short that they count only where they touch a figure.
ABBREVIATED: Final = frozenset({"b", "tn"})

# "point five euros": what a number without its zero is told of.
AFTER_POINT: Final = frozenset({"percent", "euro", "euros", "dollar", "dollars", "pound", "pounds", "cents", "rupees"})
# A word that goes on with a number.
NUMERIC: Final = (
    frozenset(DIGITS) | frozenset(TEENS) | frozenset(TENS) | frozenset(SCALES) | {"point", "zero", "oh", "o"}
)

FRACTIONS: Final = {"half": Decimal("0.5"), "quarter": Decimal("0.25"), "quarters": Decimal("0.25")}
GLYPHS: Final = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}
# "two thirds of it" counts no things, "two thirds of a million" does.
PARTS: Final = {"third": 3, "thirds": 3, "fourth": 4, "fourths": 4, "fifth": 5, "fifths": 5, "tenth": 10, "tenths": 10}
# "a few hundred thousand": a scale of nobody knows how many.
VAGUE: Final = frozenset({"few", "several", "many", "multiple", "some", "odd", "per"})
FILLERS: Final = frozenset({"uh", "um", "er", "erm"})
# "a grand total" is no thousand.
GRAND_OTHERWISE: Final = frozenset(
    {"total", "opening", "plan", "plans", "scheme", "finale", "piano", "prix", "slam", "challenge", "canyon", "design"}
    | {"strategy", "vision", "gesture", "tour", "hotel", "old", "entrance", "unveiling", "idea", "ambition"}
)

ORDINAL_UNITS: Final = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19,
}  # fmt: skip
ORDINAL_TENS: Final = {
    "twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50, "sixtieth": 60, "seventieth": 70,
    "eightieth": 80, "ninetieth": 90, "hundredth": 100, "thousandth": 1000,
}  # fmt: skip

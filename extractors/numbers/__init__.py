"""Numbers as written and as said: "1.200.000", "forty five k", "one thirty-five", "two and a half million".

`find_numbers(text)` gives the cardinals and `find_ordinals(text)` the ordinals of a plain text, in order and never
overlapping. Numbers know nothing of money or time: what a number counts is for others to say. Dates, times of day,
versions, phone numbers and fractions of a whole ("two thirds") are no numbers.

>>> [(number.text, number.value) for number in find_numbers("between one thirty-five and 1.2 million")]
[('one thirty-five', Decimal('135')), ('1.2 million', Decimal('1200000.0'))]
"""

from __future__ import annotations

from extractors.numbers.number import Number
from extractors.numbers.scan import find_numbers, find_ordinals

__all__ = ["Number", "find_numbers", "find_ordinals"]

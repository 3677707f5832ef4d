"""Money as people write and say it in business: "€1.2–1.4m", "eighty to ninety grand", "a buck fifty a seat".

`find_amounts(text, currency=...)` gives every amount in a plain text, in order and never overlapping, before anyone
judges whose money it is. With `bare=True` it also gives figures that only their context can make money ("come back at
272"), marked `explicit=False`, with their value as said.

>>> [(amount.text, amount.low, amount.high) for amount in find_amounts("between 100 and 120k a year")]
[('between 100 and 120k a year', Decimal('100000'), Decimal('120000'))]

What is no amount: years and dates, times of day, percentages, counted things ("40 people", "50k rows"), versions,
rooms, phone numbers, and sums of nobody knows how much ("a few hundred thousand").
"""

from __future__ import annotations

from extractors.amounts.amount import Amount
from extractors.amounts.find import find_amounts

__all__ = ["Amount", "find_amounts"]

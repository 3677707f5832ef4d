"""Times as people type them."""

from __future__ import annotations

import datetime as dt
import re

from signals import DecodeError

__all__ = ["moment"]

# In a URL a plus sign that nobody escaped is a blank.
LOST_PLUS = re.compile(r"(?<=\d) (?=\d\d:?\d\d$)")


def moment(value: object, field: str) -> dt.datetime:
    """An ISO date, or date and time; without an offset it is UTC. Raises DecodeError."""
    expected = "a time such as 2026-03-12 or 2026-03-12T15:00:00-05:00"
    if not isinstance(value, str):
        raise DecodeError(field, value, expected)
    text = value.strip()
    if "T" in text:
        text = LOST_PLUS.sub("+", text)
    try:
        result = dt.datetime.fromisoformat(text)
    except ValueError:
        raise DecodeError(field, value, expected) from None
    return result if result.tzinfo else result.replace(tzinfo=dt.UTC)

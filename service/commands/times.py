"""Times as people type them."""

from __future__ import annotations

import datetime as dt

from signals import DecodeError

__all__ = ["moment"]


def moment(value: object, field: str) -> dt.datetime:
    """An ISO date, or date and time; without an offset it is UTC. Raises DecodeError."""
    try:
        result = dt.datetime.fromisoformat(value.strip())  # type: ignore[attr-defined]
    except (AttributeError, TypeError, ValueError):
        raise DecodeError(field, value, "a time such as 2026-03-12 or 2026-03-12T15:00:00-05:00") from None
    return result if result.tzinfo else result.replace(tzinfo=dt.UTC)

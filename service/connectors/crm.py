"""What all CRMs have in common: the deal's id there, their names of stages, figures and days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from service.connectors.errors import NeedsPersonError
from service.connectors.protocol import About

__all__ = ["close_date_millis", "number", "required_id", "theirs"]


def required_id(about: About, system: str) -> str:
    """What the deal is called there."""
    found = about.elsewhere.get(system)
    if found is None:
        raise NeedsPersonError(
            f"nobody knows what {about.deal} is called in {system}: send a deal.updated event with "
            f'"external_ids": {{"{system}": "..."}}'
        )
    return found


def theirs(stage: str, stages: Mapping[str, str], system: str) -> str:
    """Their name of our stage, as the settings say it: none is guessed."""
    if stage not in stages:
        raise NeedsPersonError(f'what {stage} is called in {system} is not said: add stages = {{ {stage} = "..." }}')
    return stages[stage]


def number(value: Any) -> str:
    """In plain digits: 64000, 0.5."""
    return f"{Decimal(str(value)).normalize():f}"


def close_date_millis(value: object) -> int:
    """The day's beginning in UTC, in milliseconds since 1970."""
    day = dt.date.fromisoformat(str(value))
    return int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp() * 1000)

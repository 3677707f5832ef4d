"""What a CRM tells of a deal: its fields as the engine names them, its stages as the pipeline does."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any

from service.webhooks.delivery import Site
from service.webhooks.payload import millis
from signals import DecodeError

__all__ = ["close_date", "currency", "figure", "stage"]

FIGURE = re.compile(r"-?\d{1,15}(?:\.\d{1,10})?")


def stage(site: Site, system: str, said: object, field: str) -> str:
    """Our stage: the one that the settings name, else one that is called the same. Never one that is only similar.

    A stage in an update is a person's decision, and moves the deal whatever its gates say: it must not be guessed.
    """
    if isinstance(said, str):
        mapped = site.stages.get(system, {}).get(said)
        plain = re.sub("[^a-z]", "", said.lower()[:80])
        same = next((ours for ours in site.known_stages if re.sub("[^a-z]", "", ours) == plain), None)
        if mapped or same:
            return str(mapped or same)
    example = (
        f'TELLTALE_WEBHOOK_STAGES={{"{system}": {{"{str(said)[:40]}": "{(site.known_stages or ("proposal",))[0]}"}}}}'
    )
    raise DecodeError(
        field,
        said,
        f"a stage that is called as one of {', '.join(site.known_stages)}, or that a setting names: {example}",
    )


def figure(value: object, field: str) -> int | float:
    """A number, or a number as text."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return value
    if isinstance(value, str) and FIGURE.fullmatch(value.strip()):
        number = float(value)
        return int(number) if number == int(number) else number
    raise DecodeError(field, value, "a number")


def currency(value: object, field: str) -> str:
    if isinstance(value, str) and re.fullmatch("[A-Z]{3}", value):
        return value
    raise DecodeError(field, value, "an ISO 4217 code of three capital letters")


def close_date(value: object, field: str) -> str:
    """A day: as a date, or in milliseconds since 1970 (the day in UTC)."""
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        try:
            return dt.date.fromisoformat(value[:10]).isoformat()
        except ValueError:
            raise DecodeError(field, value, "a date such as 2026-03-12") from None
    source: dict[str, Any] = {field: value}
    return millis(source, field).date().isoformat()

"""A pipeline as a JSON object, with everything that its file leaves out filled in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.pipeline import Pipeline
from signals.decode import plain_number

# What a file may leave out; it is then as in the default pipeline.
OPTIONAL = (
    "gate_policy",
    "timezone",
    "holidays",
    "rep_probability_off",
    "loss_reason_business_days",
    "loss_pattern",
    "late_departure_days",
    "alerts",
    "health",
    "close_date",
)


def pipeline_json(pipeline: Pipeline) -> dict[str, Any]:
    """Name and version first, then the file's own keys and the defaults of the others."""
    shipped = Pipeline.load("b2b").document
    whole = filled({key: shipped[key] for key in OPTIONAL}, pipeline.document)
    named = {"name": pipeline.name, "version": pipeline.version}
    return {**named, **{key: plain(value) for key, value in whole.items() if key not in named}}


def filled(defaults: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """`given`, with the keys that it lacks taken from `defaults`, at every depth."""
    whole = dict(defaults)
    for key, value in given.items():
        base = whole.get(key)
        whole[key] = filled(base, value) if isinstance(base, Mapping) and isinstance(value, Mapping) else value
    return whole


def plain(value: Any) -> Any:
    """Decimals and dates as JSON has them."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        return plain_number(value)
    return value.isoformat() if isinstance(value, dt.date) else value

"""From what a family believes to a probability: calibrated on labelled conversations that no phrase was written from.

A family gives each signal a first confidence by the phrase that found it. Here it becomes the share of such signals
that turned out right: p = sigmoid(intercept + slope * logit(first)), one pair a type (Platt 1999), kept in
`calibration.toml`, which `python -m evaluation.calibrate` writes.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import replace
from functools import cache
from importlib.resources import files

from signals import Signal

__all__ = ["calibrated", "logit"]

# First confidences are kept off the ends, where a logit has no bound.
LEAST, MOST = 0.02, 0.98


@cache
def table() -> dict[str, tuple[float, float]]:
    """Type to (intercept, slope)."""
    raw = tomllib.loads(files("extractors").joinpath("calibration.toml").read_text(encoding="utf-8"))
    return {kind: (row["intercept"], row["slope"]) for kind, row in raw.items()}


def logit(probability: float) -> float:
    bounded = min(max(probability, LEAST), MOST)
    return math.log(bounded / (1 - bounded))


def calibrated(signal: Signal) -> Signal:
    """The signal with the probability that it is right in every field."""
    intercept, slope = table()[signal.type]
    return replace(signal, confidence=1 / (1 + math.exp(-intercept - slope * logit(signal.confidence))))

"""The sections of the page, by their place in its address."""

from __future__ import annotations

from collections.abc import Callable

from service.pages.analytics.movement import conversion, forecast, stalls, velocity
from service.pages.analytics.quality import calibration, close_dates, exceptions, losses, signal_precision
from service.pages.analytics.sheet import Look, Section

__all__ = ["PERIODS", "SECTIONS", "TITLES"]

# Days to look back, and what they are called.
PERIODS = {"30": "30 days", "90": "90 days", "365": "a year", "1095": "three years"}

SECTIONS: dict[str, Callable[[Look], Section]] = {
    "velocity": velocity,
    "conversion": conversion,
    "stalls": stalls,
    "forecast": forecast,
    "calibration": calibration,
    "close-dates": close_dates,
    "losses": losses,
    "precision": signal_precision,
    "exceptions": exceptions,
}
TITLES = {
    "velocity": "Velocity by stage",
    "conversion": "Conversion",
    "stalls": "Stalled deals",
    "forecast": "Forecast",
    "calibration": "Are the probabilities right?",
    "close-dates": "Close-date accuracy",
    "losses": "Why deals are lost",
    "precision": "Precision of signals",
    "exceptions": "Exceptions by person",
}

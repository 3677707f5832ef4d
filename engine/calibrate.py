"""What closed deals say about a pipeline: close rates with intervals, real durations, reliability, and a proposed file.

The proposal is a pipeline file with the figures changed, for a person to look at and adopt. A stage that fewer closed
deals have passed than `LEAST` keeps its figures and says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from engine.analytics import States, Stay, stays
from engine.decisions import Decision, DecisionType
from engine.pipeline import Pipeline

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

__all__ = [
    "Calibration",
    "Reliability",
    "StageRates",
    "brier",
    "calibrate",
    "forecasts",
    "proposed",
    "reliability",
    "wilson",
]

LEAST = 30
# Two-sided 95 %.
Z = 1.959963984540054
BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRates:
    """What became of the closed deals that were in a stage. Rates are from 0 to 1, durations in days; `enough` tells
    whether they are taken over."""

    stage: str
    closed: int
    won: int
    rate: float | None
    low: float | None
    high: float | None
    lower_quartile: float | None
    median_days: float | None
    upper_quartile: float | None
    enough: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """One bin of a reliability diagram: forecasts from `low` to `high` percent, their mean, and how many were won."""

    low: int
    high: int
    count: int
    forecast: float | None
    won: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    stages: tuple[StageRates, ...]
    reliability: tuple[Reliability, ...]
    brier: float | None
    closed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecasted:
    """One probability that the engine gave a deal, on entering a stage, and what became of the deal."""

    deal_id: str
    stage: str
    percent: float
    won: bool


def wilson(won: int, of: int) -> tuple[float, float]:
    """Wilson's interval of a rate at 95 %; from 0 to 1 where nothing is known."""
    if of == 0:
        return 0.0, 1.0
    rate, square = won / of, Z * Z
    middle = (rate + square / (2 * of)) / (1 + square / of)
    half = Z * sqrt(rate * (1 - rate) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def brier(pairs: Iterable[tuple[float, bool]]) -> float | None:
    """The mean squared error of forecasts in percent: 0 is perfect, 0.25 is a coin."""
    errors = [(percent / 100 - won) ** 2 for percent, won in pairs]
    return sum(errors) / len(errors) if errors else None


def reliability(pairs: Sequence[tuple[float, bool]]) -> tuple[Reliability, ...]:
    """Forecasts in ten bins of ten percent (the last includes 100), with what became of them."""
    width = 100 // BINS
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for percent, won in pairs:
        bins[min(BINS - 1, int(percent // width))].append((percent, won))
    return tuple(
        Reliability(
            low=n * width,
            high=(n + 1) * width,
            count=len(found),
            forecast=sum(percent for percent, _ in found) / len(found) if found else None,
            won=sum(won for _, won in found) / len(found) if found else None,
        )
        for n, found in enumerate(bins)
    )


def outcomes(pipeline: Pipeline, states: States) -> dict[str, bool]:
    """The closed deals, and whether each was won."""
    won, lost = pipeline.stages[pipeline.won].id, pipeline.stages[pipeline.lost].id
    return {name: state["stage"] == won for name, state in states.items() if state["stage"] in (won, lost)}


def forecasts(pipeline: Pipeline, states: States, history: Iterable[Decision]) -> list[Forecasted]:
    """For each closed deal, the probability after each move into an open stage: the last one at that moment."""
    ended = outcomes(pipeline, states)
    given: dict[tuple[str, str, dt.datetime], Forecasted] = {}
    at_stage: dict[str, tuple[str, dt.datetime]] = {}
    for decision in history:
        if decision.deal_id not in ended:
            continue
        if decision.type in (DecisionType.STAGE_ADVANCED, DecisionType.STAGE_REGRESSED):
            at_stage[decision.deal_id] = (decision.to, decision.at)
        elif decision.type is DecisionType.PROBABILITY_CHANGED and decision.deal_id in at_stage:
            stage, entered = at_stage[decision.deal_id]
            if decision.at == entered and pipeline.stages[pipeline.index(stage)].closed is None:
                given[decision.deal_id, stage, entered] = Forecasted(
                    deal_id=decision.deal_id, stage=stage, percent=decision.to, won=ended[decision.deal_id]
                )
    return list(given.values())


def calibrate(pipeline: Pipeline, states: States, history: Sequence[Decision]) -> Calibration:
    """Everything that the closed deals say."""
    ended = outcomes(pipeline, states)
    found = [stay for stay in stays(states, history) if stay.deal_id in ended]
    pairs = [(given.percent, given.won) for given in forecasts(pipeline, states, history)]
    return Calibration(
        stages=tuple(rates(stage.id, found, ended) for stage in pipeline.stages if stage.closed is None),
        reliability=reliability(pairs),
        brier=brier(pairs),
        closed=len(ended),
    )


def rates(stage: str, found: Sequence[Stay], ended: Mapping[str, bool]) -> StageRates:
    here = [stay for stay in found if stay.stage == stage and stay.left_at is not None]
    deals = sorted({stay.deal_id for stay in here})
    won = sum(ended[deal] for deal in deals)
    days = [stay.days(stay.entered_at) for stay in here]
    quartiles = quantiles(days, n=4, method="inclusive") if len(days) > 1 else None
    low, high = wilson(won, len(deals))
    return StageRates(
        stage=stage,
        closed=len(deals),
        won=won,
        rate=won / len(deals) if deals else None,
        low=low if deals else None,
        high=high if deals else None,
        lower_quartile=quartiles[0] if quartiles else None,
        median_days=median(days) if days else None,
        upper_quartile=quartiles[2] if quartiles else None,
        enough=len(deals) >= LEAST,
    )


def proposed(pipeline: Pipeline, text: str, calibration: Calibration) -> tuple[str, tuple[str, ...]]:
    """The pipeline file with calibrated figures, comments kept, and the differences in words.

    A stage with enough closed deals takes its close rate as cap, and as base probability where that is above the cap,
    its quartiles as usual days, and its median as average. The text must hold its stages itself, not by `extends`.
    """
    import tomlkit

    document = tomlkit.parse(text)
    if "stages" not in document:
        raise ValueError(f"{pipeline.source}: the stages are those of another file (extends); calibrate that file")
    said: list[str] = []
    for figures in calibration.stages:
        if not figures.enough:
            said.append(f"{figures.stage}: {figures.closed} closed deals, fewer than {LEAST}: unchanged")
            continue
        said.extend(change_stage(document, pipeline, figures))
    return tomlkit.dumps(document), tuple(said)


def change_stage(document: TOMLDocument, pipeline: Pipeline, figures: StageRates) -> list[str]:
    table: Any = document["stages"][pipeline.index(figures.stage)]
    stage = pipeline.stages[pipeline.index(figures.stage)]
    cap = round(100 * (figures.rate or 0))
    wanted: dict[str, Any] = {"cap": cap}
    if stage.probability > cap:
        wanted["probability"] = cap
    if figures.lower_quartile is not None and figures.upper_quartile is not None and figures.median_days is not None:
        low, high = (max(0.5, round(days, 1)) for days in (figures.lower_quartile, figures.upper_quartile))
        wanted["days"] = [low, max(low, high)]
        wanted["average_days"] = max(0.5, round(figures.median_days, 1))
    before = {
        "cap": stage.cap,
        "probability": stage.probability,
        "days": [plain(stage.min_days), plain(stage.max_days)],
        "average_days": plain(stage.average_days),
    }
    said = []
    for key, value in wanted.items():
        if before[key] != value:
            table[key] = value
            said.append(f"{figures.stage}: {key} {before[key]} → {value} ({figures.closed} closed deals)")
    return said


def plain(days: Decimal | None) -> float | None:
    return None if days is None else float(days)

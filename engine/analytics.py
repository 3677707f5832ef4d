"""Figures over many deals, from decisions and states alone: time in stage, conversion, stalls, velocity, forecast.

Everything here is a function of what was replayed and of `now`; nothing is guessed. A figure that rests on no deal is
None.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from engine.decisions import Decision, DecisionType
from engine.parts import Closed
from engine.pipeline import Pipeline

__all__ = [
    "Forecast",
    "StageFigures",
    "Stay",
    "Velocity",
    "close_date_accuracy",
    "exceptions",
    "forecast",
    "loss_reasons",
    "rep_discrepancy",
    "stage_figures",
    "stays",
    "velocity",
]

MOVES = (DecisionType.STAGE_ADVANCED, DecisionType.STAGE_REGRESSED)
DAY = dt.timedelta(days=1)
States = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One stay of one deal in one stage; `left_at`, `to` and `rule` are None while it lasts."""

    deal_id: str
    stage: str
    entered_at: dt.datetime
    left_at: dt.datetime | None
    to: str | None
    rule: str | None

    def days(self, now: dt.datetime) -> float:
        return ((self.left_at or now) - self.entered_at) / DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFigures:
    """What happens in a stage. Days are of stays that ended; rates are of those, from 0 to 1."""

    stage: str
    entered: int
    open: int
    median_days: float | None
    mean_days: float | None
    expected_days: float | None
    advanced: float | None
    regressed: float | None
    lost: float | None
    stalled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Velocity:
    """Money won a day: won deals × their mean amount ÷ their mean days from creation to signature ÷ days looked at."""

    won: int
    lost: int
    win_rate: float | None
    mean_amount: float | None
    mean_days: float | None
    money_per_day: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What the open deals of a stage are worth: in all, and weighed by their probability."""

    stage: str
    currency: str
    deals: int
    amount: float
    weighted: float


def moment(value: Any) -> dt.datetime:
    return dt.datetime.fromisoformat(value)


def stays(states: States, history: Iterable[Decision]) -> list[Stay]:
    """Every stay of every deal, from the history that holds (`Replay.history`: corrections are already in it)."""
    moves: dict[str, list[Decision]] = defaultdict(list)
    for decision in history:
        if decision.type in MOVES:
            moves[decision.deal_id].append(decision)
    found: list[Stay] = []
    for deal_id, state in states.items():
        entered = moment(state["created_at"])
        for move in moves[deal_id]:
            found.append(
                Stay(
                    deal_id=deal_id,
                    stage=move.source,
                    entered_at=entered,
                    left_at=move.at,
                    to=move.to,
                    rule=move.rule,
                )
            )
            entered = move.at
        found.append(Stay(deal_id=deal_id, stage=state["stage"], entered_at=entered, left_at=None, to=None, rule=None))
    return found


def stage_figures(pipeline: Pipeline, found: Sequence[Stay], now: dt.datetime) -> list[StageFigures]:
    """For each open stage: how many came, how long they stayed, where they went, and how many stall there now (longer
    than the alert's multiple of the average)."""
    return [
        figures_of(pipeline, n, [stay for stay in found if stay.stage == stage.id], now)
        for n, stage in enumerate(pipeline.stages)
        if stage.closed is None
    ]


def figures_of(pipeline: Pipeline, n: int, here: Sequence[Stay], now: dt.datetime) -> StageFigures:
    stage = pipeline.stages[n]
    ended = [stay for stay in here if stay.left_at is not None]
    days = [stay.days(now) for stay in ended]
    going = [stay for stay in here if stay.left_at is None]
    average = None if stage.average_days is None else float(stage.average_days)
    limit = None if average is None else average * float(pipeline.alerts.stage_1_5x.after)
    lost = pipeline.stages[pipeline.lost].id
    up = sum(1 for stay in ended if stay.to != lost and pipeline.index(stay.to or "") > n)
    down = sum(1 for stay in ended if pipeline.index(stay.to or "") < n)
    return StageFigures(
        stage=stage.id,
        entered=len(here),
        open=len(going),
        median_days=median(days) if days else None,
        mean_days=mean(days),
        expected_days=average,
        advanced=share(up, len(ended)),
        regressed=share(down, len(ended)),
        lost=share(len(ended) - up - down, len(ended)),
        stalled=0 if limit is None else sum(1 for stay in going if stay.days(now) > limit),
    )


def bottleneck(figures: Sequence[StageFigures]) -> str | None:
    """The stage in which deals stay longest beyond what is expected; None where no stay has ended."""
    measured = [f for f in figures if f.median_days is not None and f.expected_days]
    if not measured:
        return None
    return max(measured, key=lambda f: (f.median_days or 0) / (f.expected_days or 1)).stage


def velocity(pipeline: Pipeline, states: States, since: dt.datetime, until: dt.datetime) -> Velocity:
    """Over the deals that were closed from `since` to `until`."""
    won, lost = (closed_within(pipeline, states, how, since, until) for how in (Closed.WON, Closed.LOST))
    amounts = [float(state["amount"]) for state in won if state["amount"] is not None]
    days = [(moment(state["closed_at"]) - moment(state["created_at"])) / DAY for state in won]
    span = (until - since) / DAY
    return Velocity(
        won=len(won),
        lost=len(lost),
        win_rate=share(len(won), len(won) + len(lost)),
        mean_amount=mean(amounts),
        mean_days=mean(days),
        money_per_day=sum(amounts) / span if span > 0 else None,
    )


def closed_within(
    pipeline: Pipeline, states: States, how: Closed, since: dt.datetime, until: dt.datetime
) -> list[Mapping[str, Any]]:
    stage = pipeline.stages[pipeline.won if how is Closed.WON else pipeline.lost].id
    ended = [state for state in states.values() if state["stage"] == stage and state["closed_at"]]
    return [state for state in ended if since <= moment(state["closed_at"]) <= until]


def close_date_accuracy(states: States) -> dict[str, dict[str, float | int | None]]:
    """How far the stated, automatic, rep's and original dates were from the real one, in days: the mean of the errors
    (above 0: too late), and of their sizes."""
    errors: dict[str, list[int]] = defaultdict(list)
    for state in states.values():
        for name, days in (state.get("close_date_accuracy") or {}).items():
            if days is not None:
                errors[name].append(days)
    return {
        name: {"deals": len(days), "bias": mean(days), "error": mean([abs(day) for day in days])}
        for name, days in sorted(errors.items())
    }


def rep_discrepancy(states: States) -> list[dict[str, Any]]:
    """Open deals whose rep sees another probability, the furthest first."""
    rows = [
        {
            "deal": deal_id,
            "owner": state["owner"],
            "rep": state["rep_probability"],
            "probability": state["probability"],
            "difference": state["rep_probability"] - state["probability"],
        }
        for deal_id, state in states.items()
        if state["rep_probability"] is not None and state["closed_at"] is None
    ]
    return sorted(rows, key=lambda row: (-abs(row["difference"]), row["deal"]))


def loss_reasons(pipeline: Pipeline, states: States) -> list[tuple[str, int]]:
    """Why deals are lost, the commonest first; "(not known)" where nobody said."""
    lost = pipeline.stages[pipeline.lost].id
    said = Counter(
        " ".join(str(state["loss_reason"] or "(not known)").split()).casefold()
        for state in states.values()
        if state["stage"] == lost
    )
    return sorted(said.items(), key=lambda item: (-item[1], item[0]))


def forecast(pipeline: Pipeline, states: States, until: dt.date | None = None) -> list[Forecast]:
    """The open deals that are to close by `until`, a row for each stage and currency."""
    rows: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for state in states.values():
        due = state["close_date"]
        if state["closed_at"] is not None or state["amount"] is None or due is None:
            continue
        if until is None or dt.date.fromisoformat(due) <= until:
            rows[state["stage"], str(state["currency"])].append(state)
    order = {stage.id: n for n, stage in enumerate(pipeline.stages)}
    return [
        Forecast(
            stage=stage,
            currency=currency,
            deals=len(found),
            amount=sum(float(state["amount"]) for state in found),
            weighted=sum(float(state["amount"]) * state["probability"] / 100 for state in found),
        )
        for (stage, currency), found in sorted(rows.items(), key=lambda item: (order[item[0][0]], item[0][1]))
    ]


def exceptions(decisions: Iterable[Decision]) -> dict[str, int]:
    """How often people went round the rules: overrides, moves of several stages that were approved, signatures with
    gates open, regressions stopped; and how many requests were refused or expired."""
    counts: Counter[str] = Counter()
    for decision in decisions:
        if decision.type in MOVES and decision.data.get("override"):
            counts["override up" if decision.type is DecisionType.STAGE_ADVANCED else "override down"] += 1
        elif decision.type is DecisionType.STAGE_ADVANCED and decision.data.get("exceptions"):
            counts["signed with gates open"] += 1
        elif decision.type is DecisionType.STAGE_ADVANCED and decision.data.get("approved_by"):
            counts["approved move"] += 1
        elif decision.type is DecisionType.FIELD_UPDATED and decision.data.get("field") == "approval":
            counts[f"request {decision.to}"] += 1
        elif decision.type is DecisionType.REGRESSION_CANCELLED and decision.data.get("by"):
            counts["regression stopped"] += 1
    return dict(sorted(counts.items()))


def mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None

"""The same events under another pipeline: where deals would have stood, how much sooner or later, how well forecast."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.calibrate import brier, forecasts
from engine.decisions import Decision, DecisionType
from engine.events import Event
from engine.pipeline import Pipeline
from engine.replay import Replay, replay

__all__ = ["Backtest", "Difference", "Shift", "backtest"]

DAY = dt.timedelta(days=1)
MOVES = (DecisionType.STAGE_ADVANCED, DecisionType.STAGE_REGRESSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A deal that stands elsewhere; None where a pipeline could not follow its events."""

    deal_id: str
    now: str | None
    then: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A stage that a deal first reached under both, so many days later (earlier below 0) under the other."""

    deal_id: str
    stage: str
    days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """Pairs are the present pipeline's and the other's. `pipelines` are their names with versions, `moves` counts moves
    by rule; `unusable` are events that the present pipeline refuses, `refused` those that only the other one does."""

    pipelines: tuple[str, str]
    deals: int
    differences: tuple[Difference, ...]
    shifts: tuple[Shift, ...]
    moves: Mapping[str, tuple[int, int]]
    alerts: tuple[int, int]
    brier: tuple[float | None, float | None]
    unusable: tuple[str, ...]
    refused: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "pipelines": list(self.pipelines),
            "deals": self.deals,
            "differences": [{"deal": d.deal_id, "now": d.now, "then": d.then} for d in self.differences],
            "shifts": [{"deal": s.deal_id, "stage": s.stage, "days": round(s.days, 2)} for s in self.shifts],
            "moves": {rule: list(counts) for rule, counts in self.moves.items()},
            "alerts": list(self.alerts),
            "brier": [None if score is None else round(score, 4) for score in self.brier],
            "unusable": list(self.unusable),
            "refused": list(self.refused),
        }


def backtest(
    events: Iterable[Event | Mapping[str, Any]],
    present: Pipeline,
    other: Pipeline,
    until: dt.datetime | None = None,
) -> Backtest:
    """Replays the events under both pipelines and tells the differences."""
    given = list(events)
    now, then = replay(given, present, until), replay(given, other, until)
    known = {refused.event for refused in now.refused}
    names = sorted({*now.deals, *then.deals})
    stages = [(name, stage_of(now, name), stage_of(then, name)) for name in names]
    return Backtest(
        pipelines=(present.label, other.label),
        deals=len(names),
        differences=tuple(Difference(deal_id=n, now=a, then=b) for n, a, b in stages if a != b),
        shifts=tuple(shifts(now, then)),
        moves=counts(now, then),
        alerts=(alerts(now), alerts(then)),
        brier=(score(now), score(then)),
        unusable=tuple(refused.reason for refused in now.refused),
        refused=tuple(refused.reason for refused in then.refused if refused.event not in known),
    )


def stage_of(result: Replay, name: str) -> str | None:
    return result.deals[name]["stage"] if name in result.deals else None


def first_reached(history: Iterable[Decision]) -> dict[tuple[str, str], dt.datetime]:
    reached: dict[tuple[str, str], dt.datetime] = {}
    for decision in history:
        if decision.type in MOVES:
            reached.setdefault((decision.deal_id, decision.to), decision.at)
    return reached


def shifts(now: Replay, then: Replay) -> list[Shift]:
    before, after = first_reached(now.history), first_reached(then.history)
    both = sorted(set(before) & set(after))
    return [
        Shift(deal_id=deal, stage=stage, days=(after[deal, stage] - before[deal, stage]) / DAY)
        for deal, stage in both
        if before[deal, stage] != after[deal, stage]
    ]


def counts(now: Replay, then: Replay) -> dict[str, tuple[int, int]]:
    found: dict[str, list[int]] = {}
    for side, result in enumerate((now, then)):
        for decision in result.history:
            if decision.type in MOVES:
                found.setdefault(decision.rule, [0, 0])[side] += 1
    return {rule: (pair[0], pair[1]) for rule, pair in sorted(found.items())}


def alerts(result: Replay) -> int:
    return sum(1 for decision in result.history if decision.type is DecisionType.ALERT)


def score(result: Replay) -> float | None:
    return brier((g.percent, g.won) for g in forecasts(result.pipeline, result.deals, result.history))


def table(result: Backtest) -> str:
    """The differences as a short text for people."""
    now, then = result.pipelines
    lines = [f"{result.deals} deals under {then} instead of {now}: {len(result.differences)} would stand elsewhere."]
    lines += [f"  {d.deal_id}: {d.now or 'nowhere'} → {d.then or 'nowhere'}" for d in result.differences]
    if result.shifts:
        lines.append("Stages that are reached at another time:")
        lines += [f"  {s.deal_id}: {s.stage} {shifted(s.days)}" for s in result.shifts]
    if result.moves:
        lines.append("Moves by rule:")
        lines += [f"  {rule}: {before} → {after}" for rule, (before, after) in result.moves.items()]
    if result.refused:
        lines.append(f"Events that {then} cannot follow:")
        lines += [f"  {reason}" for reason in result.refused]
    scores = ["no closed deals" if score is None else f"{score:.4f}" for score in result.brier]
    lines.append(f"Alerts: {result.alerts[0]} → {result.alerts[1]}")
    lines.append(f"Brier score (0 is perfect, 0.25 a coin): {scores[0]} → {scores[1]}")
    return "\n".join(lines)


def shifted(days: float) -> str:
    return f"{abs(days):.1f} days {'later' if days > 0 else 'earlier'}"

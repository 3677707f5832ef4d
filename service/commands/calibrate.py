"""`telltale pipeline calibrate`: a proposed pipeline file from what became of the closed deals."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from service.commands.history import history
from service.commands.pipeline import load
from service.commands.terminal import DONE, SOME_REFUSED, UnusableError, complain, print_json

if TYPE_CHECKING:
    from engine.calibrate import Calibration, Reliability, StageRates

__all__ = ["report", "run"]


def run(file: str | None, *, pipeline: str, out: str, database: str | None, data: str | None, as_json: bool) -> int:
    """Writes the proposal to `out`, which must not be there yet, and prints what it rests on and what it changes."""
    from engine import Pipeline, replay
    from engine.calibrate import calibrate, proposed
    from engine.pipeline import pipeline_text

    present, target = load(pipeline), Path(out)
    if target.exists():
        raise UnusableError(f"--out: {out} is there already; name a new file, and compare")
    refused: list[str] = []
    result = replay(history(file, pipeline=pipeline, database=database, data=data, refused=refused), present)
    calibration = calibrate(present, result.deals, result.history)
    try:
        text, changes = proposed(present, pipeline_text(pipeline), calibration)
    except ValueError as error:
        raise UnusableError(f"--pipeline: {error}") from None
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UnusableError(f"--out: {out}: {(error.strerror or str(error)).lower()}") from None
    if as_json:
        label = Pipeline.from_text(text, source=out).label
        told = {"pipeline": present.label, "proposed": {"pipeline": label, "file": out}, "changes": list(changes)}
        print_json({**told, **dataclasses.asdict(calibration)}, indent=True)
    else:
        print("\n".join(report(calibration, changes)))
        print(f"Written to {out}. See what it would change: telltale backtest --pipeline {out}")
    for line in [*refused, *(each.reason for each in result.refused)]:
        complain(line)
    return SOME_REFUSED if refused or result.refused else DONE


def report(calibration: Calibration, changes: Sequence[str]) -> Iterator[str]:
    """The calibration as lines for people."""
    yield f"{calibration.closed} closed deals. Close rates with 95 % intervals, and usual days (quartiles, median):"
    yield from (f"  {line}" for line in map(rates, calibration.stages))
    if calibration.brier is not None:
        yield f"Forecasts against what came of them (Brier score {calibration.brier:.4f}; 0 is perfect, 0.25 a coin):"
        yield from (f"  {forecast(row)}" for row in calibration.reliability if row.count)
    yield "What the proposal changes:"
    yield from (f"  {change}" for change in changes)


def rates(stage: StageRates) -> str:
    if stage.rate is None or stage.low is None or stage.high is None:
        return f"{stage.stage:<14}  none that passed it are closed"
    share = f"{stage.won} of {stage.closed} won, {stage.rate:.0%} ({stage.low:.0%}–{stage.high:.0%})"
    if stage.lower_quartile is None or stage.upper_quartile is None:
        return f"{stage.stage:<14}  {share}"
    span = f"{stage.lower_quartile:.1f}–{stage.upper_quartile:.1f} days, {stage.median_days:.1f}"
    return f"{stage.stage:<14}  {share}; {span}"


def forecast(row: Reliability) -> str:
    return f"{row.low:>3}–{row.high} %  {row.count} forecasts of {row.forecast:.0f} % on average, {row.won:.0%} won"

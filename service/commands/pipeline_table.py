"""A pipeline as people like to read it: its stages with their gates, its rules, and whom it alerts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from engine import Pipeline
from engine.parts import Advance, AlertRule, Points, Regress, Rule, Stage

__all__ = ["effects", "pipeline_table"]


def pipeline_table(pipeline: Pipeline, *, file: IO[str]) -> None:
    console = Console(file=file, highlight=False)
    head = f"{pipeline.name}  [dim]version {pipeline.version} · gate policy {pipeline.gate_policy.value}"
    console.print(f"\n[bold]{head} · time zone {pipeline.calendar.zone}[/dim][/bold]\n")
    stages = plain_table("stage", "%", "days", "mode", "left when every gate is met", apart=1)
    for stage in pipeline.stages:
        stages.add_row(f"[bold]{stage.id}[/bold]", str(stage.probability), days(stage), stage.mode or "–", gates(stage))
    console.print(stages)
    rules = plain_table("rule", "when", "does")
    for rule in pipeline.rules:
        does = "; ".join(effects(rule, pipeline))
        rules.add_row(f"[bold]{escape(rule.id)}[/bold]", escape(rule.because), escape(does))
    console.print(rules, "")
    alerts = plain_table("alert", "after", "tells", "suggests")
    for name in pipeline.alerts.__slots__:
        alert = getattr(pipeline.alerts, name)
        alerts.add_row(f"[bold]alert.{name}[/bold]", after(name, alert), ", ".join(alert.to), escape(alert.suggest))
    console.print(alerts, "")
    console.print("[dim]Health, close date, actions and every other figure: --format json[/dim]")


def plain_table(*columns: str, apart: int = 0) -> Table:
    """Sentences wrap, the names of things never do; so many lines stand between rows."""
    table = Table(box=None, padding=(0, 2, apart, 0), header_style="dim")
    for column in columns:
        table.add_column(column, no_wrap=column not in (columns[-1], "when"), vertical="top")
    return table


def days(stage: Stage) -> str:
    return "–" if stage.min_days is None else f"{stage.min_days}–{stage.max_days}"


def gates(stage: Stage) -> str:
    return "\n".join(f"[bold]{gate.id}[/bold]  {escape(gate.because)}" for gate in stage.gates) or "–"


def after(name: str, alert: AlertRule) -> str:
    figure = f"{alert.after.normalize():f}"
    if name.startswith("stage_"):
        return f"{figure} × the average"
    return f"{figure} days" if alert.after else "at once"


def effects(rule: Rule, pipeline: Pipeline) -> Iterator[str]:
    """What a rule does, each effect in a few words."""
    if rule.update is not None:
        yield f"updates the {rule.update.replace('_', ' ')}"
    if rule.flag is not None:
        yield f"flags the deal {rule.flag}"
    if rule.points is not None:
        yield points(rule.points)
    if rule.advance is not None:
        yield advance(rule.advance, rule, pipeline)
    if rule.regress is not None:
        yield regress(rule.regress)
    if rule.closes is not None:
        yield f"closes the deal as {rule.closes.value}"


def points(earned: Points) -> str:
    more = (
        ""
        if earned.more == earned.default
        else f", {earned.more:+d} for {', '.join(sorted(earned.roles)) or 'the C-level'}"
    )
    return f"probability {earned.default:+d}{more}, once for each {earned.each}"


def advance(advance: Advance, rule: Rule, pipeline: Pipeline) -> str:
    verb = "moves" if rule.policy.value == "rules" else "attempts to move"
    source = "" if advance.source is None else f"{advance.source} "
    only = "" if advance.when is None else ", on a condition"
    return f"{verb} {source}→ {advance.to or 'the next stage'}{only}"


def regress(down: Regress) -> str:
    when = f" after {down.after_days} days, unless somebody replaces the person" if down.after_days else ""
    lost = f", probability {down.points:+d}" if down.points else ""
    return f"moves down to {down.to or 'the stage before'}{when}{lost}"

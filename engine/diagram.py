"""Pictures of a pipeline in text: a diagram of its stages, and a table of them, as the documentation shows them."""

from __future__ import annotations

from engine.fields import FIELDS
from engine.parts import Stage
from engine.pipeline import Pipeline

__all__ = ["field_table", "mermaid", "stage_table"]


def mermaid(pipeline: Pipeline) -> str:
    """The stages as a Mermaid diagram: forward by gates, down by regressions, and out by what closes a deal."""
    stages = pipeline.stages
    lines = ["stateDiagram-v2", f"    [*] --> {stages[0].id}"]
    last = pipeline.won - 1
    for n in range(last):
        gates = ", ".join(gate.id for gate in stages[n].gates)
        lines.append(f"    {stages[n].id} --> {stages[n + 1].id}: {gates}")
    for rule in pipeline.rules:
        if rule.closes is not None:
            end = next(stage.id for stage in stages if stage.closed is rule.closes)
            lines.append(f"    {stages[last].id} --> {end}: {rule.id} (from any stage)")
    for rule in pipeline.rules:
        if rule.regress is not None:
            to = stages[last - 1].id if rule.regress.to is None else rule.regress.to
            how = " (one stage down)" if rule.regress.to is None else ""
            days = f" after {rule.regress.after_days} days" if rule.regress.after_days else ""
            lines.append(f"    {stages[last].id} --> {to}: {rule.id}{days}{how}")
    lines += [f"    {stages[pipeline.won].id} --> [*]", f"    {stages[pipeline.lost].id} --> [*]"]
    return "\n".join(lines)


def stage_table(pipeline: Pipeline) -> str:
    """A Markdown table of the stages."""
    lines = ["| stage | base | usual days | average | mode | gates |", "|---|---|---|---|---|---|"]
    return "\n".join([*lines, *(row(stage) for stage in pipeline.stages)])


def row(stage: Stage) -> str:
    days = "–" if stage.min_days is None else f"{stage.min_days}–{stage.max_days}"
    average = "–" if stage.average_days is None else f"{stage.average_days:f}"
    gates = ", ".join(f"`{gate.id}`" for gate in stage.gates) or "–"
    return f"| `{stage.id}` | {stage.probability} | {days} | {average} | {stage.mode or '–'} | {gates} |"


def field_table() -> str:
    """A Markdown table of the fields that conditions may ask."""
    lines = ["| field | asks | of |", "|---|---|---|"]
    for name, field in FIELDS.items():
        options = "" if field.options is None else ": " + ", ".join(f"`{option}`" for option in sorted(field.options))
        only = "" if not field.on else " (on " + ", ".join(f"`{trigger}`" for trigger in field.on) + ")"
        lines.append(f"| `{name}` | {field.said}{options}{only} | {field.kind.value} |")
    return "\n".join(lines)

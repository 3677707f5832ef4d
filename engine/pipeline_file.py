"""A pipeline from its TOML file, or every mistake in it."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.calendar import Calendar
from engine.condition_file import read_condition
from engine.conditions import Condition, compiled
from engine.documents import DOCUMENTS
from engine.errors import Mistake, PipelineError
from engine.lines import Lines, Path
from engine.parts import Action, ActionKind, Closed, Due, Gate, GatePolicy, Required, Stage, Unit, gate
from engine.pipeline import Pipeline, pipeline_text, shipped, version_of
from engine.pipeline_check import check
from engine.pipeline_sections import read_alerts, read_close_date, read_health
from engine.reader import Report, Table, near
from engine.rule_file import read_rule

ID = "abcdefghijklmnopqrstuvwxyz0123456789_"


def pipeline_from_text(text: str, *, source: str) -> Pipeline:
    """Reads and checks; raises PipelineError with every mistake found."""
    document = parsed(text, source)
    report = Report(Lines(text))
    document = extended(document, source, report)
    if report.mistakes:
        raise PipelineError(source, tuple(report.mistakes))
    table = Table(document, (), report)
    stages = read_stages(table, report)
    names = [stage.id for stage in stages]
    policy = table.choice("gate_policy", GatePolicy, GatePolicy.STRICT)
    rules = tuple(read_rule(rule, names, policy) for rule in table.tables("rules"))
    pattern = table.table("loss_pattern")
    pipeline = Pipeline(
        name=table.text("name"),
        source=source,
        version=version_of(document),
        document=document,
        gate_policy=policy,
        calendar=read_calendar(table),
        stages=stages,
        rules=rules,
        alerts=read_alerts(table.table("alerts")),
        health=read_health(table.table("health")),
        close_date=read_close_date(table.table("close_date")),
        rep_probability_off=table.whole("rep_probability_off", 15, low=0, high=100),
        loss_reason_days=table.whole("loss_reason_business_days", 3, low=0, high=365),
        loss_pattern_count=pattern.whole("losses", 3, low=1),
        loss_pattern_days=pattern.whole("days", 90, low=1),
        departure_grace_days=table.whole("late_departure_days", 7, low=0, high=365),
        approvals_expire_days=table.optional_whole("approvals_expire_days", low=1, high=365),
    )
    pattern.done()
    table.done()
    if not report.mistakes:
        check(pipeline, report)
    if report.mistakes:
        raise PipelineError(source, tuple(sorted(report.mistakes, key=lambda mistake: mistake.line)))
    return pipeline


def parsed(text: str, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        line = int(said.split("at line ")[1].split(",")[0]) if "at line " in said else len(text.splitlines())
        mend = "Write it as TOML: key = value, texts in quotes, [headers] in brackets."
        raise PipelineError(source, (Mistake(line=line, field="the file", problem=said, mend=mend),)) from None


def extended(document: dict[str, Any], source: str, report: Report) -> dict[str, Any]:
    """The document over the shipped one that it extends: its top-level keys replace those of the base."""
    base = document.pop("extends", None)
    if base is None:
        return document
    if base not in shipped():
        report.add(("extends",), f'there is no shipped pipeline "{base}"', near(base, shipped()))
        return document
    if base == document.get("name") and base == source:
        report.add(("extends",), "a pipeline that extends itself is a loop", "Extend another one, or remove extends.")
        return document
    return {**extended(parsed(pipeline_text(base), base), base, report), **document}


def read_calendar(table: Table) -> Calendar:
    zone = table.text("timezone", "UTC")
    days: set[dt.date] = set()
    for item in table.raw("holidays") or ():
        try:
            days.add(item if isinstance(item, dt.date) else dt.date.fromisoformat(item))
        except (TypeError, ValueError):
            table.bad("holidays", f'"{item}" is no date', "Write dates such as 2026-12-25.")
    try:
        return Calendar(zone=dt.UTC if zone == "UTC" else ZoneInfo(zone), holidays=frozenset(days))
    except (ZoneInfoNotFoundError, ValueError):
        table.bad("timezone", f'there is no time zone "{zone}"', 'Use a name such as "Europe/Berlin".')
        return Calendar(zone=dt.UTC)


def read_stages(table: Table, report: Report) -> tuple[Stage, ...]:
    stages = tuple(read_stage(stage, report) for stage in table.tables("stages"))
    if not 3 <= len(stages) <= 12:
        report.add(("stages",), f"{len(stages)} stages", "A pipeline has 3 to 12 [[stages]].")
    seen: set[str] = set()
    for n, stage in enumerate(stages):
        if stage.id in seen:
            report.add(("stages", n, "id"), f'a second stage "{stage.id}"', "Give each stage an id of its own.")
        seen.add(stage.id)
    return stages


def identity(table: Table) -> str:
    value = table.text("id")
    if value and not set(value) <= set(ID + "."):
        table.bad("id", f'"{value}" is no id', "Use small letters, digits and underscores.")
    return value


def read_stage(table: Table, report: Report) -> Stage:
    name = identity(table)
    closed = table.choice("closed", Closed, Closed.WON) if table.has("closed") else None
    low, high = read_days(table, needed=closed is None)
    average = None if low is None or high is None else (low + high) / 2
    if table.has("average_days"):
        average = table.number("average_days", low=0)
    stage = Stage(
        id=name,
        probability=table.whole("probability", low=0, high=100),
        mode=table.optional_text("mode"),
        min_days=low,
        max_days=high,
        average_days=average,
        cap=table.whole("cap", 100, low=0, high=100),
        closed=closed,
        gates=tuple(read_gate(item, report) for item in table.tables("gates")),
        required=read_required(table, report),
        actions=tuple(read_action(item, report) for item in table.tables("actions")),
        what_to_do=table.text("what_to_do", ""),
    )
    table.done()
    return stage


def read_days(table: Table, *, needed: bool) -> tuple[Decimal | None, Decimal | None]:
    value = table.raw("days")
    if value is None and not needed:
        return None, None
    if isinstance(value, list) and len(value) == 2:
        low, high = value
        if all(isinstance(v, int | Decimal) and not isinstance(v, bool) for v in value) and 0 < low <= high:
            return Decimal(low), Decimal(high)
    if value is None:
        mend = 'Add days = [14, 30]; where a deal ends here, add closed = "won" or "lost" instead.'
        table.bad("days", "the usual stay is missing", mend)
        return Decimal(1), Decimal(1)
    table.bad("days", "days should be the shortest and the longest usual stay", "Write days = [14, 30].")
    return Decimal(1), Decimal(1)


def read_gate(table: Table, report: Report) -> Gate:
    name = identity(table)
    because = table.text("because")
    met_by = read_condition(table.raw("met_by") or {}, (*table.path, "met_by"), report, of_event=False)
    table.done()
    return gate(name, because, met_by)


def read_required(table: Table, report: Report) -> tuple[Required, ...]:
    out = []
    for name, value in (table.raw("required") or {}).items():
        condition = read_condition(value, (*table.path, "required", name), report, of_event=False)
        out.append(Required(name=name, known_by=condition, test=compiled(condition)))
    return tuple(out)


def read_action(table: Table, report: Report) -> Action:
    def condition(value: object, path: Path) -> Condition:
        return read_condition(value, path, report, of_event=False)

    kind = table.choice("kind", ActionKind, ActionKind.TASK)
    when = table.optional("when", condition)
    action = Action(
        id=identity(table),
        kind=kind,
        title=table.text("title"),
        to=table.texts("to"),
        due=read_due(table),
        document=table.optional_text("document"),
        body=table.optional_text("body"),
        when=when,
        test=None if when is None else compiled(when),
        loss_pattern=table.raw("loss_pattern") is True,
        enabled=table.raw("enabled") is not False,
    )
    if action.document is not None and action.document not in DOCUMENTS:
        table.bad("document", f'there is no document "{action.document}"', near(action.document, DOCUMENTS))
    if kind is ActionKind.DOCUMENT and action.document is None:
        table.bad("document", "a document needs to be told which", 'Add document = "research_brief", for instance.')
    table.done()
    return action


def read_due(table: Table) -> Due | None:
    value = table.raw("due")
    if value is None:
        return None
    if isinstance(value, Mapping) and len(value) == 1:
        unit, amount = next(iter(value.items()))
        if unit in set(Unit) and isinstance(amount, int) and not isinstance(amount, bool) and amount >= 0:
            return Due(amount=amount, unit=Unit(unit))
    table.bad("due", "due should be a number of days, business days or hours", "Write due = { business_days = 5 }.")
    return None

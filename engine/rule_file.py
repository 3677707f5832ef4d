"""One rule of a pipeline file."""

from __future__ import annotations

from engine.condition_file import read_condition
from engine.conditions import Condition, compiled
from engine.lines import Path
from engine.parts import Advance, Closed, GatePolicy, Points, Regress, Rule
from engine.reader import Table, near

TRIGGERS = (
    "deal.created",
    "deal.updated",
    "activity.email",
    "activity.call",
    "activity.meeting",
    "meeting.scheduled",
    "contact.added",
    "document.sent",
    "document.viewed",
    "esign.sent",
    "esign.completed",
    "esign.declined",
    "milestone",
    "signal.budget",
    "signal.pricing",
    "signal.date",
    "signal.competitor",
    "signal.champion",
    "signal.stakeholder",
    "signal.qualification",
)
UPDATES = ("budget", "close_date")
EACH = ("stakeholder", "executive")
NEXT, PREVIOUS = "next", "previous"


def read_rule(table: Table, stages: list[str], policy: GatePolicy) -> Rule:
    def condition(value: object, path: Path) -> Condition:
        return read_condition(value, path, table.report, of_event=True)

    on = table.texts("on")
    for trigger in on:
        if trigger not in TRIGGERS:
            table.bad("on", f'nothing is called "{trigger}"', near(trigger, TRIGGERS))
    if not on:
        table.bad("on", "a rule listens to nothing", 'Add on = ["activity.email"], for instance.')
    when = table.optional("when", condition)
    rule = Rule(
        id=table.text("id"),
        because=table.text("because"),
        on=on,
        when=when,
        test=None if when is None else compiled(when),
        policy=table.choice("policy", GatePolicy, policy),
        advance=read_advance(table, stages) if table.has("advance") else None,
        update=one_of(table, "update", UPDATES),
        flag=table.optional_text("flag"),
        points=read_points(table) if table.has("points") else None,
        regress=read_regress(table, stages) if table.has("regress") else None,
        closes=table.choice("closes", Closed, Closed.WON) if table.has("closes") else None,
    )
    table.done()
    effects = (rule.advance, rule.update, rule.flag, rule.points, rule.regress, rule.closes)
    if all(effect is None for effect in effects):
        table.bad("id", f'rule "{rule.id}" has no effect', 'Give it an effect, such as advance = { to = "next" }.')
    return rule


def one_of(table: Table, key: str, options: tuple[str, ...]) -> str | None:
    value = table.optional_text(key)
    if value is not None and value not in options:
        table.bad(key, f'"{value}" is no {key}', near(value, options))
    return value


def stage(table: Table, key: str, stages: list[str], special: str | None) -> str | None:
    """A stage's name; None for the special word."""
    value = table.text(key)
    if value == special:
        return None
    if value and value not in stages:
        options = [*stages, special] if special else stages
        table.bad(key, f'there is no stage "{value}"', near(value, options))
    return value


def read_advance(table: Table, stages: list[str]) -> Advance:
    def condition(value: object, path: Path) -> Condition:
        return read_condition(value, path, table.report, of_event=True)

    inner = table.table("advance")
    when = inner.optional("when", condition)
    advance = Advance(
        source=stage(inner, "from", stages, None) if inner.has("from") else None,
        to=stage(inner, "to", stages, NEXT),
        when=when,
        test=None if when is None else compiled(when),
    )
    inner.done()
    return advance


def read_regress(table: Table, stages: list[str]) -> Regress:
    inner = table.table("regress")
    regress = Regress(
        to=stage(inner, "to", stages, PREVIOUS),
        after_days=inner.whole("after_days", 0, low=0, high=3650),
        points=inner.whole("points", 0, low=-100, high=100),
    )
    inner.done()
    return regress


def read_points(table: Table) -> Points:
    inner = table.table("points")
    default = inner.whole("default", low=-100, high=100)
    points = Points(
        each=one_of(inner, "each", EACH) or EACH[0],
        default=default,
        more=inner.whole("more", default, low=-100, high=100),
        roles=frozenset(inner.texts("more_for")),
    )
    inner.done()
    return points

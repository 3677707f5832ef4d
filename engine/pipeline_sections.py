"""The sections of a pipeline file that hold figures: alerts, health, close date. What is left out is as in `b2b`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from engine.parts import AlertRule, Alerts, CloseDateRules, HealthPoints
from engine.reader import Table

ALERTS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "stage_1_5x": ("1.5", ("rep", "manager"), "See what holds the deal."),
    "stage_2x": ("2", ("sales_leadership",), "The rep is to say why the deal stays."),
    "close_date_past": ("0", ("rep",), "Agree a new date with the buyer."),
    "no_contact": ("14", ("rep",), "Get in touch."),
    "stale": ("30", ("rep", "manager"), "The deal is stale: find out whether it lives."),
    "inactive": ("60", ("rep", "manager"), "Close the deal as lost, or re-engage the buyer."),
    "close_date_moved": ("14", ("rep",), "See whether the forecast still holds."),
    "esign_declined": ("0", ("rep",), "Ask the buyer what stands in the way."),
}
ENGAGEMENT = {"high": 4, "steady": 1, "low": -3, "silent": -6, "rising": 2, "least": -6, "most": 6}
CONTACTS = [[0, -3], [1, -1], [2, 1], [3, 3], [5, 4]]
CHAMPION = {"advocating": 5, "none": 0, "at_risk": -3, "lost": -6}
RISKS = {
    "competitor_favored": -4,
    "competitor_selected": -8,
    "budget_pending": -1,
    "budget_reduced": -4,
    "budget_none": -4,
    "budget_cancelled": -8,
    "stakeholder_unresponsive": -3,
    "stale": -5,
    "close_date_unstable": -2,
    "least": -20,
}
KEY_ROLES = ("economic_buyer", "decision_maker", "executive_sponsor")


def read_alerts(table: Table) -> Alerts:
    rules = {name: read_alert(table, name) for name in ALERTS}
    table.done()
    return Alerts(**rules)


def read_alert(table: Table, name: str) -> AlertRule:
    after, to, suggest = ALERTS[name]
    if not table.has(name):
        table.keys.add(name)
        return AlertRule(after=Decimal(after), to=to, suggest=suggest)
    inner = table.table(name)
    rule = AlertRule(
        after=inner.number("after", Decimal(after), low=0),
        to=inner.texts("to") or to,
        suggest=inner.text("suggest", suggest),
    )
    inner.done()
    return rule


def read_points(table: Table, key: str, defaults: Mapping[str, int]) -> dict[str, int]:
    inner = table.table(key)
    points = {name: inner.whole(name, default, low=-100, high=100) for name, default in defaults.items()}
    inner.done()
    return points


def read_health(table: Table) -> HealthPoints:
    touches = table.table("touches")
    gates = table.table("gates")
    health = HealthPoints(
        bound=table.whole("bound", 20, low=0, high=100),
        recent_days=table.whole("recent_days", 14, low=1, high=365),
        touch_days=table.whole("touch_days", 28, low=1, high=365),
        contact_days=table.whole("contact_days", 30, low=1, high=365),
        touches_high=touches.number("high", Decimal(2), low=0),
        touches_low=touches.number("low", Decimal(1), low=0),
        engagement=read_points(table, "engagement", ENGAGEMENT),
        contacts=read_steps(table),
        champion=read_points(table, "champion", CHAMPION),
        gates={
            "share": gates.number("share", Decimal(3), low=0),
            "ahead": gates.number("ahead", Decimal(2), low=0),
            "ahead_gates": gates.number("ahead_gates", Decimal(4), low=1),
        },
        risks=read_points(table, "risks", RISKS),
        key_roles=frozenset(table.texts("key_roles") or KEY_ROLES),
    )
    for inner in (touches, gates, table):
        inner.done()
    return health


def read_steps(table: Table) -> tuple[tuple[int, int], ...]:
    value = table.raw("contacts")
    steps = CONTACTS if value is None else value
    rising = isinstance(steps, list) and all(
        isinstance(step, list) and len(step) == 2 and all(type(n) is int for n in step) for step in steps
    )
    if not rising or not steps or steps[0][0] != 0 or steps != sorted(steps, key=lambda step: step[0]):
        table.bad("contacts", "contacts should be steps from 0 up", "Write contacts = [[0, -3], [1, -1], [3, 3]].")
        steps = CONTACTS
    return tuple((step[0], step[1]) for step in steps)


def read_close_date(table: Table) -> CloseDateRules:
    multiplier = table.table("multiplier")
    rules = CloseDateRules(
        fast=multiplier.number("fast", Decimal("0.7"), low=0),
        steady=multiplier.number("steady", Decimal(1), low=0),
        slow=multiplier.number("slow", Decimal("1.5"), low=0),
        alert_days=table.whole("alert_days", 14, low=0, high=3650),
        approval_days=table.whole("approval_days", 30, low=0, high=3650),
        unstable_changes=table.whole("unstable_changes", 3, low=1, high=1000),
    )
    multiplier.done()
    table.done()
    return rules

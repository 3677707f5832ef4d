"""A sales pipeline as data: its stages with their gates, the rules that move deals, and every threshold."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from math import ceil, floor
from pathlib import Path
from typing import Any

from engine.calendar import Calendar, lasting, rounded
from engine.conditions import Condition, Test, compiled, topics

__all__ = ["Action", "Gate", "GatePolicy", "Pipeline", "Rule", "Stage"]

SHIPPED = Path(__file__).parent / "pipelines"


class GatePolicy(StrEnum):
    STRICT = "strict"
    RULES = "rules"


class Closed(StrEnum):
    WON = "won"
    LOST = "lost"


class ActionKind(StrEnum):
    EMAIL = "email"
    TASK = "task"
    NOTIFY = "notify"
    DOCUMENT = "document"
    APPROVAL = "approval"
    QUEUE = "queue"
    CRM = "crm"
    WEBHOOK = "webhook"


class Unit(StrEnum):
    DAYS = "days"
    BUSINESS_DAYS = "business_days"
    HOURS = "hours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    id: str
    because: str
    met_by: Condition
    test: Test = field(compare=False, repr=False)
    topics: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Required:
    """Data that a deal in a stage should have; its lack is flagged and holds nothing."""

    name: str
    known_by: Condition
    test: Test = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something that an entry into a stage sets off. `title`, `subject` and `body` are templates (`workflows.py`)."""

    id: str
    kind: ActionKind
    title: str
    to: tuple[str, ...] = ()
    due: Due | None = None
    document: str | None = None
    body: str | None = None
    when: Condition | None = None
    test: Test | None = field(default=None, compare=False, repr=False)
    loss_pattern: bool = False
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    id: str
    probability: int
    mode: str | None
    min_days: Decimal | None
    max_days: Decimal | None
    average_days: Decimal | None
    cap: int
    closed: Closed | None
    gates: tuple[Gate, ...]
    required: tuple[Required, ...]
    actions: tuple[Action, ...]
    what_to_do: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """An attempt to move on: only from `source` where it is told, to `to`, or to the next stage where that is None."""

    source: str | None
    to: str | None
    when: Condition | None
    test: Test | None = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regress:
    """A move down: to `to`, or one stage where that is None; after `after_days` unless somebody replaces the person."""

    to: str | None
    after_days: int
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """What a stakeholder or an executive adds to the probability: `default`, or more for some roles or the C-level."""

    each: str
    default: int
    more: int
    roles: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    id: str
    because: str
    on: tuple[str, ...]
    when: Condition | None
    test: Test | None = field(compare=False, repr=False)
    policy: GatePolicy
    advance: Advance | None = None
    update: str | None = None
    flag: str | None = None
    points: Points | None = None
    regress: Regress | None = None
    closes: Closed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """After how long (days, or a multiple of the stage's average), and who is told."""

    after: Decimal
    to: tuple[str, ...]
    suggest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerts:
    stage_1_5x: AlertRule
    stage_2x: AlertRule
    close_date_past: AlertRule
    no_contact: AlertRule
    stale: AlertRule
    inactive: AlertRule
    close_date_moved: AlertRule
    esign_declined: AlertRule


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthPoints:
    """Every figure of the health adjustment, as the pipeline file names them."""

    bound: int = 20
    recent_days: int = 14
    touch_days: int = 28
    contact_days: int = 30
    touches_high: Decimal = Decimal(2)
    touches_low: Decimal = Decimal(1)
    engagement: Mapping[str, int]
    contacts: tuple[tuple[int, int], ...]
    champion: Mapping[str, int]
    gates: Mapping[str, Decimal]
    risks: Mapping[str, int]
    key_roles: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseDateRules:
    fast: Decimal
    steady: Decimal
    slow: Decimal
    alert_days: int
    approval_days: int
    unstable_changes: int


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """A pipeline that was read and found sound. `version` is a hash of its content, which every decision carries."""

    name: str
    source: str
    version: str
    document: Mapping[str, Any] = field(compare=False, repr=False)
    gate_policy: GatePolicy
    calendar: Calendar
    stages: tuple[Stage, ...]
    rules: tuple[Rule, ...]
    alerts: Alerts
    health: HealthPoints
    close_date: CloseDateRules
    rep_probability_off: int
    loss_reason_days: int
    loss_pattern_count: int
    loss_pattern_days: int
    departure_grace_days: int

    @classmethod
    def load(cls, name_or_path: str | Path) -> Pipeline:
        """A pipeline that ships (`b2b`, `b2b-rules`, `lead`) or a file; raises PipelineError, or OSError."""
        shipped = SHIPPED / f"{name_or_path}.toml"
        path = shipped if isinstance(name_or_path, str) and shipped.is_file() else Path(name_or_path)
        return cls.from_text(path.read_text(encoding="utf-8"), source=str(name_or_path))

    @classmethod
    def from_text(cls, text: str, *, source: str = "pipeline") -> Pipeline:
        """A pipeline from TOML; raises PipelineError, which names each mistake with its line and its mend."""
        from engine.pipeline_file import pipeline_from_text

        return pipeline_from_text(text, source=source)

    def to_json(self) -> dict[str, Any]:
        """Everything that is in it, what its file leaves out included."""
        from engine.pipeline_json import pipeline_json

        return pipeline_json(self)

    @property
    def label(self) -> str:
        """What decisions carry: the name with the version."""
        return f"{self.name}@{self.version}"

    def index(self, stage: str) -> int:
        """The position of a stage; KeyError where there is none of that name."""
        return self.positions[stage]

    @cached_property
    def positions(self) -> dict[str, int]:
        return {stage.id: n for n, stage in enumerate(self.stages)}

    @cached_property
    def won(self) -> int:
        return next(n for n, stage in enumerate(self.stages) if stage.closed is Closed.WON)

    @cached_property
    def lost(self) -> int:
        return next(n for n, stage in enumerate(self.stages) if stage.closed is Closed.LOST)

    @cached_property
    def gates(self) -> tuple[tuple[int, Gate], ...]:
        """Every gate with the position of its stage, in order."""
        return tuple((n, gate) for n, stage in enumerate(self.stages) for gate in stage.gates)

    @cached_property
    def gate_span(self) -> tuple[tuple[int, int], ...]:
        """For each stage, where its gates begin and end in `gates`."""
        spans, at = [], 0
        for stage in self.stages:
            spans.append((at, at + len(stage.gates)))
            at += len(stage.gates)
        return tuple(spans)

    @cached_property
    def gates_on(self) -> dict[int, tuple[tuple[int, Test], ...]]:
        """Filled as asked: the gates to look at again for a set of topics."""
        return {}

    def gates_touched(self, touched: int) -> tuple[tuple[int, Test], ...]:
        """The places of the gates to look at again, each with its test."""
        found = self.gates_on.get(touched)
        if found is None:
            found = tuple((n, gate.test) for n, (_, gate) in enumerate(self.gates) if gate.topics & touched)
            self.gates_on[touched] = found
        return found

    @cached_property
    def rules_on(self) -> dict[str, tuple[Rule, ...]]:
        """The rules that listen to a trigger, in the order of the file."""
        triggers = {trigger for rule in self.rules for trigger in rule.on}
        return {trigger: tuple(rule for rule in self.rules if trigger in rule.on) for trigger in triggers}

    @cached_property
    def silences(self) -> dict[str, dt.timedelta]:
        """How long each silence may last."""
        alerts = self.alerts
        after = {"no_contact": alerts.no_contact, "stale": alerts.stale, "inactive": alerts.inactive}
        return {name: lasting(rule.after) for name, rule in after.items()}

    @cached_property
    def overstays(self) -> tuple[dict[str, dt.timedelta], ...]:
        """For each stage, how long a deal may stay before each alert; empty where the stage has no average."""
        after = {"stage_1_5x": self.alerts.stage_1_5x.after, "stage_2x": self.alerts.stage_2x.after}
        return tuple(
            {name: lasting(stage.average_days * times) for name, times in after.items()} if stage.average_days else {}
            for stage in self.stages
        )

    @cached_property
    def paces(self) -> tuple[int, int]:
        """The least touches in their window that are a steady, and a fast pace."""
        points = self.health
        weeks = Decimal(points.touch_days) / 7
        return ceil(points.touches_low * weeks), floor(points.touches_high * weeks) + 1

    @cached_property
    def windows(self) -> tuple[dt.timedelta, dt.timedelta, dt.timedelta]:
        """The windows of recent touches, of all touches that count, and of active contacts."""
        points = self.health
        recent, touches, contacts = points.recent_days, points.touch_days, points.contact_days
        return dt.timedelta(days=recent), dt.timedelta(days=touches), dt.timedelta(days=contacts)

    @cached_property
    def gate_points(self) -> dict[tuple[int, int, int], int]:
        """Filled as asked: health's points for so many gates, of which so many are met, and so many met ahead."""
        return {}

    @cached_property
    def offsets(self) -> tuple[tuple[int, int, int], ...]:
        """For each stage, the days to the automatic close date at a slow, a steady and a fast pace."""
        rules = self.close_date
        averages = [stage.average_days or Decimal(0) for stage in self.stages]
        return tuple(
            (rounded(days * rules.slow), rounded(days * rules.steady), rounded(days * rules.fast)) for days in averages
        )

    @cached_property
    def required_on(self) -> dict[int, int]:
        """Filled as asked: the topics that a stage's required data depends on."""
        return {}

    def rule(self, identity: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.id == identity), None)

    @cached_property
    def closing_rule(self) -> dict[Closed, str]:
        """The rule that closes a deal as won or as lost."""
        return {rule.closes: rule.id for rule in reversed(self.rules) if rule.closes is not None}

    @cached_property
    def lost_rule(self) -> str:
        """The name under which a deal is lost, also by hand."""
        return self.closing_rule.get(Closed.LOST, "lost")


def gate(identity: str, because: str, met_by: Condition) -> Gate:
    return Gate(id=identity, because=because, met_by=met_by, test=compiled(met_by), topics=topics(met_by))


def version_of(document: Mapping[str, Any]) -> str:
    """Twelve hexadecimal digits that change whenever anything but comments and layout does."""
    import json

    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()[:12]

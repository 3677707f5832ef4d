"""What a pipeline is made of: stages with their gates and actions, rules with their effects, and tables of figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from engine.conditions import Condition, Test, compiled, topics


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


def gate(identity: str, because: str, met_by: Condition) -> Gate:
    return Gate(id=identity, because=because, met_by=met_by, test=compiled(met_by), topics=topics(met_by))

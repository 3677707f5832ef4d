"""A sales pipeline as data: its stages with their gates, the rules that move deals, and every threshold."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from math import ceil, floor
from pathlib import Path
from typing import Any

from engine.calendar import Calendar, lasting, rounded
from engine.conditions import Test
from engine.errors import Mistake, PipelineError
from engine.parts import Alerts, Closed, CloseDateRules, Gate, GatePolicy, HealthPoints, Rule, Stage

__all__ = ["SHIPPED", "Pipeline", "pipeline_text", "shipped", "version_of"]

SHIPPED = Path(__file__).parent / "pipelines"


def shipped() -> tuple[str, ...]:
    """The names of the pipelines that ship."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.toml") if not path.stem.endswith(".cases")))


def pipeline_text(name_or_path: str | Path) -> str:
    """The file of a pipeline that ships, or of a path; raises OSError with what was expected, or PipelineError where
    the file is no text."""
    ours = isinstance(name_or_path, str) and name_or_path in shipped()
    path = SHIPPED / f"{name_or_path}.toml" if ours else Path(name_or_path)
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        expected = f"expected the file of a pipeline, or one that ships: {', '.join(shipped())}"
        raise FileNotFoundError(errno.ENOENT, f"no such file; {expected}", str(name_or_path)) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        mend = "Save the file as UTF-8."
        mistake = Mistake(line=line, field="the file", problem="this is no text in UTF-8", mend=mend)
        raise PipelineError(str(name_or_path), (mistake,)) from None


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
    approvals_expire_days: int | None

    @classmethod
    def load(cls, name_or_path: str | Path) -> Pipeline:
        """A pipeline that ships (`b2b`, `b2b-rules`, `lead`) or a file; raises PipelineError, or OSError."""
        return cls.from_text(pipeline_text(name_or_path), source=str(name_or_path))

    @classmethod
    def from_text(cls, text: str, *, source: str = "pipeline") -> Pipeline:
        """A pipeline from TOML; raises PipelineError, which names each mistake with its line and its mend."""
        from engine.pipeline_file import pipeline_from_text

        return pipeline_from_text(text, source=source)

    def to_json(self) -> dict[str, Any]:
        """Everything that is in it, what its file leaves out included."""
        from engine.pipeline_json import pipeline_json

        return pipeline_json(self)

    @cached_property
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


def version_of(document: Mapping[str, Any]) -> str:
    """Twelve hexadecimal digits that change whenever anything but comments and layout does."""
    import json

    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()[:12]

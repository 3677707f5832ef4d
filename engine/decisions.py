"""What the engine concludes: one record for every change, with its rule, its events and one plain sentence why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

__all__ = ["Decision", "DecisionType", "iso"]


class DecisionType(StrEnum):
    STAGE_ADVANCED = "stage_advanced"
    ADVANCE_HELD = "advance_held"
    STAGE_REGRESSED = "stage_regressed"
    REGRESSION_SCHEDULED = "regression_scheduled"
    REGRESSION_CANCELLED = "regression_cancelled"
    PROBABILITY_CHANGED = "probability_changed"
    CLOSE_DATE_MOVED = "close_date_moved"
    FIELD_UPDATED = "field_updated"
    FLAGGED = "flagged"
    ALERT = "alert"
    APPROVAL_REQUESTED = "approval_requested"
    GATE_MET = "gate_met"
    GATE_LOST = "gate_lost"
    WORKFLOW_TRIGGERED = "workflow_triggered"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`at` is when it was due, in UTC; `source` is the `from` of the JSON; `cause` tells it from others of its kind."""

    type: DecisionType
    deal_id: str
    at: dt.datetime
    rule: str
    source: Any
    to: Any
    events: tuple[str, ...]
    why: str
    data: Mapping[str, Any]
    cause: object = field(default=None, compare=False, repr=False)

    def to_json(self) -> dict[str, Any]:
        return {
            "type": self.type.value,
            "deal_id": self.deal_id,
            "at": iso(self.at),
            "rule": self.rule,
            "from": self.source,
            "to": self.to,
            "events": list(self.events),
            "why": self.why,
            "data": dict(self.data),
        }


def iso(moment: dt.datetime) -> str:
    """A moment in UTC, as everywhere in the output: 2026-09-11T09:00:00Z."""
    return moment.isoformat().replace("+00:00", "Z")

"""The eight kinds of signal: what a buyer can be heard to say, and what each of them holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self

from signals import decode
from signals.conversation import Side
from signals.errors import DecodeError
from signals.evidence import Evidence
from signals.money import Money
from signals.period import Period


class BudgetStatus(StrEnum):
    STATED = "stated"
    PENDING = "pending"
    APPROVED = "approved"
    REDUCED = "reduced"
    CANCELLED = "cancelled"
    NONE = "none"


class PricingStatus(StrEnum):
    QUOTED = "quoted"
    OBJECTED = "objected"
    COUNTERED = "countered"
    AGREED = "agreed"


class DateRole(StrEnum):
    CLOSE = "close"
    GO_LIVE = "go_live"
    NEXT_STEP = "next_step"
    RENEWAL = "renewal"
    EVALUATION = "evaluation"
    BUDGET_CYCLE = "budget_cycle"


class DateChange(StrEnum):
    SET = "set"
    LATER = "later"
    EARLIER = "earlier"


class Relation(StrEnum):
    INCUMBENT = "incumbent"
    EVALUATING = "evaluating"
    FAVORED = "favored"
    SELECTED = "selected"
    REJECTED = "rejected"
    MENTIONED = "mentioned"


class ChampionStatus(StrEnum):
    ADVOCATING = "advocating"
    AT_RISK = "at_risk"
    LOST = "lost"


class StakeholderChange(StrEnum):
    IDENTIFIED = "identified"
    JOINED = "joined"
    LEFT = "left"
    ROLE_CHANGED = "role_changed"
    UNRESPONSIVE = "unresponsive"


class StakeholderRole(StrEnum):
    ECONOMIC_BUYER = "economic_buyer"
    DECISION_MAKER = "decision_maker"
    INFLUENCER = "influencer"
    TECHNICAL = "technical"
    SECURITY = "security"
    LEGAL = "legal"
    PROCUREMENT = "procurement"
    FINANCE = "finance"
    EXECUTIVE_SPONSOR = "executive_sponsor"
    BLOCKER = "blocker"
    USER = "user"


class Element(StrEnum):
    METRICS = "metrics"
    PAIN = "pain"
    DECISION_CRITERIA = "decision_criteria"
    DECISION_PROCESS = "decision_process"


class MilestoneKind(StrEnum):
    DEMO_COMPLETED = "demo_completed"
    PROPOSAL_REQUESTED = "proposal_requested"
    PROPOSAL_SENT = "proposal_sent"
    SECURITY_REVIEW_REQUESTED = "security_review_requested"
    SECURITY_REVIEW_COMPLETED = "security_review_completed"
    TECHNICAL_VALIDATION_COMPLETED = "technical_validation_completed"
    LEGAL_REVIEW_REQUESTED = "legal_review_requested"
    LEGAL_REVIEW_COMPLETED = "legal_review_completed"
    PROCUREMENT_ENGAGED = "procurement_engaged"
    REFERENCE_REQUESTED = "reference_requested"
    REFERENCE_COMPLETED = "reference_completed"
    PILOT_STARTED = "pilot_started"
    PILOT_SUCCEEDED = "pilot_succeeded"
    PILOT_FAILED = "pilot_failed"
    CONTRACT_REQUESTED = "contract_requested"
    CONTRACT_SENT = "contract_sent"
    CONTRACT_SIGNED = "contract_signed"
    VERBAL_COMMITMENT = "verbal_commitment"
    IMPLEMENTATION_PLAN_AGREED = "implementation_plan_agreed"
    NEXT_STEP_AGREED = "next_step_agreed"
    DEAL_PAUSED = "deal_paused"
    DEAL_LOST = "deal_lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What every signal has: where it was said, by whom, how sure the reading is, and what found it.

    `confidence` is a probability in [0, 1]; `found_by` names the phrase or the model's head; `language` codes and
    the like are no business of a signal.
    """

    type: ClassVar[str]

    evidence: tuple[Evidence, ...] = ()
    speaker: str | None = None
    side: Side | None = None
    confidence: float = 1.0
    found_by: str | None = None

    def __post_init__(self) -> None:
        if not 0.0 <= self.confidence <= 1.0:
            raise DecodeError("confidence", self.confidence, "a probability from 0 to 1")

    @classmethod
    def from_json(cls, value: object) -> Self:
        source = decode.as_object(value)
        return cls(**cls._fields(source), **_said(source))

    @classmethod
    def _fields(cls, source: Mapping[str, Any]) -> dict[str, Any]:
        raise DecodeError("type", source.get("type"), "a kind of signal")

    def _facts(self) -> dict[str, Any]:
        return {}

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {"type": self.type, **self._facts()}
        out["evidence"] = [piece.to_json() for piece in self.evidence]
        out["speaker"], out["side"] = self.speaker, None if self.side is None else self.side.value
        out["confidence"] = round(self.confidence, 4)
        if self.found_by is not None:
            out["found_by"] = self.found_by
        return out


def _said(source: Mapping[str, Any]) -> dict[str, Any]:
    confidence = decode.optional_number(source, "confidence")
    return {
        "evidence": decode.items(source, "evidence", Evidence.from_json),
        "speaker": decode.optional_text(source, "speaker"),
        "side": None if source.get("side") == "unknown" else decode.optional_choice(source, "side", Side),
        "confidence": 1.0 if confidence is None else confidence,
        "found_by": decode.optional_text(source, "found_by"),
    }


def _amount(source: Mapping[str, Any]) -> Money | None:
    return None if source.get("amount") is None else decode.within(source, "amount", Money.from_json)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget(Said):
    """The money the buyer has, seeks or lost for this purchase."""

    type: ClassVar[str] = "budget"

    status: BudgetStatus
    amount: Money | None = None

    @classmethod
    def _fields(cls, source: Mapping[str, Any]) -> dict[str, Any]:
        return {"status": decode.choice(source, "status", BudgetStatus), "amount": _amount(source)}

    def _facts(self) -> dict[str, Any]:
        return {"status": self.status.value, "amount": None if self.amount is None else self.amount.to_json()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pricing(Said):
    """The price of the seller's offer: named, found too high, countered, agreed."""

    type: ClassVar[str] = "pricing"

    status: PricingStatus
    amount: Money | None = None

    @classmethod
    def _fields(cls, source: Mapping[str, Any]) -> dict[str, Any]:
        return {"status": decode.choice(source, "status", PricingStatus), "amount": _amount(source)}

    def _facts(self) -> dict[str, Any]:
        return {"status": self.status.value, "amount": None if self.amount is None else self.amount.to_json()}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDate(Said):
    """A date that matters to the deal (`"type": "date"` in JSON)."""

    type: ClassVar[str] = "date"

    role: DateRole
    period: Period
    change: DateChange = DateChange.SET

    @classmethod
    def _fields(cls, source: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "role": decode.choice(source, "role", DateRole),
            "period": Period(*ordered_days(source)),
            "change": decode.optional_choice(source, "change", DateChange) or DateChange.SET,
        }

    def _facts(self) -> dict[str, Any]:
        return {"role": self.role.value, **self.period.to_json(), "change": self.change.value}


def ordered_days(source: Mapping[str, Any]) -> tuple[dt.date, dt.date]:
    return decode.day(source, "start"), decode.day(source, "end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Competitor(Said):
    """An alternative to the seller that the buyer has, weighs or weighed; `in-house` is building it themselves."""

    type: ClassVar[str] = "competitor"

    name: str
    relation: Relation

    @classmethod
    def _fields(cls, source: Mapping[str, Any]) -> dict[str, Any]:
        return {"name": decode.name(source, "name"), "relation": decode.choice(source, "relation", Relation)}

    def _facts(self) -> dict[str, Any]:
        return {"name": self.name, "relation": self.relation.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Champion(Said):
    """A buyer-side person who sells this inside."""

    type: ClassVar[str] = "champion"

    person: str
    status: ChampionStatus

    @classmethod
    def _fields(cls, source: Mapping[str, Any]) -> dict[str, Any]:
        return {"person": decode.name(source, "person"), "status": decode.choice(source, "status", ChampionStatus)}

    def _facts(self) -> dict[str, Any]:
        return {"person": self.person, "status": self.status.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stakeholder(Said):
    """Who is part of the decision, and how that changes. One of `person` and `title` is always told."""

    type: ClassVar[str] = "stakeholder"

    person: str | None
    title: str | None
    change: StakeholderChange
    role: StakeholderRole | None = None
    successor: str | None = None

    @classmethod
    def _fields(cls, source: Mapping[str, Any]) -> dict[str, Any]:
        person, title = decode.optional_text(source, "person"), decode.optional_text(source, "title")
        if not (person or "").strip() and not (title or "").strip():
            raise DecodeError("person", person, "a person or a title")
        return {
            "person": person,
            "title": title,
            "change": decode.choice(source, "change", StakeholderChange),
            "role": decode.optional_choice(source, "role", StakeholderRole),
            "successor": decode.optional_text(source, "successor"),
        }

    def _facts(self) -> dict[str, Any]:
        out: dict[str, Any] = {"person": self.person, "title": self.title, "change": self.change.value}
        out["role"] = None if self.role is None else self.role.value
        if self.successor is not None:
            out["successor"] = self.successor
        return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification(Said):
    """MEDDIC evidence that is not a fact of another kind."""

    type: ClassVar[str] = "qualification"

    element: Element

    @classmethod
    def _fields(cls, source: Mapping[str, Any]) -> dict[str, Any]:
        return {"element": decode.choice(source, "element", Element)}

    def _facts(self) -> dict[str, Any]:
        return {"element": self.element.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone(Said):
    """A step of the deal that was asked for or done."""

    type: ClassVar[str] = "milestone"

    kind: MilestoneKind

    @classmethod
    def _fields(cls, source: Mapping[str, Any]) -> dict[str, Any]:
        return {"kind": decode.choice(source, "kind", MilestoneKind)}

    def _facts(self) -> dict[str, Any]:
        return {"kind": self.kind.value}


Signal = Budget | Pricing | KeyDate | Competitor | Champion | Stakeholder | Qualification | Milestone

KINDS: dict[str, type[Signal]] = {
    kind.type: kind for kind in (Budget, Pricing, KeyDate, Competitor, Champion, Stakeholder, Qualification, Milestone)
}


def signal_from_json(value: object) -> Signal:
    """A signal of any kind; raises DecodeError, naming the field, for anything else."""
    source = decode.as_object(value)
    kind = KINDS.get(str(source.get("type")))
    if kind is None:
        raise DecodeError("type", source.get("type"), "one of " + ", ".join(KINDS))
    return kind.from_json(source)

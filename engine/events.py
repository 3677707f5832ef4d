"""What happens to a deal: one frozen type for each kind of event. `decode.py` reads them from JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from signals import MilestoneKind, Signal

__all__ = ["Body", "Event", "Quote"]


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Purpose(StrEnum):
    DISCOVERY = "discovery"
    DEMO = "demo"
    TECHNICAL = "technical"
    EXECUTIVE = "executive"
    REFERENCE = "reference"
    OTHER = "other"


class ContactSide(StrEnum):
    BUYER = "buyer"
    SELLER = "seller"


class DocumentKind(StrEnum):
    PROPOSAL = "proposal"
    CONTRACT = "contract"


@dataclass(frozen=True, slots=True, kw_only=True)
class DealFacts:
    """What a CRM holds of a deal; None where it says nothing. `said` names the fields that were in the event."""

    said: frozenset[str]
    name: str | None = None
    account: str | None = None
    owner: str | None = None
    manager: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    stage: str | None = None
    close_date: dt.date | None = None
    expected_amount: Decimal | None = None
    rep_probability: float | None = None
    fiscal_year_start_month: int | None = None
    industry: str | None = None
    size: str | int | float | None = None
    lead_score: float | None = None
    loss_reason: str | None = None
    lost_to: str | None = None
    lessons: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DealCreated:
    facts: DealFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class DealUpdated:
    facts: DealFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    direction: Direction
    contacts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A call, or a meeting where `meeting`."""

    meeting: bool
    minutes: float
    contacts: tuple[str, ...]
    purpose: Purpose | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingScheduled:
    meeting: str
    at: dt.datetime
    contacts: tuple[str, ...]
    purpose: Purpose | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingCancelled:
    meeting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAdded:
    person: str
    title: str | None
    role: str | None
    side: ContactSide


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalHeard:
    """`lost` holds what a lost deal's signal may say beside: `loss_reason`, `lost_to`, `lessons`."""

    signal: Signal
    lost: DealFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneRecorded:
    kind: MilestoneKind
    lost: DealFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSent:
    document: DocumentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentViewed:
    document: DocumentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class EsignSent:
    envelope: str
    document: DocumentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class EsignCompleted:
    envelope: str
    document: DocumentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class EsignDeclined:
    envelope: str
    document: DocumentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class StageOverride:
    to: str
    reason: str | None
    by: str | None
    approved_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegressionOverride:
    regression: str
    reason: str | None
    by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalGranted:
    approval: str
    by: str | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRefused:
    approval: str
    by: str | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageJustified:
    by: str | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraction:
    event: str
    by: str | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Time has come; nothing else."""


Body = (
    DealCreated
    | DealUpdated
    | Email
    | Conversation
    | MeetingScheduled
    | MeetingCancelled
    | ContactAdded
    | SignalHeard
    | MilestoneRecorded
    | DocumentSent
    | DocumentViewed
    | EsignSent
    | EsignCompleted
    | EsignDeclined
    | StageOverride
    | RegressionOverride
    | ApprovalGranted
    | ApprovalRefused
    | StageJustified
    | Retraction
    | Clock
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words carried along so that a person can see what a decision rests on."""

    conversation: str | None
    segments: tuple[int, ...]
    text: str
    speaker: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a deal. `occurred_at` is in UTC; `json` is the object it was read from."""

    id: str
    deal_id: str
    type: str
    occurred_at: dt.datetime
    source: str | None
    body: Body
    quotes: tuple[Quote, ...]
    json: Mapping[str, Any]

    @classmethod
    def from_json(cls, value: object) -> Event:
        """Reads an event; raises EventError, which names the event, the field, the value and what was expected."""
        from engine.decode import event_from_json

        return event_from_json(value)

    def to_json(self) -> dict[str, Any]:
        return dict(self.json)

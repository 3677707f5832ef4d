"""The events that other systems may send, and the fields that each may have, for the doors that take any sender's.

What people decide (overrides, approvals, retractions) and what was said (signals) comes by other calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["TYPES", "Field", "Kind"]


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole"
    DAY = "day"
    TIME = "time"
    TEXTS = "texts"


@dataclass(frozen=True, slots=True)
class Field:
    kind: Kind
    required: bool = False
    options: tuple[str, ...] = ()


TEXT, NUMBER = Field(Kind.TEXT), Field(Kind.NUMBER)
CONTACTS = Field(Kind.TEXTS)
PURPOSE = Field(Kind.TEXT, options=("discovery", "demo", "technical", "executive", "reference", "other"))
DOCUMENT = ("proposal", "contract")
DEAL = {
    "name": TEXT,
    "account": TEXT,
    "owner": TEXT,
    "manager": TEXT,
    "amount": NUMBER,
    "currency": TEXT,
    "stage": TEXT,
    "close_date": Field(Kind.DAY),
    "expected_amount": NUMBER,
    "rep_probability": NUMBER,
    "fiscal_year_start_month": Field(Kind.WHOLE),
    "industry": TEXT,
    "size": TEXT,
    "lead_score": NUMBER,
}
LOST = {"loss_reason": TEXT, "lost_to": TEXT, "lessons": TEXT}
TALK = {"minutes": NUMBER, "contacts": CONTACTS, "purpose": PURPOSE}
ESIGN = {"envelope": TEXT, "document": Field(Kind.TEXT, options=DOCUMENT)}
MEETING = Field(Kind.TEXT, required=True)

TYPES: dict[str, dict[str, Field]] = {
    "deal.created": DEAL,
    "deal.updated": DEAL | LOST,
    "activity.email": {
        "direction": Field(Kind.TEXT, required=True, options=("inbound", "outbound")),
        "contacts": CONTACTS,
    },
    "activity.call": TALK,
    "activity.meeting": TALK,
    "meeting.scheduled": {
        "meeting": MEETING,
        "at": Field(Kind.TIME, required=True),
        "contacts": CONTACTS,
        "purpose": PURPOSE,
    },
    "meeting.cancelled": {"meeting": MEETING},
    "contact.added": {
        "person": Field(Kind.TEXT, required=True),
        "title": TEXT,
        "role": TEXT,
        "side": Field(Kind.TEXT, options=("buyer", "seller")),
    },
    "milestone": {"kind": Field(Kind.TEXT, required=True)} | LOST,
    "document.sent": {"document": Field(Kind.TEXT, required=True, options=DOCUMENT)},
    "document.viewed": {"document": Field(Kind.TEXT, required=True, options=DOCUMENT)},
    "esign.sent": ESIGN,
    "esign.completed": ESIGN,
    "esign.declined": ESIGN,
}

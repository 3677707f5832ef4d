"""What the endpoints answer with, and the examples that the OpenAPI description shows."""

from __future__ import annotations

from typing import Any

from service.store.conversations import Stored
from service.store.deals import StoredDeal
from service.store.signals import StoredSignal

__all__ = ["conversation", "deal", "errors", "request_body", "response", "signal"]

Json = dict[str, Any]


def signal(stored: StoredSignal) -> Json:
    """A signal with its review state and where it comes from."""
    return {
        "id": str(stored.id),
        "state": stored.state,
        "deal": stored.deal,
        "conversation": stored.conversation,
        "occurred_at": stored.occurred_at.isoformat(),
        "pending_because": stored.pending_because if stored.state == "pending" else None,
        **stored.content,
    }


def conversation(stored: Stored) -> Json:
    """What became of a conversation, without its words."""
    return {
        "id": stored.id,
        "state": stored.state,
        "reason": stored.reason,
        "deal": stored.deal,
        "received_at": stored.received_at.isoformat(),
        "read_at": None if stored.read_at is None else stored.read_at.isoformat(),
    }


def deal(stored: StoredDeal) -> Json:
    """A deal's state in the engine's shape, with its id; `state` is all null for one that nothing has created yet."""
    return {
        "id": stored.id,
        "version": stored.version,
        "updated_at": stored.updated_at.isoformat(),
        **(stored.state or {"stage": None}),
    }


CONVERSATION = {
    "id": "c-001",
    "kind": "call",
    "occurred_at": "2026-03-12T15:00:00-05:00",
    "deal": {"id": "D-7", "account": "Brightwater Foods", "seller": "Northstar Analytics", "currency": "USD"},
    "participants": [
        {"id": "p1", "name": "Dana Reyes", "title": "VP Operations", "side": "buyer"},
        {"id": "p2", "name": "Sam Okoro", "title": "Account Executive", "side": "seller"},
    ],
    "segments": [
        {"speaker": "p2", "start": 0.0, "end": 3.4, "text": "Where did the budget land?"},
        {"speaker": "p1", "start": 3.6, "end": 8.2, "text": "Finance signed off on one twenty a year for this."},
    ],
}

SIGNAL = {
    "id": "0199c7a0-5f1e-7cc3-9d1a-1b2c3d4e5f60",
    "state": "accepted",
    "deal": "D-7",
    "conversation": "c-001",
    "occurred_at": "2026-03-12T20:00:00+00:00",
    "pending_because": None,
    "type": "budget",
    "status": "approved",
    "amount": {"low": 120000, "high": 120000, "currency": "USD", "per": "year"},
    "evidence": [{"segment": 1, "start": 0, "end": 48, "text": "Finance signed off on one twenty a year for this"}],
    "speaker": "p1",
    "side": "buyer",
    "confidence": 0.94,
}

DEAL = {
    "id": "D-7",
    "version": 5,
    "stage": "identified",
    "probability": 9,
    "gates": {"identified": {"first_contact": True, "role_verified": False}},
    "scheduled": [],
    "approvals": [],
    "flags": [],
}

DECISION = {
    "type": "advance_held",
    "deal_id": "D-7",
    "at": "2026-03-12T20:00:03.604Z",
    "rule": "milestone.budget_approved",
    "from": "identified",
    "to": "negotiation",
    "events": ["c-001:3"],
    "why": "The budget was approved; identified still waits for role_verified.",
    "data": {"missing": ["role_verified"]},
    "quotes": [
        {
            "event": "c-001:3",
            "conversation": "c-001",
            "segments": [1],
            "text": "Finance signed off on one twenty a year",
        }
    ],
}

EVENT = {
    "id": "crm-881",
    "deal_id": "D-7",
    "type": "deal.created",
    "occurred_at": "2026-03-01T09:00:00Z",
    "source": "crm",
    "data": {"name": "Fleet analytics", "account": "Brightwater Foods", "amount": 120000, "currency": "USD"},
}

PROBLEM = {
    "type": "urn:telltale:problem:invalid",
    "title": "The content is not what was expected",
    "status": 422,
    "detail": "segments[1].speaker: expected the id of a participant (p1, p2), or null, got 'p9'",
    "field": "segments[1].speaker",
    "value": "'p9'",
    "expected": "the id of a participant (p1, p2), or null",
    "instance": "/v1/conversations",
}

REASONS = {
    400: "the body cannot be read at all",
    404: "there is none",
    409: "the id is known with other content; nothing was changed",
    413: "the body is larger than TELLTALE_MAX_BODY",
    415: "the media type is none that is read here",
    422: "what was sent is not what was expected; the problem names the field",
}


def response(description: str, example: Any) -> Json:
    return {"description": description, "content": {"application/json": {"schema": {}, "example": example}}}


def errors(*statuses: int) -> dict[int | str, Json]:
    """The problems that an endpoint may answer with."""
    schema = {"type": "object", "required": ["type", "title", "status", "detail"]}
    content = {"application/problem+json": {"schema": schema, "example": PROBLEM}}
    return {status: {"description": REASONS[status], "content": content} for status in statuses}


def request_body(example: Any, *media_types: str) -> Json:
    """The description of a body that the endpoint reads itself."""
    types = media_types or ("application/json",)
    content = {
        type: {"schema": {"type": "object" if "json" in type else "string"}, "example": example} for type in types
    }
    return {"requestBody": {"required": True, "content": content}}

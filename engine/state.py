"""A deal's state as the world sees it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.close_date import close_date_of
from engine.deal import Approval, Deal, Scheduled
from engine.decisions import iso
from engine.health import COMPONENTS
from engine.pipeline import Pipeline
from signals.decode import plain_number


def state_json(deal: Deal, pipeline: Pipeline) -> dict[str, Any]:
    """The state of a deal as of its newest event."""
    stage = pipeline.stages[deal.stage]
    day = close_date_of(deal, pipeline, deal.now)
    close = deal.close
    return {
        "stage": stage.id,
        "probability": deal.probability,
        "close_date": None if day is None else day.isoformat(),
        "amount": number(deal.facts.get("amount")),
        "budget": budget(deal),
        "gates": gates(deal, pipeline),
        "health": {"total": deal.health, "components": dict(zip(COMPONENTS, deal.components, strict=True))},
        "flags": list(deal.flags),
        "scheduled": [scheduled(waiting) for waiting in deal.scheduled],
        "approvals": [approval(waiting, pipeline) for waiting in deal.approvals],
        "entered_stage_at": iso(deal.entered_at),
        "conversation_mode": stage.mode,
        "what_to_do": stage.what_to_do,
        "currency": deal.currency,
        "name": deal.facts.get("name"),
        "account": deal.facts.get("account"),
        "owner": deal.facts.get("owner"),
        "manager": deal.facts.get("manager"),
        "expected_amount": number(deal.facts.get("expected_amount")),
        "rep_probability": deal.facts.get("rep_probability"),
        "rep_close_date": None if close.rep is None else close.rep.isoformat(),
        "original_close_date": None if close.original is None else close.original.isoformat(),
        "close_date_basis": basis(deal),
        "close_date_changes": close.changes,
        "close_date_accuracy": close.accuracy,
        "increments": deal.increments.get(deal.stage, 0),
        "missing_data": list(deal.missing),
        "competitors": {name: relation.value for name, relation in deal.competitors.values()},
        "contacts": contacts(deal),
        "paused": deal.paused_at is not None,
        "loss_reason": deal.facts.get("loss_reason"),
        "lost_to": deal.facts.get("lost_to"),
        "created_at": iso(deal.created_at),
        "closed_at": None if deal.closed_at is None else iso(deal.closed_at),
        "as_of": iso(deal.now),
    }


def number(value: object) -> int | float | None:
    return plain_number(value) if isinstance(value, Decimal) else None


def budget(deal: Deal) -> dict[str, Any] | None:
    if deal.budget is None:
        return None
    amount = deal.budget_amount
    return {"status": deal.budget.value, "amount": None if amount is None else amount.to_json()}


def gates(deal: Deal, pipeline: Pipeline) -> dict[str, dict[str, bool]]:
    out: dict[str, dict[str, bool]] = {stage.id: {} for stage in pipeline.stages if stage.closed is None}
    for (stage, gate), met in zip(pipeline.gates, deal.gates, strict=True):
        out[pipeline.stages[stage].id][gate.id] = met
    return out


def basis(deal: Deal) -> str:
    close = deal.close
    if close.real is not None:
        return "closed"
    if close.frozen is not None:
        return "awaits approval"
    return "stated" if close.stated is not None else "automatic"


def scheduled(waiting: Scheduled) -> dict[str, Any]:
    out = {"rule": waiting.rule, "due": iso(waiting.due), "regression": waiting.event, "person": waiting.person}
    return {**out, "events": list(waiting.events)}


def approval(waiting: Approval, pipeline: Pipeline) -> dict[str, Any]:
    asked: object = pipeline.stages[waiting.to].id if waiting.kind == "move" else str(waiting.day)
    return {
        "approval": waiting.event,
        "kind": waiting.kind,
        "rule": waiting.rule,
        "to": asked,
        "asked_at": iso(waiting.at),
        "by": waiting.by,
        "reason": waiting.reason,
    }


def contacts(deal: Deal) -> list[dict[str, Any]]:
    return [
        {
            "person": person.name,
            "title": person.title,
            "role": person.role,
            "side": "buyer" if person.side_buyer else "seller",
            "engaged": person.engaged,
            "champion": None if person.champion is None else person.champion.value,
            "left": person.left,
        }
        for person in deal.people.values()
    ]

"""Events from other systems."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from service.api import shapes
from service.api.bodies import JsonBody
from service.api.principal import AsIngest, Caller, Role
from service.api.problems import refused
from service.api.seen import check_oversees
from service.flows.append_events import append_events
from service.flows.assign_event import settle_waiting
from service.flows.check_events import check_events
from service.store import audit

__all__ = ["router"]

router = APIRouter(tags=["events"])

BATCH = {"events": [shapes.EVENT]}
ANSWER = {
    "accepted": ["crm-881"],
    "known": [],
    "refused": [{"place": "events[1]", "field": "type", "expected": "a type of event"}],
    "decisions": [shapes.DECISION],
}


@router.post(
    "/v1/events",
    responses={
        200: shapes.response("stored and folded; bad ones are named and the others kept", ANSWER),
        **shapes.errors(400, 413, 415, 422),
    },
    openapi_extra=shapes.request_body(BATCH),
)
async def post_events(caller: AsIngest, body: JsonBody) -> JSONResponse:
    """One event, a list, `{"events": [...]}`, or one a line. Ids that are known are ignored."""
    return await run_in_threadpool(take, caller, body)


def take(caller: Caller, body: bytes) -> JSONResponse:
    check_oversees(caller)
    good, bad = check_events(caller.context.pipeline, body)
    if not good:
        raise refused(bad)
    for event in good:
        audit.about(deal=event["deal_id"])
    appended = append_events(caller.context, good)
    if any(event["type"] == "deal.created" or "external_ids" in (event.get("data") or {}) for event in good):
        settle_waiting(caller.context)
    problems = [
        {"place": each.place, "field": each.field or None, "expected": each.expected, "detail": each.reason}
        for each in bad
    ]
    # Who only posts hears what became of what was sent, and nothing of the deals.
    reads = caller.principal.role is not Role.INGEST
    answer: dict[str, Any] = {
        "accepted": list(appended.added),
        "known": list(appended.known),
        "refused": problems,
        "decisions": list(appended.decisions) if reads else [],
    }
    return JSONResponse(answer)

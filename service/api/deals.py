"""Deals: where they stand, why, and what people decide."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from service.api import shapes
from service.api.bodies import JsonBody, json_value
from service.api.principal import AsRep, Caller, Role, check_role
from service.api.problems import not_found, unprocessable
from service.api.seen import sees
from service.flows.override_stage import override_stage
from service.flows.timeline import told
from service.store import deals, decisions
from signals import DecodeError

__all__ = ["router"]

router = APIRouter(tags=["deals"])

Limit = Annotated[int, Query(ge=1, le=1000, description="how many a page")]

OVERRIDE = {"to": "proposal", "reason": "they asked for the proposal in the lift", "by": "ana"}


@router.get(
    "/v1/deals",
    responses={200: shapes.response("a page of deals", {"deals": [shapes.DEAL], "next": None}), **shapes.errors(422)},
)
def get_deals(
    caller: AsRep,
    stage: Annotated[str | None, Query(description="in this stage")] = None,
    cursor: Annotated[str | None, Query(description="`next` of the page before")] = None,
    limit: Limit = 100,
) -> JSONResponse:
    """Deals by id, each with its whole state."""
    context = caller.context
    with context.database.connect() as connection:
        owners = caller.principal.owners
        found = deals.find(connection, context.workspace, stage=stage, after=cursor, most=limit + 1, owners=owners)
    page = found[:limit]
    more = page[-1].id if len(found) > limit else None
    return JSONResponse({"deals": [shapes.deal(each) for each in page], "next": more})


@router.get(
    "/v1/deals/{id:path}/timeline",
    responses={
        200: shapes.response("a page of decisions", {"deal": "D-7", "decisions": [shapes.DECISION], "next": None}),
        **shapes.errors(404, 422),
    },
)
def get_timeline(
    caller: AsRep,
    id: str,
    cursor: Annotated[int, Query(ge=0, le=2**62, description="`next` of the page before")] = 0,
    limit: Limit = 1000,
) -> JSONResponse:
    """Every decision in the order in which it was taken: its rule, why, its events, and the words that were said."""
    context = caller.context
    with context.database.connect() as connection:
        if not sees(connection, caller, id) or deals.get(connection, context.workspace, id) is None:
            raise not_found("deal", id)
        found = decisions.of_deal(connection, context.workspace, id, after=cursor, most=limit + 1)
        page = found[:limit]
        lines = told(connection, context.workspace, page)
    more = page[-1].seq if len(found) > limit else None
    return JSONResponse({"deal": id, "decisions": lines, "next": more})


@router.post(
    "/v1/deals/{id:path}/override",
    responses={
        200: shapes.response("what came of it", {"deal": shapes.DEAL, "decisions": [shapes.DECISION]}),
        **shapes.errors(400, 404, 413, 415, 422),
    },
    openapi_extra=shapes.request_body(OVERRIDE),
)
async def post_override(caller: AsRep, id: str, body: JsonBody) -> JSONResponse:
    """A person moves the deal. More than one stage forward without `approved_by` waits for the manager's approval."""
    return await run_in_threadpool(override, caller, id, json_value(body))


def override(caller: Caller, id: str, value: Any) -> JSONResponse:
    with caller.context.database.connect() as connection:
        if not sees(connection, caller, id):
            raise not_found("deal", id)
    try:
        appended = override_stage(caller.context, id, told_by(caller, value))
    except DecodeError as error:
        raise unprocessable(error) from None
    if appended is None:
        raise not_found("deal", id)
    with caller.context.database.connect() as connection:
        deal = deals.get(connection, caller.context.workspace, id)
    assert deal is not None, "it was there a moment ago, and deals are never deleted"
    return JSONResponse({"deal": shapes.deal(deal), "decisions": list(appended.decisions)})


def told_by(caller: Caller, value: Any) -> Any:
    """The person whose key it is decides, whoever the body names; only a manager approves."""
    if not isinstance(value, dict):
        return value
    approves = value.get("approved_by") is not None
    if approves:
        check_role(caller.principal, Role.MANAGER)
    person = caller.principal.person
    if person is None:
        return value
    return value | {"by": person} | ({"approved_by": person} if approves else {})


@router.get(
    "/v1/deals/{id:path}",
    responses={200: shapes.response("the deal", shapes.DEAL), **shapes.errors(404)},
)
def get_deal(caller: AsRep, id: str) -> JSONResponse:
    """One deal's state, in the engine's shape."""
    context = caller.context
    with context.database.connect() as connection:
        deal = deals.get(connection, context.workspace, id) if sees(connection, caller, id) else None
    if deal is None:
        raise not_found("deal", id)
    return JSONResponse(shapes.deal(deal))

"""What deals ask for and a manager decides: moves of several stages, and much later close dates."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from service.api import shapes
from service.api.bodies import JsonBody, json_value
from service.api.principal import AsManager, AsRep, Caller
from service.api.problems import ProblemError, not_found, unprocessable
from service.api.seen import sees
from service.flows.answer_approval import NotWaitingError, answer_approval
from service.store import deal_cards, deals, events
from signals import DecodeError
from signals.decode import as_object, optional_text

__all__ = ["router"]

router = APIRouter(tags=["approvals"])

Json = dict[str, Any]

ANSWERS = ("grant", "refuse")
WAITING = {
    "approval": "override:0199c7a0-5f1e-7cc3-9d1a-1b2c3d4e5f60",
    "deal": "D-7",
    "account": "Brightwater Foods",
    "kind": "move",
    "rule": "override.stage",
    "from": "discovery",
    "to": "negotiation",
    "asked_at": "2026-03-12T20:00:00Z",
    "by": "ana@northstar.example",
    "reason": "they want the contract",
}


@router.get(
    "/v1/approvals",
    responses={200: shapes.response("what waits", {"approvals": [WAITING], "next": None}), **shapes.errors(422)},
)
def get_approvals(
    caller: AsRep,
    cursor: Annotated[str | None, Query(description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="how many deals a page")] = 100,
) -> JSONResponse:
    """What waits for a manager, deal by deal. `kind` is move or close_date; `to` the stage or the day asked for."""
    context = caller.context
    with context.database.connect() as connection:
        found = deal_cards.states_marked(
            connection,
            context.workspace,
            "approval_waiting",
            owners=caller.principal.owners,
            after=cursor,
            most=limit + 1,
        )
    page = found[:limit]
    waiting = [
        {"deal": deal, "account": state["account"], "from": state["stage"], **each}
        for deal, state in page
        for each in state["approvals"]
    ]
    return JSONResponse({"approvals": waiting, "next": page[-1][0] if len(found) > limit else None})


@router.post(
    "/v1/approvals/{id:path}",
    responses={
        200: shapes.response("what came of it", {"deal": shapes.DEAL, "decisions": [shapes.DECISION]}),
        **shapes.errors(400, 404, 409, 413, 415, 422),
    },
    openapi_extra=shapes.request_body({"answer": "grant", "reason": "they have signed with us before"}),
)
async def post_approval(caller: AsManager, id: str, body: JsonBody) -> JSONResponse:
    """A manager grants or refuses it: `{"answer": "grant" | "refuse", "reason"?}`; 409 once it waits no longer."""
    return await run_in_threadpool(answer, caller, id, json_value(body))


def answer(caller: Caller, id: str, value: Any) -> JSONResponse:
    try:
        source = as_object(value)
        if source.get("answer") not in ANSWERS:
            raise DecodeError("answer", source.get("answer"), "grant or refuse")
        reason = optional_text(source, "reason")
    except DecodeError as error:
        raise unprocessable(error) from None
    context, granted = caller.context, source["answer"] == "grant"
    with context.database.connect() as connection:
        asked = events.by_id(connection, context.workspace, [id]).get(id)
        if asked is None or not sees(connection, caller, asked.deal):
            raise not_found("approval", id)
    try:
        done = answer_approval(context, asked.deal, id, granted=granted, by=caller.principal.name, reason=reason)
    except NotWaitingError as error:
        raise ProblemError(error.status, "not-waiting", "It waits no longer", str(error), field="id") from None
    with context.database.connect() as connection:
        deal = deals.get(connection, context.workspace, asked.deal)
    if done is None or deal is None:
        raise not_found("approval", id)
    return JSONResponse({"deal": shapes.deal(deal), "decisions": list(done.decisions)})

"""What people say about a whole conversation: sides, where it belongs, that it is complete; and what reviews teach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from service.api import shapes
from service.api.bodies import JsonBody, json_value
from service.api.conversations import outcome
from service.api.principal import AsManager, AsRep, Caller
from service.api.problems import unprocessable
from service.api.review import plain
from service.api.review_shapes import check_seen, problem
from service.flows.read_again import correct_side, move_conversation, read_again
from service.flows.review_errors import ReviewError
from service.flows.signal_precision import precision
from service.flows.training_data import mark_complete
from service.flows.uncertain_signals import uncertain
from service.store import conversations
from signals import DecodeError
from signals.decode import as_object, name

__all__ = ["router"]

router = APIRouter(tags=["review"])

Json = dict[str, Any]

READ = {"id": "c-001", "state": "read", "signals": [shapes.SIGNAL], "decisions": [shapes.DECISION]}
ERRORS = shapes.errors(400, 404, 409, 413, 415, 422)


@router.post(
    "/v1/conversations/{conversation:path}/participants/{participant}/side",
    responses={200: shapes.response("the conversation, read again", READ), **ERRORS},
    openapi_extra=shapes.request_body({"side": "buyer", "reason": "he signs for them"}),
)
async def post_side(caller: AsRep, conversation: str, participant: str, body: JsonBody) -> JSONResponse:
    """Say on whose side somebody is (`buyer` or `seller`). It holds for good, and the conversation is read again."""

    def change(source: Any, by: str) -> tuple[Json, ...]:
        side, reason = name(source, "side"), plain(source, "reason")
        return correct_side(caller.context, conversation, participant, side, by=by, reason=reason)

    return await run_in_threadpool(changed, caller, conversation, json_value(body), change)


@router.post(
    "/v1/conversations/{conversation:path}/move",
    responses={200: shapes.response("the conversation, in its new deal", READ), **ERRORS},
    openapi_extra=shapes.request_body({"deal": "D-8", "reason": "it was about the other plant"}),
)
async def post_move(caller: AsRep, conversation: str, body: JsonBody) -> JSONResponse:
    """Move a conversation to another deal: it is taken back from its old one and added to the new one."""

    def change(source: Any, by: str) -> tuple[Json, ...]:
        deal = plain(source, "deal") or name(source, "deal")
        with caller.context.database.connect() as connection:
            check_seen(connection, caller, deal, "deal", deal)
        return move_conversation(caller.context, conversation, deal, by=by, reason=plain(source, "reason"))

    return await run_in_threadpool(changed, caller, conversation, json_value(body), change)


@router.post(
    "/v1/conversations/{conversation:path}/read-again",
    responses={200: shapes.response("the conversation, read again", READ), **ERRORS},
    openapi_extra=shapes.request_body({"reason": "a newer version reads better"}),
)
async def post_read_again(caller: AsRep, conversation: str, body: JsonBody) -> JSONResponse:
    """Read a conversation once more. What people decided about its signals stands."""

    def change(source: Any, by: str) -> tuple[Json, ...]:
        return read_again(caller.context, conversation, by=by, reason=plain(source, "reason"))

    return await run_in_threadpool(changed, caller, conversation, json_value(body), change)


@router.post(
    "/v1/conversations/{conversation:path}/complete",
    responses={200: shapes.response("the conversation", READ), **ERRORS},
    openapi_extra=shapes.request_body({"complete": True}),
)
async def post_complete(caller: AsRep, conversation: str, body: JsonBody) -> JSONResponse:
    """Say that every signal of the conversation is there and right, so that it can be learnt from; or not any more."""

    def change(source: Any, by: str) -> tuple[Json, ...]:
        complete = source.get("complete")
        if not isinstance(complete, bool):
            raise DecodeError("complete", complete, "true or false")
        mark_complete(caller.context, conversation, complete, by=by)
        return ()

    return await run_in_threadpool(changed, caller, conversation, json_value(body), change)


def changed(
    caller: Caller, conversation: str, value: Any, change: Callable[[Any, str], tuple[Json, ...]]
) -> JSONResponse:
    context = caller.context
    with context.database.connect() as connection:
        stored = conversations.get(connection, context.workspace, conversation)
        if stored is not None:
            check_seen(connection, caller, stored.deal, "conversation", conversation)
    try:
        decisions = change(as_object(value), caller.principal.name)
    except DecodeError as error:
        raise unprocessable(error) from None
    except ReviewError as error:
        raise problem(error) from None
    return JSONResponse(outcome(caller, conversation) | {"decisions": list(decisions)})


GROUP = {
    "reviewed": 40,
    "right": 36,
    "corrected": 3,
    "dismissed": 1,
    "precision": 0.9,
    "low": 0.7695,
    "high": 0.9604,
    "confidence": 0.88,
}


@router.get(
    "/v1/analytics/precision",
    responses={
        200: shapes.response(
            "how often signals were right", {"all": GROUP, "types": {"budget": GROUP}, "deciles": [GROUP], "added": 2}
        )
    },
)
def get_precision(caller: AsManager) -> JSONResponse:
    """How often signals were right by what people said of them: by type and by confidence, with 95 % intervals."""
    return JSONResponse(precision(caller.context))


@router.get(
    "/v1/training/uncertain",
    responses={200: shapes.response("signals", {"signals": [shapes.SIGNAL]}), **shapes.errors(422)},
)
def get_uncertain(
    caller: AsRep, limit: Annotated[int, Query(ge=1, le=500, description="how many")] = 50
) -> JSONResponse:
    """Signals that nobody has reviewed, those first whose confidence is closest to the threshold: they teach most."""
    found = uncertain(caller.context, most=limit, owners=caller.principal.owners)
    return JSONResponse({"signals": [shapes.signal(each) for each in found]})

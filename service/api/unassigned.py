"""Conversations whose deal is not known: seen with what speaks for which deal, and resolved by a person."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from service.api import shapes
from service.api.bodies import JsonBody, json_value
from service.api.conversations import outcome
from service.api.principal import AsRep, Caller
from service.api.problems import ProblemError, not_found, unprocessable
from service.api.routes import route
from service.api.seen import sees
from service.flows.assign_conversation import NotWaitingError, assign_conversation
from service.flows.dismiss_conversation import dismiss_conversation
from service.store import conversations, routing
from signals import DecodeError

__all__ = ["router"]

router = APIRouter(tags=["unassigned"])

Json = dict[str, Any]
State = Literal["waiting", "dismissed", "assigned", "taken"]

CANDIDATE = {
    "deal": "D-7",
    "account": "Brightwater Foods",
    "stage": "discovery",
    "score": 40,
    "reasons": [
        {"why": "contact", "text": "dana@brightwater.example is a contact of this deal", "points": 30, "decides": True},
        {
            "why": "time",
            "text": "2026-03-12 is within 14 days of the open deal's activity (2026-03-01 to 2026-03-10)",
            "points": 10,
            "decides": False,
        },
    ],
}
WAITING = {
    "conversation": "m1@brightwater.example",
    "url": "/v1/conversations/m1%40brightwater.example",
    "kind": "email",
    "occurred_at": "2026-03-12T20:00:00+00:00",
    "received_at": "2026-03-12T20:00:03+00:00",
    "subject": "Re: Proposal",
    "from": "dana@brightwater.example",
    "participants": [{"id": "dana@brightwater.example", "name": "Dana Reyes", "email": "dana@brightwater.example"}],
    "nature": "human",
    "route": {
        "state": "waiting",
        "deal": None,
        "reason": "D-7, D-9 come equally near: dana@brightwater.example is a contact of this deal",
        "candidates": [CANDIDATE],
    },
}
ASSIGNMENT = {"deal": "D-7", "learn": ["thread", "domain"], "by": "ana"}


@router.get(
    "/v1/unassigned",
    responses={
        200: shapes.response("a page of what waits", {"unassigned": [WAITING], "next": None}),
        **shapes.errors(422),
    },
)
def get_unassigned(
    caller: AsRep,
    state: Annotated[State, Query(description="what became of them")] = "waiting",
    cursor: Annotated[int, Query(ge=0, le=1 << 62, description="`next` of the page before")] = 0,
    limit: Annotated[int, Query(ge=1, le=500, description="how many a page")] = 100,
) -> JSONResponse:
    """Conversations that name no deal, in the order in which they were read, each with its candidates and reasons."""
    context = caller.context
    with context.database.connect() as connection:
        owners = caller.principal.owners
        found = routing.inbox(connection, context.workspace, state=state, after=cursor, most=limit + 1, owners=owners)
    page = found[:limit]
    more = page[-1].seq if len(found) > limit else None
    return JSONResponse({"unassigned": [entry(each) for each in page], "next": more})


def entry(item: routing.Item) -> Json:
    from urllib.parse import quote

    return {
        "conversation": item.route.conversation,
        "url": f"/v1/conversations/{quote(item.route.conversation)}",
        "kind": item.kind,
        "occurred_at": item.occurred_at.isoformat(),
        "received_at": item.received_at.isoformat(),
        **item.route.headline,
        "nature": (item.envelope or {}).get("nature"),
        "route": route(item.route),
    }


@router.post(
    "/v1/unassigned/{conversation:path}/assign",
    responses={
        200: shapes.response(
            "it was read into the deal",
            {"id": "m1@brightwater.example", "state": "read", "deal": "D-7", "learnt": [], "followed": []},
        ),
        **shapes.errors(400, 404, 409, 413, 415, 422),
    },
    openapi_extra=shapes.request_body(ASSIGNMENT),
)
async def assign(caller: AsRep, conversation: str, body: JsonBody) -> JSONResponse:
    """A person says to which deal it belongs. `learn` (thread, domain, email; the thread where nothing is said) makes
    later ones follow."""
    return await run_in_threadpool(assign_one, caller, conversation, json_value(body))


def assign_one(caller: Caller, conversation: str, value: Any) -> JSONResponse:
    check_conversation(caller, conversation)
    try:
        done = assign_conversation(caller.context, conversation, told_by(caller, value))
    except DecodeError as error:
        raise unprocessable(error) from None
    except NotWaitingError as error:
        raise not_waiting(conversation, error) from None
    if done is None:
        raise not_found("conversation", conversation)
    learnt = [{"kind": kind, "key": key} for kind, key in done.learnt]
    return JSONResponse(outcome(caller, conversation) | {"learnt": learnt, "followed": list(done.followed)})


@router.post(
    "/v1/unassigned/{conversation:path}/dismiss",
    responses={
        200: shapes.response("it waits no longer", {"id": "m1@brightwater.example", "state": "read", "deal": None}),
        **shapes.errors(400, 404, 409, 413, 415, 422),
    },
    openapi_extra=shapes.request_body({"reason": "a newsletter", "by": "ana"}),
)
async def dismiss(caller: AsRep, conversation: str, body: JsonBody) -> JSONResponse:
    """A person says that it belongs to no deal. It is kept, and can still be assigned."""
    return await run_in_threadpool(dismiss_one, caller, conversation, json_value(body))


def dismiss_one(caller: Caller, conversation: str, value: Any) -> JSONResponse:
    check_conversation(caller, conversation)
    try:
        known = dismiss_conversation(caller.context, conversation, told_by(caller, value))
    except DecodeError as error:
        raise unprocessable(error) from None
    except NotWaitingError as error:
        raise not_waiting(conversation, error) from None
    if not known:
        raise not_found("conversation", conversation)
    return JSONResponse(outcome(caller, conversation))


def check_conversation(caller: Caller, id: str) -> None:
    """Raises a ProblemError for a conversation that the caller does not see, the same as for one that there is not."""
    if caller.principal.owners is None:
        return
    with caller.context.database.connect() as connection:
        stored = conversations.get(connection, caller.context.workspace, id)
        if stored is None or not sees(connection, caller, stored.deal):
            raise not_found("conversation", id)


def told_by(caller: Caller, value: Any) -> Any:
    """The person whose key it is decides, whoever the body names."""
    person = caller.principal.person
    return value | {"by": person} if person is not None and isinstance(value, dict) else value


def not_waiting(conversation: str, error: NotWaitingError) -> ProblemError:
    told = {
        "received": "it was not read yet; try again in a moment",
        "failed": "it could not be read; its reason says why",
    }.get(error.state, f"it is {error.state} and belongs to {error.deal!r}")
    detail = f"conversation: expected one that waits for its deal, {conversation[:200]!r} does not: {told}"
    return ProblemError(
        409,
        "not-waiting",
        "It does not wait",
        detail,
        field="conversation",
        value=conversation[:200],
        expected="waiting",
    )

"""What webhooks left for people: events without a deal, things to fetch, reviews, and what was delivered."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from service.api import shapes
from service.api.bodies import JsonBody, json_value
from service.api.principal import AsRep, Caller
from service.api.problems import ProblemError, not_found, unprocessable
from service.api.service import ServiceOf
from service.api.webhooks import sources_of
from service.flows.accept_conversation import check_id
from service.flows.assign_event import assign_event, dismiss_event
from service.store import announcements, deliveries, review_intents, unassigned
from service.store.unassigned import About, Unassigned
from signals import DecodeError
from signals.decode import as_object, name

__all__ = ["router"]

router = APIRouter(tags=["webhooks"])

Json = dict[str, Any]
Limit = Annotated[int, Query(ge=1, le=500, description="how many a page")]
Cursor = Annotated[str | None, Query(description="`next` of the page before")]

EVENT = {
    "id": "docusign:bbbbbbbb-0000-4000-8000-000000000002:envelope-sent",
    "source": "docusign",
    "type": "esign.sent",
    "occurred_at": "2026-03-04T10:00:00+00:00",
    "received_at": "2026-03-04T10:00:02+00:00",
    "state": "waiting",
    "reason": "no deal is known by docusign bbbbbbbb-0000-4000-8000-000000000002",
    "about": [{"system": "docusign", "object_id": "bbbbbbbb-0000-4000-8000-000000000002", "names_deal": False}],
    "people": ["dana@buyer.example"],
    "data": {"envelope": "bbbbbbbb-0000-4000-8000-000000000002", "document": "contract"},
}
TO_FETCH = {
    "source": "fireflies",
    "id": "FFsynth001",
    "kind": "transcript",
    "announced_at": "2026-03-02T15:40:00+00:00",
    "state": "waiting",
    "fetch": {"method": "POST", "url": "https://api.fireflies.ai/graphql", "then": "/v1/ingest/fireflies"},
}
REVIEW = {
    "id": "slack:1772463600.123456:U0123:0199c7a0-5f1e-7cc3-9d1a-1b2c3d4e5f60:accept",
    "signal": "0199c7a0-5f1e-7cc3-9d1a-1b2c3d4e5f60",
    "action": "accept",
    "source": "slack",
    "by": "slack:U0123 (sam)",
    "reason": None,
    "at": "2026-03-02T15:00:00.123456+00:00",
    "received_at": "2026-03-02T15:00:01+00:00",
    "state": "applied",
}


@router.get(
    "/v1/webhooks/unassigned",
    responses={200: shapes.response("a page of events", {"events": [EVENT], "next": None}), **shapes.errors(422)},
)
def get_unassigned(
    caller: AsRep,
    state: Annotated[
        Literal["waiting", "assigned", "dismissed"], Query(description="those that are in this state")
    ] = "waiting",
    cursor: Cursor = None,
    limit: Limit = 100,
) -> JSONResponse:
    """Events of other systems whose deal nobody knows, each with why, and with what it is about."""
    context = caller.context
    with context.database.connect() as connection:
        owners = caller.principal.owners
        found = unassigned.find(connection, context.workspace, state=state, after=cursor, most=limit + 1, owners=owners)
        page = found[:limit]
        objects = unassigned.about(connection, context.workspace, [each.id for each in page])
    more = page[-1].id if len(found) > limit else None
    return JSONResponse({"events": [event(each, objects[each.id]) for each in page], "next": more})


def event(stored: Unassigned, objects: list[About]) -> Json:
    settled = {"deal": stored.deal, "settled_by": stored.settled_by}
    return {
        "id": stored.id,
        "source": stored.source,
        "type": stored.type,
        "occurred_at": stored.occurred_at.isoformat(),
        "received_at": stored.received_at.isoformat(),
        "state": stored.state,
        "reason": stored.reason,
        "about": [{"system": s, "object_id": o, "names_deal": d} for s, o, d in objects],
        "people": stored.people,
        "data": stored.content.get("data") or {},
        **({} if stored.state == "waiting" else settled),
    }


@router.post(
    "/v1/webhooks/unassigned/{id:path}",
    responses={
        200: shapes.response("it is at its deal, or dismissed", {"state": "assigned", "deal": "D-7", "decisions": []}),
        **shapes.errors(400, 404, 413, 415, 422),
    },
    openapi_extra=shapes.request_body({"deal": "D-7", "by": "ana"}),
)
async def post_unassigned(caller: AsRep, id: str, body: JsonBody) -> JSONResponse:
    """A person says which deal it is (`deal`, `by`), and what is about the same objects follows; or that it is none's
    (`dismiss: true`, `by`, `reason`)."""
    return await run_in_threadpool(decide, caller, id, json_value(body))


def decide(caller: Caller, id: str, value: Any) -> JSONResponse:
    if not caller.principal.oversees:
        raise not_found("unassigned event", id)
    try:
        source = as_object(value)
        by = caller.principal.person or name(source, "by")
        check_id("by", by)
        if source.get("dismiss") is True:
            done = dismiss_event(caller.context, id, by, name(source, "reason")[:500].replace("\x00", ""))
            if done is False:
                raise DecodeError("id", id, "an event that waits")
            if done is None:
                raise not_found("unassigned event", id)
            return JSONResponse({"state": "dismissed", "deal": None, "decisions": []})
        deal = name(source, "deal")
        check_id("deal", deal)
        appended = assign_event(caller.context, id, deal, by)
    except DecodeError as error:
        raise unprocessable(error) from None
    if appended is None:
        raise not_found("unassigned event", id)
    return JSONResponse({"state": "assigned", "deal": deal, "decisions": list(appended.decisions)})


@router.get(
    "/v1/webhooks/announced",
    responses={
        200: shapes.response("a page of things to fetch", {"announced": [TO_FETCH], "next": None}),
        **shapes.errors(422),
    },
)
def get_announced(
    caller: AsRep,
    state: Annotated[Literal["waiting", "fetched"], Query(description="those that are in this state")] = "waiting",
    cursor: Cursor = None,
    limit: Limit = 100,
) -> JSONResponse:
    """What is ready elsewhere: how to fetch it, and where to post it. Nothing is fetched from here."""
    after = None
    if cursor is not None:
        source, _, id = cursor.partition("/")
        after = (source, id)
    context = caller.context
    with context.database.connect() as connection:
        found = announcements.find(connection, context.workspace, state=state, after=after, most=limit + 1)
    if not caller.principal.oversees:
        found = []
    page = found[:limit]
    more = f"{page[-1].source}/{page[-1].id}" if len(found) > limit else None
    shown = [
        {
            "source": each.source,
            "id": each.id,
            "kind": each.kind,
            "announced_at": each.announced_at.isoformat(),
            "state": each.state,
            "fetch": each.content,
        }
        for each in page
    ]
    return JSONResponse({"announced": shown, "next": more})


@router.post(
    "/v1/webhooks/announced/{source}/{id:path}",
    responses={200: shapes.response("it is fetched", {"state": "fetched"}), **shapes.errors(404)},
)
def post_announced(caller: AsRep, source: str, id: str) -> JSONResponse:
    """It was fetched; it leaves the list until it is announced anew."""
    context = caller.context
    with context.database.begin() as connection:
        if not caller.principal.oversees or not announcements.mark_fetched(connection, context.workspace, source, id):
            raise not_found("announcement", f"{source}/{id}")
    return JSONResponse({"state": "fetched"})


@router.get(
    "/v1/webhooks/reviews",
    responses={
        200: shapes.response("a page of reviews", {"reviews": [REVIEW], "next": None}),
        **shapes.errors(422),
    },
)
def get_reviews(
    caller: AsRep,
    state: Annotated[
        Literal["waiting", "applied", "refused"], Query(description="those that are in this state")
    ] = "applied",
    cursor: Cursor = None,
    limit: Limit = 100,
) -> JSONResponse:
    """What people decided about signals in other systems, and whether it was applied: refused is what somebody has
    decided otherwise later. /v1/reviews has what came of it."""
    context = caller.context
    with context.database.connect() as connection:
        owners = caller.principal.owners
        found = review_intents.find(
            connection, context.workspace, state=state, after=cursor, most=limit + 1, owners=owners
        )
    page = found[:limit]
    more = page[-1].id if len(found) > limit else None
    shown = [
        {
            "id": each.id,
            "signal": str(each.signal),
            "action": each.action,
            "source": each.source,
            "by": each.by,
            "reason": each.reason,
            "at": each.at.isoformat(),
            "received_at": each.received_at.isoformat(),
            "state": each.state,
        }
        for each in page
    ]
    return JSONResponse({"reviews": shown, "next": more})


@router.get(
    "/v1/webhooks/deliveries",
    responses={
        200: shapes.response("the newest deliveries", {"deliveries": [{"source": "docusign", "outcome": {}}]}),
        **shapes.errors(404, 422),
    },
)
def get_deliveries(
    caller: AsRep,
    service: ServiceOf,
    source: Annotated[str | None, Query(description="of this source")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="how many")] = 20,
) -> JSONResponse:
    """The newest deliveries that were proven, with what became of each; they are remembered for 30 days."""
    there = sources_of(service, caller.context)
    if source is not None and source not in there:
        detail = f"source: expected one of {', '.join(sorted(there))}, got {source[:80]!r}"
        raise ProblemError(404, "not-found", "No such source", detail, field="source")
    context = caller.context
    with context.database.connect() as connection:
        found = deliveries.newest(connection, context.workspace, source=source, most=limit)
    if not caller.principal.oversees:
        found = []
    shown = [
        {"source": each.source, "received_at": each.received_at.isoformat(), "outcome": each.outcome} for each in found
    ]
    return JSONResponse({"deliveries": shown})

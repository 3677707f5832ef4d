"""The outbox: what is done outside, what waits for a person, and what could not be done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from service.api import shapes
from service.api.bodies import JsonBody, json_value
from service.api.principal import AsAdmin, AsManager, AsRep, Caller
from service.api.problems import ProblemError, not_found, unprocessable
from service.flows.about_action import text_of
from service.flows.settle_action import NotNowError, mark_done, replay_action
from service.flows.try_connector import try_connector
from service.store import actions, circuits
from service.store.actions import StoredAction
from signals import DecodeError
from signals.decode import as_object, optional_text

__all__ = ["action_json", "router"]

router = APIRouter(tags=["actions"])

Json = dict[str, Any]
State = Literal["waiting", "sending", "failed", "done", "dead", "outbox", "dry_run", "conflict", "cancelled"]

ACTION = {
    "id": "0199c7a0-5f1e-7cc3-9d1a-1b2c3d4e5f60",
    "deal": "D-7",
    "decision": 12,
    "action": "new_discovery",
    "kind": "email",
    "connector": "mail",
    "state": "done",
    "attempts": 1,
    "title": "New discovery with Brightwater Foods — here's your research brief",
    "asked": {"to": ["rep"], "stage": "discovery", "why": "The deal is in discovery, which sets off: …"},
    "at": "2026-03-12T20:00:03+00:00",
    "due_at": None,
    "next_at": None,
    "error": None,
    "made_at": "2026-03-12T20:00:05+00:00",
    "done_at": "2026-03-12T20:00:06+00:00",
    "done_by": None,
}
CONNECTOR = {
    "name": "mail",
    "kind": "smtp",
    "takes": ["alert", "email", "notify"],
    "dry_run": False,
    "ready": True,
    "missing": [],
    "failures": 0,
    "closed_until": None,
    "error": None,
}


def action_json(stored: StoredAction) -> Json:
    return {
        "id": str(stored.id),
        "deal": stored.deal,
        "decision": stored.decision_seq,
        "action": stored.action,
        "kind": stored.kind,
        "connector": stored.connector,
        "state": stored.state,
        "attempts": stored.attempts,
        "title": stored.title,
        "asked": stored.content,
        "at": stored.at.isoformat(),
        "due_at": None if stored.due_at is None else stored.due_at.isoformat(),
        "next_at": None if stored.next_at is None else stored.next_at.isoformat(),
        "error": stored.error,
        "made_at": stored.made_at.isoformat(),
        "done_at": None if stored.done_at is None else stored.done_at.isoformat(),
        "done_by": stored.done_by,
    }


@router.get(
    "/v1/actions",
    responses={200: shapes.response("a page of actions", {"actions": [ACTION], "next": None}), **shapes.errors(422)},
)
def get_actions(
    caller: AsRep,
    state: Annotated[list[State] | None, Query(description="in this state; may be repeated")] = None,
    deal: Annotated[str | None, Query(description="of this deal")] = None,
    kind: Annotated[str | None, Query(description="of this kind: email, task, alert, stage, ...")] = None,
    connector: Annotated[str | None, Query(description="through this connector")] = None,
    cursor: Annotated[int | None, Query(ge=1, le=1 << 62, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="how many a page")] = 100,
) -> JSONResponse:
    """What is done outside, the newest first: `outbox` waits for a person, `dead` was given up, `failed` is tried
    again, `conflict` would have gone over somebody's newer change."""
    given = {"deal": deal, "kind": kind, "connector": connector}
    equal = {name: value for name, value in given.items() if value is not None}
    context, owners = caller.context, caller.principal.owners
    with context.database.connect() as connection:
        found = actions.find(
            connection,
            context.workspace,
            states=state or (),
            equal=equal,
            owners=owners,
            before=cursor,
            most=limit + 1,
        )
    page = found[:limit]
    more = page[-1].seq if len(found) > limit else None
    return JSONResponse({"actions": [action_json(each) for each in page], "next": more})


@router.get(
    "/v1/actions/{id}",
    responses={
        200: shapes.response(
            "the action with all that is known", ACTION | {"text": "# …", "payload": {}, "result": {}}
        ),
        **shapes.errors(404, 422),
    },
)
def get_action(caller: AsRep, id: UUID) -> JSONResponse:
    """One action: its words and document as the deal stands now (`text`), what was sent (`payload`), what was answered
    (`result`)."""
    context = caller.context
    with context.database.connect() as connection:
        found = actions.get(connection, context.workspace, id, caller.principal.owners)
        if found is None:
            raise not_found("action", str(id))
        text = text_of(context, connection, found)
    told = {"key": found.key, "text": text, "payload": found.payload, "result": found.result}
    return JSONResponse(action_json(found) | told)


@router.post(
    "/v1/actions/{id}/replay",
    responses={
        200: shapes.response("it is sent again", ACTION | {"state": "waiting"}),
        **shapes.errors(404, 409, 422),
    },
)
def post_replay(caller: AsRep, id: UUID) -> JSONResponse:
    """Send it again, under the same idempotency key; one from the outbox goes to the connector that takes its kind."""
    principal = caller.principal
    return settled(lambda: replay_action(caller.context, id, by=principal.name, owners=principal.owners), id)


@router.post(
    "/v1/actions/{id}/done",
    responses={
        200: shapes.response("it is done", ACTION | {"done_by": "ana@northstar.example"}),
        **shapes.errors(400, 404, 409, 413, 415, 422),
    },
    openapi_extra=shapes.request_body({"note": "sent by hand"}),
)
async def post_done(caller: AsRep, id: UUID, body: JsonBody) -> JSONResponse:
    """A person did it, or it need not be done: `{"note": "..."}`, or `{}`."""
    try:
        note = optional_text(as_object(json_value(body)), "note")
    except DecodeError as error:
        raise unprocessable(error) from None
    clean = None if note is None else note[:1000].replace("\x00", "\ufffd")
    return await run_in_threadpool(done, caller, id, clean)


def done(caller: Caller, id: UUID, note: str | None) -> JSONResponse:
    principal = caller.principal
    return settled(lambda: mark_done(caller.context, id, by=principal.name, note=note, owners=principal.owners), id)


def settled(settle: Callable[[], StoredAction | None], id: UUID) -> JSONResponse:
    try:
        found = settle()
    except NotNowError as error:
        raise ProblemError(error.status, "not-now", "Not in this state", str(error)) from None
    if found is None:
        raise not_found("action", str(id))
    return JSONResponse(action_json(found))


@router.get(
    "/v1/connectors", responses={200: shapes.response("the workspace's connectors", {"connectors": [CONNECTOR]})}
)
def get_connectors(caller: AsManager) -> JSONResponse:
    """Through what things are done outside, what is missing for it, and how each system does: until `closed_until`
    nothing is sent there."""
    context = caller.context
    with context.database.connect() as connection:
        how = circuits.all_of(connection, context.workspace)
    shown = []
    for route in context.connectors.routes:
        circuit = how.get(route.name)
        until = None if circuit is None or circuit.closed_until is None else circuit.closed_until.isoformat()
        shown.append(
            {
                "name": route.name,
                "kind": route.kind,
                "takes": sorted(route.takes),
                "dry_run": route.dry_run,
                "ready": not route.missing,
                "missing": list(route.missing),
                "failures": 0 if circuit is None else circuit.failures,
                "closed_until": until,
                "error": None if circuit is None else circuit.error,
            }
        )
    return JSONResponse({"connectors": shown})


@router.post(
    "/v1/connectors/{name}/test",
    responses={
        200: shapes.response("what the other system said", {"ok": True, "said": "mail.example answers"}),
        **shapes.errors(404),
    },
)
def post_test(caller: AsAdmin, name: str) -> JSONResponse:
    """Ask the other system something that changes nothing there; a webhook gets a delivery, telltale.test."""
    tried = try_connector(caller.context, name)
    if tried is None:
        raise not_found("connector", name)
    return JSONResponse({"ok": tried.ok, "said": tried.said})

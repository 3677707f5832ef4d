"""Keys and workspaces: made, listed, exchanged and withdrawn by admins."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from service.access.grants import BeyondMakerError
from service.access.keys import OVERLAP, asked, make_key, revoke_key, rotate_key
from service.access.workspaces import make_workspace, workspace_names
from service.api import shapes
from service.api.bodies import JsonBody, RawBody, json_value
from service.api.principal import AsAdmin, AsIngest, AsOperator, Caller
from service.api.problems import ProblemError, not_found, unprocessable
from service.api.service import Service, ServiceOf
from service.store import keys, sessions
from service.store.keys import StoredKey
from signals import DecodeError
from signals.decode import as_object, name

__all__ = ["beyond", "key_json", "router"]

router = APIRouter(tags=["keys"])

Json = dict[str, Any]

WANTED = {"name": "Ana's laptop", "role": "rep", "person": "ana@northstar.example", "expires_in_days": 90}
KEY: Json = {
    "id": "abcdefghijklmn23",
    "name": "Ana's laptop",
    "role": "rep",
    "scopes": None,
    "person": "ana@northstar.example",
    "team": [],
    "made_at": "2026-03-02T15:00:00+00:00",
    "made_by": "local",
    "expires_at": "2026-05-31T15:00:00+00:00",
    "used_at": None,
    "revoked_at": None,
    "old_until": None,
}
SHOWN_ONCE: Json = {**KEY, "key": "tt_abcdefghijklmn23_..."}
# What is shown once may be kept by nobody on its way.
ONCE = {"Cache-Control": "no-store", "Telltale-Shown-Once": "true"}


def key_json(key: StoredKey) -> Json:
    """Everything of a key but what proves it."""
    times = {field: getattr(key, field) for field in ("expires_at", "used_at", "revoked_at", "old_until")}
    return {
        **{field: getattr(key, field) for field in ("id", "name", "role", "scopes", "person", "team", "made_by")},
        "made_at": key.made_at.isoformat(),
        **{field: None if at is None else at.isoformat() for field, at in times.items()},
    }


@router.get(
    "/v1/me", responses={200: shapes.response("who calls", {"workspace": "main", "role": "rep", "name": "ana"})}
)
async def get_me(caller: AsIngest) -> JSONResponse:
    """Who the service takes the caller for, and whose deals they see (`owners`; null: all)."""
    me = caller.principal
    return JSONResponse(
        {
            "workspace": me.workspace,
            "role": me.role.value,
            "name": me.name,
            "person": me.person,
            "key": me.key,
            "scopes": None if me.scopes is None else sorted(me.scopes),
            "owners": None if me.owners is None else sorted(me.owners),
        }
    )


@router.get(
    "/v1/keys", responses={200: shapes.response("a page of keys", {"keys": [KEY], "next": None}), **shapes.errors(422)}
)
def get_keys(
    caller: AsAdmin,
    cursor: Annotated[str | None, Query(description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="how many a page")] = 100,
) -> JSONResponse:
    """The workspace's keys, also those that are good no more; never what proves them."""
    with caller.context.database.connect() as connection:
        found = keys.find(connection, caller.context.workspace, after=cursor, most=limit + 1)
    page = found[:limit]
    more = page[-1].id if len(found) > limit else None
    return JSONResponse({"keys": [key_json(each) for each in page], "next": more})


@router.post(
    "/v1/keys",
    status_code=201,
    responses={
        201: shapes.response("made; `key` is shown this once", SHOWN_ONCE),
        **shapes.errors(400, 413, 415, 422),
    },
    openapi_extra=shapes.request_body(WANTED),
)
async def post_key(caller: AsAdmin, service: ServiceOf, body: JsonBody) -> JSONResponse:
    """Make a key. `role` is ingest, rep, manager or admin; `person` is whose deals a rep sees, `team` whose a manager
    does; `scopes` narrow it further (`conversations:write`). A key with scopes makes none that may more than itself."""
    return await run_in_threadpool(make, caller, service, json_value(body))


def beyond(error: BeyondMakerError) -> ProblemError:
    title = "More than the key itself may"
    return ProblemError(403, "beyond-maker", title, str(error), field=error.field, expected=error.expected)


def make(caller: Caller, service: Service, value: Any) -> JSONResponse:
    try:
        wanted = asked(value)
    except DecodeError as error:
        raise unprocessable(error) from None
    maker, random = caller.principal, service.gate.random
    try:
        key, text = make_key(caller.context, wanted, by=maker.name, random=random, maker=maker)
    except BeyondMakerError as error:
        raise beyond(error) from None
    return JSONResponse(key_json(key) | {"key": text}, 201, headers=ONCE)


@router.post(
    "/v1/keys/{id}/rotate",
    responses={
        200: shapes.response("a new secret; `key` is shown this once", SHOWN_ONCE),
        **shapes.errors(400, 404, 413, 415, 422),
    },
    openapi_extra=shapes.request_body({"overlap_hours": 24}),
)
async def post_rotate(caller: AsAdmin, service: ServiceOf, id: str, body: RawBody) -> JSONResponse:
    """A new secret. The one before stays good for `overlap_hours` (24; 0 to 720), so that nothing has to stop."""
    return await run_in_threadpool(rotate, caller, service, id, json_value(body) if body.strip() else {})


def rotate(caller: Caller, service: Service, id: str, value: Any) -> JSONResponse:
    try:
        hours = as_object(value).get("overlap_hours", OVERLAP.total_seconds() / 3600)
        if isinstance(hours, bool) or not isinstance(hours, int | float) or not 0 <= hours <= 720:
            raise DecodeError("overlap_hours", hours, "a number of hours, 0 to 720")
    except DecodeError as error:
        raise unprocessable(error) from None
    overlap = dt.timedelta(hours=hours)
    try:
        done = rotate_key(caller.context, id, random=service.gate.random, overlap=overlap, maker=caller.principal)
    except BeyondMakerError as error:
        raise beyond(error) from None
    if done is None:
        raise not_found("key that is good", id)
    return JSONResponse(key_json(done[0]) | {"key": done[1]}, headers=ONCE)


@router.delete(
    "/v1/keys/{id}",
    responses={200: shapes.response("it is good for nothing any more", KEY), **shapes.errors(404)},
)
def delete_key(caller: AsAdmin, id: str) -> JSONResponse:
    """Withdraw a key, at once, with the sessions of pages that were opened with it."""
    done = revoke_key(caller.context, id)
    if done is None:
        raise not_found("key", id)
    return JSONResponse(key_json(done))


@router.post(
    "/v1/sessions/end",
    responses={200: shapes.response("how many ended", {"ended": 1}), **shapes.errors(400, 413, 415, 422)},
    openapi_extra=shapes.request_body({"person": "ana@northstar.example"}),
)
async def post_end(caller: AsAdmin, body: JsonBody) -> JSONResponse:
    """End every session that somebody opened through the identity provider. Sessions of keys end with the keys."""
    return await run_in_threadpool(end_sessions, caller, json_value(body))


def end_sessions(caller: Caller, value: Any) -> JSONResponse:
    try:
        person = name(as_object(value), "person")
    except DecodeError as error:
        raise unprocessable(error) from None
    with caller.context.database.begin() as connection:
        ended = sessions.end_of(connection, caller.context.workspace, person.lower())
    return JSONResponse({"ended": ended})


@router.get("/v1/workspaces", responses={200: shapes.response("all of them", {"workspaces": ["main", "acme"]})})
def get_workspaces(caller: AsOperator, service: ServiceOf) -> JSONResponse:
    """Every workspace, for admins of the settings' own one, who run the service."""
    return JSONResponse({"workspaces": workspace_names(caller.context, home=service.context.workspace)})


@router.post(
    "/v1/workspaces",
    status_code=201,
    responses={
        201: shapes.response("made, with its first key, shown this once", {"workspace": "acme", **SHOWN_ONCE}),
        **shapes.errors(400, 409, 413, 415, 422),
    },
    openapi_extra=shapes.request_body({"workspace": "acme"}),
)
async def post_workspace(caller: AsOperator, service: ServiceOf, body: JsonBody) -> JSONResponse:
    """Make a workspace, which sees nothing of any other, and the key of its first admin."""
    return await run_in_threadpool(make_one, caller, service, json_value(body))


def make_one(caller: Caller, service: Service, value: Any) -> JSONResponse:
    home = service.context.workspace
    try:
        wanted = name(as_object(value), "workspace")
        by, random = caller.principal.name, service.gate.random
        done = make_workspace(caller.context, wanted, home=home, by=by, random=random)
    except DecodeError as error:
        raise unprocessable(error) from None
    if done is None:
        detail = f"workspace: there is {wanted!r} already"
        raise ProblemError(409, "conflict", "The name is taken", detail, field="workspace", value=wanted)
    return JSONResponse({"workspace": wanted, **key_json(done[0]), "key": done[1]}, 201, headers=ONCE)

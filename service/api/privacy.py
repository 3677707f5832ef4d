"""How long words are kept, and a person's data: shown and erased."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from service.api import shapes
from service.api.bodies import JsonBody, json_value
from service.api.principal import AsAdmin
from service.api.problems import unprocessable
from service.api.service import ServiceOf
from service.flows.erase_person import erase_person
from service.flows.export_person import export_person
from service.flows.retain_words import retention_of, set_retention
from signals import DecodeError
from signals.decode import as_object

__all__ = ["router"]

router = APIRouter(tags=["privacy"])

Json = dict[str, Any]

PERSON = {"person": "dana@hollis.example"}
ERASED = {
    "erasure": "0199c7a0-5f1e-7cc3-9d1a-1b2c3d4e5f60",
    "conversations": 3,
    "deals": 1,
    "rows": {"conversations": 3, "decisions": 12, "events": 20, "signals": 9},
    "keys_revoked": 0,
    "stages_differing": [],
    "ids_left": 0,
}
KEPT = {
    "person": "dana@hollis.example",
    "names": ["Dana Reyes"],
    "deals": [{"deal": "D-7", "name": "Dana Reyes", "title": "VP Operations", "side": "buyer"}],
    "conversations": [{"id": "c-001", "kind": "call", "words": ["We have 80 thousand approved."]}],
    "signals": [{"conversation": "c-001", "type": "budget"}],
}
LONGEST = 36_500


@router.post(
    "/v1/privacy/erase",
    responses={
        200: shapes.response("what was erased, in numbers", ERASED),
        **shapes.errors(400, 413, 415, 422),
    },
    openapi_extra=shapes.request_body(PERSON),
)
async def post_erase(caller: AsAdmin, body: JsonBody) -> JSONResponse:
    """Take a person's names, addresses and words out of everything that the workspace keeps. Deals keep their stages
    and their history; nothing can be turned back. What went to other systems, and backups, are not reached."""
    try:
        person = as_object(json_value(body)).get("person")
        erased = await run_in_threadpool(erase_person, caller.context, person)
    except DecodeError as error:
        raise unprocessable(error) from None
    return JSONResponse(erased.to_json())


@router.get(
    "/v1/privacy/export",
    responses={200: shapes.response("what is kept of the person", KEPT), **shapes.errors(422)},
)
def get_export(caller: AsAdmin, person: Annotated[str, Query(description="the person's mail address")]) -> JSONResponse:
    """What is kept of a person: their words, what deals know of them, what was concluded from it."""
    try:
        return JSONResponse(export_person(caller.context, person))
    except DecodeError as error:
        raise unprocessable(error) from None


@router.get("/v1/privacy/retention", responses={200: shapes.response("how long words are kept", {"days": 365})})
def get_retention(caller: AsAdmin, service: ServiceOf) -> JSONResponse:
    """How many days the workspace keeps what was said; null: for ever."""
    return JSONResponse({"days": retention_of(caller.context, service.settings.retention_days)})


@router.put(
    "/v1/privacy/retention",
    responses={
        200: shapes.response("how long words are kept", {"days": 365}),
        **shapes.errors(400, 413, 415, 422),
    },
    openapi_extra=shapes.request_body({"days": 365}),
)
async def put_retention(caller: AsAdmin, service: ServiceOf, body: JsonBody) -> JSONResponse:
    """Keep what was said for so many days; null: as the service's settings say. Signals, events and decisions stay,
    with the short quotes that they rest on."""
    try:
        days = days_from(json_value(body))
    except DecodeError as error:
        raise unprocessable(error) from None
    await run_in_threadpool(set_retention, caller.context, days, by=caller.principal.name)
    return JSONResponse(
        {"days": await run_in_threadpool(retention_of, caller.context, service.settings.retention_days)}
    )


def days_from(value: Any) -> int | None:
    source = as_object(value)
    days = source.get("days")
    whole = isinstance(days, int) and not isinstance(days, bool) and 0 < days <= LONGEST
    if "days" not in source or not (days is None or whole):
        raise DecodeError("days", days, f"a number of days, 1 to {LONGEST}, or null")
    return None if days is None else int(days)

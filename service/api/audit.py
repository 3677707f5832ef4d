"""Who changed what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from service.api import shapes
from service.api.principal import AsAdmin
from service.store import audit

__all__ = ["router"]

router = APIRouter(tags=["audit"])

LINE = {
    "seq": 71,
    "at": "2026-03-02T15:00:00+00:00",
    "who": "ana@northstar.example",
    "key": "abcdefghijklmn23",
    "address": "203.0.113.7",
    "request": "0199c7a0-5f1e-7cc3-9d1a-1b2c3d4e5f60",
    "action": "POST /v1/deals/{id}/override",
    "subjects": {"id": ["D-7"]},
}


@router.get(
    "/v1/audit",
    responses={200: shapes.response("a page of lines", {"audit": [LINE], "next": None}), **shapes.errors(422)},
)
def get_audit(
    caller: AsAdmin,
    who: Annotated[str | None, Query(description="by this person or key's name")] = None,
    key: Annotated[str | None, Query(description="with the key of this public id")] = None,
    action: Annotated[str | None, Query(description="such as POST /v1/events")] = None,
    request: Annotated[str | None, Query(description="in this request")] = None,
    cursor: Annotated[int | None, Query(ge=1, le=1 << 62, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="how many a page")] = 100,
) -> JSONResponse:
    """Every change that a person or a key made, the newest first: who, what, when, from where, about which ids; never
    what was said."""
    equal = {"who": who, "key": key, "action": action, "request": request}
    with caller.context.database.connect() as connection:
        found = audit.find(connection, caller.context.workspace, before=cursor, most=limit + 1, **equal)
    page = found[:limit]
    lines = [
        {
            "seq": each.seq,
            "at": each.at.isoformat(),
            "who": each.who,
            "key": each.key,
            "address": each.address,
            "request": each.request,
            "action": each.action,
            "subjects": each.subjects,
        }
        for each in page
    ]
    return JSONResponse({"audit": lines, "next": page[-1].seq if len(found) > limit else None})

"""Signals, filtered and paged."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from service.api import shapes
from service.api.principal import AsRep
from service.store import signals

__all__ = ["router"]

router = APIRouter(tags=["signals"])

State = Literal["pending", "accepted", "corrected", "dismissed"]
Type = Literal["budget", "pricing", "date", "competitor", "champion", "stakeholder", "qualification", "milestone"]


@router.get(
    "/v1/signals",
    responses={
        200: shapes.response("a page of signals", {"signals": [shapes.SIGNAL], "next": None}),
        **shapes.errors(422),
    },
)
def get_signals(
    caller: AsRep,
    deal: Annotated[str | None, Query(description="of this deal")] = None,
    conversation: Annotated[str | None, Query(description="of this conversation")] = None,
    type: Annotated[Type | None, Query(description="of this type")] = None,
    state: Annotated[State | None, Query(description="in this review state")] = None,
    min_confidence: Annotated[float | None, Query(ge=0, le=1, description="at least this sure")] = None,
    cursor: Annotated[UUID | None, Query(description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="signals a page")] = 100,
) -> JSONResponse:
    """Signals in the order in which they were found; `next` is the cursor of the next page, null on the last."""
    given = {"deal": deal, "conversation": conversation, "type": type, "state": state}
    equal = {column: value for column, value in given.items() if value is not None}
    context = caller.context
    with context.database.connect() as connection:
        found = signals.find(
            connection,
            context.workspace,
            equal=equal,
            min_confidence=min_confidence,
            after=cursor,
            most=limit + 1,
            owners=caller.principal.owners,
        )
    page = found[:limit]
    more = str(page[-1].id) if len(found) > limit else None
    return JSONResponse({"signals": [shapes.signal(each) for each in page], "next": more})

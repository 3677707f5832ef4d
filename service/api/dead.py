"""Dead letters: what could not be read, and jobs that were given up. Actions have their own at /v1/actions."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from service.api import shapes
from service.api.principal import AsManager
from service.api.problems import ProblemError, not_found
from service.flows.replay_dead import replay_dead
from service.flows.review_errors import WordsGoneError
from service.store import audit, dead
from service.store.dead import DeadLetter

__all__ = ["dead_json", "router"]

router = APIRouter(tags=["operations"])

Json = dict[str, Any]

LETTER = {
    "id": "conversation:c-001",
    "kind": "conversation",
    "at": "2026-03-12T20:00:05+00:00",
    "reason": "ValueError: the reading stumbled",
    "deal": "D-7",
    "task": None,
    "conversation": "c-001",
    "action": None,
    "attempts": None,
}


def dead_json(letter: DeadLetter) -> Json:
    return {
        "id": letter.id,
        "kind": letter.kind.value,
        "at": letter.at.isoformat(),
        "reason": letter.reason,
        "deal": letter.deal,
        "task": letter.task,
        "conversation": letter.conversation,
        "action": letter.action,
        "attempts": letter.attempts,
    }


@router.get(
    "/v1/dead",
    responses={200: shapes.response("a page of dead letters", {"dead": [LETTER], "next": None}), **shapes.errors(422)},
)
def get_dead(
    caller: AsManager,
    cursor: Annotated[str | None, Query(description="`next` of the page before", max_length=400)] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="how many a page")] = 100,
) -> JSONResponse:
    """What was given up, the newest first: conversations that could not be read, with the reason, and jobs whose tries
    are used up."""
    with caller.context.database.connect() as connection:
        found = dead.find(
            connection,
            caller.context.workspace,
            owners=caller.principal.owners,
            before=None if cursor is None else place_of(cursor),
            most=limit + 1,
        )
    page = found[:limit]
    more = f"{page[-1].at.isoformat()}~{page[-1].id}" if len(found) > limit else None
    return JSONResponse({"dead": [dead_json(each) for each in page], "next": more})


def place_of(cursor: str) -> tuple[dt.datetime, str]:
    at, _, id = cursor.partition("~")
    try:
        moment = dt.datetime.fromisoformat(at)
        moment = moment.replace(tzinfo=moment.tzinfo or dt.UTC).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        detail = f"cursor: expected `next` of the page before, got {cursor[:80]!r}"
        raise ProblemError(422, "invalid", "Not a cursor", detail, field="cursor", value=cursor[:80]) from None
    return moment, id


@router.post(
    "/v1/dead/{id:path}/replay",
    responses={
        200: shapes.response("it is tried again", {"id": "conversation:c-001", "replayed": True}),
        **shapes.errors(404, 409),
    },
)
def post_replay(caller: AsManager, id: str) -> JSONResponse:
    """Try it again, with all its tries; what becomes of it is seen where it lives."""
    try:
        there = replay_dead(caller.context, id, owners=caller.principal.owners)
    except WordsGoneError as error:
        raise ProblemError(error.status, error.kind, error.title, str(error)) from None
    if not there:
        raise not_found("dead letter", id)
    audit.about(dead=id)
    return JSONResponse({"id": id, "replayed": True})

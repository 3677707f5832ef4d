"""Reviews of signals: what people decide, undo, add and look at beforehand."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from service.api import shapes
from service.api.bodies import JsonBody, json_value
from service.api.principal import AsRep, Caller
from service.api.problems import unprocessable
from service.api.review_shapes import REVIEW, REVIEWED, check_seen, problem, review_json, reviewed_json
from service.flows.review_errors import ReviewError, UnknownError
from service.flows.review_signal import Action, accept_above, add_missed, preview, review, undo
from service.store import conversations, reviews, signals
from signals import DecodeError
from signals.decode import as_object, number, optional_text

__all__ = ["plain", "router"]

router = APIRouter(tags=["review"])

Json = dict[str, Any]

ACTIONS: tuple[Action, ...] = ("accept", "correct", "dismiss")
STATES = ("pending", "accepted", "corrected", "dismissed")
WRONG = {"action": "correct", "signal": shapes.SIGNAL, "reason": "it was ninety", "expected": "pending"}
BATCH = {"min_confidence": 0.8, "deal": "D-7", "type": "budget"}


@router.post(
    "/v1/signals/accept",
    responses={
        200: shapes.response("what was accepted", {"accepted": [REVIEWED], "skipped": [], "down": [], "more": False}),
        **shapes.errors(400, 413, 415, 422),
    },
    openapi_extra=shapes.request_body(BATCH),
)
async def post_accept(caller: AsRep, body: JsonBody) -> JSONResponse:
    """Accept all pending signals from a confidence on: of a `deal`, a `conversation`, a `type`, or of all of them.

    Signals that would move their deal down are left to be decided one by one, and named in `down`. At most 500 at once;
    `more` says so.
    """
    return await run_in_threadpool(accept_all, caller, json_value(body))


def accept_all(caller: Caller, value: Any) -> JSONResponse:
    try:
        source = as_object(value)
        confidence = number(source, "min_confidence")
        if not 0 <= confidence <= 1:
            raise DecodeError("min_confidence", confidence, "a probability from 0 to 1")
        given = {name: text for name in ("deal", "conversation", "type") if (text := plain(source, name)) is not None}
        reason = plain(source, "reason")
    except DecodeError as error:
        raise unprocessable(error) from None
    principal = caller.principal
    done = accept_above(
        caller.context, confidence, filters=given, by=principal.name, reason=reason, owners=principal.owners
    )
    accepted = [reviewed_json(each) for each in done.accepted]
    skipped, down = ([str(id) for id in some] for some in (done.skipped, done.down))
    return JSONResponse({"accepted": accepted, "skipped": skipped, "down": down, "more": done.more})


@router.get(
    "/v1/signals/{id}",
    responses={
        200: shapes.response("the signal and all reviews of it", shapes.SIGNAL | {"reviews": [REVIEW]}),
        **shapes.errors(404, 422),
    },
)
def get_signal(caller: AsRep, id: UUID) -> JSONResponse:
    """One signal with its reviews, the oldest first, undone ones among them."""
    context = caller.context
    with context.database.connect() as connection:
        signal = signals.get(connection, context.workspace, id)
        if signal is None:
            raise problem(UnknownError("signal", str(id)))
        check_seen(connection, caller, signal.deal, "signal", str(id))
        log = reviews.of_signals(connection, context.workspace, [id])[id]
    return JSONResponse(shapes.signal(signal) | {"reviews": [review_json(each) for each in log]})


@router.get(
    "/v1/signals/{id}/preview",
    responses={
        200: shapes.response(
            "what would happen",
            {"state": "accepted", "sentence": "moves Brightwater to qualified: the last gate", "decisions": []},
        ),
        **shapes.errors(404, 422),
    },
)
def get_preview(
    caller: AsRep, id: UUID, action: Annotated[Literal["accept", "dismiss"], Query(description="what one would do")]
) -> JSONResponse:
    """What accepting or dismissing the signal would do to its deal; nothing happens. A correction has to be posted."""
    return previewed(caller, id, action, None)


@router.post(
    "/v1/signals/{id}/preview",
    responses={
        200: shapes.response("what would happen", {"state": "corrected", "sentence": "...", "decisions": []}),
        **shapes.errors(400, 404, 413, 415, 422),
    },
    openapi_extra=shapes.request_body({"action": "correct", "signal": shapes.SIGNAL}),
)
async def post_preview(caller: AsRep, id: UUID, body: JsonBody) -> JSONResponse:
    """What a review would do to the deal; takes the same as the review itself, and nothing happens."""
    action, corrected, _, _ = asked(json_value(body))
    return await run_in_threadpool(previewed, caller, id, action, corrected)


def previewed(caller: Caller, id: UUID, action: Action, corrected: Json | None) -> JSONResponse:
    see(caller, id)
    try:
        shown = preview(caller.context, id, action=action, corrected=corrected)
    except DecodeError as error:
        raise unprocessable(error) from None
    except ReviewError as error:
        raise problem(error) from None
    return JSONResponse({"state": shown.state, "sentence": shown.sentence, "decisions": list(shown.decisions)})


@router.post(
    "/v1/signals/{id}/review",
    responses={
        200: shapes.response("the signal as it is now, and the decisions that came out", REVIEWED),
        **shapes.errors(400, 404, 409, 413, 415, 422),
    },
    openapi_extra=shapes.request_body(WRONG),
)
async def post_review(caller: AsRep, id: UUID, body: JsonBody) -> JSONResponse:
    """Accept, correct or dismiss a signal: `action`, `signal` for a correction, `reason`.

    With `expected` (a state) it is refused with 409 where somebody else has decided meanwhile. The same again is one.
    """
    action, corrected, reason, expected = asked(json_value(body))
    return await run_in_threadpool(decide, caller, id, action, corrected, reason, expected)


def decide(
    caller: Caller, id: UUID, action: Action, corrected: Json | None, reason: str | None, expected: str | None
) -> JSONResponse:
    see(caller, id)
    try:
        done = review(
            caller.context,
            id,
            action=action,
            corrected=corrected,
            reason=reason,
            by=caller.principal.name,
            expected=expected,
        )
    except DecodeError as error:
        raise unprocessable(error) from None
    except ReviewError as error:
        raise problem(error) from None
    return JSONResponse(reviewed_json(done))


def asked(value: Any) -> tuple[Action, Json | None, str | None, str | None]:
    """(action, corrected signal, reason, expected state) of a body."""
    try:
        source = as_object(value)
        told = source.get("action")
        action = next((each for each in ACTIONS if each == told), None)
        if action is None:
            raise DecodeError("action", told, "one of " + ", ".join(ACTIONS))
        corrected = dict(as_object(source.get("signal"), "signal")) if action == "correct" else None
        expected = plain(source, "expected")
        if expected is not None and expected not in STATES:
            raise DecodeError("expected", expected, "one of " + ", ".join(STATES))
        return action, corrected, plain(source, "reason"), expected
    except DecodeError as error:
        raise unprocessable(error) from None


def plain(source: Any, field: str) -> str | None:
    """Text without NUL, which the database could not look for."""
    found = optional_text(source, field)
    if found is not None and "\x00" in found:
        raise DecodeError(field, found, "text without NUL")
    return found


def see(caller: Caller, id: UUID) -> None:
    with caller.context.database.connect() as connection:
        signal = signals.get(connection, caller.context.workspace, id)
        if signal is not None:
            check_seen(connection, caller, signal.deal, "signal", str(id))


@router.post(
    "/v1/reviews/{id}/undo",
    responses={200: shapes.response("the signal as it is now", REVIEWED), **shapes.errors(404, 422)},
)
def post_undo(caller: AsRep, id: UUID) -> JSONResponse:
    """Undo a review: the signal becomes what its other reviews say. Undoing twice is undoing once."""
    context = caller.context
    with context.database.connect() as connection:
        found = reviews.get(connection, context.workspace, id)
    if found is not None:
        see(caller, found.signal)
    try:
        return JSONResponse(reviewed_json(undo(context, id, by=caller.principal.name)))
    except ReviewError as error:
        raise problem(error) from None


@router.get(
    "/v1/reviews",
    responses={200: shapes.response("a page of reviews", {"reviews": [REVIEW], "next": None}), **shapes.errors(422)},
)
def get_reviews(
    caller: AsRep,
    signal: Annotated[UUID | None, Query(description="of this signal")] = None,
    conversation: Annotated[str | None, Query(description="of this conversation's signals")] = None,
    by: Annotated[str | None, Query(description="by this person or key")] = None,
    cursor: Annotated[int, Query(ge=0, le=2**62, description="`next` of the page before")] = 0,
    limit: Annotated[int, Query(ge=1, le=500, description="reviews a page")] = 100,
) -> JSONResponse:
    """Reviews in the order in which they were made, undone ones among them."""
    context = caller.context
    with context.database.connect() as connection:
        found = reviews.find(
            connection,
            context.workspace,
            after=cursor,
            most=limit + 1,
            signal=signal,
            conversation=conversation,
            by=by,
            owners=caller.principal.owners,
        )
    page = found[:limit]
    more = page[-1].seq if len(found) > limit else None
    return JSONResponse({"reviews": [review_json(each) for each in page], "next": more})


@router.post(
    "/v1/conversations/{conversation:path}/signals",
    responses={
        200: shapes.response("the signal, and the decisions that came out", REVIEWED),
        **shapes.errors(400, 404, 409, 413, 415, 422),
    },
    openapi_extra=shapes.request_body({"signal": shapes.SIGNAL, "reason": "it was said in passing"}),
)
async def post_signal(caller: AsRep, conversation: str, body: JsonBody) -> JSONResponse:
    """Add a signal that no reading found; `evidence` quotes the conversation exactly. It counts at once."""
    return await run_in_threadpool(add, caller, conversation, json_value(body))


def add(caller: Caller, conversation: str, value: Any) -> JSONResponse:
    context = caller.context
    with context.database.connect() as connection:
        stored = conversations.get(connection, context.workspace, conversation)
        if stored is not None:
            check_seen(connection, caller, stored.deal, "conversation", conversation)
    try:
        source = as_object(value)
        signal = dict(as_object(source.get("signal"), "signal"))
        reason = plain(source, "reason")
        done = add_missed(context, conversation, signal, by=caller.principal.name, reason=reason)
    except DecodeError as error:
        raise unprocessable(error) from None
    except ReviewError as error:
        raise problem(error) from None
    return JSONResponse(reviewed_json(done))

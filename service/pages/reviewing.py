"""What people decide about signals, from pages: forms that work without a script, and answer one with a toast."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.concurrency import run_in_threadpool as in_thread
from fastapi.responses import Response

from service.api.principal import AsRep, Caller
from service.api.problems import ProblemError, not_found, unprocessable
from service.flows.preview_review import preview
from service.flows.review_errors import ReviewError
from service.flows.review_signal import Reviewed, review, undo
from service.pages.conversation import sees, url_of
from service.pages.html import is_partial, page
from service.pages.signal_form import form_of, signal_from
from service.pages.signal_words import TYPES, stated
from service.store import reviews, signals
from service.store.signals import StoredSignal
from signals import DecodeError

__all__ = ["answered", "back_to", "done", "in_thread", "router", "sent_form"]

router = APIRouter(include_in_schema=False)

Json = dict[str, Any]
Text = Annotated[str, Form(max_length=4000)]

WORDS = {"accept": "Accepted", "dismiss": "Dismissed", "correct": "Corrected", "add": "Added", "undo": "Undone"}
MOVES = {"stage_advanced": "moved to", "stage_regressed": "fell back to"}


def seen_signal(caller: Caller, id: UUID) -> StoredSignal:
    """The signal if the caller may see its deal; else as if there were none."""
    with caller.context.database.connect() as connection:
        signal = signals.get(connection, caller.context.workspace, id)
        if signal is None or not sees(connection, caller, signal.deal):
            raise not_found("signal", str(id))
    return signal


def decided(work: Callable[[], Reviewed]) -> Reviewed:
    """What the flow answers; its errors as problems."""
    try:
        return work()
    except ReviewError as error:
        raise ProblemError(error.status, error.kind, error.title, str(error)) from None
    except DecodeError as error:
        raise unprocessable(error) from None


def back_to(back: str, otherwise: str = "/") -> str:
    """A place of this site; `otherwise` for anything that could lead to another one."""
    safe = back.startswith("/") and not back.startswith("//") and "\\" not in back and back.isprintable()
    return back if safe else otherwise


def done(
    request: Request, verb: str, said: str, *, back: str, topics: list[str], review: UUID | None = None
) -> Response:
    """Said in a toast to a script, which then fetches what changed; else on the page that it came from, in the few
    words that `service.pages.html.TOLD` has for the verb."""
    undo_url = None if review is None else f"/reviews/{review}/undo"
    if is_partial(request):
        told = {"toast": {"text": said, "undo": undo_url}, "changed": {"topics": topics}}
        return Response("", 200, headers={"HX-Trigger": json.dumps(told)}, media_type="text/html")
    path, hash, place = back_to(back).partition("#")
    join = "&" if "?" in path else "?"
    query = urlencode({"told": verb} | ({} if review is None else {"undo": str(review)}))
    return Response(status_code=303, headers={"Location": f"{path}{join}{query}{hash}{place}"})


def outcome(verb: str, reviewed: Reviewed) -> str:
    """`Accepted: Budget approved. Brightwater moved to qualified.`"""
    said = f"{WORDS[verb]}: {stated(reviewed.signal.content)}"
    for decision in reviewed.decisions:
        if decision["type"] in MOVES:
            said += f". The deal {MOVES[decision['type']]} {str(decision['to']).replace('_', ' ')}"
    return said


def topics_of(signal: StoredSignal) -> list[str]:
    return ["signal", f"conversation:{signal.conversation}", *([f"deal:{signal.deal}"] if signal.deal else [])]


def answered(request: Request, verb: str, reviewed: Reviewed, back: str) -> Response:
    return done(
        request,
        verb,
        outcome(verb, reviewed),
        back=back,
        topics=topics_of(reviewed.signal),
        review=None if verb == "undo" else reviewed.review,
    )


@router.get("/signals/{id}/effect")
def get_effect(request: Request, caller: AsRep, id: UUID) -> Response:
    """What accepting would do, in a sentence: it is tried and rolled back."""
    signal = seen_signal(caller, id)
    try:
        found = preview(caller.context, id, action="accept")
    except ReviewError as error:
        raise ProblemError(error.status, error.kind, error.title, str(error)) from None
    view = {"sentence": found.sentence, "signal": stated(signal.content), "url": url_of(signal.conversation)}
    return page(request, "effect.html.j2", who=caller.principal, here="inbox", view=view)


@router.post("/signals/{id}/accept")
def post_accept(request: Request, caller: AsRep, id: UUID, expected: Text = "", back: Text = "/") -> Response:
    seen_signal(caller, id)
    by = caller.principal.name
    made = decided(lambda: review(caller.context, id, action="accept", by=by, expected=expected or None))
    return answered(request, "accept", made, back)


@router.post("/signals/{id}/dismiss")
def post_dismiss(
    request: Request, caller: AsRep, id: UUID, expected: Text = "", reason: Text = "", back: Text = "/"
) -> Response:
    seen_signal(caller, id)
    by, why = caller.principal.name, reason.strip() or None
    made = decided(lambda: review(caller.context, id, action="dismiss", reason=why, by=by, expected=expected or None))
    return answered(request, "dismiss", made, back)


@router.get("/signals/{id}/correct")
def get_correct(
    request: Request,
    caller: AsRep,
    id: UUID,
    type: Annotated[str | None, Query(max_length=40)] = None,
    back: Annotated[str, Query(max_length=2000)] = "/",
) -> Response:
    """The form; with another `type`, that type's fields."""
    signal = seen_signal(caller, id)
    wanted = type if type in TYPES else signal.type
    return correct_form(request, caller, signal, wanted, signal.content, back)


def correct_form(
    request: Request,
    caller: Caller,
    signal: StoredSignal,
    type: str,
    values: Mapping[str, Any],
    back: str,
    error: DecodeError | None = None,
) -> Response:
    view = {
        "form": form_of(type, values, error),
        "action": f"/signals/{signal.id}/correct",
        "key": str(signal.id),
        "title": f"Correct: {stated(signal.content)}",
        "quote": [piece["text"] for piece in signal.content.get("evidence") or ()],
        "words": None,
        "hidden": {"expected": signal.state, "back": back},
        "back": back_to(back),
    }
    status = 200 if error is None else 422
    return page(request, "signal_form.html.j2", who=caller.principal, here="inbox", status=status, view=view)


async def sent_form(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


@router.post("/signals/{id}/correct")
async def post_correct(request: Request, caller: AsRep, id: UUID) -> Response:
    sent = await sent_form(request)
    return await in_thread(corrected, request, caller, id, sent)


def corrected(request: Request, caller: Caller, id: UUID, sent: Mapping[str, str]) -> Response:
    signal, back = seen_signal(caller, id), sent.get("back", "/")
    try:
        content = signal_from(sent)
        made = review(
            caller.context,
            id,
            action="correct",
            corrected=content,
            reason=sent.get("reason", "").strip() or None,
            by=caller.principal.name,
            expected=sent.get("expected") or None,
        )
    except DecodeError as error:
        type = sent.get("type", "")
        return correct_form(request, caller, signal, type if type in TYPES else signal.type, sent, back, error)
    except ReviewError as error:
        raise ProblemError(error.status, error.kind, error.title, str(error)) from None
    return answered(request, "correct", made, back)


@router.post("/reviews/{id}/undo")
def post_undo(request: Request, caller: AsRep, id: UUID, back: Text = "/") -> Response:
    with caller.context.database.connect() as connection:
        found = reviews.get(connection, caller.context.workspace, id)
        if found is None or not sees(connection, caller, found.deal):
            raise not_found("review", str(id))
    made = decided(lambda: undo(caller.context, id, by=caller.principal.name))
    return answered(request, "undo", made, back)

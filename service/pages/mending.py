"""What people mend in a conversation, from its page: a signal that was missed, a speaker's side, the deal it is in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from service.api.principal import AsRep, Caller
from service.api.problems import ProblemError, not_found, unprocessable
from service.flows.add_signal import add_missed
from service.flows.assign_conversation import NotWaitingError, assign_conversation
from service.flows.correct_side import correct_side
from service.flows.review_errors import ReviewError
from service.pages.conversation import seen_conversation, sees, url_of
from service.pages.html import page
from service.pages.reviewing import answered, done, in_thread, sent_form
from service.pages.signal_form import form_of, signal_from
from service.pages.signal_words import TYPES
from signals import DecodeError

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

Json = dict[str, Any]
Text = Annotated[str, Form(max_length=4000)]


@router.get("/conversations/{id:path}/add")
def get_add(
    request: Request,
    caller: AsRep,
    id: str,
    segment: Annotated[int | None, Query(ge=0, le=2**31)] = None,
    start: Annotated[int, Query(ge=0, le=2**31)] = 0,
    words: Annotated[str | None, Query(max_length=4000)] = None,
    type: Annotated[str, Query(max_length=40)] = "budget",
) -> Response:
    """The form to add a signal that was missed; `words` are those that were selected, else the whole utterance."""
    sent = {"segment": "" if segment is None else str(segment), "start": str(start), "type": type}
    with caller.context.database.connect() as connection:
        content = seen_conversation(connection, caller, id).content
    sent["words"] = said_in(content, segment)[:4000] if words is None and segment is not None else (words or "")
    return add_form(request, caller, id, sent)


def add_form(
    request: Request, caller: Caller, id: str, sent: Mapping[str, str], error: DecodeError | None = None
) -> Response:
    type = sent.get("type", "")
    about_words = error is not None and error.field.rpartition(".")[2] in ("words", "text", "evidence")
    view = {
        "form": form_of(type if type in TYPES else TYPES[0], sent, None if about_words else error),
        "action": f"{url_of(id)}/add",
        "key": "add",
        "title": "Add a signal that was missed",
        "quote": (),
        "words": {
            "value": sent.get("words", ""),
            "fault": f"expected {error.expected}" if about_words and error is not None else "",
        },
        "hidden": {"segment": sent.get("segment", ""), "start": sent.get("start", "0")},
        "back": url_of(id) + (f"?at={sent['segment']}#s{sent['segment']}" if sent.get("segment") else ""),
    }
    status = 200 if error is None else 422
    return page(request, "signal_form.html.j2", who=caller.principal, here="conversations", status=status, view=view)


@router.post("/conversations/{id:path}/add")
async def post_add(request: Request, caller: AsRep, id: str) -> Response:
    sent = await sent_form(request)
    return await in_thread(added, request, caller, id, sent)


def added(request: Request, caller: Caller, id: str, sent: Mapping[str, str]) -> Response:
    with caller.context.database.connect() as connection:
        content = seen_conversation(connection, caller, id).content
    try:
        signal = signal_from(sent) | {"evidence": [evidence(content, sent)]}
        made = add_missed(
            caller.context,
            id,
            signal,
            by=caller.principal.name,
            reason=sent.get("reason", "").strip() or None,
        )
    except DecodeError as error:
        return add_form(request, caller, id, sent, error)
    except ReviewError as error:
        raise ProblemError(error.status, error.kind, error.title, str(error)) from None
    place = sent.get("segment") or ""
    back = f"{url_of(id)}?at={place}#s{place}" if place.isdecimal() else url_of(id)
    return answered(request, "add", made, back)


def said_in(content: Json, segment: int | None) -> str:
    """The utterance's text, or the mail's body; not found for a number that there is not."""
    if content["kind"] == "email":
        return str(content["body"])
    segments = content.get("segments") or ()
    if segment is None or segment >= len(segments):
        raise not_found("utterance", str(segment))
    return str(segments[segment]["text"])


def evidence(content: Json, sent: Mapping[str, str]) -> Json:
    """Where the words stand, nearest to where they were selected. Browsers give lines their own ends."""
    number = sent.get("segment", "")
    segment = int(number) if number.isdecimal() else None
    text = said_in(content, segment)
    words = sent.get("words", "").replace("\r\n", "\n").strip()
    near = int(sent["start"]) if sent.get("start", "").isdecimal() else 0
    places = [place for place in range(len(text)) if words and text.startswith(words, place)]
    if not places:
        raise DecodeError("words", words, "words exactly as they stand there")
    start = min(places, key=lambda place: abs(place - near))
    is_mail = content["kind"] == "email"
    return {"segment": None if is_mail else segment, "start": start, "end": start + len(words), "text": words}


@router.post("/conversations/{id:path}/side")
def post_side(request: Request, caller: AsRep, id: str, person: Text, side: Text) -> Response:
    """A person says whose side somebody is on; the conversation is read anew with it."""
    with caller.context.database.connect() as connection:
        seen_conversation(connection, caller, id)
    try:
        correct_side(caller.context, id, person, side, by=caller.principal.name)
    except DecodeError as error:
        raise unprocessable(error) from None
    except ReviewError as error:
        raise ProblemError(error.status, error.kind, error.title, str(error)) from None
    topics = [f"conversation:{id}", "conversation", "signal"]
    return done(request, "side", f"Now on the {side}'s side", back=url_of(id), topics=topics)


@router.post("/conversations/{id:path}/assign")
def post_assign(request: Request, caller: AsRep, id: str, deal: Text) -> Response:
    """A person says which deal it belongs to."""
    with caller.context.database.connect() as connection:
        seen_conversation(connection, caller, id)
        if not sees(connection, caller, deal):
            raise not_found("deal", deal)
    try:
        assign_conversation(caller.context, id, {"deal": deal.strip(), "by": caller.principal.name})
    except DecodeError as error:
        raise unprocessable(error) from None
    except NotWaitingError as error:
        detail = f"{id}: it is {error.state}" + (f", in deal {error.deal}" if error.deal else "")
        raise ProblemError(409, "not-waiting", "It waits no longer", detail) from None
    topics = [f"conversation:{id}", "conversation"]
    return done(request, "assign", f"It belongs to {deal} now", back=url_of(id), topics=topics)

"""Conversations in, and what was read in them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from service.api import shapes
from service.api.bodies import AnyBody, JsonBody, json_value
from service.api.principal import AsRep, Caller, Principal, Sender, caller_as
from service.api.problems import ProblemError, not_found, refused, unprocessable
from service.api.routes import belonging
from service.api.seen import check_deal, sees
from service.api.service import Service, ServiceOf
from service.flows.accept_conversation import Accepted, Post, Reception, arrival_of
from service.flows.context import Context
from service.flows.read_conversation import read_conversation
from service.flows.timeline import told
from service.intake import Format, Given, Refusal
from service.intake.door import receive
from service.intake.envelope import Received
from service.intake.times import moment
from service.readers.model import ModelUnreachableError
from service.store import audit, conversations, decisions, events, routing, signals
from signals import Conversation, DealContext, DecodeError

__all__ = ["router"]

router = APIRouter(tags=["conversations"])

Json = dict[str, Any]
Wait = Annotated[bool, Query(description="answer when it has been read, with the signals and the decisions")]

# A caller that waits has it read in its own request; the job is for the case that the process dies meanwhile.
READ_IN = 30
MOST_AT_ONCE = 1000
# Bytes of a body. A mail of so much is checked in about a millisecond.
LONG = 32 << 10

RECEIVED = {"id": "c-001", "state": "received", "url": "/v1/conversations/c-001"}
READ = {"id": "c-001", "state": "read", "signals": [shapes.SIGNAL], "decisions": [shapes.DECISION]}


@router.post(
    "/v1/conversations",
    status_code=202,
    responses={
        200: shapes.response("known already, or read (wait=true)", READ),
        202: shapes.response("stored durably; it will be read", RECEIVED),
        **shapes.errors(400, 409, 413, 415, 422),
    },
    openapi_extra=shapes.request_body(shapes.CONVERSATION),
)
async def post_conversation(principal: Sender, service: ServiceOf, body: JsonBody, wait: Wait = False) -> JSONResponse:
    """Take one conversation. The same id with the same content again changes nothing and answers 200."""
    if len(body) > LONG or not principal.oversees:
        # What takes long, or asks the database for something, is done in a thread and holds up nobody else.
        post = await run_in_threadpool(posted, principal, service, body, wait)
    else:
        post = posted(principal, service, body, wait)
    accepted = await service.intake.ask(post)
    if accepted.reception is Reception.CONFLICT:
        raise conflict(accepted)
    if wait:
        return await run_in_threadpool(read_and_told, principal, service, accepted)
    return JSONResponse(receipt(accepted), 202 if accepted.reception is Reception.NEW else 200)


def posted(principal: Principal, service: Service, body: bytes, wait: bool) -> Post:
    """What is to be stored; raises a ProblemError for what is no conversation."""
    value = json_value(body)
    if isinstance(value, list):
        raise unprocessable(DecodeError("", value, "one conversation; send lists to /v1/ingest/canonical"))
    try:
        return post_of(principal, service, Received(conversation=Conversation.from_json(value)), wait)
    except DecodeError as error:
        raise unprocessable(error) from None


def post_of(principal: Principal, service: Service, received: Received, wait: bool) -> Post:
    """Raises DecodeError for ids that cannot be kept, a ProblemError for a deal that the sender may not see."""
    conversation = received.conversation
    audit.about(conversation=conversation.id)
    if not principal.oversees:
        check_deal(caller_as(principal, service), conversation.deal.id if conversation.deal else None)
    arrival = arrival_of(
        service.context,
        principal.workspace,
        conversation,
        envelope=received.envelope,
        read_in=READ_IN if wait else 0,
    )
    return Post(context=service.context, arrival=arrival, acting=audit.who_acts())


def read_and_told(principal: Principal, service: Service, accepted: Accepted) -> JSONResponse:
    caller = caller_as(principal, service)
    read_now(caller.context, accepted.id)
    return JSONResponse(outcome(caller, accepted.id))


def read_now(context: Context, id: str) -> None:
    """Read it in this request; where a language model is away it stays `received`, and its job tries again."""
    with contextlib.suppress(ModelUnreachableError):
        read_conversation(context, id)


def receipt(accepted: Accepted) -> Json:
    from urllib.parse import quote

    return {"id": accepted.id, "state": accepted.state, "url": f"/v1/conversations/{quote(accepted.id)}"}


def conflict(accepted: Accepted) -> ProblemError:
    detail = f"id: {accepted.id!r} is known with other content; nothing was changed. Send a correction under a new id"
    return ProblemError(409, "conflict", "The id is taken", detail, field="id", value=accepted.id)


def outcome(caller: Caller, id: str) -> Json:
    """What became of a conversation; its state alone for who may not see its deal."""
    context = caller.context
    with context.database.connect() as connection:
        stored = conversations.get(connection, context.workspace, id)
        assert stored is not None, "it was accepted a moment ago, and conversations are never deleted"
        if not sees(connection, caller, stored.deal):
            return {"id": id, "state": stored.state}
    return whole_outcome(context, id)


def whole_outcome(context: Context, id: str) -> Json:
    """What became of a conversation: its state, its signals, and the decisions that rest on what it says."""
    with context.database.connect() as connection:
        stored = conversations.get(connection, context.workspace, id)
        assert stored is not None, "it was accepted a moment ago, and conversations are never deleted"
        found = signals.of_conversation(connection, context.workspace, id)
        route = routing.get(connection, context.workspace, id)
        taken: list[Json] = []
        if stored.deal is not None:
            own = events.ids_of_conversation(connection, context.workspace, id)
            taken = told(
                connection, context.workspace, decisions.on_events(connection, context.workspace, stored.deal, own)
            )
    return {
        **shapes.conversation(stored),
        **belonging(route),
        "signals": [shapes.signal(each) for each in found],
        "decisions": taken,
    }


@router.get(
    "/v1/conversations/{id:path}",
    responses={
        200: shapes.response(
            "the conversation as it was received, what became of it, and its signals",
            {"id": "c-001", "state": "read", "conversation": shapes.CONVERSATION, "signals": [shapes.SIGNAL]},
        ),
        **shapes.errors(404),
    },
)
def get_conversation(caller: AsRep, id: str) -> JSONResponse:
    """One conversation with its signals."""
    context = caller.context
    with context.database.connect() as connection:
        stored = conversations.get(connection, context.workspace, id)
        if stored is None or not sees(connection, caller, stored.deal):
            raise not_found("conversation", id)
        found = signals.of_conversation(connection, context.workspace, id)
        route = routing.get(connection, context.workspace, id)
        envelope = routing.envelope(connection, context.workspace, id)
    body = shapes.conversation(stored) | belonging(route) | {"envelope": envelope, "conversation": stored.content}
    return JSONResponse(body | {"signals": [shapes.signal(each) for each in found]})


INGESTED = {
    "accepted": [RECEIVED],
    "refused": [{"place": "body:2", "field": "segments", "expected": "at least one utterance with text"}],
}
VTT = "WEBVTT\n\n1\n00:00:03.600 --> 00:00:08.200\nDana Reyes: Finance signed off on one twenty a year for this."


@router.post(
    "/v1/ingest/{source}",
    status_code=202,
    responses={
        202: shapes.response("what was stored, and what was refused and why", INGESTED),
        **shapes.errors(400, 404, 409, 413, 415, 422),
    },
    openapi_extra=shapes.request_body(VTT, "text/vtt", "application/json", "message/rfc822", "application/x-subrip"),
)
async def ingest(
    principal: Sender,
    service: ServiceOf,
    body: AnyBody,
    source: str,
    occurred_at: Annotated[str | None, Query(description="for formats without a date of their own")] = None,
    deal: Annotated[str | None, Query(description="the deal that it belongs to, where the format tells none")] = None,
    account: Annotated[str | None, Query(description="the deal's account")] = None,
    currency: Annotated[str | None, Query(description="the deal's currency", pattern="^[A-Z]{3}$")] = None,
    seller: Annotated[list[str] | None, Query(description="names of the seller's people; repeat it")] = None,
    wait: Wait = False,
) -> JSONResponse:
    """Take what a vendor or a mail system has, in its own format; `source` names it (docs/formats).

    `auto` detects which. Several conversations may come in one body; each is accepted or refused by itself.
    """
    if source == "auto":
        format = None
    elif source in list(Format):
        format = Format(source)
    else:
        known = ", ".join(["auto", *Format])
        detail = f"source: expected one of {known}, got {source[:80]!r}"
        raise ProblemError(404, "not-found", "No such source", detail, field="source", expected=known)
    try:
        said_at = None if occurred_at is None else moment(occurred_at, "occurred_at")
    except DecodeError as error:
        raise unprocessable(error) from None
    given = Given(
        occurred_at=said_at,
        deal=DealContext(id=deal, account=account, currency=currency) if deal or account or currency else None,
        sellers=tuple(seller or ()),
        our_domains=service.context.domains_of(principal.workspace),
    )
    found = receive(body, "body", given=given, format=format, most=MOST_AT_ONCE)
    return await run_in_threadpool(take_many, principal, service, found, wait)


def take_many(principal: Principal, service: Service, found: Iterable[Received | Refusal], wait: bool) -> JSONResponse:
    accepted: list[Accepted] = []
    conflicts: list[Accepted] = []
    refusals: list[Refusal] = []
    for item in found:
        if isinstance(item, Refusal):
            refusals.append(item)
            continue
        try:
            result = service.intake.put(post_of(principal, service, item, wait)).result()
        except DecodeError as error:
            refusals.append(Refusal.of(item.conversation.id[:80], error))
        else:
            (conflicts if result.reception is Reception.CONFLICT else accepted).append(result)
    if not accepted:
        raise conflict(conflicts[0]) if conflicts else refused(refusals)
    if wait:
        caller = caller_as(principal, service)
        for each in accepted:
            read_now(caller.context, each.id)
        receipts = [outcome(caller, each.id) for each in accepted]
    else:
        receipts = [receipt(each) for each in accepted]
    problems = [conflict(each).body for each in conflicts]
    problems += [
        {
            "status": 422,
            "place": each.place,
            "field": each.field or None,
            "detail": each.reason,
            "expected": each.expected,
        }
        for each in refusals
    ]
    known = all(each.reception is Reception.KNOWN for each in accepted)
    return JSONResponse({"accepted": receipts, "refused": problems}, 200 if wait or known else 202)

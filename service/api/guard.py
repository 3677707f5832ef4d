"""Before an endpoint runs: how much its caller may send, and whether the same request was answered already."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable

from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.access.gate import ForeignPageError, StrangerError
from service.access.identity import Principal
from service.access.limits import TooMuch
from service.api.bodies import replaying
from service.api.principal import call_of, identified
from service.api.problems import ProblemError, answer
from service.api.service import Service
from service.store import kept_answers
from service.store.connect import within
from service.store.kept_answers import Kept, Place
from service.together import CrowdedError

__all__ = ["Guard"]

KEPT_FOR = dt.timedelta(hours=24)
# A request that runs longer is taken for one whose process died: the same request again runs it anew.
HELD_FOR = dt.timedelta(minutes=2)

KEY = re.compile(r"[\x21-\x7e]{1,255}")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
# Deliveries prove themselves, and know repetitions by ids of their own.
DELIVERY = re.compile(r"/v1/(workspaces/[^/]+/)?webhooks/[^/]+")
# These say nothing of what the request does when it is let in.
NOT_ANSWERS = (401, 403, 413, 415, 429)


class Guard:
    """Inside the layers that count and that set headers, around the application."""

    def __init__(self, app: ASGIApp, *, service: Service) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        try:
            await self.through(request, scope, receive, send)
        except ProblemError as problem:
            await answer(request, problem)(scope, receive, send)

    async def through(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        key = request.headers.get("idempotency-key") if request.method in UNSAFE else None
        if key is not None and DELIVERY.fullmatch(request.url.path):
            key = None
        if key is not None and not KEY.fullmatch(key):
            detail = f"Idempotency-Key: expected 1 to 255 printable characters without a space, got {key[:80]!r}"
            raise ProblemError(400, "unreadable", "The key cannot be used", detail, field="Idempotency-Key")
        principal = await self.caller(request) if key is not None or call_of(request).shows_something else None
        if principal is None:
            # Endpoints for everybody answer it; the others say why they do not.
            await self.app(scope, receive, send)
            return
        receive, send = self.limited(request, principal, receive, send)
        if key is None:
            await self.app(scope, receive, send)
            return
        body = await whole(receive, self.service.settings.max_body)
        if body is None:
            detail = f"the body: expected at most {self.service.settings.max_body} bytes"
            headers = {"Connection": "close"}
            raise ProblemError(413, "too-large", "The body is too large", detail, field="body", headers=headers)
        await self.once(request, principal, key, body, send)

    async def caller(self, request: Request) -> Principal | None:
        try:
            return await identified(self.service, request)
        except (StrangerError, ForeignPageError, CrowdedError, SQLAlchemyError):
            return None

    def limited(self, request: Request, principal: Principal, receive: Receive, send: Send) -> tuple[Receive, Send]:
        """Raises a ProblemError where there was too much; else what counts what is received, and tells what is left."""
        who = principal.key or principal.person
        if who is None:
            return receive, send
        limits = self.service.limits
        declared = request.headers.get("content-length", "")
        size = int(declared) if declared.isdecimal() else 0
        too_much = limits.take("requests", who) or limits.take("bytes", who, size)
        if too_much is not None:
            raise refusal(too_much)

        async def counting() -> Message:
            message = await receive()
            if not size:
                limits.note("bytes", who, len(message.get("body", b"")))
            return message

        async def telling(message: Message) -> None:
            left = limits.left("requests", who)
            if message["type"] == "http.response.start" and left is not None:
                MutableHeaders(scope=message).update(limit_headers(*left))
            await send(message)

        return counting, telling

    async def once(self, request: Request, principal: Principal, key: str, body: bytes, send: Send) -> None:
        database = within(self.service.context.database, principal.workspace)
        place = Place(
            workspace=principal.workspace,
            caller=principal.key or f"name:{principal.name}",
            route=f"{request.method} {request.url.path}"[:1000],
            key=key,
        )
        told = b"\n".join([request.scope["query_string"], request.headers.get("content-type", "").encode(), body])
        sent, now = hashlib.sha256(told).digest(), self.service.context.now()

        def claim() -> Kept | None:
            until, expires = now + HELD_FOR, now + KEPT_FOR
            with database.begin() as connection:
                if kept_answers.claim(connection, place, sent, now=now, held_until=until, expires_at=expires):
                    return None
                return kept_answers.get(connection, place)

        def keep(status: int, headers: MutableHeaders, answered: bytes) -> None:
            with database.begin() as connection:
                if status >= 500 or status in NOT_ANSWERS:
                    kept_answers.drop(connection, place, now)
                    return
                secret = headers.get("telltale-shown-once") is not None
                media_type = headers.get("content-type")
                told = None if secret else answered
                kept_answers.finish(connection, place, now, status=status, media_type=media_type, body=told)

        try:
            kept = await run_in_threadpool(claim)
        except SQLAlchemyError:
            detail = "the database does not answer; nothing was changed, try again"
            raise ProblemError(
                503, "unavailable", "The database is away", detail, headers={"Retry-After": "5"}
            ) from None
        if kept is not None:
            await again(kept, sent, key)(request.scope, nothing, send)
            return
        await self.run(request, body, send, keep)

    async def run(
        self,
        request: Request,
        body: bytes,
        send: Send,
        keep: Callable[[int, MutableHeaders, bytes], None],
    ) -> None:
        """The endpoint's answer is sent once it is kept, so that whoever has it gets it again."""
        started: Message = {}
        chunks: list[bytes] = []

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.update(message)
            else:
                chunks.append(message.get("body", b""))

        try:
            await self.app(request.scope, replaying(body, nothing), collect)
        except BaseException:
            await run_in_threadpool(keep, 500, MutableHeaders(), b"")
            raise
        headers = MutableHeaders(scope=started)
        await run_in_threadpool(keep, started["status"], headers, b"".join(chunks))
        await send(started)
        await send({"type": "http.response.body", "body": b"".join(chunks)})


def again(kept: Kept, sent: bytes, key: str) -> Response:
    """What was answered before; raises a ProblemError for another request under the key, and while the first runs."""
    field = "Idempotency-Key"
    if kept.request != sent:
        detail = f"{field}: {key!r} was used for another body or query; take a new key for a new request"
        raise ProblemError(422, "idempotency", "The key was used for something else", detail, field=field, value=key)
    if kept.status is None:
        detail = f"{field}: the request with {key!r} is still running"
        raise ProblemError(
            409, "running", "It is running", detail, field=field, value=key, headers={"Retry-After": "1"}
        )
    if kept.body is None:
        detail = f"{field}: the request with {key!r} was done; its answer held a secret, which is shown once"
        raise ProblemError(409, "shown-once", "It was done", detail, field=field, value=key)
    return Response(kept.body, kept.status, {"Idempotent-Replayed": "true"}, kept.media_type)


def refusal(found: TooMuch) -> ProblemError:
    detail = f"at most {found.allowed} {found.of} a minute for one key; there is room again in {found.wait} s"
    headers = {"Retry-After": str(found.wait)} | limit_headers(found.allowed, 0)
    return ProblemError(429, "too-much", "Too much in a minute", detail, expected=found.allowed, headers=headers)


def limit_headers(allowed: int, left: int) -> dict[str, str]:
    return {"RateLimit-Policy": f'"minute";q={allowed};w=60', "RateLimit": f'"minute";r={left};t=60'}


async def whole(receive: Receive, most: int) -> bytes | None:
    """The body; None for one that is too large, or whose sender has gone."""
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        chunks.append(message.get("body", b""))
        size, more = size + len(chunks[-1]), message.get("more_body", False)
        if size > most:
            return None
    return b"".join(chunks)


async def nothing() -> Message:
    return {"type": "http.disconnect"}

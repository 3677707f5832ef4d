"""Bodies of requests, read up to a cap and no further."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from service.api.problems import ProblemError, refused
from service.api.service import Service, service_of
from service.intake import Refusal
from service.intake.jsontext import UnreadableError, loads

__all__ = ["AnyBody", "JsonBody", "RawBody", "json_value", "read_capped", "replaying"]

# A client that is still sending gets its answer when it has sent; what it sends is thrown away meanwhile.
THROW_AWAY_UP_TO = 256 << 20
THROW_AWAY_FOR = 20.0

JSON_TYPES = {"application/json", "application/x-ndjson", "application/jsonl", "text/json"}


async def raw_body(request: Request, service: Annotated[Service, Depends(service_of)]) -> bytes:
    """The body as bytes, which may be none at all; 413 above the cap, 415 for a compressed one."""
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding != "identity":
        detail = f"Content-Encoding: expected none, got {encoding[:80]!r}: send the body as it is"
        raise ProblemError(415, "encoding", "Compressed bodies are not read", detail, field="Content-Encoding")
    body = await read_capped(request, service.settings.max_body)
    if body is None:
        raise ClientDisconnect
    return body


async def read_capped(request: Request, most: int) -> bytes | None:
    """The body; None where its sender has gone. Raises a ProblemError of status 413 above `most` bytes, whether the
    length was said before or not."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        if "100-continue" not in request.headers.get("expect", "").lower():
            await throw_away(request)
        raise too_large(most, f"{declared} bytes")
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await request.receive()
        if message["type"] != "http.request":
            return None
        chunk, more = message.get("body", b""), message.get("more_body", False)
        size += len(chunk)
        if size > most:
            chunks.clear()
            if more:
                await throw_away(request)
            raise too_large(most, f"more than {most} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def replaying(body: bytes, then: Receive) -> Receive:
    """Gives a body that was read already, in one piece, and after it what `then` gives."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await then()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def any_body(data: Annotated[bytes, Depends(raw_body)]) -> bytes:
    """The body as bytes; 400 for none."""
    if not data.strip():
        detail = "the body: expected content, got nothing"
        raise ProblemError(400, "unreadable", "The body is empty", detail, field="body")
    return data


async def throw_away(request: Request) -> None:
    """Read on without keeping, or many clients see a broken connection and not the answer."""
    size = 0
    try:
        async with asyncio.timeout(THROW_AWAY_FOR):
            while size < THROW_AWAY_UP_TO:
                message = await request.receive()
                size += len(message.get("body", b""))
                if message["type"] != "http.request" or not message.get("more_body"):
                    return
    except TimeoutError:
        return


def too_large(most: int, got: str) -> ProblemError:
    detail = f"the body: expected at most {most} bytes, got {got}"
    headers = {"Connection": "close"}
    return ProblemError(413, "too-large", "The body is too large", detail, field="body", expected=most, headers=headers)


async def json_body(request: Request, data: Annotated[bytes, Depends(any_body)]) -> bytes:
    """The body where it says that it is JSON, or says nothing."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and kind not in JSON_TYPES and not kind.endswith("+json"):
        detail = f"Content-Type: expected application/json, got {kind[:80]!r}; files go to /v1/ingest/{{source}}"
        raise ProblemError(415, "media-type", "This is not JSON", detail, field="Content-Type", value=kind[:80])
    return data


def json_value(data: bytes) -> Any:
    """The value of a JSON body; raises a ProblemError of status 400."""
    try:
        return loads(data)
    except UnreadableError as error:
        raise refused([Refusal.of("body", error, unreadable=True)]) from None


RawBody = Annotated[bytes, Depends(raw_body)]
AnyBody = Annotated[bytes, Depends(any_body)]
JsonBody = Annotated[bytes, Depends(json_body)]

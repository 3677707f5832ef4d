"""Forms and uploads of pages: read up to a cap, and counted, before anything parses them."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from service.api.bodies import read_capped, replaying
from service.api.problems import ProblemError, answer

__all__ = ["MOST_FIELDS", "Forms"]

# The largest form of the pages has some twenty.
MOST_FIELDS = 200

SAFE = ("GET", "HEAD", "OPTIONS")
BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"]*)"|([^;\s]+))', re.IGNORECASE)


class Forms:
    """Around the application, inside the layer that knows who calls. Calls of /v1/ read their bodies themselves."""

    def __init__(self, app: ASGIApp, *, most: int) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE or scope["path"].startswith("/v1/"):
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            body = await read_capped(request, self.most)
            check_fields(request.headers.get("content-type", ""), body or b"")
        except ProblemError as problem:
            await answer(request, problem)(scope, receive, send)
            return
        if body is not None:
            await self.app(scope, replaying(body, receive), send)


def check_fields(kind: str, body: bytes) -> None:
    """Raises a ProblemError of status 422 for more fields and files than any form here has."""
    name = kind.partition(";")[0].strip().lower()
    found = 0
    if name == "application/x-www-form-urlencoded":
        found = body.count(b"&") + 1
    elif name == "multipart/form-data" and (told := BOUNDARY.search(kind)):
        found = body.count(b"--" + (told[1] or told[2] or "").encode("latin-1", "replace")) - 1
    if found > MOST_FIELDS:
        detail = f"the form: expected at most {MOST_FIELDS} fields and files, got {found}"
        raise ProblemError(422, "invalid", "The form has too many fields", detail, field="body", expected=MOST_FIELDS)

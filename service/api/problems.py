"""Errors as RFC 9457 problem details, each naming the field and what was expected."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import OperationalError, TimeoutError
from starlette.exceptions import HTTPException

from service.intake import Refusal
from service.readers.model import ModelUnreachableError
from service.together import CrowdedError
from signals import DecodeError

__all__ = ["ProblemError", "answer", "install", "no_nul", "no_other_site", "not_found", "refused", "unprocessable"]

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class ProblemError(Exception):
    """An answer that is an error: `status`, a `title` that is the same for its kind, and members that say more."""

    def __init__(self, status: int, kind: str, title: str, detail: str, **members: Any) -> None:
        self.status = status
        self.headers: dict[str, str] = members.pop("headers", {})
        body = {"type": f"urn:telltale:problem:{kind}", "title": title, "status": status, "detail": detail}
        self.body = body | {key: value for key, value in members.items() if value is not None}
        super().__init__(detail)


def unprocessable(error: DecodeError) -> ProblemError:
    return refused([Refusal.of("body", error)])


def refused(refusals: Sequence[Refusal]) -> ProblemError:
    """400 where nothing could even be parsed, 422 where what was parsed is not what it should be."""
    first = refusals[0]
    members: dict[str, Any] = {"field": first.field or None, "value": first.value, "expected": first.expected}
    if len(refusals) > 1:
        members["errors"] = [as_json(each) for each in refusals]
    if all(each.unreadable for each in refusals):
        return ProblemError(400, "unreadable", "The body cannot be read", first.reason, **members)
    return ProblemError(422, "invalid", "The content is not what was expected", first.reason, **members)


def as_json(refusal: Refusal) -> dict[str, Any]:
    return {
        "place": refusal.place,
        "field": refusal.field or None,
        "value": refusal.value,
        "expected": refusal.expected,
        "detail": refusal.reason,
    }


def not_found(what: str, id: str) -> ProblemError:
    return ProblemError(
        404, "not-found", f"No such {what}", f"there is no {what} {id[:200]!r}", field="id", value=id[:200]
    )


async def no_nul(request: Request) -> None:
    """PostgreSQL's text holds no NUL, so that no id or filter with one can ever be found."""
    if "\x00" in request.url.path or b"%00" in request.scope["query_string"]:
        detail = "the URL: expected no NUL character, got %00"
        raise ProblemError(400, "unreadable", "The URL cannot be read", detail, field="url", value="%00")


async def no_other_site(request: Request) -> None:
    """While there are no keys, a page of some other site must not use the reader's browser to talk to this machine.

    A link that a person follows, from a mail or a chat, opens a page and changes nothing.
    """
    follows = request.method == "GET" and request.headers.get("sec-fetch-mode") == "navigate"
    if request.headers.get("sec-fetch-site") == "cross-site" and not follows:
        detail = "Sec-Fetch-Site: expected a request of this site's own or of a program, got cross-site"
        raise ProblemError(403, "cross-site", "Not for pages of other sites", detail, field="Sec-Fetch-Site")


def answer(request: Request, problem: ProblemError) -> Response:
    """As JSON, or as a page where there are pages and a person asked."""
    as_page = getattr(request.app.state, "error_page", None)
    shown: Response | None = as_page(request, problem) if as_page else None
    if shown is not None:
        return shown
    body = problem.body | {"instance": request.url.path}
    return JSONResponse(body, problem.status, headers=problem.headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Every error of the application, known or not, as problem details."""

    @app.exception_handler(ProblemError)
    async def known(request: Request, error: ProblemError) -> Response:
        return answer(request, error)

    @app.exception_handler(RequestValidationError)
    async def parameters(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
        value, expected = str(first.get("input"))[:80], first["msg"]
        detail = f"{field}: {expected}, got {value!r}"
        return answer(
            request,
            ProblemError(422, "invalid", "A parameter is wrong", detail, field=field, value=value, expected=expected),
        )

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> Response:
        detail = f"{request.method} {request.url.path}: {error.detail}"
        problem = ProblemError(error.status_code, "http", str(error.detail), detail, headers=dict(error.headers or {}))
        return answer(request, problem)

    @app.exception_handler(OperationalError)
    @app.exception_handler(TimeoutError)
    @app.exception_handler(CrowdedError)
    async def database_away(request: Request, error: Exception) -> Response:
        log.error("database away: %s", type(error).__name__)
        detail = "the database does not answer; nothing was changed, try again"
        headers = {"Retry-After": "5"}
        return answer(request, ProblemError(503, "unavailable", "The database is away", detail, headers=headers))

    @app.exception_handler(ModelUnreachableError)
    async def model_away(request: Request, error: Exception) -> Response:
        log.error("language model away: %s", error)
        detail = "the language model that reads conversations does not answer; nothing was changed, try again"
        headers = {"Retry-After": "30"}
        return answer(request, ProblemError(503, "no-model", "The language model is away", detail, headers=headers))

    @app.exception_handler(Exception)
    async def unknown(request: Request, error: Exception) -> Response:
        detail = "something failed here that is not the request's fault; the log has it"
        return answer(request, ProblemError(500, "internal", "Internal error", detail))

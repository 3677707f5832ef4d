"""Signing in with a key, seeing who one is here, and signing out."""

from __future__ import annotations

import dataclasses
import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from service.access.gate import ForeignPageError, StrangerError, check_own_page
from service.access.sessions import COOKIE, close_session, cookie_flags, open_session
from service.api.principal import AsIngest, Role, acting, call_of, identified
from service.api.problems import ProblemError
from service.api.service import Service, ServiceOf
from service.pages.html import page
from service.pages.reviewing import back_to
from service.store import audit

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

WRONG = "That key is not known here, has expired or was revoked. Copy it whole: it begins with tt_."
POSTS_ONLY = "That key may only send conversations and events. The pages need one of the role rep or higher."


async def own_pages_only(request: Request) -> None:
    """Also before there is a session, or another site could sign visitors in as somebody else and see what they do."""
    try:
        check_own_page(call_of(request))
    except ForeignPageError as error:
        raise ProblemError(403, "cross-site", "Not for pages of other sites", str(error)) from None


@router.get("/login")
async def get_login(
    request: Request, service: ServiceOf, next: Annotated[str, Query(max_length=2000)] = "/"
) -> Response:
    """The form; whoever is known already is sent on."""
    try:
        await identified(service, request)
    except (StrangerError, ForeignPageError):
        return form(request, back_to(next))
    return RedirectResponse(back_to(next), 303)


def form(request: Request, after: str, fault: str = "") -> Response:
    status = 422 if fault else 200
    return page(request, "login.html.j2", who=None, status=status, view={"next": after, "fault": fault})


@router.post("/login", dependencies=[Depends(own_pages_only)])
def post_login(
    request: Request,
    service: ServiceOf,
    key: Annotated[str, Form(max_length=500)] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """A session for the key, in a cookie that no script can read."""
    after = back_to(next)
    try:
        principal = service.gate.of_bearer(key.strip())
    except StrangerError:
        return form(request, after, WRONG)
    if principal.key is None:
        return form(request, after, WRONG)
    if not principal.role.covers(Role.REP):
        return form(request, after, POSTS_ONLY)
    context = dataclasses.replace(service.context, workspace=principal.workspace)
    audit.act(acting(principal, request, context))
    token = open_session(context, principal.key, random=secrets.token_bytes)
    answer = RedirectResponse(after, 303)
    answer.set_cookie(COOKIE, token, **cookie_flags(request.url.hostname or ""))
    return answer


@router.get("/me")
def get_me(request: Request, caller: AsIngest, service: ServiceOf) -> Response:
    """Who one is here, and what one sees."""
    principal = caller.principal
    view = {
        "name": principal.name,
        "role": principal.role.value,
        "workspace": principal.workspace,
        "owners": None if principal.owners is None else sorted(principal.owners),
        "session": COOKIE in request.cookies,
        "local": principal.key is None and principal.person is None,
    }
    return page(request, "me.html.j2", who=principal, here="me", view=view)


@router.post("/logout", dependencies=[Depends(own_pages_only)])
def post_logout(request: Request, service: ServiceOf) -> Response:
    """The session is ended here and in the browser; whoever has none is signed out already."""
    end(service, request.cookies.get(COOKIE))
    answer = RedirectResponse("/login?told=out", 303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


def end(service: Service, token: str | None) -> None:
    if token is not None:
        close_session(dataclasses.replace(service.context, workspace=""), token)

"""Signing in with a key, seeing who one is here, and signing out."""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from service.access import tokens
from service.access.gate import ForeignPageError, StrangerError, check_own_page
from service.access.sessions import COOKIE, close_session, cookie_flags, open_session, open_session_of
from service.access.sign_in import LASTS, LoggedOut, Provider, SignInError, Started
from service.api.principal import AsIngest, Principal, Role, acting, call_of, identified
from service.api.problems import ProblemError
from service.api.service import Service, ServiceOf
from service.flows.context import Context
from service.pages.html import page
from service.pages.reviewing import back_to
from service.sealing import SEALED, UnsealableError
from service.store import audit, sessions

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
log = logging.getLogger(__name__)

# What the browser remembers between here and the provider.
BEGUN = "telltale_sign_in"

WRONG = "That key is not known here, has expired or was revoked. Copy it whole: it begins with tt_."
NO_PAGES = "You may only send conversations and events here. The pages need one of the roles rep or higher."
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
        return form(request, service, back_to(next))
    return RedirectResponse(back_to(next), 303)


def form(request: Request, service: Service, after: str, fault: str = "") -> Response:
    provider = None if service.provider is None else service.provider.name
    view = {"next": after, "fault": fault, "provider": provider, "left": request.query_params.get("told") == "out"}
    return page(request, "login.html.j2", who=None, status=422 if fault else 200, view=view)


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
        return form(request, service, after, WRONG)
    if principal.key is None:
        return form(request, service, after, WRONG)
    if not principal.role.covers(Role.REP):
        return form(request, service, after, POSTS_ONLY)
    context = acting_as(service, request, principal)
    return signed_in(request, after, open_session(context, principal.key, random=secrets.token_bytes))


def acting_as(service: Service, request: Request, principal: Principal) -> Context:
    """The principal's workspace, with their name on what is changed there."""
    context = dataclasses.replace(service.context, workspace=principal.workspace)
    audit.act(acting(principal, request, context))
    return context


def signed_in(request: Request, after: str, token: str) -> Response:
    answer = RedirectResponse(after, 303)
    answer.set_cookie(COOKIE, token, **cookie_flags(request.url.hostname or ""))
    return answer


@router.get("/login/provider")
def get_provider(request: Request, service: ServiceOf, next: Annotated[str, Query(max_length=2000)] = "/") -> Response:
    """To the identity provider, which sends the browser back to `/login/callback`."""
    provider, after = provider_of(service), back_to(next)
    try:
        redirect = site_of(request, service) + "/login/callback"
        url, started = provider.begin(after=after, redirect=redirect, random=secrets.token_bytes)
    except SignInError as error:
        return form(request, service, after, str(error))
    answer = RedirectResponse(url, 303)
    sealed = service.sealer.seal(started.to_text()).removeprefix(SEALED)
    lasts = int(LASTS.total_seconds())
    flags = cookie_flags(request.url.hostname or "") | {"path": "/login", "max_age": lasts}
    answer.set_cookie(BEGUN, sealed, **flags)
    return answer


@router.get("/login/callback")
def get_callback(request: Request, service: ServiceOf) -> Response:
    """Back from the identity provider: a session for whom it names, if this browser began it, once."""
    provider, after = provider_of(service), "/"
    try:
        started = Started.of(service.sealer.unseal(SEALED + request.cookies.get(BEGUN, "")))
        after = back_to(started.after)
        named = provider.finish(started, request.query_params)
        principal = named.principal
        if not principal.role.covers(Role.REP):
            raise SignInError(NO_PAGES)
        token = open_session_of(
            acting_as(service, request, principal),
            named,
            issuer=provider.issuer,
            state=tokens.hashed(started.state),
            until=dt.datetime.fromtimestamp(started.until, dt.UTC),
            random=secrets.token_bytes,
            seal=service.sealer.seal,
        )
        if token is None:
            raise SignInError("That sign-in was finished already. Begin again.")
        end(service, request.cookies.get(COOKIE))
        answer = signed_in(request, after, token)
    except UnsealableError:
        answer = form(request, service, after, "No sign-in was begun in this browser. Begin again.")
    except (SignInError, StrangerError) as error:
        answer = form(request, service, after, str(error))
    answer.delete_cookie(BEGUN, path="/login")
    return answer


@router.post("/login/ended")
def post_ended(service: ServiceOf, logout_token: Annotated[str, Form(max_length=20_000)] = "") -> Response:
    """The provider's own word that somebody signed out there, or was thrown out (OpenID Connect Back-Channel Logout):
    their sessions end. The token proves who says so; it is taken once."""
    provider, headers = provider_of(service), {"Cache-Control": "no-store"}
    try:
        told = provider.logged_out(logout_token)
        if not end_all(service, provider, told):
            raise SignInError("the logout token was taken before")
    except SignInError as error:
        answer = {"error": "invalid_request", "error_description": str(error)}
        return JSONResponse(answer, 400, headers=headers)
    return Response(status_code=200, headers=headers)


def end_all(service: Service, provider: Provider, told: LoggedOut) -> bool:
    """Whether it was said for the first time."""
    everywhere = dataclasses.replace(service.context, workspace="")
    once = tokens.hashed(f"logout {told.id}")
    with everywhere.database.begin() as connection:
        if not sessions.use_sign_in(connection, service.context.workspace, once, told.until):
            return False
        ended = sessions.end_of_provider(connection, provider.issuer, subject=told.subject, sid=told.sid)
    log.info("the identity provider ended sessions", extra={"ended": ended})
    return True


@router.get("/login/leave")
def get_leave(request: Request, service: ServiceOf) -> Response:
    """To the provider's own sign-out, for whoever has signed out here."""
    try:
        return RedirectResponse(provider_of(service).leave(site_of(request, service) + "/login"), 303)
    except SignInError as error:
        return form(request, service, "/", str(error))


def provider_of(service: Service) -> Provider:
    if service.provider is None:
        detail = "there is no identity provider: TELLTALE_OIDC_CLIENT_ID is not set"
        raise ProblemError(404, "not-found", "No such page", detail)
    return service.provider


def site_of(request: Request, service: Service) -> str:
    """Where people reach this site, as the provider has to know it."""
    return service.settings.public_url or f"{request.url.scheme}://{request.url.netloc}"


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

"""The sections of administration, and what is done in them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from service.access.grants import BeyondMakerError
from service.access.keys import Asked, allowed, make_key, revoke_key, rotate_key
from service.access.workspaces import make_workspace, workspace_names
from service.api.dead import place_of
from service.api.keys import beyond
from service.api.principal import AsAdmin, AsOperator, Caller
from service.api.problems import ProblemError, not_found
from service.api.service import Service, ServiceOf
from service.flows.context import Context
from service.flows.replay_dead import replay_dead
from service.flows.retain_words import retention_of, set_retention
from service.flows.review_errors import WordsGoneError
from service.flows.settle_action import NotNowError, replay_action
from service.flows.try_connector import Tried, try_connector
from service.pages.admin.view import (
    KeyForm,
    audit_view,
    connector_views,
    dead_view,
    key_views,
    tabs,
)
from service.pages.html import href, page, redirect
from signals import DecodeError

__all__ = ["router"]

router = APIRouter(include_in_schema=False, prefix="/admin")

Short = Annotated[str, Form(max_length=300)]
MOST_DAYS = 3650


def section(
    request: Request, caller: Caller, service: Service, tab: str, template: str, *, status: int = 200, **view: Any
) -> Response:
    operator = caller.principal.workspace == service.context.workspace
    return page(
        request,
        template,
        who=caller.principal,
        here="admin",
        status=status,
        tabs=tabs(tab, operator=operator),
        workspace=caller.context.workspace,
        **view,
    )


@router.get("")
def get_keys(
    request: Request, caller: AsAdmin, service: ServiceOf, after: Annotated[str | None, Query(max_length=40)] = None
) -> Response:
    return keys_page(request, caller, service, after=after)


def keys_page(
    request: Request,
    caller: Caller,
    service: Service,
    *,
    after: str | None = None,
    form: KeyForm | None = None,
    made: str = "",
    made_for: str = "",
    status: int = 200,
) -> Response:
    """`made` is a key's text, which is shown this once."""
    with caller.context.database.connect() as connection:
        found, more = key_views(caller.context, connection, after)
    return section(
        request,
        caller,
        service,
        "keys",
        "admin_keys.html.j2",
        status=status,
        keys=found,
        first=None if after is None else "/admin",
        next=None if more is None else href("/admin", after=more),
        form=form or KeyForm(),
        made=made,
        made_for=made_for,
        mine=caller.principal.key,
    )


@router.post("/keys")
def post_key(
    request: Request,
    caller: AsAdmin,
    service: ServiceOf,
    name: Short = "",
    role: Short = "",
    person: Short = "",
    team: Annotated[str, Form(max_length=20_000)] = "",
    days: Short = "",
) -> Response:
    """Make a key; its text stands on the page that answers, and nowhere else."""
    form = KeyForm(name=name.strip(), role=role, person=person.strip(), team=team.strip(), days=days.strip())
    try:
        wanted = wanted_of(form)
    except DecodeError as error:
        wrong = KeyForm(
            name=form.name,
            role=form.role,
            person=form.person,
            team=form.team,
            days=form.days,
            fault=f"Expected {error.expected}.",
            field=error.field,
        )
        return keys_page(request, caller, service, form=wrong, status=422)
    maker, random = caller.principal, service.gate.random
    try:
        key, text = make_key(caller.context, wanted, by=maker.name, random=random, maker=maker)
    except BeyondMakerError as error:
        raise beyond(error) from None
    return keys_page(request, caller, service, made=text, made_for=key.name)


def wanted_of(form: KeyForm) -> Asked:
    if not form.name:
        raise DecodeError("name", form.name, "a name by which people know the key")
    days = form.days
    if days and not (days.isascii() and days.isdigit() and 0 < int(days[:6]) <= MOST_DAYS):
        raise DecodeError("days", days, f"a number of days, 1 to {MOST_DAYS}, or nothing for a key without an end")
    return allowed(
        title=form.name,
        role=form.role,
        scopes=None,
        person=form.person or None,
        team=form.team.replace(",", " ").split(),
        expires_in=dt.timedelta(days=int(days)) if days else None,
    )


@router.post("/keys/{id}/rotate")
def post_rotate(request: Request, caller: AsAdmin, service: ServiceOf, id: str) -> Response:
    """A new secret; the one before stays good for a day."""
    try:
        done = rotate_key(caller.context, id, random=service.gate.random, maker=caller.principal)
    except BeyondMakerError as error:
        raise beyond(error) from None
    if done is None:
        raise not_found("key that is good", id)
    return keys_page(request, caller, service, made=done[1], made_for=done[0].name)


@router.post("/keys/{id}/revoke")
def post_revoke(request: Request, caller: AsAdmin, id: str) -> Response:
    if revoke_key(caller.context, id) is None:
        raise not_found("key", id)
    return redirect(request, "/admin?told=revoked")


@router.get("/workspaces")
def get_workspaces(request: Request, caller: AsOperator, service: ServiceOf) -> Response:
    return workspaces_page(request, caller, service)


def workspaces_page(
    request: Request,
    caller: Caller,
    service: Service,
    *,
    name: str = "",
    fault: str = "",
    made: str = "",
) -> Response:
    names = workspace_names(caller.context, home=service.context.workspace)
    return section(
        request,
        caller,
        service,
        "workspaces",
        "admin_workspaces.html.j2",
        status=422 if fault else 200,
        names=names,
        name=name,
        fault=fault,
        made=made,
    )


@router.post("/workspaces")
def post_workspace(request: Request, caller: AsOperator, service: ServiceOf, name: Short = "") -> Response:
    """Make a workspace and the key of its first administrator, which is shown this once."""
    wanted = name.strip()
    home, by = service.context.workspace, caller.principal.name
    try:
        done = make_workspace(caller.context, wanted, home=home, by=by, random=service.gate.random)
    except DecodeError as error:
        return workspaces_page(request, caller, service, name=wanted, fault=f"Expected {error.expected}.")
    if done is None:
        return workspaces_page(request, caller, service, name=wanted, fault="There is one of that name already.")
    return workspaces_page(request, caller, service, name=wanted, made=done[1])


@router.get("/connectors")
def get_connectors(request: Request, caller: AsAdmin, service: ServiceOf) -> Response:
    return connectors_page(request, caller, service)


def connectors_page(
    request: Request, caller: Caller, service: Service, *, tried: Tried | None = None, name: str = ""
) -> Response:
    with caller.context.database.connect() as connection:
        found = connector_views(caller.context, connection)
    return section(
        request,
        caller,
        service,
        "connectors",
        "admin_connectors.html.j2",
        connectors=found,
        tried=tried,
        tried_name=name,
        file=service.settings.connectors is not None,
        own=has_own(caller.context, "connectors"),
    )


def has_own(context: Context, name: str) -> bool:
    return context.own is not None and context.own.value(context.workspace, name) is not None


@router.post("/connectors/{name}/test")
def post_test(request: Request, caller: AsAdmin, service: ServiceOf, name: str) -> Response:
    """Ask the other system something that changes nothing there."""
    tried = try_connector(caller.context, name)
    if tried is None:
        raise not_found("connector", name)
    return connectors_page(request, caller, service, tried=tried, name=name)


@router.get("/dead")
def get_dead(
    request: Request,
    caller: AsAdmin,
    service: ServiceOf,
    before: Annotated[str | None, Query(max_length=400)] = None,
    action: Annotated[int | None, Query(ge=1, le=1 << 62)] = None,
) -> Response:
    place = None if before is None else place_of(before)
    with caller.context.database.connect() as connection:
        view = dead_view(caller.context, connection, place, action)
    return section(
        request,
        caller,
        service,
        "dead",
        "admin_dead.html.j2",
        view=view,
        first="/admin/dead" if before or action else None,
        next=None if view.next is None else href("/admin/dead", before=view.next),
        next_actions=None if view.next_action is None else href("/admin/dead", action=view.next_action),
    )


@router.post("/dead")
def post_dead(request: Request, caller: AsAdmin, id: Annotated[str, Form(max_length=2000)] = "") -> Response:
    """Try again what was given up: a conversation, a job, or (`action:` and its id) something to be done outside."""
    kind, _, rest = id.partition(":")
    try:
        if kind == "action":
            there = replay_action(caller.context, UUID(rest), by=caller.principal.name) is not None
        else:
            there = replay_dead(caller.context, id)
    except ValueError:
        there = False
    except WordsGoneError as error:
        raise ProblemError(409, "words-gone", "Its words are gone", str(error)) from None
    except NotNowError as error:
        raise ProblemError(error.status, "not-now", "It cannot be sent now", str(error)) from None
    if not there:
        raise not_found("dead letter", id)
    return redirect(request, "/admin/dead?told=replayed")


@router.get("/retention")
def get_retention(request: Request, caller: AsAdmin, service: ServiceOf) -> Response:
    return retention_page(request, caller, service)


def retention_page(
    request: Request, caller: Caller, service: Service, *, days: str | None = None, fault: str = ""
) -> Response:
    default = service.settings.retention_days
    held = retention_of(caller.context, default)
    return section(
        request,
        caller,
        service,
        "retention",
        "admin_retention.html.j2",
        status=422 if fault else 200,
        held=held,
        default=default,
        days=days if days is not None else "" if held is None else str(held),
        fault=fault,
    )


@router.post("/retention")
def post_retention(request: Request, caller: AsAdmin, service: ServiceOf, days: Short = "") -> Response:
    """How long words are kept; nothing: as the service's settings say."""
    given = days.strip()
    if given and not (given.isascii() and given.isdigit() and len(given) < 6 and 0 < int(given) <= MOST_DAYS):
        fault = f"Expected a number of days, 1 to {MOST_DAYS}, or nothing for what the service's settings say."
        return retention_page(request, caller, service, days=given, fault=fault)
    set_retention(caller.context, int(given) if given else None, by=caller.principal.name)
    return redirect(request, "/admin/retention?told=done")


@router.get("/audit")
def get_audit(
    request: Request,
    caller: AsAdmin,
    service: ServiceOf,
    who: Annotated[str, Query(max_length=300)] = "",
    action: Annotated[str, Query(max_length=300)] = "",
    before: Annotated[int | None, Query(ge=1, le=1 << 62)] = None,
) -> Response:
    asked = who.strip(), action.strip()
    with caller.context.database.connect() as connection:
        view = audit_view(caller.context, connection, before=before, who=asked[0], action=asked[1])
    kept = {"who": view.who, "action": view.action}
    return section(
        request,
        caller,
        service,
        "audit",
        "admin_audit.html.j2",
        view=view,
        first=None if before is None else href("/admin/audit", **kept),
        next=None if view.next is None else href("/admin/audit", **kept, before=view.next),
        clear=bool(view.who or view.action),
    )

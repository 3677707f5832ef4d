"""Who calls: what an endpoint may do for them, and the context that it does it in."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from service import logs
from service.access.gate import Call, ForeignPageError, StrangerError
from service.access.identity import Principal, Role
from service.api.problems import ProblemError
from service.api.service import Service, ServiceOf
from service.flows.context import Context
from service.store import audit
from service.store.audit import Acting

__all__ = [
    "AsAdmin",
    "AsIngest",
    "AsManager",
    "AsOperator",
    "AsRep",
    "Caller",
    "Principal",
    "Role",
    "Sender",
    "as_operator",
    "call_of",
    "caller_as",
    "caller_of",
    "check_role",
    "identified",
]

SAFE = ("GET", "HEAD", "OPTIONS")
# What is posted to /v1/ingest are conversations.
NOUNS = {"ingest": "conversations"}
SUBJECTS = {"deals": "deal", "conversations": "conversation", "events": "event_id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """`context` is that of the principal's workspace."""

    principal: Principal
    context: Context

    def by(self, told: str | None) -> str | None:
        """Who did it: the person whose key it is, whatever the request says; else whom the request names."""
        return self.principal.person or told


def call_of(request: Request) -> Call:
    return Call(method=request.method, headers=request.headers, cookies=request.cookies)


async def identified(service: Service, request: Request) -> Principal:
    """Who calls, asked once for each request; raises StrangerError, ForeignPageError or the database's errors."""
    known: Principal | Exception | None = getattr(request.state, "caller", None)
    if known is None:
        try:
            call, home = call_of(request), service.context.workspace
            known = await service.gate.together(call, home=home)
            if known is None:
                known = await run_in_threadpool(service.gate.caller, call, home=home)
        except Exception as error:  # noqa: BLE001 - kept for the endpoint, which answers it as its own
            known = error
        request.state.caller = known
    if isinstance(known, Exception):
        raise known
    return known


async def principal_of(request: Request, service: ServiceOf) -> Principal:
    try:
        principal = await identified(service, request)
    except StrangerError as error:
        headers = {"WWW-Authenticate": 'Bearer realm="telltale"'}
        raise ProblemError(401, "key", "Nobody knows who calls", str(error), headers=headers) from None
    except ForeignPageError as error:
        raise ProblemError(403, "cross-site", "Not for pages of other sites", str(error)) from None
    logs.name(workspace=principal.workspace, **subject_of(request))
    check_scope(principal, request)
    if request.method not in SAFE:
        audit.act(acting(principal, request, service.context))
    return principal


def caller_as(principal: Principal, service: Service) -> Caller:
    """Asks the database which pipeline the workspace follows."""
    return Caller(principal=principal, context=dataclasses.replace(service.context, workspace=principal.workspace))


async def caller_of(request: Request, service: ServiceOf) -> Caller:
    principal = await principal_of(request, service)
    return await run_in_threadpool(caller_as, principal, service)


def subject_of(request: Request) -> dict[str, str]:
    """What the request is about, for the log: the deal of /v1/deals/{id}, the conversation of another."""
    words = request.scope["route"].path.split("/")
    id = request.path_params.get("id")
    return {SUBJECTS[words[2]]: id} if len(words) > 2 and words[2] in SUBJECTS and isinstance(id, str) else {}


def check_scope(principal: Principal, request: Request) -> None:
    words = request.scope["route"].path.split("/")
    noun = words[2] if words[:2] == ["", "v1"] else "pages"
    needed = f"{NOUNS.get(noun, noun)}:{'read' if request.method in SAFE else 'write'}"
    if principal.scopes is not None and needed not in principal.scopes:
        detail = f"this needs the scope {needed}; the key has {', '.join(sorted(principal.scopes)) or 'none'}"
        raise ProblemError(403, "scope", "Not for this key", detail, expected=needed)


def acting(principal: Principal, request: Request, context: Context) -> Acting:
    route = request.scope["route"].path.replace(":path}", "}")
    return Acting(
        who=principal.name,
        key=principal.key,
        address=None if request.client is None else request.client.host,
        request=getattr(request.state, "request_id", None),
        action=f"{request.method} {route}",
        now=context.now,
        subjects={name: [value] for name, value in request.path_params.items() if isinstance(value, str)},
    )


class AtLeast:
    """A dependency: the caller, who has at least this role."""

    def __init__(self, least: Role) -> None:
        self.least = least

    async def __call__(self, caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
        check_role(caller.principal, self.least)
        return caller


def check_role(principal: Principal, least: Role) -> None:
    if not principal.role.covers(least):
        detail = f"this needs the role {least} or a higher one; yours is {principal.role}"
        raise ProblemError(403, "role", "Not for this role", detail, expected=least.value)


async def sender(principal: Annotated[Principal, Depends(principal_of)]) -> Principal:
    check_role(principal, Role.INGEST)
    return principal


# Who only sends something in: nothing is asked of the database but who that is.
Sender = Annotated[Principal, Depends(sender)]
AsIngest = Annotated[Caller, Depends(AtLeast(Role.INGEST))]
AsRep = Annotated[Caller, Depends(AtLeast(Role.REP))]
AsManager = Annotated[Caller, Depends(AtLeast(Role.MANAGER))]
AsAdmin = Annotated[Caller, Depends(AtLeast(Role.ADMIN))]


async def as_operator(caller: AsAdmin, service: ServiceOf) -> Caller:
    """An admin of the settings' own workspace, who runs the service for the others."""
    if caller.principal.workspace != service.context.workspace:
        detail = "this is for admins of the workspace that the service is run from"
        raise ProblemError(403, "operator", "Not for this workspace", detail)
    return caller


AsOperator = Annotated[Caller, Depends(as_operator)]

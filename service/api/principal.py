"""Who calls: what an endpoint may do for them, and the context that it does it in."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from service.access.identity import LOCAL, Principal, Role
from service.api.problems import ProblemError
from service.api.service import ServiceOf
from service.flows.context import Context

__all__ = ["AsAdmin", "AsIngest", "AsManager", "AsRep", "Caller", "Principal", "Role"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """`context` is that of the principal's workspace."""

    principal: Principal
    context: Context


def caller_of(service: ServiceOf) -> Caller:
    principal = Principal(workspace=service.settings.workspace, role=Role.ADMIN, name=LOCAL)
    return Caller(principal=principal, context=dataclasses.replace(service.context, workspace=principal.workspace))


class AtLeast:
    """A dependency: the caller, who has at least this role."""

    def __init__(self, least: Role) -> None:
        self.least = least

    def __call__(self, caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
        if not caller.principal.role.covers(self.least):
            detail = f"this needs the role {self.least} or a higher one; yours is {caller.principal.role}"
            raise ProblemError(403, "role", "Not for this role", detail, expected=self.least.value)
        return caller


AsIngest = Annotated[Caller, Depends(AtLeast(Role.INGEST))]
AsRep = Annotated[Caller, Depends(AtLeast(Role.REP))]
AsManager = Annotated[Caller, Depends(AtLeast(Role.MANAGER))]
AsAdmin = Annotated[Caller, Depends(AtLeast(Role.ADMIN))]

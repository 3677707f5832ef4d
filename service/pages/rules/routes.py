"""The rules, a copy of them to edit, its backtest, and its adoption."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from engine import PipelineError
from engine.errors import Mistake
from engine.pipeline import pipeline_text
from service.api.principal import AsAdmin, AsRep, Caller, Role
from service.api.problems import ProblemError, not_found
from service.api.service import Service, ServiceOf
from service.flows.adopt_pipeline import adopt_version
from service.flows.backtest_version import LONGEST, checked, draft_version
from service.flows.deal_paths import refresh_paths
from service.pages.html import page, redirect
from service.pages.rules.view import present_text, rules_view, version_view
from service.store import pipelines
from service.store.pipelines import StoredVersion

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=2 * LONGEST)]
Skip = Annotated[int, Query(ge=0, le=1_000_000)]
OWN = "own"


@router.get("/rules")
def get_rules(request: Request, caller: AsRep) -> Response:
    """The pipeline that the workspace follows, and how often each of its rules has fired on the deals one sees."""
    context = caller.context
    waiting = refresh_paths(context)
    with context.database.connect() as connection:
        view = rules_view(context, connection, caller.principal.owners, waiting)
    may_edit = caller.principal.role.covers(Role.ADMIN)
    return page(request, "rules.html.j2", who=caller.principal, here="rules", view=view, may_edit=may_edit)


@router.get("/rules/edit")
def get_edit(
    request: Request, caller: AsAdmin, service: ServiceOf, source: Annotated[str, Query(alias="from")] = ""
) -> Response:
    """A copy: of what is followed, of a version (`from` its id), or of the settings' own file (`from=own`)."""
    context = caller.context
    with context.database.connect() as connection:
        if source == OWN:
            text = pipeline_text(service.settings.pipeline)
        elif source:
            text = version_of(caller, source).text
        else:
            text = present_text(connection, context.workspace, service.settings.pipeline)
    return editor(request, caller, text)


def version_of(caller: Caller, id: str) -> StoredVersion:
    context = caller.context
    try:
        known = UUID(id)
    except ValueError:
        raise not_found("version of the pipeline", id) from None
    with context.database.connect() as connection:
        found = pipelines.get(connection, context.workspace, known)
    if found is None:
        raise not_found("version of the pipeline", id)
    return found


def editor(
    request: Request, caller: Caller, text: str, *, mistakes: tuple[Mistake, ...] = (), sound: str = ""
) -> Response:
    return page(
        request,
        "rules_edit.html.j2",
        who=caller.principal,
        here="rules",
        status=422 if mistakes else 200,
        text=text,
        mistakes=mistakes,
        sound=sound,
        lines=max(20, min(40, text.count("\n") + 2)),
    )


@router.post("/rules/check")
def post_check(request: Request, caller: AsAdmin, text: Text = "") -> Response:
    """Is it right? Every mistake with its line, or what it would be."""
    given = as_lines(text)
    try:
        pipeline = checked(given)
    except PipelineError as error:
        return editor(request, caller, given, mistakes=error.mistakes)
    same = " It says the same as what is followed now." if pipeline.version == caller.context.pipeline.version else ""
    return editor(request, caller, given, sound=f"It can be followed: {pipeline.label}.{same}")


def as_lines(text: str) -> str:
    """Browsers send the ends of lines in their own way."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


@router.post("/rules/versions")
def post_version(request: Request, caller: AsAdmin, service: ServiceOf, text: Text = "") -> Response:
    """Keep the copy as a version that nobody follows yet, and try it on the stored history."""
    given = as_lines(text)
    try:
        id = draft_version(caller.context, given, by=caller.principal.name)
    except PipelineError as error:
        return editor(request, caller, given, mistakes=error.mistakes)
    test_later(caller, service, id)
    return redirect(request, f"/rules/versions/{id}?told=kept")


def test_later(caller: Caller, service: Service, id: UUID) -> None:
    context = caller.context
    with context.database.begin() as connection:
        pipelines.set_test(connection, context.workspace, id, state="testing", deals_done=0, deals_all=0, error=None)
        service.queue.backtest_later(connection, context.workspace, id)


@router.get("/rules/versions/{id}")
def get_version(request: Request, caller: AsAdmin, id: str, skip: Skip = 0) -> Response:
    """A version: how far its backtest is, or which deals would stand elsewhere under it."""
    version = version_of(caller, id)
    with caller.context.database.connect() as connection:
        view = version_view(caller.context, connection, version, skip)
    return page(request, "rules_version.html.j2", who=caller.principal, here="rules", view=view, fault="")


@router.post("/rules/versions/{id}/backtest")
def post_backtest(request: Request, caller: AsAdmin, service: ServiceOf, id: str) -> Response:
    """Try it once more, on what has happened since."""
    version = version_of(caller, id)
    test_later(caller, service, version.id)
    return redirect(request, f"/rules/versions/{version.id}")


@router.post("/rules/versions/{id}/adopt")
def post_adopt(
    request: Request,
    caller: AsAdmin,
    service: ServiceOf,
    id: str,
    comment: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """From now on the workspace follows it; a job folds its deals anew."""
    version = version_of(caller, id)
    said = comment.replace("\x00", "").strip()
    context = caller.context
    if not said:
        with context.database.connect() as connection:
            view = version_view(context, connection, version, 0)
        fault = "Say why: the comment stays with the version for good."
        return page(
            request, "rules_version.html.j2", who=caller.principal, here="rules", status=422, view=view, fault=fault
        )
    try:
        checked(version.text)
    except PipelineError as error:
        detail = f"this version cannot be followed any more: {error}"
        raise ProblemError(422, "invalid", "Not a pipeline", detail[:800], field="version") from None
    adopt_version(context, version.id, by=caller.principal.name, comment=said)
    with context.database.begin() as connection:
        service.queue.refold_later(connection, context.workspace)
    return redirect(request, "/rules?told=adopted")

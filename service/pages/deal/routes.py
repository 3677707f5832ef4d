"""The page of a deal, and what people decide on it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from service.api.principal import AsManager, AsRep, Caller, Role
from service.api.problems import ProblemError, not_found
from service.flows.answer_approval import NotWaitingError, answer_approval, stop_regression
from service.flows.override_stage import override_stage
from service.flows.settle_action import NotNowError, mark_done
from service.pages.deal.timeline import timeline_of
from service.pages.deal.view import StageChoice, deal_view, stage_choices
from service.pages.deal.wording import deal_url
from service.pages.html import is_partial, page, redirect
from service.pages.reviewing import back_to
from service.store import deal_cards
from service.store.deal_cards import DealCard
from signals import DecodeError

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=2000)]
# What came of a move, by the first of these that it decided.
MOVED = {"approval_requested": "asked", "stage_advanced": "moved", "stage_regressed": "moved"}
NO_REASON = "Say why: the reason stands in the deal's timeline for good."


def seen(caller: Caller, deal: str) -> DealCard:
    """The deal's card; not found for one that the caller may not see, as for one that there is not."""
    context = caller.context
    with context.database.connect() as connection:
        card = deal_cards.get(connection, context.workspace, deal, caller.principal.owners)
    if card is None:
        raise not_found("deal", deal)
    return card


def telling(url: str, word: str) -> str:
    """The address with what is told there once."""
    path, mark, place = url.partition("#")
    return f"{path}{'&' if '?' in path else '?'}told={word}{mark}{place}"


@router.get("/deals/{id:path}/move")
def get_move(request: Request, caller: AsRep, id: str, to: str = "", back: str = "") -> Response:
    """The form to move a deal, for whoever came here without a dialog."""
    return move_form(request, caller, seen(caller, id), to=to, reason="", back=back_to(back, deal_url(id)), fault=None)


def move_form(
    request: Request, caller: Caller, card: DealCard, *, to: str, reason: str, back: str, fault: str | None
) -> Response:
    pipeline = caller.context.pipeline
    here = pipeline.positions.get(card.stage, 0)
    choices: tuple[StageChoice, ...] = stage_choices(pipeline, here)
    return page(
        request,
        "deal_move.html.j2",
        who=caller.principal,
        here="deals",
        status=200 if fault is None else 422,
        title=card.account or card.name or card.deal,
        action=deal_url(card.deal, "move"),
        choices=choices,
        chosen=to,
        reason=reason,
        back=back,
        fault=fault,
        may_approve=caller.principal.role.covers(Role.MANAGER),
    )


@router.post("/deals/{id:path}/move")
def post_move(
    request: Request, caller: AsRep, id: str, to: Text = "", reason: Text = "", approve: Text = "", back: Text = ""
) -> Response:
    """A person moves the deal. A manager may approve a skip in the same breath; a rep's waits for one."""
    card, after = seen(caller, id), back_to(back, deal_url(id))
    if not reason.strip():
        return move_form(request, caller, card, to=to, reason=reason, back=after, fault=NO_REASON)
    value = {"to": to, "reason": reason.strip(), "by": caller.principal.name}
    if approve and caller.principal.role.covers(Role.MANAGER):
        value["approved_by"] = caller.principal.name
    try:
        done = override_stage(caller.context, id, value)
    except DecodeError as error:
        return move_form(request, caller, card, to=to, reason=reason, back=after, fault=f"Choose {error.expected}.")
    kinds = {decision["type"] for decision in done.decisions} if done is not None else set()
    return redirect(request, telling(after, next((word for kind, word in MOVED.items() if kind in kinds), "stayed")))


@router.post("/deals/{id:path}/approvals")
def post_approval(
    request: Request,
    caller: AsManager,
    id: str,
    approval: Text,
    answer: Text,
    reason: Text = "",
    back: Text = "",
) -> Response:
    """A manager grants or refuses what the deal asked for."""
    seen(caller, id)
    said, by, granted = reason.strip() or None, caller.principal.name, answer == "grant"
    try:
        answer_approval(caller.context, id, approval, granted=granted, by=by, reason=said)
    except NotWaitingError as error:
        raise gone(error) from None
    return redirect(request, telling(back_to(back, deal_url(id)), "granted" if granted else "refused"))


@router.post("/deals/{id:path}/regressions")
def post_regression(
    request: Request, caller: AsRep, id: str, regression: Text, reason: Text = "", back: Text = ""
) -> Response:
    """A person stops a regression that is scheduled, and says why."""
    seen(caller, id)
    if not reason.strip():
        raise ProblemError(422, "invalid", "A reason is missing", NO_REASON, field="reason", expected="a reason")
    try:
        stop_regression(caller.context, id, regression, by=caller.principal.name, reason=reason.strip())
    except NotWaitingError as error:
        raise gone(error) from None
    return redirect(request, telling(back_to(back, deal_url(id)), "stopped"))


@router.post("/deals/{id:path}/actions")
def post_action(request: Request, caller: AsRep, id: str, action: Annotated[UUID, Form()], back: Text = "") -> Response:
    """A person did what the stage asked for."""
    seen(caller, id)
    principal = caller.principal
    try:
        done = mark_done(caller.context, action, by=principal.name, note=None, owners=principal.owners)
    except NotNowError as error:
        raise ProblemError(error.status, "not-now", "It cannot be marked as done", str(error)) from None
    if done is None:
        raise not_found("action", str(action))
    return redirect(request, telling(back_to(back, deal_url(id)), "done"))


def gone(error: NotWaitingError) -> ProblemError:
    return ProblemError(error.status, "not-waiting", "It waits no longer", str(error))


@router.get("/deals/{id:path}")
def get_deal(
    request: Request,
    caller: AsRep,
    id: str,
    kind: str | None = None,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
) -> Response:
    """Where the deal stands and why. `kind` and `before` choose what the timeline shows; a script that asks for that
    alone gets no more, so that nothing is folded for it."""
    card = seen(caller, id)
    context = caller.context
    with context.database.connect() as connection:
        if is_partial(request) and request.headers.get("hx-target") == "timeline":
            timeline = timeline_of(connection, context.workspace, id, kind=kind, before=before)
            return page(request, "deal_timeline.html.j2", who=caller.principal, timeline=timeline)
        view = deal_view(context, connection, card, kind=kind, before=before)
    if view is None:
        raise not_found("deal", id)
    return page(
        request,
        "deal.html.j2",
        who=caller.principal,
        here="deals",
        deal=view,
        may_approve=caller.principal.role.covers(Role.MANAGER),
    )

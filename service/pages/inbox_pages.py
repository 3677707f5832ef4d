"""The inbox's pages: what waits, notices that were seen, and many signals accepted at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from service.api.principal import AsRep, Caller
from service.api.problems import not_found
from service.flows.accept_above import accept_unless_down
from service.flows.review_errors import ReviewError
from service.pages import inbox
from service.pages.html import TOLD, page, redirect
from service.pages.inbox_items import signal_items
from service.pages.reviewing import done
from service.pages.signal_words import TYPES
from service.store import deal_cards
from service.store import inbox as stored
from service.store.inbox import Wanted

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=2000)]
AT_ONCE = 200
USUAL = 80


@router.get("/")
def get_inbox(request: Request, caller: AsRep) -> Response:
    asked = inbox.asked_for(request.query_params)
    with caller.context.database.connect() as connection:
        view = inbox.look(connection, caller, asked)
    base = str(request.base_url).rstrip("/")
    return page(request, "inbox.html.j2", who=caller.principal, here="inbox", view=view, base=base)


@router.get("/inbox")
def get_inbox_by_name(request: Request) -> Response:
    return redirect(request, "/" + (f"?{request.url.query}" if request.url.query else ""))


@router.post("/notices/seen")
def post_seen(
    request: Request, caller: AsRep, deal: Text, seq: Annotated[int, Form(ge=1)], back: Text = "/"
) -> Response:
    """This person has seen it; others are still shown it."""
    context, sight = caller.context, inbox.sight_of(caller)
    with context.database.begin() as connection:
        if deal_cards.get(connection, context.workspace, deal, sight.owners) is None:
            raise not_found("deal", deal)
        stored.see(connection, sight, [(deal, seq)], context.now())
    return done(request, "seen", "Seen: it is not shown to you again", back=back, topics=["deal"])


@router.get("/accept")
def get_accept(
    request: Request,
    caller: AsRep,
    least: Annotated[int, Query(ge=0, le=100)] = USUAL,
    type: Annotated[str | None, Query(max_length=40)] = None,
    deal: Annotated[str | None, Query(max_length=250)] = None,
) -> Response:
    """How many signals would be accepted at once from that confidence (in percent), before anybody says so."""
    wanted = wanted_of(least, type, deal)
    sight = inbox.sight_of(caller)
    with caller.context.database.connect() as connection:
        count = stored.count_signals(connection, sight, wanted)
        all_of_them = stored.count_signals(connection, sight, Wanted(type=wanted.type, deal=wanted.deal))
        found = stored.signals_waiting(connection, sight, wanted, after=None, most=AT_ONCE)
        items = signal_items(connection, caller.context.workspace, found[:10])
    view = {
        "least": least,
        "type": wanted.type or "",
        "deal": wanted.deal or "",
        "types": TYPES,
        "count": len(found),
        "more": count > len(found),
        "of": inbox.shown_count(all_of_them),
        "deals": len({each.signal.deal for each in found}),
        "items": items,
    }
    return page(request, "accept.html.j2", who=caller.principal, here="inbox", view=view)


def wanted_of(least: int, type: str | None, deal: str | None) -> Wanted:
    """Without those of which it is known that they would move their deal down: they are looked at one by one."""
    return Wanted(type=type if type in TYPES else None, deal=deal or None, least=least / 100, regressing=False)


@router.post("/accept")
def post_accept(
    request: Request, caller: AsRep, least: Annotated[int, Form(ge=0, le=100)], type: Text = "", deal: Text = ""
) -> Response:
    down = accept(caller, wanted_of(least, type, deal))
    verb = "batch_but_down" if down else "batch"
    return done(request, verb, TOLD[verb], back="/", topics=["signal"])


def accept(caller: Caller, wanted: Wanted) -> int:
    """In order of arrival, each by itself; what somebody else decided meanwhile stays as they decided. How many wait on
    because they would move their deal down."""
    with caller.context.database.connect() as connection:
        found = stored.signals_waiting(connection, inbox.sight_of(caller), wanted, after=None, most=AT_ONCE)
    down = 0
    for each in reversed(found):
        try:
            down += accept_unless_down(caller.context, each.signal.id, by=caller.principal.name) is None
        except ReviewError:
            continue
    return down

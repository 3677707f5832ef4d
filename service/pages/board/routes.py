"""The board, the list and its CSV."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.api.principal import AsRep, Role
from service.pages.board.board import board_of
from service.pages.board.filters import asked_of
from service.pages.board.listing import csv_of, listing_of
from service.pages.html import page

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


def kept(request: Request, here: str) -> dict[str, str]:
    """Filters stand in the browser's address, in their short form; a refresh of what is there changes nothing."""
    return {} if request.headers.get("hx-current-url", "").endswith(here) else {"HX-Push-Url": here}


@router.get("/pipeline")
def get_board(request: Request, caller: AsRep) -> Response:
    """A column for each stage. What is filtered, sorted and shown stands in the URL."""
    context, query = caller.context, request.query_params
    asked = asked_of(query, query.getlist("more"))
    with context.database.connect() as connection:
        board = board_of(context, connection, asked, caller.principal.owners)
    return page(
        request,
        "board.html.j2",
        who=caller.principal,
        here="pipeline",
        headers=kept(request, board.here),
        board=board,
        may_approve=caller.principal.role.covers(Role.MANAGER),
    )


@router.get("/deals")
def get_list(request: Request, caller: AsRep) -> Response:
    """A page of deals."""
    context = caller.context
    with context.database.connect() as connection:
        listing = listing_of(context, connection, asked_of(request.query_params), caller.principal.owners)
    headers = kept(request, listing.here)
    return page(request, "deals.html.j2", who=caller.principal, here="deals", headers=headers, listing=listing)


@router.get("/deals.csv")
def get_csv(request: Request, caller: AsRep) -> Response:
    """All of what the list shows, pages or none."""
    context = caller.context
    with context.database.connect() as connection:
        body = csv_of(context, connection, asked_of(request.query_params), caller.principal.owners)
    headers = {"Content-Disposition": 'attachment; filename="deals.csv"', "Cache-Control": "no-store"}
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)

"""All sections, one alone, and each as CSV at its own address."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.api.principal import AsRep, Caller
from service.api.problems import not_found
from service.flows.deal_paths import refresh_paths
from service.pages.analytics.sections import PERIODS, SECTIONS, TITLES
from service.pages.analytics.sheet import Look, Section, rows_of
from service.pages.board.filters import NO_OWNER, Choice, choices
from service.pages.board.listing import harmless
from service.pages.formats import count_of
from service.pages.html import href, is_partial, page
from service.store import analytics
from service.store.analytics import Scope

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

YEAR = "365"
# What a person sees of some owners' deals only does not include what has no owner.
FOR_ALL = ("precision",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A section with where it stands alone, as CSV, and where its other pages are."""

    section: Section
    url: str
    csv: str
    first: str | None
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The choices above the figures; `clear` leads to the same without any."""

    owners: tuple[Choice, ...]
    periods: tuple[Choice, ...]
    path: str
    clear: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    id: str
    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """`bare`: there is no deal at all."""

    frames: tuple[Frame, ...]
    form: Form
    bare: bool


@router.get("/analytics")
def get_analytics(request: Request, caller: AsRep) -> Response:
    """A frame for each section. What stands in it is fetched when it comes into view: none waits for all the others."""
    owner, period, _ = asked(request)
    with caller.context.database.connect() as connection:
        known = analytics.owners_of(connection, scope_of(caller, ""))
        bare = not analytics.any_deal(connection, scope_of(caller, ""))
    kept = kept_of(owner, period)
    frames = tuple(
        Frame(id=name, title=TITLES[name], url=href(f"/analytics/{name}", **kept))
        for name in SECTIONS
        if may_see(caller, name)
    )
    view = Frames(frames=frames, form=form_of(known, owner, period, "/analytics"), bare=bare)
    return page(request, "analytics.html.j2", who=caller.principal, here="analytics", view=view)


@router.get("/analytics/{section}")
def get_section(request: Request, caller: AsRep, section: str) -> Response:
    """One section with all of its table, or its CSV."""
    if section not in SECTIONS or not may_see(caller, section):
        raise not_found("section of the analytics", section)
    if request.query_params.get("format") == "csv":
        return as_csv(request, caller, section)
    return shown(request, caller, section)


def may_see(caller: Caller, section: str) -> bool:
    return caller.principal.owners is None or section not in FOR_ALL


def asked(request: Request) -> tuple[str, str, int]:
    """(owner, days, skip) of the URL, read leniently."""
    query = request.query_params
    period, skip = query.get("days", YEAR), query.get("skip", "0")
    return (
        query.get("owner", "").strip()[:250],
        period if period in PERIODS else YEAR,
        int(skip) if skip.isascii() and skip.isdigit() and len(skip) < 7 else 0,
    )


def scope_of(caller: Caller, owner: str) -> Scope:
    narrowed = None if not owner else "" if owner == NO_OWNER else owner
    return Scope(workspace=caller.context.workspace, owners=caller.principal.owners, owner=narrowed)


def kept_of(owner: str, period: str) -> dict[str, str]:
    return {"owner": owner, "days": "" if period == YEAR else period}


def form_of(known: Sequence[str], owner: str, period: str, path: str) -> Form:
    people = {"": "Everybody", **{each: each for each in known}, NO_OWNER: "Nobody"}
    return Form(
        owners=choices(people, owner),
        periods=choices(PERIODS, period),
        path=path,
        clear=path if owner or period != YEAR else None,
    )


def shown(request: Request, caller: Caller, name: str) -> Response:
    owner, period, skip = asked(request)
    context = caller.context
    waiting = refresh_paths(context)
    with context.database.connect() as connection:
        scope = scope_of(caller, owner)
        look = Look(context=context, connection=connection, scope=scope, days=int(period), skip=skip)
        section = linked(SECTIONS[name](look), kept_of(owner, period))
        known = analytics.owners_of(connection, scope_of(caller, ""))
    late = f"{count_of(waiting, 'deal')} changed lately and will be counted within minutes." if waiting else ""
    form = form_of(known, owner, period, f"/analytics/{name}")
    return page(
        request,
        "analytics_section.html.j2",
        who=caller.principal,
        here="analytics",
        it=section,
        form=form,
        waiting=late,
        alone=not is_partial(request),
        titles=TITLES,
    )


def linked(section: Section, kept: dict[str, str]) -> Shown:
    path, sheet = f"/analytics/{section.id}", section.sheet
    return Shown(
        section=section,
        url=href(path, **kept),
        csv=href(path, **kept, format="csv"),
        first=None if sheet.first is None else href(path, **kept),
        next=None if sheet.next is None else href(path, **kept, skip=sheet.next),
    )


def as_csv(request: Request, caller: Caller, name: str) -> Response:
    """All of the table, whatever its pages, with a mark at the beginning by which spreadsheets know UTF-8."""
    owner, period, _ = asked(request)
    context = caller.context
    refresh_paths(context)
    with context.database.connect() as connection:
        scope = scope_of(caller, owner)
        look = Look(context=context, connection=connection, scope=scope, days=int(period), skip=None)
        sheet = SECTIONS[name](look).sheet
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column for column, _ in sheet.columns])
    writer.writerows(harmless(list(row)) for row in rows_of(sheet))
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return Response(out.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)

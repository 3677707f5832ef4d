"""The figures behind the charts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from service.api import shapes
from service.api.principal import AsRep, Caller
from service.api.problems import ProblemError
from service.flows import analytics as flow
from service.flows.deal_paths import refresh_paths
from service.store.analytics import Scope

__all__ = ["YEAR", "router", "scope_of"]

router = APIRouter(tags=["analytics"])

Json = dict[str, Any]

YEAR = 365
Owner = Annotated[str | None, Query(description="deals of this owner only; empty: of nobody", max_length=250)]
Days = Annotated[int, Query(ge=1, le=3650, description="how far to look back")]

STAGE = {
    "stage": "qualified",
    "entered": 120,
    "open": 14,
    "median_days": 21.5,
    "mean_days": 24.1,
    "expected_days": 22.0,
    "advanced": 0.62,
    "regressed": 0.08,
    "lost": 0.3,
    "stalled": 3,
}
CLOSED = {"currency": "USD", "won": 12, "lost": 9, "amount": 840000.0, "with_amount": 12, "days": 81.2}
STEP = {
    "stage": "qualified",
    "deals": 120,
    "of_before": 0.7,
    "of_all": 0.4,
    "won": 30,
    "lost": 41,
    "win_rate": 0.42,
    "low": 0.32,
    "high": 0.54,
}
STALLED = {
    "deal": "D-7",
    "account": "Brightwater Foods",
    "name": "Platform",
    "owner": "ana@northstar.example",
    "stage": "qualified",
    "days": 44.2,
    "limit": 33.0,
}
BIN = {"low": 40, "high": 50, "count": 31, "forecast": 44.1, "won": 0.48, "won_low": 0.32, "won_high": 0.65}
MONTH = {
    "month": "2026-04-01",
    "past": False,
    "currency": "USD",
    "deals": 9,
    "amount": 910000.0,
    "weighted": 377000.0,
    "low": 240000.0,
    "high": 514000.0,
}


def scope_of(caller: Caller, owner: str | None) -> Scope:
    return Scope(workspace=caller.context.workspace, owners=caller.principal.owners, owner=owner)


def counted(caller: Caller, owner: str | None) -> tuple[Scope, int]:
    """Whose deals count, and how many of the workspace have changed since they were counted."""
    if owner is not None and "\x00" in owner:
        raise ProblemError(422, "invalid", "Not an owner", "owner: expected text without NUL", field="owner")
    return scope_of(caller, owner), refresh_paths(caller.context)


@router.get(
    "/v1/analytics/velocity",
    responses={
        200: shapes.response(
            "how fast deals move",
            {
                "stages": [STAGE],
                "bottleneck": "qualified",
                "closed": [CLOSED],
                "win_rate": 0.57,
                "money_per_day": [{"currency": "USD", "amount": 2301.4}],
                "days": 365,
                "waiting": 0,
            },
        ),
        **shapes.errors(422),
    },
)
def get_velocity(caller: AsRep, owner: Owner = None, days: Days = YEAR) -> JSONResponse:
    """Time in each stage, the stage in which deals stay longest beyond what is expected, and money won a day.

    `waiting` deals have changed and are counted within the next minutes.
    """
    scope, waiting = counted(caller, owner)
    with caller.context.database.connect() as connection:
        found = flow.velocity(caller.context, connection, scope, days)
    per_day = [{"currency": currency, "amount": amount} for currency, amount in found.money_per_day.items()]
    closed = [asdict(each) | {"amount": float(each.amount)} for each in found.closed]
    return JSONResponse(asdict(found) | {"closed": closed, "money_per_day": per_day, "waiting": waiting})


@router.get(
    "/v1/analytics/conversion",
    responses={
        200: shapes.response("how many came how far", {"steps": [STEP], "days": 365, "waiting": 0}),
        **shapes.errors(422),
    },
)
def get_conversion(caller: AsRep, owner: Owner = None, days: Days = YEAR) -> JSONResponse:
    """Of the deals created in that time, how many reached each stage or a later one, and how many of those were won."""
    scope, waiting = counted(caller, owner)
    with caller.context.database.connect() as connection:
        found = flow.conversion(caller.context, connection, scope, days)
    return JSONResponse(asdict(found) | {"waiting": waiting})


@router.get(
    "/v1/analytics/stalls",
    responses={
        200: shapes.response(
            "a page of stalled deals",
            {"count": 1, "by_stage": {"qualified": 1}, "deals": [STALLED], "next": None},
        ),
        **shapes.errors(422),
    },
)
def get_stalls(
    caller: AsRep,
    owner: Owner = None,
    cursor: Annotated[int, Query(ge=0, le=1_000_000, description="`next` of the page before")] = 0,
    limit: Annotated[int, Query(ge=1, le=500, description="deals a page")] = 100,
) -> JSONResponse:
    """Open deals that have been in their stage longer than the pipeline's first alert allows, the furthest first."""
    scope, _ = counted(caller, owner)
    with caller.context.database.connect() as connection:
        found = flow.stalls(caller.context, connection, scope, most=limit, skip=cursor)
    end = cursor + len(found.deals)
    more = end if found.deals and end < found.count else None
    deals = [asdict(each) for each in found.deals]
    return JSONResponse({"count": found.count, "by_stage": found.by_stage, "deals": deals, "next": more})


@router.get(
    "/v1/analytics/calibration",
    responses={
        200: shapes.response(
            "how right the probabilities were",
            {"bins": [BIN], "brier": 0.18, "forecasts": 210, "days": 365, "waiting": 0},
        ),
        **shapes.errors(422),
    },
)
def get_calibration(caller: AsRep, owner: Owner = None, days: Days = YEAR) -> JSONResponse:
    """The probabilities that closed deals were given on entering their stages, in ten bins, and how many were won."""
    scope, waiting = counted(caller, owner)
    with caller.context.database.connect() as connection:
        found = flow.calibration(caller.context, connection, scope, days)
    return JSONResponse(asdict(found) | {"waiting": waiting})


@router.get(
    "/v1/analytics/forecast",
    responses={200: shapes.response("what is to be expected", {"months": [MONTH]}), **shapes.errors(422)},
)
def get_forecast(caller: AsRep, owner: Owner = None) -> JSONResponse:
    """The open deals by the month in which they are to close and by currency: in all, weighted by probability, and
    between which sums that lies in four of five cases if deals are won independently of each other."""
    scope, _ = counted(caller, owner)
    with caller.context.database.connect() as connection:
        found = flow.forecast(caller.context, connection, scope)
    months = [asdict(each) | {"month": None if each.month is None else each.month.isoformat()} for each in found]
    return JSONResponse({"months": months})

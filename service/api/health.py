"""For operators: is the process alive, can it work, and how does it do."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from service.api.principal import Role, as_operator, caller_of, check_role
from service.api.problems import ProblemError
from service.api.service import Service, ServiceOf
from service.store.migrate import behind

__all__ = ["router"]

router = APIRouter(tags=["operations"])


@router.get("/healthz", response_class=PlainTextResponse)
async def healthz() -> str:
    """The process answers."""
    return "ok\n"


@router.get("/readyz")
def readyz(service: ServiceOf) -> JSONResponse:
    """The database answers and has this version's tables; else 503."""
    with service.context.database.connect() as connection:
        if behind(connection):
            detail = "the database's tables are of another version than this program"
            raise ProblemError(503, "unavailable", "Not ready", detail)
    return JSONResponse({"ready": True, "pipeline": {"name": service.context.pipeline.name}})


@router.get("/metrics")
async def metrics(request: Request, service: ServiceOf) -> Response:
    """Figures over all workspaces in the text format of Prometheus: for who runs the service, or open by a setting."""
    if not service.settings.metrics_open:
        caller = await caller_of(request, service)
        check_role(caller.principal, Role.ADMIN)
        await as_operator(caller, service)
    return await run_in_threadpool(printed, service)


def printed(service: Service) -> Response:
    return Response(generate_latest(service.metrics.registry), media_type=CONTENT_TYPE_LATEST)

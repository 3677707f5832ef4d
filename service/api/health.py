"""For operators: is the process alive, can it work, and how does it do."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from service.api.problems import ProblemError
from service.api.service import ServiceOf
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
def metrics(service: ServiceOf) -> Response:
    """Figures in the text format of Prometheus."""
    return Response(generate_latest(service.metrics.registry), media_type=CONTENT_TYPE_LATEST)

"""What the endpoints work with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from service.access.gate import Gate
from service.access.limits import Limits
from service.api.metrics import Metrics
from service.flows.accept_conversation import Accepted, Post
from service.flows.context import Context
from service.jobs.queue import Queue
from service.sealing import Sealer
from service.settings import Settings
from service.together import Together
from service.tracing import Tracer
from service.webhooks.source import Source

if TYPE_CHECKING:
    from service.access.sign_in import Provider

__all__ = ["Service", "ServiceOf", "service_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One running service; the composition root makes it. `sources` are those of webhooks, by name; `sealer` guards the
    secrets of others that the database keeps; `gate` knows who calls, `limits` how much they may send; `intake` stores
    what is posted at the same time in one transaction; `provider` signs people in where there is one, `tracer` is there
    where traces are wanted."""

    settings: Settings
    context: Context
    queue: Queue
    metrics: Metrics
    sources: Mapping[str, Source]
    sealer: Sealer
    gate: Gate
    limits: Limits
    intake: Together[Post, Accepted]
    provider: Provider | None = None
    tracer: Tracer | None = None


# Not a plain function: such a one would be called in a thread, for each request.
async def service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


ServiceOf = Annotated[Service, Depends(service_of)]

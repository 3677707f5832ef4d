"""Traces for OpenTelemetry, on demand: a span for each request and each reading, with ids and never with words.

Nothing of OpenTelemetry is loaded unless TELLTALE_OTEL_ENDPOINT is set; its packages come with the extra `otel`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.flows.observing import Observer

__all__ = ["Traced", "TracedObserver", "Tracer", "tracing"]


class Span(Protocol):
    def set_attribute(self, key: str, value: Any) -> object: ...

    def update_name(self, name: str) -> object: ...


class Tracer(Protocol):
    """As OpenTelemetry's."""

    def start_as_current_span(
        self,
        name: str,
        *,
        attributes: Mapping[str, Any] | None = None,
        record_exception: bool = True,
        set_status_on_exception: bool = True,
    ) -> AbstractContextManager[Span]: ...


@contextlib.contextmanager
def tracing(endpoint: str | None) -> Iterator[Tracer | None]:
    """None where no endpoint is set. What is not sent yet is sent at the end. Raises ValueError without the extra."""
    if endpoint is None:
        yield None
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise ValueError("TELLTALE_OTEL_ENDPOINT: needs the extra otel: pip install 'telltale[otel]'") from None
    about = Resource.create({"service.name": "telltale", "service.version": version("telltale")})
    provider = TracerProvider(resource=about)
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    try:
        yield provider.get_tracer("telltale")
    finally:
        provider.shutdown()


@dataclass(frozen=True, slots=True)
class TracedObserver:
    """What an observer is told, told to it and traced."""

    observer: Observer
    tracer: Tracer

    @contextlib.contextmanager
    def reading(self, kind: str) -> Iterator[None]:
        # An error's message could quote what was read.
        told = {"telltale.kind": kind}
        span = self.tracer.start_as_current_span(
            "read conversation", attributes=told, record_exception=False, set_status_on_exception=False
        )
        with span, self.observer.reading(kind):
            yield

    def decided(self, rule: str, type: str) -> None:
        self.observer.decided(rule, type)


class Traced:
    """A span around each request, named by its route."""

    def __init__(self, app: ASGIApp, *, tracer: Tracer) -> None:
        self.app = app
        self.tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method = scope["method"]
        begun = self.tracer.start_as_current_span(
            method, attributes={"http.request.method": method}, record_exception=False, set_status_on_exception=False
        )
        with begun as span:

            async def noting(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                await send(message)

            try:
                await self.app(scope, receive, noting)
            finally:
                route = getattr(scope.get("route"), "path", None)
                request_id = scope.get("state", {}).get("request_id")
                if route is not None:
                    span.update_name(f"{method} {route}")
                    span.set_attribute("http.route", route)
                if request_id is not None:
                    span.set_attribute("telltale.request", request_id)

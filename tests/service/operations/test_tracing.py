"""Traces: a span a request and a reading, ids and no words; nothing loaded where nobody wants them."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.flows.read_conversation import read_conversation
from service.tracing import TracedObserver, tracing
from tests.service.samples import call

MARKED = "xyzzyplugh"


class Recorded:
    """A tracer that keeps what it is told."""

    def __init__(self) -> None:
        self.spans: list[dict[str, Any]] = []

    @contextlib.contextmanager
    def start_as_current_span(
        self,
        name: str,
        *,
        attributes: Mapping[str, Any] | None = None,
        record_exception: bool = True,
        set_status_on_exception: bool = True,
    ) -> Iterator[Any]:
        span: dict[str, Any] = {"name": name, **(attributes or {})}
        self.spans.append(span)

        class Span:
            def set_attribute(self, key: str, value: Any) -> None:
                span[key] = value

            def update_name(self, name: str) -> None:
                span["name"] = name

        try:
            yield Span()
        except Exception as error:
            if record_exception or set_status_on_exception:
                span["error"] = str(error)
            raise


@pytest.fixture
def traced(service: Any) -> tuple[Any, Recorded]:
    tracer = Recorded()
    context = dataclasses.replace(service.context, observer=TracedObserver(service.metrics, tracer))
    return dataclasses.replace(service, context=context, tracer=tracer), tracer


def test_requests_and_readings_are_spans_without_words(traced: Any) -> None:
    service, tracer = traced
    with TestClient(create_app(service), raise_server_exceptions=False) as client:
        document = call(f"c-{MARKED}", f"b1: {MARKED} [boom]")
        client.post("/v1/conversations", json=document, headers={"X-Request-Id": "r-1"})
        client.get(f"/v1/conversations/c-{MARKED}")
        figures = client.get("/metrics").text
    assert 'telltale_requests_total{method="POST",route="/v1/conversations",status="202"} 1.0' in figures
    read_conversation(service.context, f"c-{MARKED}")
    posted, got, _, read = tracer.spans
    assert posted == {
        "name": "POST /v1/conversations",
        "http.request.method": "POST",
        "http.response.status_code": 202,
        "http.route": "/v1/conversations",
        "telltale.request": "r-1",
    }
    assert got["name"] == "GET /v1/conversations/{id:path}"
    assert read == {"name": "read conversation", "telltale.kind": "call"}
    assert MARKED not in json.dumps(tracer.spans)


def test_nothing_is_loaded_where_no_traces_are_wanted() -> None:
    code = "import sys, service.app; print(any(name.startswith('opentelemetry.sdk') for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    with tracing(None) as tracer:
        assert tracer is None


def test_without_the_extra_it_says_which_one_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    if find_spec("opentelemetry.sdk") is not None:
        monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(ValueError, match="extra otel"), tracing("http://127.0.0.1:4318"):
        pass

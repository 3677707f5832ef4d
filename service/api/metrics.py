"""Figures for operators, in a registry of this service's own."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.store import actions, conversations, deals, signals
from service.store.action_tables import STATES

__all__ = ["Measured", "Metrics"]


class Metrics:
    """`registry` is what /metrics prints: requests as they come, and what the tables hold when it is asked."""

    def __init__(self, database: Engine, now: Callable[[], dt.datetime]) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "telltale_requests", "Requests answered", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "telltale_request_seconds", "Time to the answer", ["method", "route"], registry=self.registry
        )
        self.registry.register(Contents(database, now))


class Contents(Collector):
    """Counts from the tables, taken when somebody looks."""

    def __init__(self, database: Engine, now: Callable[[], dt.datetime]) -> None:
        self.database = database
        self.now = now

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterable[Metric]:
        with self.database.connect() as connection:
            by_state = conversations.count(connection)
            oldest = conversations.oldest_unread(connection)
            by_kind = signals.count(connection)
            by_stage = deals.count(connection)
            by_outcome = actions.count(connection)
            oldest_action = actions.oldest(connection)
        stored = GaugeMetricFamily("telltale_conversations", "Conversations by state", labels=["state"])
        for state in ("received", "read", "failed"):
            stored.add_metric([state], by_state.get(state, 0))
        age = 0.0 if oldest is None else max(0.0, (self.now() - oldest).total_seconds())
        unread = GaugeMetricFamily("telltale_oldest_unread_seconds", "Age of the oldest unread conversation", age)
        found = GaugeMetricFamily("telltale_signals", "Signals by type and state", labels=["type", "state"])
        for (kind, state), number in by_kind.items():
            found.add_metric([kind, state], number)
        standing = GaugeMetricFamily("telltale_deals", "Deals by stage", labels=["stage"])
        for stage, number in by_stage.items():
            standing.add_metric([stage], number)
        outside = GaugeMetricFamily("telltale_actions", "Actions by state; dead ones were given up", labels=["state"])
        for state in STATES:
            outside.add_metric([state], by_outcome.get(state, 0))
        behind = 0.0 if oldest_action is None else max(0.0, (self.now() - oldest_action).total_seconds())
        unsent = GaugeMetricFamily("telltale_oldest_unsent_seconds", "Age of the oldest action not yet sent", behind)
        return [stored, unread, found, standing, outside, unsent]


class Measured:
    """Counts and times each request by its route, so that ids make no series of their own."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            self.metrics.requests.labels(scope["method"], route, str(status)).inc()
            self.metrics.seconds.labels(scope["method"], route).observe(time.perf_counter() - began)

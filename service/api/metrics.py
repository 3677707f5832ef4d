"""Figures for operators, in a registry of this process's own."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.store import figures
from service.store.action_tables import STATES

__all__ = ["Measured", "Metrics"]

# Seconds. Acknowledging is meant to take some milliseconds, reading up to a few seconds, with a model minutes.
ACK = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10)
READING = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
# Where something is acknowledged that others rely on being kept.
TAKES_IN = re.compile(r"/v1/(conversations|events|ingest/\{[^/]+\}|webhooks/\{[^/]+\})")


class Metrics:
    """`registry` is what /metrics prints: what this process does as it does it, and what the tables hold when asked.

    It is also the flows' observer: readings are timed and the engine's rules counted where they happen, so that each
    worker has its own.
    """

    def __init__(self, database: Engine, now: Callable[[], dt.datetime]) -> None:
        self.registry = registry = CollectorRegistry()
        self.requests = Counter(
            "telltale_requests", "Requests answered", ["method", "route", "status"], registry=registry
        )
        self.seconds = Histogram(
            "telltale_request_seconds", "Time to the answer", ["method", "route"], registry=registry
        )
        self.acks = Histogram(
            "telltale_ack_seconds", "Time until what came in was durable", ["route"], buckets=ACK, registry=registry
        )
        self.readings = Histogram(
            "telltale_extraction_seconds", "Time to read a conversation", ["kind"], buckets=READING, registry=registry
        )
        self.stumbles = Counter(
            "telltale_extraction_errors", "Readings that ended in an error", ["kind"], registry=registry
        )
        self.rules = Counter("telltale_rule_fires", "Decisions by rule and type", ["rule", "type"], registry=registry)
        registry.register(Contents(database, now))

    @contextlib.contextmanager
    def reading(self, kind: str) -> Iterator[None]:
        with self.stumbles.labels(kind).count_exceptions(), self.readings.labels(kind).time():
            yield

    def decided(self, rule: str, type: str) -> None:
        self.rules.labels(rule, type).inc()


class Contents(Collector):
    """Figures from the tables, taken when somebody looks."""

    def __init__(self, database: Engine, now: Callable[[], dt.datetime]) -> None:
        self.database = database
        self.now = now

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterable[Metric]:
        now = self.now()
        with self.database.connect() as connection:
            by_state = figures.counted(connection, "conversations")
            by_kind = figures.counted(connection, "signals")
            by_stage = figures.counted(connection, "deals")
            by_outcome = figures.counted(connection, "actions")
            waiting = figures.waiting(connection, now)
        yield gauge(
            "telltale_conversations",
            "Conversations by state",
            ["state"],
            {(state,): by_state.get((state,), 0) for state in ("received", "read", "failed")},
        )
        yield gauge("telltale_signals", "Signals by type and state", ["type", "state"], by_kind)
        yield gauge("telltale_deals", "Deals by stage", ["stage"], by_stage)
        by_state_of_action = {(state,): by_outcome.get((state,), 0) for state in STATES}
        yield gauge("telltale_actions", "Actions by state; dead ones were given up", ["state"], by_state_of_action)
        dead = {
            ("reading",): waiting.dead_conversations,
            ("action",): waiting.dead_actions,
            ("job",): waiting.dead_jobs,
        }
        yield gauge("telltale_dead_letters", "What was given up and waits for a person", ["kind"], dead)
        inbox = {
            ("signal",): waiting.pending_signals,
            ("conversation",): waiting.unrouted_conversations,
            ("event",): waiting.unassigned_events,
        }
        yield gauge("telltale_inbox", "What waits for a person's decision", ["kind"], inbox)
        due = {(queue,): number for queue, (number, _) in waiting.jobs.items()}
        yield gauge("telltale_jobs_due", "Jobs that could be done now", ["queue"], due)
        ages = {(queue,): since(oldest, now) for queue, (_, oldest) in waiting.jobs.items()}
        yield gauge(
            "telltale_queue_age_seconds", "Age of the oldest job that is due", ["queue"], ages or {("default",): 0}
        )
        yield GaugeMetricFamily("telltale_timers_overdue", "Deals whose timer is due", waiting.timers_overdue)
        for name, told, moment in (
            ("telltale_oldest_unread_seconds", "Age of the oldest unread conversation", waiting.oldest_unread),
            ("telltale_oldest_unsent_seconds", "Age of the oldest action not yet sent", waiting.oldest_unsent),
            ("telltale_oldest_timer_seconds", "For how long the most overdue timer has been due", waiting.next_timer),
        ):
            yield GaugeMetricFamily(name, told, since(moment, now))


def gauge(name: str, told: str, labels: list[str], values: Mapping[Any, float]) -> GaugeMetricFamily:
    """`values` by tuples of the labels' values."""
    family = GaugeMetricFamily(name, told, labels=labels)
    for label, value in values.items():
        family.add_metric(label, value)
    return family


def since(moment: dt.datetime | None, now: dt.datetime) -> float:
    return 0.0 if moment is None else max(0.0, (now - moment).total_seconds())


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
            took = time.perf_counter() - began
            route = getattr(scope.get("route"), "path", "none")
            self.metrics.requests.labels(scope["method"], route, str(status)).inc()
            self.metrics.seconds.labels(scope["method"], route).observe(took)
            if acknowledges(scope, route, status):
                self.metrics.acks.labels(route).observe(took)


def acknowledges(scope: Scope, route: str, status: int) -> bool:
    """Whether the answer says that something is kept, and did not wait for what becomes of it."""
    waits = b"wait=true" in scope["query_string"]
    return scope["method"] == "POST" and 200 <= status < 300 and not waits and TAKES_IN.fullmatch(route) is not None

"""The composition root: the only place that puts the rooms together."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import random
import secrets
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from importlib.metadata import version

import uuid_utils.compat
from fastapi import Depends, FastAPI

from service import clock
from service.access.gate import Gate
from service.access.limits import Limits
from service.access.provider import renewal_of, sign_in_of, token_reader
from service.api import (
    actions,
    analytics,
    approvals,
    audit,
    conversations,
    dead,
    deals,
    events,
    health,
    keys,
    own_settings,
    privacy,
    problems,
    review,
    reviewed_conversations,
    signals,
    unassigned,
    webhook_inbox,
    webhooks,
)
from service.api.forms import Forms
from service.api.guard import Guard
from service.api.headers import Headers
from service.api.metrics import Measured, Metrics
from service.api.problems import no_nul, no_other_site
from service.api.service import Service
from service.connectors.config import NOWHERE, load
from service.flows.accept_conversation import accept_together
from service.flows.adopted import Adopted
from service.flows.context import Context
from service.flows.folding import Folds
from service.flows.outlet import Outlet
from service.flows.own_settings import OwnSettings, kept_fresh
from service.flows.review_policy import NO_RULES, load_policy
from service.jobs.queue import make_queue, work
from service.pages import live, site
from service.reader import the_readers
from service.readers.cache import forgetting
from service.sealing import Sealer
from service.settings import Settings
from service.store.connect import connect, driver_url
from service.store.embedded import embedded
from service.store.migrate import migrate, secure
from service.together import Together
from service.tracing import Traced, TracedObserver, tracing
from service.webhooks.door import sources
from signals import Conversation, Signal

__all__ = ["create_app", "running"]

# Conversations in one transaction: an hour's call is some 100 kB, and others wait while it is stored.
INTAKE = 100
# Events of deals whose folds are kept, some 5 kB each.
KEPT_EVENTS = 20_000

Extract = Callable[[Conversation], list[Signal]]


@contextlib.contextmanager
def running(settings: Settings, *, extract: Extract | None = None) -> Iterator[Service]:
    """A service on its database, which is started where it is embedded, and migrated. `extract` is for tests.

    Raises ValueError for a database that is none of ours, for a mapping file that cannot be followed and for settings
    of sources or readers that there are not, engine errors for a pipeline that is wrong.
    """
    from engine import Pipeline

    pipeline = Pipeline.load(settings.pipeline)
    policy = NO_RULES
    if settings.review_policy is not None:
        policy = load_policy(settings.review_policy, pipeline=pipeline.name, stages=pipeline.positions)
    outlets = NOWHERE if settings.connectors is None else load(settings.connectors, os.environ)
    webhook_sources = sources(settings.webhook_mappings)
    check_names(settings, webhook_sources)
    reader, readers = (extract, {}) if extract else the_readers(settings)
    with contextlib.ExitStack() as stack:
        url = settings.database or stack.enter_context(embedded(settings.data))
        database = connect(url, connections=settings.connections)
        stack.callback(database.dispose)
        migrate(database)
        database = secure(database, settings.database_role)
        metrics = Metrics(database, clock.now)
        tracer = stack.enter_context(tracing(settings.otel_endpoint))
        sealer = Sealer(settings.secret_key, settings.data)
        queue = make_queue(
            driver_url(url),
            lambda workspace: dataclasses.replace(context, workspace=workspace),
            retention_days=settings.retention_days,
        )
        context = Context(
            database=database,
            workspace=settings.workspace,
            pipeline=pipeline,
            accept_at=settings.accept_at,
            extract=reader,
            readers=readers,
            defer=queue.defer,
            now=clock.now,
            new_id=uuid_utils.compat.uuid7,
            our_domains=settings.our_domains,
            policy=policy,
            observer=metrics if tracer is None else TracedObserver(metrics, tracer),
            adopted=Adopted(),
            own=OwnSettings(clock.now, unseal=sealer.unseal, reach=settings.connector_networks),
            forget_answers=forgetting(settings.llm_cache or settings.data / "answers", settings.llm_cache_size),
            folds=Folds(most=KEPT_EVENTS),
            outlet=Outlet(outlets=outlets, send_later=queue.send_later, chance=random.random, site=settings.public_url),
        )
        provider = sign_in_of(settings, clock.now)
        yield Service(
            settings=settings,
            context=context,
            queue=queue,
            metrics=metrics,
            tracer=tracer,
            sources=webhook_sources,
            sealer=sealer,
            gate=Gate(
                settings,
                context,
                random=secrets.token_bytes,
                tokens=token_reader(settings, clock.now),
                renew=renewal_of(settings, provider, sealer, clock.now),
            ),
            provider=provider,
            limits=Limits(requests=settings.rate_requests, size=settings.rate_bytes),
            intake=Together(accept_together, name="intake", most=INTAKE, lanes=2),
        )


def check_names(settings: Settings, known: Collection[str]) -> None:
    """A name that is misspelt would leave its source without a secret, and nobody would know why."""
    for setting, names in (
        ("TELLTALE_WEBHOOK_SECRETS", settings.webhook_secrets),
        ("TELLTALE_WEBHOOK_UNSIGNED", settings.webhook_unsigned),
    ):
        for name in names:
            if name not in known:
                raise ValueError(
                    f"{setting}: {name[:40]!r} is no source of webhooks; there are {', '.join(sorted(known))}"
                )


def create_app(service: Service) -> FastAPI:
    """The HTTP application; while it lives, it does the queue's jobs too, unless the settings say otherwise."""

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(live.listening(app.state.live))
            await stack.enter_async_context(kept_fresh(service.context.own, service.context.database))
            if service.settings.worker:
                jobs = asyncio.create_task(
                    work(
                        service.queue,
                        jobs=service.settings.jobs,
                        install_signal_handlers=False,
                        patience=service.settings.stop_within,
                    )
                )
                stack.push_async_callback(stopped, jobs)
            yield

    app = FastAPI(
        title="Telltale",
        version=version("telltale"),
        summary="Reads what buyers say and write, and keeps each deal's stage true to it.",
        lifespan=lifespan,
        # The pages that FastAPI makes fetch their scripts from elsewhere; the description itself is ours.
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(no_nul), Depends(no_other_site)],
    )
    app.state.service = service
    problems.install(app)
    # The last one is the outermost.
    app.add_middleware(Forms, most=service.settings.max_body)
    app.add_middleware(Guard, service=service)
    app.add_middleware(Measured, metrics=service.metrics)
    app.add_middleware(Headers, new_id=service.context.new_id)
    if service.tracer is not None:
        app.add_middleware(Traced, tracer=service.tracer)
    for room in (
        conversations,
        signals,
        actions,
        approvals,
        deals,
        events,
        unassigned,
        webhooks,
        webhook_inbox,
        own_settings,
        keys,
        audit,
        dead,
        health,
        privacy,
        review,
        reviewed_conversations,
        analytics,
    ):
        app.include_router(room.router)
    site.install(app, service)
    return app


async def stopped(jobs: asyncio.Task[None]) -> None:
    """Tell the worker to stop and wait until what it was doing is done."""
    jobs.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await jobs

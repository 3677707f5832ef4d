"""Webhooks: a delivery proves who sent it, and is taken; the sender hears what became of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from service.access.workspaces import NAME
from service.api import shapes
from service.api.bodies import RawBody
from service.api.problems import ProblemError, refused
from service.api.service import Service, ServiceOf
from service.flows.context import Context
from service.flows.take_webhook import take_webhook
from service.intake.jsontext import UnreadableError
from service.intake.refusal import Refusal
from service.sealing import UnsealableError
from service.store import hook_secrets
from service.webhooks import verify
from service.webhooks.delivery import Delivery
from service.webhooks.inlet import Inlet, inlet_of
from service.webhooks.source import Reply, Source
from service.webhooks.verify import Proof, SecretError, UnprovenError
from signals import DecodeError

__all__ = ["known_source", "router", "sources_of"]

router = APIRouter(tags=["webhooks"])
log = logging.getLogger(__name__)

Json = dict[str, Any]

MOST_HANDED_OVER = 100
SETTING = "TELLTALE_WEBHOOK_SECRETS"
STRANGER = "it proves nothing, or the workspace has no secret of this source"

TAKEN = {
    "accepted": ["docusign:bbbbbbbb-0000-4000-8000-000000000002:envelope-completed"],
    "known": [],
    "unassigned": [],
    "ignored": [],
    "refused": [],
    "announced": [],
    "reviews": [],
}


@router.post(
    "/v1/webhooks/{source}",
    responses={
        200: shapes.response("what became of it; some sources get an answer of their own form instead", TAKEN),
        401: {"description": "the signature is missing, wrong, old or replayed"},
        403: {"description": "the source has no secret; the problem names the setting"},
        **shapes.errors(400, 404, 413, 415, 422),
    },
    openapi_extra=shapes.request_body({"event": "envelope-completed"}, "application/json", "text/xml"),
)
async def post_webhook(request: Request, service: ServiceOf, source: str, body: RawBody) -> Response:
    """What another system tells: proven by its signature over the raw body, and never counted twice.

    Sources: docusign, pandadoc, hubspot, salesforce, calendly, google-calendar, slack, asana, zoom, fireflies, recall,
    assemblyai, standard, cloudevents, and those of the mapping files.
    """
    known = known_source(service, source, service.context)
    delivery = delivery_of(request, service, source, body)
    return await run_in_threadpool(into_home, service, known, delivery)


@router.post(
    "/v1/workspaces/{workspace}/webhooks/{source}",
    responses={
        200: shapes.response("what became of it; some sources get an answer of their own form instead", TAKEN),
        401: {"description": "it proves nothing, or there is no such workspace, or it has no secret of such a source"},
        **shapes.errors(400, 413, 415, 422),
    },
    openapi_extra=shapes.request_body({"event": "envelope-completed"}, "application/json", "text/xml"),
)
async def post_own_webhook(
    request: Request, service: ServiceOf, workspace: str, source: str, body: RawBody
) -> Response:
    """The same into another workspace, with the secrets that its admins gave (`PUT /v1/webhook-sources/{source}`)."""
    delivery = delivery_of(request, service, source, body)
    return await run_in_threadpool(into_own, service, workspace, delivery)


def sources_of(service: Service, context: Context) -> Mapping[str, Source]:
    """The service's, and in their places those of the workspace's own mapping files."""
    own = {} if context.own is None else context.own.sources(context.workspace)
    return {**service.sources, **own} if own else service.sources


def known_source(service: Service, name: str, context: Context) -> Source:
    there = sources_of(service, context)
    if name not in there:
        known = ", ".join(sorted(there))
        detail = f"source: expected one of {known}, got {name[:80]!r}; others need a mapping file"
        raise ProblemError(404, "not-found", "No such source", detail, field="source", expected=known)
    return there[name]


def delivery_of(request: Request, service: Service, source: str, body: bytes) -> Delivery:
    url = str(request.url)
    if service.settings.public_url:
        start = f"{request.url.scheme}://{request.url.netloc}"
        url = service.settings.public_url + url.removeprefix(start)
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        headers.setdefault(name.lower(), value)
    return Delivery(
        source=source,
        method=request.method,
        url=url,
        query=dict(request.query_params),
        headers=headers,
        body=body,
        received_at=service.context.now(),
    )


def into_home(service: Service, source: Source, delivery: Delivery) -> Response:
    context = service.context
    try:
        inlet = inlet_into(service, context, source)
    except UnsealableError as error:
        raise unusable(source, error) from None
    return take(service, context, source, delivery, inlet)


def into_own(service: Service, workspace: str, delivery: Delivery) -> Response:
    """One answer for a workspace that there is not, for a source that it has not or has no secret of, and for a wrong
    signature: which of them it was is nobody's business."""
    name = delivery.source
    stranger = ProblemError(401, "unproven", "The delivery does not prove its sender", f"{name[:80]}: {STRANGER}")
    if not NAME.fullmatch(workspace):
        raise stranger
    context = dataclasses.replace(service.context, workspace=workspace)
    source = sources_of(service, context).get(name)
    try:
        inlet = None if source is None else inlet_into(service, context, source)
        if source is None or inlet is None or not inlet.secrets:
            raise stranger
        return take(service, context, source, delivery, inlet)
    except ProblemError as error:
        raise (stranger if error.status in (401, 403) else error) from None
    except UnsealableError:
        log.error("webhook: a workspace's secret cannot be opened", extra={"source": name})
        raise stranger from None


def inlet_into(service: Service, context: Context, source: Source) -> Inlet:
    with context.database.connect() as connection:
        return inlet_of(
            connection,
            context.workspace,
            source.name,
            unseal=service.sealer.unseal,
            settings=service.settings,
            stages=tuple(context.pipeline.positions),
        )


def unusable(source: Source, error: SecretError | UnsealableError) -> ProblemError:
    log.warning("webhook: a secret cannot be used", extra={"source": source.name, "reason": str(error)})
    detail = f"{SETTING}: {source.name}: {error}"
    return ProblemError(403, "secret", "The source's secret cannot be used", detail, field=SETTING)


def take(service: Service, context: Context, source: Source, delivery: Delivery, inlet: Inlet) -> Response:
    try:
        hello = source.handshake(delivery, inlet.secrets) if source.handshake else None
        if hello is not None:
            keep_secret(service, context, source, hello)
            return reply(hello)
        secrets = (*inlet.secrets, *handed_over(service, context, source))
        proof = proven(service, source, delivery, secrets, unsigned=inlet.unsigned)
        special = source.early(delivery, proof) if source.early else None
        if special is not None:
            return reply(special)
    except UnprovenError as error:
        # The source's name and the reason only: a body that nobody signed is a stranger's.
        log.warning("webhook refused", extra={"source": source.name, "reason": str(error)})
        detail = f"{source.name}: {error}"
        raise ProblemError(401, "unproven", "The delivery does not prove its sender", detail) from None
    except (SecretError, UnsealableError) as error:
        raise unusable(source, error) from None
    except DecodeError as error:
        raise refused([Refusal.of("body", error, unreadable=isinstance(error, UnreadableError))]) from None
    return taken(context, source, delivery, proof, inlet)


def proven(service: Service, source: Source, delivery: Delivery, secrets: Sequence[str], *, unsigned: bool) -> Proof:
    if secrets:
        tolerance = dt.timedelta(seconds=service.settings.webhook_tolerance)
        return source.verify(delivery, secrets, tolerance)
    if unsigned:
        return verify.unsigned(delivery, beside=source.beside)
    detail = (
        f'{source.name}: no secret is set, so nothing is taken from it. Set {SETTING}={{"{source.name}": ["..."]}} '
        f"(or the name of a file that holds this); for local trials TELLTALE_WEBHOOK_UNSIGNED={source.name}"
    )
    raise ProblemError(403, "no-secret", "The source has no secret", detail, field=SETTING)


def handed_over(service: Service, context: Context, source: Source) -> list[str]:
    if source.handshake is None:
        return []
    with context.database.connect() as connection:
        kept = hook_secrets.of_source(connection, context.workspace, source.name, MOST_HANDED_OVER)
    return [service.sealer.unseal(each) for each in kept]


def keep_secret(service: Service, context: Context, source: Source, hello: Reply) -> None:
    if hello.keep_secret is not None and hello.keep_secret not in handed_over(service, context, source):
        sealed = service.sealer.seal(hello.keep_secret)
        with context.database.begin() as connection:
            hook_secrets.add(connection, context.workspace, source.name, sealed, context.now())


def taken(context: Context, source: Source, delivery: Delivery, proof: Proof, inlet: Inlet) -> Response:
    try:
        outcome = take_webhook(context, source, delivery, proof, inlet.site, create=inlet.create)
    except DecodeError as error:
        raise refused([Refusal.of("body", error, unreadable=isinstance(error, UnreadableError))]) from None
    if outcome["refused"] and not any(value for name, value in outcome.items() if name != "refused"):
        first = outcome["refused"][0]
        members = {name: first[name] for name in ("field", "value", "expected")}
        title = "The content is not what was expected"
        raise ProblemError(422, "invalid", title, first["detail"], errors=outcome["refused"], **members)
    own = source.answer(delivery, outcome) if source.answer else None
    return JSONResponse(outcome) if own is None else reply(own)


def reply(given: Reply) -> Response:
    media_type = given.media_type if given.body else None
    return Response(given.body, given.status, headers=given.headers, media_type=media_type)


@router.options("/v1/webhooks/{source}", responses={204: {"description": "the source may send"}, **shapes.errors(404)})
def options(request: Request, service: ServiceOf, source: str) -> Response:
    """The question of CloudEvents' abuse protection: may this origin send here? Whoever has a secret may."""
    known_source(service, source, service.context)
    origin = request.headers.get("webhook-request-origin", "")
    return allowed(origin, sends=source in service.settings.webhook_secrets)


@router.options(
    "/v1/workspaces/{workspace}/webhooks/{source}",
    responses={204: {"description": "the source may send"}},
)
def own_options(request: Request, workspace: str, source: str) -> Response:
    """The same for another workspace: it tells nobody whether there is one, or what it has."""
    return allowed(request.headers.get("webhook-request-origin", ""), sends=True)


def allowed(origin: str, *, sends: bool) -> Response:
    if not sends or not origin.isprintable() or not 0 < len(origin) < 254:
        return Response(status_code=204, headers={"Allow": "POST, OPTIONS"})
    headers = {"Allow": "POST, OPTIONS", "WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*"}
    return Response(status_code=204, headers=headers)

"""What a workspace sets for itself: mail domains, what CRMs' stages mean, its review policy, connectors, mapping files,
and its secrets."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from service.api import shapes
from service.api.bodies import JsonBody, json_value
from service.api.principal import AsAdmin, Caller
from service.api.problems import ProblemError, not_found, unprocessable
from service.api.service import Service, ServiceOf
from service.api.webhooks import known_source
from service.flows.set_secret import drop_secret, set_secret
from service.flows.set_setting import SETTINGS, TEXTS, TextError, drop_setting, set_setting
from service.store import connector_secrets, hook_secrets, own_settings
from service.webhooks.inlet import checked_secrets
from signals import DecodeError
from signals.decode import as_object

__all__ = ["router"]

router = APIRouter(tags=["workspaces"])

Json = dict[str, Any]

VALUE = {"value": ["northstar.example"]}
SETTING = {"name": "our_domains", "value": ["northstar.example"], "own": True}
SECRET = {"name": "slack", "set_by": "ops", "set_at": "2026-03-02T15:00:00+00:00"}
SOURCE = {
    "source": "docusign",
    "url": "/v1/workspaces/acme/webhooks/docusign",
    "set_by": "ops",
    "set_at": "2026-03-02T15:00:00+00:00",
}


@router.get("/v1/settings", responses={200: shapes.response("what holds here", {"settings": [SETTING]})})
def get_settings(caller: AsAdmin, service: ServiceOf) -> JSONResponse:
    """What the workspace may set for itself, and what holds: its own value (`own`), else the service's."""
    with caller.context.database.connect() as connection:
        own = own_settings.values(connection, caller.context.workspace)
    return JSONResponse({"settings": [shown(service, name, own) for name in SETTINGS]})


def shown(service: Service, name: str, own: Json) -> Json:
    """Of what is a file for the service only the workspace's own is shown."""
    given = own.get(name, None if name in TEXTS else getattr(service.settings, name))
    return {"name": name, "value": list(given) if isinstance(given, tuple) else given, "own": name in own}


@router.put(
    "/v1/settings/{name}",
    responses={200: shapes.response("it is set", SETTING), **shapes.errors(400, 404, 413, 415, 422)},
    openapi_extra=shapes.request_body(VALUE),
)
async def put_setting(caller: AsAdmin, service: ServiceOf, name: str, body: JsonBody) -> JSONResponse:
    """Set one of `our_domains`, `webhook_stages`, `webhook_create` for the workspace, or, as the text of the file that
    each is for the service, `review_policy`, `connectors` or (by their names) `webhook_mappings`."""
    return await run_in_threadpool(set_one, caller, service, known_setting(name), json_value(body))


def set_one(caller: Caller, service: Service, name: str, given: Any) -> JSONResponse:
    try:
        value = set_setting(caller.context, name, as_object(given).get("value"), by=caller.principal.name)
    except DecodeError as error:
        raise unprocessable(error) from None
    except TextError as error:
        raise ProblemError(
            422, "invalid", "The text cannot be followed", str(error), field="value", errors=lines(error)
        ) from None
    return JSONResponse(shown(service, name, {name: value}))


def lines(error: TextError) -> list[Json]:
    return [
        {"line": each.line, "field": each.field, "problem": each.problem, "mend": each.mend} for each in error.mistakes
    ]


@router.delete(
    "/v1/settings/{name}",
    responses={200: shapes.response("the service's holds again", SETTING | {"own": False}), **shapes.errors(404)},
)
def delete_setting(caller: AsAdmin, service: ServiceOf, name: str) -> JSONResponse:
    """Let the service's setting hold again."""
    known = known_setting(name)
    drop_setting(caller.context, known)
    return JSONResponse(shown(service, known, {}))


def known_setting(name: str) -> str:
    if name not in SETTINGS:
        expected = ", ".join(SETTINGS)
        detail = f"name: expected one of {expected}, got {name[:80]!r}"
        raise ProblemError(404, "not-found", "No such setting", detail, field="name", expected=expected)
    return name


@router.get("/v1/webhook-sources", responses={200: shapes.response("those with secrets", {"sources": [SOURCE]})})
def get_sources(caller: AsAdmin) -> JSONResponse:
    """The sources that the workspace has secrets of, and where each is to send; never the secrets."""
    with caller.context.database.connect() as connection:
        found = own_settings.sources(connection, caller.context.workspace)
    return JSONResponse({"sources": [source_json(caller, each) for each in found]})


def source_json(caller: Caller, source: own_settings.OwnSource) -> Json:
    return {
        "source": source.source,
        "url": f"/v1/workspaces/{caller.context.workspace}/webhooks/{source.source}",
        "set_by": source.set_by,
        "set_at": source.set_at.isoformat(),
    }


@router.put(
    "/v1/webhook-sources/{source}",
    responses={200: shapes.response("it may send now", SOURCE), **shapes.errors(400, 404, 413, 415, 422)},
    openapi_extra=shapes.request_body({"secrets": ["the signing secret"]}),
)
async def put_source(caller: AsAdmin, service: ServiceOf, source: str, body: JsonBody) -> JSONResponse:
    """Give a source's secrets (several while one replaces another), in the place of those before. They are sealed, and
    never shown."""
    known_source(service, source, caller.context)
    return await run_in_threadpool(set_source, caller, service, source, json_value(body))


def set_source(caller: Caller, service: Service, source: str, given: Any) -> JSONResponse:
    try:
        secrets = checked_secrets(as_object(given).get("secrets"))
    except DecodeError as error:
        raise unprocessable(error) from None
    context, by = caller.context, caller.principal.name
    stored = own_settings.OwnSource(source=source, set_by=by, set_at=context.now())
    sealed = service.sealer.seal(json.dumps(secrets))
    with context.database.begin() as connection:
        own_settings.put_source(connection, context.workspace, source, sealed, by=by, at=stored.set_at)
    return JSONResponse(source_json(caller, stored))


@router.delete(
    "/v1/webhook-sources/{source}",
    responses={200: shapes.response("nothing is taken from it any more", {"source": "docusign"}), **shapes.errors(404)},
)
def delete_source(caller: AsAdmin, source: str) -> JSONResponse:
    """Take the source's secrets away, those too that it handed over itself."""
    with caller.context.database.begin() as connection:
        if not own_settings.drop_source(connection, caller.context.workspace, source):
            connection.rollback()
            raise not_found("source with secrets of this workspace", source)
        hook_secrets.drop(connection, caller.context.workspace, source)
    return JSONResponse({"source": source})


@router.get("/v1/connector-secrets", responses={200: shapes.response("those that are there", {"secrets": [SECRET]})})
def get_connector_secrets(caller: AsAdmin) -> JSONResponse:
    """The names that the workspace's own connectors may use (`{ secret = "slack" }`); never the secrets."""
    with caller.context.database.connect() as connection:
        found = connector_secrets.listed(connection, caller.context.workspace)
    return JSONResponse({"secrets": [secret_json(each) for each in found]})


def secret_json(secret: connector_secrets.NamedSecret) -> Json:
    return {"name": secret.name, "set_by": secret.set_by, "set_at": secret.set_at.isoformat()}


@router.put(
    "/v1/connector-secrets/{name}",
    responses={200: shapes.response("it is kept", SECRET), **shapes.errors(400, 413, 415, 422)},
    openapi_extra=shapes.request_body({"value": "the token"}),
)
async def put_connector_secret(caller: AsAdmin, service: ServiceOf, name: str, body: JsonBody) -> JSONResponse:
    """Give a secret, in the place of the one before. It is sealed, and never shown."""
    return await run_in_threadpool(set_connector_secret, caller, service, name, json_value(body))


def set_connector_secret(caller: Caller, service: Service, name: str, given: Any) -> JSONResponse:
    by = caller.principal.name
    try:
        stored = set_secret(caller.context, name, as_object(given).get("value"), seal=service.sealer.seal, by=by)
    except DecodeError as error:
        raise unprocessable(error) from None
    return JSONResponse(secret_json(stored))


@router.delete(
    "/v1/connector-secrets/{name}",
    responses={200: shapes.response("connectors that use it are not ready", {"name": "slack"}), **shapes.errors(404)},
)
def delete_connector_secret(caller: AsAdmin, name: str) -> JSONResponse:
    """Take a secret away."""
    if not drop_secret(caller.context, name):
        raise not_found("secret of connectors", name)
    return JSONResponse({"name": name})

"""Whether a connector reaches its system and is let in."""

from __future__ import annotations

from dataclasses import dataclass

from service.connectors.errors import ConflictError, LaterError, RefusedError
from service.connectors.protocol import Attempt
from service.flows.context import Context
from service.flows.make_actions import key_of

__all__ = ["Tried", "try_connector"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    ok: bool
    said: str


def try_connector(context: Context, name: str) -> Tried | None:
    """None for a connector that there is not. Nothing is stored, and no circuit is opened by it."""
    route = context.connectors.named(name)
    if route is None:
        return None
    if route.missing:
        return Tried(ok=False, said=f"{', '.join(route.missing)} is not there")
    now = context.now()
    key = key_of(context.workspace, "", f"test:{now.isoformat()}", name)
    try:
        said = route.connector.test(Attempt(key=key, again=False, at=now, now=context.now, http=route.http))
    except (LaterError, RefusedError, ConflictError) as error:
        return Tried(ok=False, said=str(error))
    return Tried(ok=True, said=said)

"""Keep a secret of the workspace's own connectors, sealed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from service.connectors.config import ConnectorsError, own_outlets_from
from service.flows.context import Context
from service.flows.set_setting import heard, secrets_of
from service.store import connector_secrets
from service.store.connector_secrets import NamedSecret
from signals import DecodeError

__all__ = ["drop_secret", "set_secret"]

NAME = re.compile(r"[^\x00-\x1f\x7f]{1,100}")
LONGEST = 20_000
# Every process keeps all of them in memory.
MOST = 100


def set_secret(context: Context, name: str, value: Any, *, seal: Callable[[str], str], by: str) -> NamedSecret:
    """In the place of the one before. Raises DecodeError, which holds nothing of the value."""
    if not NAME.fullmatch(name):
        raise DecodeError("name", name, "1 to 100 characters without control characters")
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
        raise DecodeError("value", "(not shown)", f"a text that is not blank, of at most {LONGEST} characters")
    check_fits(context, name, value)
    stored = NamedSecret(name=name, set_by=by, set_at=context.now())
    sealed = seal(value)
    with context.database.begin() as connection:
        there = {each.name for each in connector_secrets.listed(connection, context.workspace)}
        if name not in there and len(there) >= MOST:
            raise DecodeError("name", name, f"one of the {MOST} that the workspace has: take one away before another")
        connector_secrets.put(connection, context.workspace, name, sealed, by=by, at=stored.set_at)
    heard(context)
    return stored


def check_fits(context: Context, name: str, value: str) -> None:
    """Raises DecodeError where the workspace's connectors could not be followed with it, as with a key that is none."""
    text = None if context.own is None else context.own.value(context.workspace, "connectors")
    if text is None:
        return
    try:
        own_outlets_from(text, source="connectors", secrets=secrets_of(context) | {name: value})
    except ConnectorsError as error:
        raise DecodeError(
            "value", "(not shown)", f"what the connectors can use ({error.mistakes[0].problem})"
        ) from None


def drop_secret(context: Context, name: str) -> bool:
    """Whether the workspace had it; connectors that use it are not ready then."""
    with context.database.begin() as connection:
        there = connector_secrets.drop(connection, context.workspace, name)
        if not there:
            connection.rollback()
    heard(context)
    return there

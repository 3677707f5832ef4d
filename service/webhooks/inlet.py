"""Through what a source's deliveries come into a workspace: its secrets, and its settings or the service's."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from service.settings import Settings
from service.store import own_settings
from service.webhooks.config import secrets_from, stages_from
from service.webhooks.delivery import Site
from signals import DecodeError

__all__ = ["SETTINGS", "Inlet", "checked_secrets", "checked_setting", "inlet_of"]

MOST_SECRETS, LONGEST_SECRET = 10, 1000
MOST_NAMES, LONGEST_NAME = 500, 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Inlet:
    """`secrets` are the source's; `unsigned` whether it may come without one."""

    secrets: tuple[str, ...]
    unsigned: bool
    site: Site
    create: tuple[str, ...]


def inlet_of(
    connection: Connection,
    workspace: str,
    source: str,
    *,
    unseal: Callable[[str], str],
    settings: Settings,
    stages: Sequence[str],
) -> Inlet:
    """`stages` are those of the workspace's pipeline. The service's secrets are those of its own workspace alone; other
    settings hold where a workspace has none of its own. Raises UnsealableError."""
    home = workspace == settings.workspace
    own = own_settings.values(connection, workspace)
    sealed = own_settings.sealed(connection, workspace, source)
    secrets = settings.webhook_secrets.get(source, ()) if home else ()
    return Inlet(
        secrets=secrets if sealed is None else (*secrets, *json.loads(unseal(sealed))),
        unsigned=home and source in settings.webhook_unsigned,
        site=Site(
            our_domains=tuple(own.get("our_domains", settings.our_domains)),
            stages=own.get("webhook_stages", settings.webhook_stages),
            known_stages=tuple(stages),
        ),
        create=tuple(own.get("webhook_create", settings.webhook_create)),
    )


def checked_secrets(value: Any) -> tuple[str, ...]:
    """Raises DecodeError, which holds nothing of the value: it is secret."""
    expected = f"a list of 1 to {MOST_SECRETS} secrets, none of them blank or beyond {LONGEST_SECRET} characters"
    try:
        found = secrets_from({"source": value})["source"]
    except ValueError:
        raise DecodeError("secrets", "(not shown)", expected) from None
    if not 0 < len(found) <= MOST_SECRETS or any(len(each) > LONGEST_SECRET for each in found):
        raise DecodeError("secrets", "(not shown)", expected)
    return found


def domains(value: Any) -> list[str]:
    return [each.strip().lower().removeprefix("@") for each in names(value)]


def names(value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > MOST_NAMES:
        raise ValueError
    if not all(isinstance(each, str) and 0 < len(each.strip()) <= LONGEST_NAME for each in value):
        raise ValueError
    return value


def stages(value: Any) -> dict[str, dict[str, str]]:
    found = stages_from(value) if isinstance(value, dict) else None
    if found is None or sum(len(each) for each in found.values()) > MOST_NAMES:
        raise ValueError
    return found


# What a workspace may have of its own: how its value is checked, and what is expected.
SETTINGS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "our_domains": (domains, 'a list of mail domains, ["northstar.example"]'),
    "webhook_stages": (stages, 'for each CRM its stages and which of ours each is, {"hubspot": {"won": "closed_won"}}'),
    "webhook_create": (names, 'a list of CRMs whose new deals are made here too, ["hubspot"]'),
}


def checked_setting(name: str, value: Any) -> Any:
    """Raises DecodeError."""
    check, expected = SETTINGS[name]
    try:
        return check(value)
    except ValueError:
        raise DecodeError("value", value, expected) from None

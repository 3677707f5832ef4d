"""Settings that are JSON, given as such or as the name of a file that holds it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

__all__ = ["readers_from", "secrets_from", "stages_from"]

LARGEST = 1 << 20


def json_from(value: object) -> Any:
    """The JSON of a text that begins with a brace, or of the file that the text names; raises ValueError.

    No message holds anything of the content: it is secret.
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text:
        return {}
    if text.startswith("{"):
        data = text.encode()
    else:
        try:
            data = Path(text).read_bytes()[:LARGEST]
        except (OSError, ValueError):
            raise ValueError("it is neither JSON nor the name of a file that can be read") from None
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"it is not JSON (line {error.lineno}, column {error.colno})") from None


def readers_from(value: object) -> dict[str, str]:
    """`{"acme": "cascade"}`: workspaces that have another reader than the rest."""
    found = json_from(value)
    expected = 'it should be an object such as {"acme": "cascade"}'
    if not isinstance(found, Mapping) or not all(isinstance(each, str) for each in found.values()):
        raise ValueError(expected)
    return {str(workspace): reader for workspace, reader in found.items()}


def secrets_from(value: object) -> dict[str, tuple[str, ...]]:
    """`{"docusign": "one", "slack": ["new", "old"]}`: several while one is replaced by another."""
    found = json_from(value)
    if not isinstance(found, Mapping):
        raise ValueError('it should be an object such as {"docusign": ["secret"]}')
    out: dict[str, tuple[str, ...]] = {}
    for source, secrets in found.items():
        several = [secrets] if isinstance(secrets, str) else secrets
        if not isinstance(several, list | tuple) or not all(isinstance(each, str) and each.strip() for each in several):
            raise ValueError(f"{str(source)[:40]}: it should be a secret or a list of secrets, none of them blank")
        out[str(source)] = tuple(several)
    return out


def stages_from(value: object) -> dict[str, dict[str, str]]:
    """`{"hubspot": {"contractsent": "negotiation"}}`: a system's stages, and which of ours each is."""
    found = json_from(value)
    expected = 'it should be an object such as {"hubspot": {"contractsent": "negotiation"}}'
    if not isinstance(found, Mapping):
        raise ValueError(expected)
    for stages in found.values():
        if not isinstance(stages, Mapping) or not all(isinstance(each, str) for each in stages.values()):
            raise ValueError(expected)
    return {str(system): {str(theirs): ours for theirs, ours in stages.items()} for system, stages in found.items()}

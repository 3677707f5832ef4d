"""Workspaces: made with the first key of each, or nobody could enter it."""

from __future__ import annotations

import dataclasses
import re

from service.access.identity import Role
from service.access.keys import Asked, Random, make_key
from service.flows.context import Context
from service.store import audit, workspaces
from service.store.keys import StoredKey
from signals import DecodeError

__all__ = ["make_workspace", "workspace_names"]

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
FIRST_KEY = Asked(name="first admin", role=Role.ADMIN)


def make_workspace(
    context: Context, workspace: str, *, home: str, by: str, random: Random
) -> tuple[StoredKey, str] | None:
    """Its first key, with the role of admin, and that key's text; None where there is such a workspace.

    `home` is the workspace of the settings, which is there without being made. Raises DecodeError for a name that a
    workspace cannot have.
    """
    if not NAME.fullmatch(workspace):
        raise DecodeError("workspace", workspace[:80], "small letters, digits, dots and dashes, at most 63")
    if workspace == home:
        return None
    there = dataclasses.replace(context, workspace=workspace)
    audit.about(workspace=workspace)
    with there.database.begin() as connection:
        if not workspaces.add(connection, workspace, by=by, at=context.now()):
            return None
    return make_key(there, FIRST_KEY, by=by, random=random)


def workspace_names(context: Context, *, home: str) -> list[str]:
    """All of them, the settings' own first."""
    with dataclasses.replace(context, workspace="").database.connect() as connection:
        made = workspaces.names(connection)
    return [home, *(each for each in made if each != home)]

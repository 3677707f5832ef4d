"""What flows need to have things done outside: who takes what, a job in this transaction, and chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from service.connectors.config import NOWHERE, Outlets

__all__ = ["NO_OUTLET", "Outlet", "SendLater"]

# (connection, workspace, action, delay in seconds): a job to send the action, in that transaction.
SendLater = Callable[[Connection, str, UUID, float], None]


def nobody(connection: Connection, workspace: str, action: UUID, delay: float) -> None:
    """Where nothing is sent, there is no job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """`chance` gives numbers from 0 to 1, for waiting times that differ; `site` is our own URL for people."""

    outlets: Outlets = NOWHERE
    send_later: SendLater = nobody
    chance: Callable[[], float] = lambda: 0.5
    site: str | None = None


NO_OUTLET = Outlet()

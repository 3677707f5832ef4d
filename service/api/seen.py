"""What a caller may see who does not see everything: a deal by its owner, and whatever hangs on it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from service.api.principal import Caller
from service.api.problems import ProblemError, not_found
from service.store.sight import visible

__all__ = ["check_deal", "check_oversees", "sees"]


def sees(connection: Connection, caller: Caller, deal: str | None) -> bool:
    """Whether the caller may see what belongs to this deal. What belongs to none, and a deal that nobody owns, is for
    those who see everything."""
    owners = caller.principal.owners
    if owners is None:
        return True
    clause = visible(caller.context.workspace, sa.literal(deal, sa.Text), owners)
    return connection.execute(sa.select(clause)).scalar_one()


def check_deal(caller: Caller, deal: str | None) -> None:
    """Somebody who sees some deals only may bring in what is about these, and what names no deal. Raises a ProblemError
    that is the same for a deal that there is none of."""
    if caller.principal.oversees or deal is None:
        return
    with caller.context.database.connect() as connection:
        if not sees(connection, caller, deal):
            raise not_found("deal", deal)


def check_oversees(caller: Caller) -> None:
    """Events are of any deal and are taken at their word: they are for systems and for those who see all deals."""
    if not caller.principal.oversees:
        detail = "this is for keys of the role ingest and for those who see every deal; yours sees some owners' only"
        raise ProblemError(403, "role", "Not for this key", detail)

"""To which deal an event of another system belongs: by the ids that it carries, and by nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from service.store import deals, external_ids
from service.webhooks.found import TELLTALE, External

__all__ = ["find_deal", "learn"]

DEALS_NAMED_IN_REASON = 5


def find_deal(
    connection: Connection, workspace: str, about: Sequence[External], type: str, *, create: Collection[str] = ()
) -> tuple[str | None, str]:
    """The deal, or None and why there is none.

    An object that is known to belong to a deal tells it; so does one that is a deal and has the id of one of ours. An
    event that makes a deal makes the one that it names with our own id, or that a system in `create` has under that id.
    """
    if not about:
        return None, "it names no deal and no object that could belong to one"
    keys = [(each.system, each.object_id) for each in about]
    found = set(external_ids.find(connection, workspace, keys).values())
    if not found:
        named = sorted({each.object_id for each in about if each.names_deal})
        found = {id for id in named if deals.get(connection, workspace, id) is not None}
    if not found:
        # "The deal's id", without a word on whose: that of any system will do.
        found = external_ids.named(connection, workspace, [e.object_id for e in about if e.system == TELLTALE])
    if len(found) == 1:
        return found.pop(), "by its ids"
    objects = ", ".join(f"{each.system} {each.object_id}" for each in about)[:300]
    if found:
        several = ", ".join(sorted(found)[:DEALS_NAMED_IN_REASON])
        return None, f"its ids belong to several deals ({several}): {objects}"
    if type == "deal.created":
        makers = (TELLTALE, *create)
        new = next((each.object_id for each in about if each.names_deal and each.system in makers), None)
        if new is not None:
            return new, "it makes the deal"
    return None, f"no deal is known by {objects}"


def learn(
    connection: Connection, workspace: str, deal: str, about: Sequence[External], *, told_by: str, at: dt.datetime
) -> None:
    """What belongs to the deal from now on. An id of our own says nothing new."""
    objects = [(each.system, each.object_id) for each in about if each.system != TELLTALE]
    external_ids.learn(connection, workspace, deal, objects, told_by=told_by, at=at)

"""Events that waited for their deal get one: from a person, or because an id of theirs has become known."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Sequence

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from service.flows.append_events import Appended, append_to_deal
from service.flows.check_events import checked
from service.flows.context import Context
from service.flows.find_deal import find_deal
from service.store import deals, external_ids, unassigned
from service.store.unassigned import Unassigned
from service.webhooks.found import TELLTALE, External
from signals import DecodeError

__all__ = ["assign_event", "dismiss_event", "settle_waiting"]

log = logging.getLogger(__name__)

AT_ONCE = 500


def assign_event(context: Context, id: str, deal: str, by: str) -> Appended | None:
    """A person says which deal it is; from now on whatever is about the same objects goes there too.

    None where no such event is known. Raises DecodeError for a deal that there is none of, for an event that is
    settled already, and for one that the pipeline cannot take.
    """
    with context.database.begin() as connection:
        event = unassigned.lock(connection, context.workspace, id)
        if event is None:
            return None
        if event.state != "waiting":
            raise DecodeError("id", id, f"an event that waits; this one is {event.state}")
        if event.type != "deal.created" and deals.get(connection, context.workspace, deal) is None:
            raise DecodeError("deal", deal, "the id of a deal that there is")
        about = about_of(connection, context.workspace, id)
        appended = assign(context, connection, event, deal, by)
        objects = [(each.system, each.object_id) for each in about if each.system != TELLTALE]
        external_ids.tell(
            connection, context.workspace, deal, objects, told_by=f"{by}, of {id}"[:250], at=context.now()
        )
    settle_waiting(context)
    return appended


def about_of(connection: Connection, workspace: str, id: str) -> Sequence[External]:
    return [
        External(system=system, object_id=object_id, names_deal=names_deal)
        for system, object_id, names_deal in unassigned.about(connection, workspace, [id])[id]
    ]


def assign(context: Context, connection: Connection, event: Unassigned, deal: str, by: str) -> Appended:
    # The pipeline may be another one than when it came.
    whole = checked(context.pipeline, event.content | {"deal_id": deal})
    appended = append_to_deal(context, connection, deal, [whole])
    unassigned.settle(connection, context.workspace, event.id, deal=deal, by=by, at=context.now())
    return appended


def dismiss_event(context: Context, id: str, by: str, reason: str) -> bool | None:
    """A person says that it belongs to no deal; it is kept. None where there is none, False where it is settled."""
    with context.database.begin() as connection:
        event = unassigned.lock(connection, context.workspace, id)
        if event is None:
            return None
        if event.state != "waiting":
            return False
        unassigned.settle(
            connection, context.workspace, id, deal=None, by=by, at=context.now(), reason=f"dismissed: {reason}"
        )
    return True


def settle_waiting(context: Context, *, everywhere: bool = False) -> int:
    """Waiting events whose deal is known by now, each in a transaction of its own; how many found theirs."""
    with context.database.connect() as connection:
        solvable = unassigned.solvable(connection, AT_ONCE, None if everywhere else context.workspace)
    done = 0
    for workspace, id in solvable:
        here = dataclasses.replace(context, workspace=workspace)
        try:
            with context.database.begin() as connection:
                done += settle(here, connection, id)
        except (IntegrityError, DecodeError) as error:
            # Taken at this very moment by somebody else, or no longer an event of this pipeline: the next look tells.
            log.warning("event waits on", extra={"event": id, "error": type(error).__name__})
    return done


def settle(context: Context, connection: Connection, id: str) -> bool:
    event = unassigned.lock(connection, context.workspace, id)
    if event is None or event.state != "waiting":
        return False
    about = about_of(connection, context.workspace, id)
    deal, _ = find_deal(connection, context.workspace, about, event.type)
    if deal is None:
        return False
    assign(context, connection, event, deal, "its ids")
    return True

"""A person grants or refuses what a deal asked for: a move of several stages, or a much later close date."""

from __future__ import annotations

from service.flows.append_events import Appended, append_to_deal
from service.flows.context import Context
from service.flows.make_events import iso
from service.store import deals

__all__ = ["NotWaitingError", "answer_approval", "stop_regression"]


class NotWaitingError(Exception):
    """Nothing of that name waits any more: somebody was quicker, or time was."""

    status = 409

    def __init__(self, deal: str, id: str) -> None:
        super().__init__(f"{deal}: {id!r} no longer waits; it was answered, or has ended by itself")


def answer_approval(
    context: Context, deal: str, approval: str, *, granted: bool, by: str, reason: str | None
) -> Appended | None:
    """None for a deal that nothing has created; raises NotWaitingError for what does not wait for an answer."""
    kind = "approval.granted" if granted else "approval.refused"
    return answered(context, deal, "approvals", "approval", approval, kind, by=by, reason=reason)


def stop_regression(context: Context, deal: str, regression: str, *, by: str, reason: str) -> Appended | None:
    """A scheduled regression is dropped; `regression` is the event that it began with. Else as above."""
    return answered(context, deal, "scheduled", "regression", regression, "override.regression", by=by, reason=reason)


def answered(
    context: Context, deal: str, waiting: str, name: str, id: str, kind: str, *, by: str, reason: str | None
) -> Appended | None:
    """One event, while the deal is locked, so that of two answers at once the first one counts."""
    event = {
        "id": f"{kind}:{context.new_id()}",
        "deal_id": deal,
        "type": kind,
        "occurred_at": iso(context.now()),
        "source": "api",
        "data": {name: id, "by": by, **({} if reason is None else {"reason": reason})},
    }
    with context.database.begin() as connection:
        if deals.get(connection, context.workspace, deal) is None:
            return None
        locked = deals.lock(connection, context.workspace, deal, context.now())
        if locked.state is None:
            return None
        if not any(each[name] == id for each in locked.state[waiting]):
            raise NotWaitingError(deal, id)
        return append_to_deal(context, connection, deal, [event])

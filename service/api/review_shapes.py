"""What the endpoints of reviews answer with, and whose signals a caller may decide about."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from service.api import shapes
from service.api.principal import Caller
from service.api.problems import ProblemError
from service.api.seen import sees
from service.flows.review_errors import ChangedMeanwhileError, ReviewError, UnknownError
from service.flows.review_signal import Reviewed
from service.store.reviews import StoredReview

__all__ = ["REVIEW", "REVIEWED", "check_seen", "problem", "review_json", "reviewed_json"]

Json = dict[str, Any]

REVIEW = {
    "id": "0199c7a0-5f1e-7cc3-9d1a-1b2c3d4e5f61",
    "signal": "0199c7a0-5f1e-7cc3-9d1a-1b2c3d4e5f60",
    "conversation": "c-001",
    "deal": "D-7",
    "action": "dismiss",
    "before": {"state": "accepted", "signal": {"type": "budget", "status": "approved"}},
    "after": {"state": "dismissed", "signal": {"type": "budget", "status": "approved"}},
    "by": "ana@northstar.example",
    "reason": "she was joking",
    "at": "2026-03-12T21:00:00+00:00",
    "undone_at": None,
    "undone_by": None,
}
REVIEWED = {"state": "dismissed", "review": REVIEW["id"], "signal": shapes.SIGNAL, "decisions": [shapes.DECISION]}


def review_json(stored: StoredReview) -> Json:
    return {
        "id": str(stored.id),
        "signal": str(stored.signal),
        "conversation": stored.conversation,
        "deal": stored.deal,
        "action": stored.action,
        "before": stored.before,
        "after": stored.after,
        "by": stored.by,
        "reason": stored.reason,
        "at": stored.at.isoformat(),
        "undone_at": None if stored.undone_at is None else stored.undone_at.isoformat(),
        "undone_by": stored.undone_by,
    }


def reviewed_json(done: Reviewed) -> Json:
    return {
        "state": done.signal.state,
        "review": str(done.review),
        "signal": shapes.signal(done.signal),
        "decisions": list(done.decisions),
    }


def problem(error: ReviewError) -> ProblemError:
    members: Json = {}
    match error:
        case UnknownError():
            members = {"field": "id", "value": error.id}
        case ChangedMeanwhileError():
            last = error.last
            members = {"field": "expected", "value": error.state}
            if last is not None:
                members |= {"decided_by": last.by, "decided_at": last.at.isoformat(), "review": str(last.id)}
    return ProblemError(error.status, error.kind, error.title, str(error), **members)


def check_seen(connection: Connection, caller: Caller, deal: str | None, what: str, id: str) -> None:
    """A deal that the caller may not see has no signals for them: the same answer as for none at all."""
    if not sees(connection, caller, deal):
        raise problem(UnknownError(what, id))

"""What people decided about signals in other systems becomes reviews: when it comes, else with the next sweep."""

from __future__ import annotations

import dataclasses
import logging
from typing import Literal

from sqlalchemy.exc import SQLAlchemyError

from service.flows.context import Context
from service.flows.record_review import review_locked
from service.flows.review_errors import ReviewError
from service.flows.review_state import latest
from service.store import review_intents, reviews, signals
from service.store.review_intents import Intent

__all__ = ["apply_intent", "apply_waiting"]

log = logging.getLogger(__name__)

AT_ONCE = 500


def apply_waiting(context: Context) -> int:
    """All that wait, of all workspaces, in the order in which people decided; how many were settled."""
    with context.database.connect() as connection:
        waiting = review_intents.waiting(connection, AT_ONCE)
    done = 0
    for workspace, id in waiting:
        try:
            done += apply_intent(dataclasses.replace(context, workspace=workspace), id)
        except SQLAlchemyError:
            raise
        except Exception as error:  # noqa: BLE001 - one that cannot be applied must not keep the others waiting
            log.error("review not applied", extra={"intent": id, "error": type(error).__name__})
    return done


def apply_intent(context: Context, id: str) -> bool:
    """Whether this call settled it: applied, or refused where somebody has decided later than that."""
    workspace = context.workspace
    with context.database.begin() as connection:
        intent = review_intents.lock_waiting(connection, workspace, id)
        if intent is None:
            return False
        signal = signals.lock(connection, workspace, intent.signal)
        last = latest(reviews.of_signals(connection, workspace, [intent.signal])[intent.signal])
        if signal is None or (last is not None and last.at > intent.at and last.by != intent.by):
            review_intents.settle(connection, workspace, id, "refused")
            return True
        try:
            review_locked(
                context,
                connection,
                intent.signal,
                action=action_of(intent),
                reason=intent.reason,
                by=intent.by,
                at=intent.at,
            )
        except ReviewError:
            review_intents.settle(connection, workspace, id, "refused")
        else:
            review_intents.settle(connection, workspace, id, "applied")
    return True


def action_of(intent: Intent) -> Literal["accept", "dismiss"]:
    return "accept" if intent.action == "accept" else "dismiss"

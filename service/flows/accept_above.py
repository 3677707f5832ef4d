"""Accept at once all pending signals of which the reading is sure enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from service.flows.context import Context
from service.flows.decide_signals import goes_down
from service.flows.record_review import Reviewed, review_locked
from service.flows.review_errors import ReviewError
from service.store import signals
from service.store.signals import REGRESSING

__all__ = ["AcceptedAll", "accept_above", "accept_unless_down"]

Json = dict[str, Any]

AT_ONCE = 500
FILTERS = ("deal", "conversation", "type")


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedAll:
    """`skipped` are those about which somebody else decided meanwhile, `down` those that would move their deal down;
    `more` where others are left to accept."""

    accepted: tuple[Reviewed, ...]
    skipped: tuple[UUID, ...]
    down: tuple[UUID, ...]
    more: bool


def accept_above(
    context: Context,
    confidence: float,
    *,
    filters: Mapping[str, str],
    by: str,
    reason: str | None = None,
    most: int = AT_ONCE,
    owners: frozenset[str] | None = None,
) -> AcceptedAll:
    """`filters` by deal, conversation and type; `owners` are those whose deals the person sees.

    Each in a transaction of its own, in order of arrival. Those that would move their deal down are left to be looked
    at one by one; whether they would is asked of the deal as it stands when their turn comes.
    """
    equal = {name: value for name, value in filters.items() if name in FILTERS} | {"state": "pending"}
    with context.database.connect() as connection:
        found = signals.find(
            connection,
            context.workspace,
            equal=equal,
            min_confidence=confidence,
            after=None,
            most=most + 1,
            but_regressing=True,
            owners=owners,
        )
    accepted: list[Reviewed] = []
    skipped: list[UUID] = []
    down: list[UUID] = []
    for signal in found[:most]:
        try:
            done = accept_unless_down(context, signal.id, reason=reason, by=by)
        except ReviewError:
            skipped.append(signal.id)
            continue
        if done is None:
            down.append(signal.id)
        else:
            accepted.append(done)
    return AcceptedAll(accepted=tuple(accepted), skipped=tuple(skipped), down=tuple(down), more=len(found) > most)


def accept_unless_down(context: Context, id: UUID, *, by: str, reason: str | None = None) -> Reviewed | None:
    """None for a signal that would move its deal down or schedule that: it waits on, and says so from now on.

    Raises what a review raises.
    """
    with context.database.connect() as connection:
        with connection.begin() as transaction:
            done = review_locked(context, connection, id, action="accept", reason=reason, by=by, expected="pending")
            falls = next((decision for decision in done.decisions if goes_down(context, decision)), None)
            if falls is None:
                return done
            transaction.rollback()
        with connection.begin():
            signal = signals.lock(connection, context.workspace, id)
            if signal is not None and signal.state == "pending":
                because = f"{REGRESSING}: {falls['why']}"
                signals.update(connection, context.workspace, replace(signal, pending_because=because))
    return None

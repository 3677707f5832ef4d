"""Accept at once all pending signals of which the reading is sure enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from service.flows.context import Context
from service.flows.record_review import Reviewed, review
from service.flows.review_errors import ReviewError
from service.store import signals

__all__ = ["AcceptedAll", "accept_above"]

Json = dict[str, Any]

AT_ONCE = 500
FILTERS = ("deal", "conversation", "type")


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedAll:
    """`skipped` are those about which somebody else decided meanwhile; `more` where others are left to accept."""

    accepted: tuple[Reviewed, ...]
    skipped: tuple[UUID, ...]
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
    at one by one.
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
    for signal in found[:most]:
        try:
            accepted.append(review(context, signal.id, action="accept", reason=reason, by=by, expected="pending"))
        except ReviewError:
            skipped.append(signal.id)
    return AcceptedAll(accepted=tuple(accepted), skipped=tuple(skipped), more=len(found) > most)

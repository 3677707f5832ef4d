"""Decisions that were stored by a service that could not apply them yet."""

from __future__ import annotations

import datetime as dt
from typing import Any

from service.flows.apply_intents import apply_waiting
from service.flows.context import Context
from service.store import review_intents
from service.store.review_intents import Intent
from tests.service.review.samples import UNSURE, in_workspace, only, post, talk, told


def intent(context: Context, id: str, action: str, minute: int) -> Intent:
    at = dt.datetime(2026, 3, 5, 9, minute, tzinfo=dt.UTC)
    signal = only(context).id
    return Intent(
        id=id,
        signal=signal,
        action=action,
        source="slack",
        by="U1",
        reason=None,
        at=at,
        received_at=at,
        state="waiting",
    )


def states(context: Context) -> dict[str, list[str]]:
    with context.database.connect() as connection:
        return {
            state: [each.id for each in review_intents.find(connection, context.workspace, state=state, **page)]
            for state in ("waiting", "applied", "refused")
        }


page: dict[str, Any] = {"after": None, "most": 10}


def test_the_sweep_applies_what_waits_in_the_order_in_which_people_decided(context: Context) -> None:
    rooms = [in_workspace(context, name) for name in ("one", "two")]
    for room in rooms:
        post(room, talk(f"b1: we have {UNSURE} for it"))
    with rooms[0].database.begin() as connection:
        review_intents.add(connection, "one", intent(rooms[0], "a", "dismiss", 30))
        review_intents.add(connection, "one", intent(rooms[0], "b", "accept", 20))
    with rooms[1].database.begin() as connection:
        review_intents.add(connection, "two", intent(rooms[1], "c", "accept", 10))
    assert apply_waiting(in_workspace(context, "")) == 3
    assert apply_waiting(in_workspace(context, "")) == 0
    assert [only(room).state for room in rooms] == ["dismissed", "accepted"]
    assert [len(told(room)) for room in rooms] == [0, 1]
    assert states(rooms[0]) == {"waiting": [], "applied": ["a", "b"], "refused": []}

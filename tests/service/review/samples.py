"""A deal in the making, and what the tests of reviews ask of it."""

from __future__ import annotations

import dataclasses
from typing import Any
from uuid import UUID

from service.flows.accept_conversation import accept_conversation
from service.flows.context import Context
from service.flows.read_conversation import read_conversation
from service.flows.settle_events import retractions_of, taken_back
from service.store import deals, events, signals
from service.store.signals import StoredSignal
from signals import Conversation
from tests.service.samples import call

Json = dict[str, Any]

BUDGET = "[budget status=approved amount=80000]"
UNSURE = "[budget status=approved amount=80000 sure=0.3]"


def post(context: Context, *sources: Json) -> None:
    for source in sources:
        accept_conversation(context, Conversation.from_json(source))
        assert read_conversation(context, source["id"])


def talk(*lines: str, id: str = "c-1", **extra: Any) -> Json:
    return call(id, "s1: how are things going over there", *lines, **extra)


def of_conversation(context: Context, id: str = "c-1") -> list[StoredSignal]:
    with context.database.connect() as connection:
        return signals.of_conversation(connection, context.workspace, id)


def only(context: Context, id: str = "c-1") -> StoredSignal:
    (found,) = of_conversation(context, id)
    return found


def state_of(context: Context, deal: str = "D-1") -> Json:
    with context.database.connect() as connection:
        stored = deals.get(connection, context.workspace, deal)
    assert stored is not None
    assert stored.state is not None
    return stored.state


def events_of(context: Context, deal: str = "D-1") -> list[Json]:
    with context.database.connect() as connection:
        return [each.content for each in events.of_deal(connection, context.workspace, deal)]


def standing(context: Context, deal: str = "D-1") -> list[Json]:
    """The deal's events that nobody took back."""
    with context.database.connect() as connection:
        taken = retractions_of(connection, context.workspace, [deal])
    return [e for e in events_of(context, deal) if e["type"] != "retraction" and not taken_back(taken, e["id"])]


def told(context: Context, deal: str = "D-1") -> list[Json]:
    """What the deal's signals say, as they stand, without ids."""
    return [each["data"] for each in standing(context, deal) if each["type"] == "signal"]


def in_workspace(context: Context, workspace: str) -> Context:
    return dataclasses.replace(context, workspace=workspace)


def some_id(number: int) -> UUID:
    return UUID(int=number)

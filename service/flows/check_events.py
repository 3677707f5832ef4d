"""Events as other systems send them, each checked by itself: the good ones, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from service.flows.accept_conversation import check_id
from service.flows.make_events import iso
from service.intake.canonical import is_lines
from service.intake.jsontext import UnreadableError, loads
from service.intake.refusal import Refusal
from service.store.events import evidence_of
from service.webhooks.deal_fields import external_ids
from signals import DecodeError

if TYPE_CHECKING:
    from engine import Pipeline

__all__ = ["check_events", "checked"]

Json = dict[str, Any]


def check_events(pipeline: Pipeline, data: bytes) -> tuple[list[Json], list[Refusal]]:
    """A body of one event, a list of them, `{"events": [...]}` or one a line."""
    good: list[Json] = []
    bad: list[Refusal] = []
    for place, item in each(data):
        if isinstance(item, Refusal):
            bad.append(item)
            continue
        try:
            good.append(checked(pipeline, item))
        except DecodeError as error:
            bad.append(Refusal.of(place, error))
    if not good and not bad:
        bad.append(Refusal.of("events", DecodeError("events", [], "at least one event")))
    return good, bad


def each(data: bytes) -> Iterator[tuple[str, Any]]:
    try:
        value = loads(data)
    except UnreadableError as error:
        if is_lines(data):
            yield from lines(data)
        else:
            yield "body", Refusal.of("body", error, unreadable=True)
        return
    if isinstance(value, dict) and isinstance(value.get("events"), list) and "type" not in value:
        value = value["events"]
    if isinstance(value, list):
        yield from ((f"events[{index}]", item) for index, item in enumerate(value))
    else:
        yield "body", value


def lines(data: bytes) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        place = f"line {number}"
        try:
            yield place, loads(line)
        except UnreadableError as error:
            yield place, Refusal.of(place, error, unreadable=True)


def checked(pipeline: Pipeline, item: Any) -> Json:
    """The event's JSON, its time with an offset; raises DecodeError naming the field."""
    from engine import Event, EventError, Ledger

    try:
        event = Event.from_json(item)
        Ledger(pipeline).check(event)
    except EventError as error:
        raise DecodeError(error.field, error.value, error.expected) from None
    check_id("id", event.id)
    check_id("deal_id", event.deal_id)
    out: Json = {**event.to_json(), "occurred_at": iso(event.occurred_at)}
    data = out.get("data") or {}
    if data.get("external_ids") is not None:
        try:
            out["data"] = {**data, "external_ids": dict(external_ids(data))}
        except DecodeError as error:
            raise error.under("data") from None
    conversation = evidence_of(out).get("conversation")
    if isinstance(conversation, str):
        check_id("evidence.conversation", conversation)
    return out

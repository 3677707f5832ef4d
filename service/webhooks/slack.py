"""Slack: a rep presses Accept or Dismiss under a signal. Form-encoded, `payload` holds the JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import orjson

from service.intake.jsontext import UnreadableError
from service.webhooks import verify
from service.webhooks.delivery import Delivery, Site
from service.webhooks.found import Found, Ignored, Review, event_id
from service.webhooks.payload import any_identity, at, clean, each, identity, loads, short
from service.webhooks.source import Reply, Source
from service.webhooks.verify import Proof
from signals import DecodeError
from signals.decode import as_object, text

__all__ = ["SOURCE"]

ACTIONS = {"signal_accept": "accept", "signal_reject": "dismiss", "signal_dismiss": "dismiss"}
FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 20
LARGEST_FORM = 1 << 20


def form(delivery: Delivery) -> dict[str, str]:
    if len(delivery.body) > LARGEST_FORM:
        raise DecodeError("", f"{len(delivery.body)} bytes", f"a form of at most {LARGEST_FORM} bytes")
    try:
        return dict(parse_qsl(delivery.body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise UnreadableError("", delivery.body[:40], "a form with the field payload") from None


def interaction(delivery: Delivery) -> Mapping[str, Any]:
    if delivery.media_type == FORM or delivery.body.startswith(b"payload="):
        payload = form(delivery).get("payload")
        if payload is None:
            raise DecodeError("payload", None, "the interaction as JSON")
        return as_object(loads(payload.encode("utf-8", "replace")), "payload")
    return as_object(loads(delivery.body))


def early(delivery: Delivery, proof: Proof) -> Reply | None:
    """Slack's trials of the URL."""
    if delivery.media_type == FORM:
        return Reply() if delivery.body.startswith(b"ssl_check=1") else None
    try:
        body = loads(delivery.body)
    except UnreadableError:
        return None
    if at(body, "type") == "url_verification":
        return Reply(body=orjson.dumps({"challenge": clean(body.get("challenge"))}))
    return None


def read(delivery: Delivery, site: Site) -> Iterator[Found]:
    value = interaction(delivery)
    kind = text(value, "type")
    if kind != "block_actions":
        yield Ignored(place="payload", reason=f"{short(kind)}: only presses of buttons mean something here")
        return
    user = value.get("user")
    try:
        who = identity(as_object(user), "id")
    except DecodeError as error:
        raise error.under("user") from None
    name = clean(at(user, "username")) or clean(at(user, "name"))

    def record(action: Mapping[str, Any], place: str) -> Iterator[Found]:
        yield pressed(action, place, who, name)

    yield from each(value.get("actions"), "actions", record, most=100)


def pressed(action: Mapping[str, Any], place: str, who: str, name: str | None) -> Found:
    meaning = ACTIONS.get(text(action, "action_id"))
    if meaning is None:
        return Ignored(place=place, reason=f"{short(text(action, 'action_id'))}: no button of ours")
    said = action.get("value")
    try:
        signal = UUID(text(action, "value"))
    except ValueError:
        raise DecodeError("value", said, "the id of a signal, as /v1/signals gives it") from None
    stamp = any_identity(action.get("action_ts"))
    at_moment = seconds(stamp, action.get("action_ts"))
    return Review(
        place=place,
        id=event_id("slack", stamp, who, signal, meaning),
        signal=signal,
        action=meaning,
        by=f"slack:{who}" + (f" ({name})" if name else ""),
        at=at_moment,
    )


def seconds(stamp: str | None, said: object) -> dt.datetime:
    try:
        return dt.datetime.fromtimestamp(float(stamp or ""), dt.UTC)
    except (ValueError, OverflowError, OSError):
        raise DecodeError("action_ts", said, "seconds since 1970, such as 1772463600.123456") from None


def answer(delivery: Delivery, outcome: dict[str, Any]) -> Reply | None:
    """Slack shows an error to the person unless it hears 200; what else it hears it ignores."""
    return Reply()


SOURCE = Source(
    name="slack",
    verify=verify.v0("X-Slack-Signature", "X-Slack-Request-Timestamp"),
    read=read,
    early=early,
    answer=answer,
)

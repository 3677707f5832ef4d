"""CloudEvents 1.0 over HTTP: binary (headers), structured and batched, all as one shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from service.webhooks.delivery import Delivery
from service.webhooks.payload import MOST_RECORDS, loads
from signals import DecodeError
from signals.decode import as_object

__all__ = ["HEADERS", "checked", "events"]

HEADERS = ("ce-",)
REQUIRED = ("id", "source", "type")


def events(delivery: Delivery) -> Iterator[tuple[str, Any]]:
    """(place, event) with the event's attributes and its `data`; raises DecodeError where it is none at all."""
    if delivery.header("ce-specversion") is not None:
        event: dict[str, Any] = {
            name.removeprefix("ce-"): unquote(value)
            for name, value in delivery.headers.items()
            if name.startswith("ce-")
        }
        yield "body", event | {"data": loads(delivery.body) if delivery.body.strip() else None}
        return
    body = loads(delivery.body)
    if not isinstance(body, list):
        yield "body", body
    elif len(body) > MOST_RECORDS:
        raise DecodeError("body", f"{len(body)} events", f"at most {MOST_RECORDS} events in one delivery")
    else:
        yield from ((f"body[{index}]", event) for index, event in enumerate(body))


def checked(event: object) -> Mapping[str, Any]:
    """An event with the attributes that it must have."""
    found = as_object(event)
    if found.get("specversion") != "1.0":
        raise DecodeError("specversion", found.get("specversion"), '"1.0"')
    for name in REQUIRED:
        value = found.get(name)
        if not isinstance(value, str) or not value:
            raise DecodeError(name, value, "text that is not empty")
    return found

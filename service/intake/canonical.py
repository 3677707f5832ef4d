"""The project's own JSON: one conversation, a list of them, or one a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from service.intake.given import Given
from service.intake.jsontext import UnreadableError, loads
from service.intake.refusal import Refusal
from signals import Conversation, DecodeError

__all__ = ["read", "recognises"]


def read(data: bytes, name: str, given: Given) -> Iterator[Conversation | Refusal]:
    """Each conversation or refusal in order; a bad one costs the others nothing."""
    try:
        value = loads(data)
    except UnreadableError as error:
        if is_lines(data):
            yield from read_lines(data, name, given)
        else:
            yield Refusal.of(name, error, unreadable=True)
        return
    if isinstance(value, list):
        if not value:
            yield Refusal.of(name, DecodeError("", value, "at least one conversation"))
        for index, item in enumerate(value):
            yield one(item, f"{name}[{index}]", given)
    else:
        yield one(value, name, given)


def recognises(value: Any) -> bool:
    """A conversation says of what kind it is, or at least when it was; what else is missing the reader names."""
    if not isinstance(value, dict):
        return False
    content = any(field in value for field in ("segments", "body", "participants"))
    return value.get("kind") in ("call", "email") or (content and ("kind" in value or "occurred_at" in value))


def is_lines(data: bytes) -> bool:
    """More than one line, each an object of its own: one good line is enough, for the others are then named."""
    lines = [line.strip() for line in data.removeprefix(b"\xef\xbb\xbf").splitlines() if line.strip()]
    if len(lines) < 2 or not any(line.startswith(b"{") and line.endswith(b"}") for line in lines):
        return False
    return any(reads_as_object(line) for line in lines)


def reads_as_object(line: bytes) -> bool:
    try:
        return isinstance(loads(line), dict)
    except UnreadableError:
        return False


def read_lines(data: bytes, name: str, given: Given) -> Iterator[Conversation | Refusal]:
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        place = f"{name}:{number}"
        try:
            value = loads(line)
        except UnreadableError as error:
            yield Refusal.of(place, error, unreadable=True)
        else:
            yield one(value, place, given)


def one(value: Any, place: str, given: Given) -> Conversation | Refusal:
    if isinstance(value, dict) and value.get("occurred_at") is None and given.occurred_at is not None:
        value = {**value, "occurred_at": given.occurred_at.isoformat()}
    try:
        return given.complete(Conversation.from_json(value))
    except DecodeError as error:
        return Refusal.of(place, error)

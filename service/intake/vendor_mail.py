"""What the JSON of mail systems has in common: one message or many, ids, moments."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from service.intake.envelope import Received
from service.intake.refusal import Refusal
from signals import DecodeError

__all__ = ["FORWARDED", "each_message", "id_text", "instant", "text_of"]

MOST_MESSAGES = 10_000
# Subjects of forwarded mail, in the languages of the mail programs met.
FORWARDED = re.compile(r"\s*(?:fw|fwd|wg|tr|rv|enc|i|vs|vb|doorst)\s*:", re.IGNORECASE)
DIGITS = re.compile(r"-?\d{1,16}")


def each_message(
    value: object, field: str, name: str, one: Callable[[Mapping[str, Any]], Received]
) -> Iterator[Received | Refusal]:
    """Each message of one object, of a list, or of an object that holds a list in `field`; bad ones by their place."""
    if isinstance(value, Mapping) and not isinstance(value.get(field), list):
        yield one(value)
        return
    before, found = (field, value[field]) if isinstance(value, Mapping) else ("", value)
    if not isinstance(found, list):
        raise DecodeError("", value, f"a message, a list of messages, or an object with {field}")
    if not found:
        raise DecodeError(before, found, "at least one message")
    if len(found) > MOST_MESSAGES:
        raise DecodeError(before, f"{len(found)} messages", f"at most {MOST_MESSAGES} messages")
    for index, item in enumerate(found):
        place = f"{before}[{index}]"
        try:
            if not isinstance(item, Mapping):
                raise DecodeError("", item, "a message")
            yield one(item)
        except DecodeError as error:
            yield Refusal.of(name, error.under(place))


def id_text(source: Mapping[str, Any], field: str) -> str | None:
    """An id, which is text even where it is digits."""
    value = source.get(field)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() or None if isinstance(value, str) else None


def text_of(source: Mapping[str, Any], field: str) -> str | None:
    """Text that may be null or missing. Raises DecodeError for anything else."""
    value = source.get(field)
    if value is not None and not isinstance(value, str):
        raise DecodeError(field, value, "text")
    return value


def instant(source: Mapping[str, Any], field: str) -> dt.datetime | None:
    """A moment as ISO text, or as milliseconds since 1970, as a number or as text; None where there is none."""
    value = source.get(field)
    if value is None or value == "":
        return None
    digits = isinstance(value, int) and not isinstance(value, bool)
    try:
        if digits or (isinstance(value, str) and DIGITS.fullmatch(value)):
            return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=int(value))
        found = dt.datetime.fromisoformat(value)
    except (ValueError, TypeError, OverflowError):
        raise DecodeError(field, value, "a time (2026-03-02T21:12:05Z) or milliseconds since 1970") from None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)

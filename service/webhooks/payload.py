"""Reading fields out of what vendors send: ids as text whatever they were, times in the unit that the vendor uses."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from service.intake import jsontext
from service.intake.refusal import Refusal
from service.webhooks.found import Found
from signals import DecodeError
from signals.decode import EARLIEST, LATEST, as_object

__all__ = [
    "MOST_RECORDS",
    "any_identity",
    "at",
    "clean",
    "each",
    "identity",
    "known",
    "listed",
    "loads",
    "mail_address",
    "millis",
    "moment",
    "objects",
    "short",
]

# A vendor's batch has a hundred records or so.
MOST_RECORDS = 1000
MOST_VALUES = 250_000
LONGEST_ID = 250
LONGEST_TEXT = 500

Json = dict[str, Any]


def loads(data: bytes) -> Any:
    """The value of a JSON body; raises DecodeError. One of very many values is refused before it fills the memory."""
    commas = data.count(b",")
    if commas > MOST_VALUES:
        raise DecodeError("", f"{commas} values or so", f"at most {MOST_VALUES} values in one delivery")
    return jsontext.loads(data)


def at(value: object, *path: str) -> Any:
    """What stands under these keys; None where the way ends early."""
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def listed(value: object, *path: str) -> list[Any]:
    """The list under these keys; empty where there is none."""
    found = at(value, *path)
    return found if isinstance(found, list) else []


def objects(value: object, *path: str) -> list[Mapping[str, Any]]:
    return [each for each in listed(value, *path) if isinstance(each, Mapping)]


def any_identity(value: object) -> str | None:
    """An id as text: text that can be kept, or a whole number; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    text = value.strip()
    return text if text and len(text) <= LONGEST_ID and text.isprintable() else None


def identity(source: Mapping[str, Any], field: str) -> str:
    found = any_identity(source.get(field))
    if found is None:
        raise DecodeError(
            field, source.get(field), f"an id: text of at most {LONGEST_ID} characters, or a whole number"
        )
    return found


def clean(value: object) -> str | None:
    """A short text on one line; None where there is nothing to read."""
    if not isinstance(value, str):
        return None
    text = " ".join("".join(c if c.isprintable() else " " for c in value[: 4 * LONGEST_TEXT]).split())
    return text[:LONGEST_TEXT] or None


def short(value: object) -> str:
    """A word of the sender's as it may stand in a message."""
    return (clean(value) or "(no text)")[:60]


def mail_address(value: object) -> str | None:
    text = clean(value)
    return text.lower() if text and "@" in text and " " not in text and len(text) <= LONGEST_ID else None


def moment(source: Mapping[str, Any], *fields: str) -> dt.datetime:
    """The first of these fields that is there, as an ISO time; without an offset it is UTC."""
    expected = f"a date and time such as 2026-03-12T15:00:00Z, in the years {EARLIEST} to {LATEST}"
    field = next((name for name in fields if source.get(name) is not None), fields[0])
    value = source.get(field)
    if not isinstance(value, str) or len(value) < len("2026-03-12T15") or len(value) > 60:
        raise DecodeError(field, value, expected)
    try:
        result = dt.datetime.fromisoformat(value)
    except ValueError:
        raise DecodeError(field, value, expected) from None
    if not EARLIEST < result.year < LATEST:
        raise DecodeError(field, value, expected)
    return (result if result.tzinfo else result.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)


def millis(source: Mapping[str, Any], field: str) -> dt.datetime:
    """A time in milliseconds since 1970, as a number or as text."""
    value: Any = source.get(field)
    digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 16
    if digits or (isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)):
        try:
            result = dt.datetime.fromtimestamp(float(value) / 1000, dt.UTC)
        except (OverflowError, ValueError, OSError):
            result = None
        if result is not None and EARLIEST <= result.year < LATEST:
            return result
    raise DecodeError(field, value, "milliseconds since 1970")


def known(data: Json) -> Json:
    return {key: value for key, value in data.items() if value is not None}


def each(
    records: object, field: str, read: Callable[[Mapping[str, Any], str], Iterator[Found]], *, most: int = MOST_RECORDS
) -> Iterator[Found]:
    """Each record by itself: a bad one is refused with its place, and the rest goes on."""
    if not isinstance(records, list):
        raise DecodeError(field, records, "a list")
    if len(records) > most:
        raise DecodeError(field, f"{len(records)} records", f"at most {most} records in one delivery")
    for index, record in enumerate(records):
        place = f"{field}[{index}]"
        try:
            yield from read(as_object(record), place)
        except DecodeError as error:
            yield Refusal.of(place, error)

"""Fields as vendors write them: numbers as strings, ids as numbers, text that may be null or missing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from service.intake.textfile import single_blanks
from signals import DecodeError

__all__ = ["address", "at", "entries", "identity", "label", "mapping", "moment_text", "seconds", "some", "spoken"]

NUMBER = re.compile(r"[+-]?(?:\d{1,18}(?:\.\d{0,18})?|\.\d{1,18})(?:[eE][+-]?\d{1,3})?", re.ASCII)

# No conversation lasts longer; a time beyond that is in another unit, or nonsense.
LONGEST = 7 * 24 * 3600
# A conversation has at most so many utterances, words or people of one kind.
MOST = 500_000


def mapping(value: object, expected: str = "an object") -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise DecodeError("", value, expected)
    return value


def at(value: object, *path: str) -> Any:
    """What stands at a path of keys, None where anything on the way is missing or no object."""
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def entries(source: Mapping[str, Any], field: str, expected: str = "a list") -> Iterator[tuple[str, Any]]:
    """(place, entry) of each entry of a list; a field that is missing or null has none."""
    value = source.get(field)
    if value is None:
        return
    if not isinstance(value, list):
        raise DecodeError(field, value, expected)
    if len(value) > MOST:
        raise DecodeError(field, f"a list of {len(value)}", f"at most {MOST} entries")
    for index, item in enumerate(value):
        yield f"{field}[{index}]", item


def some(source: object, *fields: str) -> str | None:
    """The first of the fields that holds text which says something; anything else there counts as missing."""
    if isinstance(source, Mapping):
        for field in fields:
            value = source.get(field)
            if isinstance(value, str) and value.strip():
                return single_blanks(value)
    return None


def spoken(source: Mapping[str, Any], field: str) -> str:
    """Words with blanks made single; null or missing is no words. Raises DecodeError for what is no text."""
    value = source.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise DecodeError(field, value, "text")
    return single_blanks(value)


def identity(source: Mapping[str, Any], field: str, *more: str) -> str:
    """An id that must be there: text, or a whole number, which loses no digit."""
    found = label(source, field, *more)
    if found is None:
        raise DecodeError(field, source.get(field), "an id (text or a whole number)")
    return found


def label(source: object, *fields: str) -> str | None:
    """The first of the fields that holds an id or label: text, or a whole number."""
    if isinstance(source, Mapping):
        for field in fields:
            value = source.get(field)
            if isinstance(value, int) and not isinstance(value, bool):
                return str(value)
            if isinstance(value, str) and value.strip():
                return value.strip()
    return None


def address(source: object, *fields: str) -> str | None:
    """The first of the fields that holds an e-mail address."""
    value = next((found for field in fields if (found := some(source, field)) and "@" in found), None)
    return None if value is None or " " in value else value


def seconds(source: Mapping[str, Any], field: str, *, unit: float = 1.0) -> float | None:
    """A time of `unit` seconds, as a number or as digits in a string; null and "" are None. To the millisecond.

    A time before the beginning is the beginning. Raises DecodeError for anything else.
    """
    value = source.get(field)
    if value is None or value == "":
        return None
    number = numeric(value)
    if number is None or not number * unit <= LONGEST:
        what = "seconds" if unit == 1.0 else "milliseconds"
        raise DecodeError(field, value, f"a time in {what} from the beginning of the conversation, less than a week")
    return max(0.0, round(number * unit, 3))


def numeric(value: object) -> float | None:
    """A number, also one written as text; None for anything else, infinity and NaN included."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = float(value) if NUMBER.fullmatch(value.strip()) else None
    if not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e18 else None


def moment_text(source: object, *fields: str) -> str | None:
    """The first of the fields that holds a date and time as text, to be read where the conversation is put together."""
    value = some(source, *fields)
    return value if value is not None and re.match(r"\d{4}-\d\d-\d\d[T ]\d\d", value) else None

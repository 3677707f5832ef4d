"""Reading typed fields out of JSON objects, with errors that name field, value and what was expected."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from signals.errors import DecodeError

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

EARLIEST, LATEST = 1970, 2200
HALF_A_LETTER = re.compile("[\ud800-\udfff]")


def as_object(value: object, field: str = "") -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise DecodeError(field, value, "an object")
    return value


def text(source: Mapping[str, Any], field: str) -> str:
    """The text; half a letter (a lone surrogate, which JSON can carry and no encoding has) becomes a mark of the same
    length, so that offsets hold."""
    value = source.get(field)
    if not isinstance(value, str):
        raise DecodeError(field, value, "text")
    return value if value.isascii() else HALF_A_LETTER.sub("\N{REPLACEMENT CHARACTER}", value)


def name(source: Mapping[str, Any], field: str) -> str:
    """Text that must say something."""
    value = text(source, field)
    if not value.strip():
        raise DecodeError(field, value, "text that is not blank")
    return value


def optional_text(source: Mapping[str, Any], field: str) -> str | None:
    return None if source.get(field) is None else text(source, field)


def number(source: Mapping[str, Any], field: str) -> float:
    value = source.get(field)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise DecodeError(field, value, "a finite number")
    return float(value)


def optional_number(source: Mapping[str, Any], field: str) -> float | None:
    return None if source.get(field) is None else number(source, field)


def whole(source: Mapping[str, Any], field: str, low: int, high: int) -> int:
    value = source.get(field)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise DecodeError(field, value, f"a whole number from {low} to {high}")
    return value


def optional_decimal(source: Mapping[str, Any], field: str) -> Decimal | None:
    value = source.get(field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not math.isfinite(value):
        raise DecodeError(field, value, "a finite number")
    return Decimal(str(value))


def choice(source: Mapping[str, Any], field: str, options: type[E]) -> E:
    value = source.get(field)
    try:
        return options(value)  # type: ignore[arg-type]
    except ValueError:
        raise DecodeError(field, value, "one of " + ", ".join(options)) from None


def optional_choice(source: Mapping[str, Any], field: str, options: type[E]) -> E | None:
    return None if source.get(field) is None else choice(source, field, options)


def day(source: Mapping[str, Any], field: str) -> dt.date:
    value = source.get(field)
    expected = f"a date such as 2026-03-12, in the years {EARLIEST} to {LATEST}"
    try:
        result = dt.date.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise DecodeError(field, value, expected) from None
    if not EARLIEST <= result.year <= LATEST:
        raise DecodeError(field, value, expected)
    return result


def instant(source: Mapping[str, Any], field: str) -> dt.datetime:
    """A moment with its offset; one without an offset is taken as UTC."""
    value = source.get(field)
    expected = f"a date and time such as 2026-03-12T15:00:00-05:00, in the years {EARLIEST} to {LATEST}"
    if not isinstance(value, str) or len(value) < len("2026-03-12T15"):
        raise DecodeError(field, value, expected)
    try:
        result = dt.datetime.fromisoformat(value)
    except ValueError:
        raise DecodeError(field, value, expected) from None
    if not EARLIEST <= result.year <= LATEST:
        raise DecodeError(field, value, expected)
    return result if result.tzinfo else result.replace(tzinfo=dt.UTC)


def items(source: Mapping[str, Any], field: str, decode: Callable[[object], T]) -> tuple[T, ...]:
    """A list, each item decoded; absent or null is the empty list."""
    value = source.get(field)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise DecodeError(field, value, "a list")
    out = []
    for index, item in enumerate(value):
        try:
            out.append(decode(item))
        except DecodeError as error:
            raise error.under(f"{field}[{index}]") from None
    return tuple(out)


def within(source: Mapping[str, Any], field: str, decode: Callable[[object], T]) -> T:
    """An object under `field`, decoded; its errors carry the path."""
    try:
        return decode(source.get(field))
    except DecodeError as error:
        raise error.under(field) from None


def plain_number(value: Decimal | None) -> int | float | None:
    """A decimal as a JSON number: whole ones without a point."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)

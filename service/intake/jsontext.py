"""JSON bytes as values; errors say where the text is wrong. Too deep nesting and lone surrogates orjson refuses."""

from __future__ import annotations

from typing import Any

import orjson

from signals import DecodeError

__all__ = ["UnreadableError", "loads"]


class UnreadableError(DecodeError):
    """The bytes are not of the format at all."""


# An object takes some 70 bytes of memory if there is nothing in it: many in a short text are meant to hurt.
MANY, FEWEST_BYTES = 500_000, 8


def loads(data: bytes) -> Any:
    """The value of a JSON text in UTF-8, with or without byte order mark; raises UnreadableError."""
    if len(data) > MANY:
        containers = data.count(b"{") + data.count(b"[")
        if containers > MANY and containers * FEWEST_BYTES > len(data):
            raise UnreadableError(
                "", f"{containers} objects and lists", f"something in them; at most {MANY} empty ones"
            )
    try:
        return orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        around = error.doc[max(0, error.pos - 20) : error.pos + 20] if isinstance(error.doc, str) else None
        raise UnreadableError("", around or data[:40], f"JSON ({error.msg}, {place})") from None

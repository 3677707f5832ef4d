"""Standard output as JSON lines, standard error for people, and the exit statuses of every command."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson

from signals.decode import plain_number

__all__ = ["DONE", "SOME_REFUSED", "UNUSABLE", "UnusableError", "complain", "print_json"]

DONE, SOME_REFUSED, UNUSABLE = 0, 1, 2


class UnusableError(Exception):
    """The arguments cannot be used; the message says which and what would do. The command ends with status 2."""


def print_json(value: Mapping[str, Any], *, indent: bool = False) -> None:
    """One object on a line of its own, in UTF-8 whatever the locale says."""
    option = orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS | (orjson.OPT_INDENT_2 if indent else 0)
    data = orjson.dumps(value, default=number, option=option)
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(data.decode())
    else:
        sys.stdout.flush()
        buffer.write(data)


def number(value: object) -> int | float | None:
    """A decimal as a JSON number; orjson asks for what it does not know."""
    if isinstance(value, Decimal):
        return plain_number(value)
    raise TypeError(f"{type(value).__name__} has no JSON")


def complain(message: str) -> None:
    """A line on standard error."""
    sys.stderr.write(message.encode("utf-8", "backslashreplace").decode() + "\n")

"""Standard output as JSON lines, standard error for people, and the exit statuses of every command."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import orjson

__all__ = ["DONE", "SOME_REFUSED", "UNUSABLE", "UnusableError", "complain", "print_json"]

DONE, SOME_REFUSED, UNUSABLE = 0, 1, 2


class UnusableError(Exception):
    """The arguments cannot be used; the message says which and what would do. The command ends with status 2."""


def print_json(value: Mapping[str, Any], *, indent: bool = False) -> None:
    """One object on a line of its own, in UTF-8 whatever the locale says."""
    option = orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS | (orjson.OPT_INDENT_2 if indent else 0)
    data = orjson.dumps(value, option=option)
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(data.decode())
    else:
        sys.stdout.flush()
        buffer.write(data)


def complain(message: str) -> None:
    """A line on standard error."""
    sys.stderr.write(message.encode("utf-8", "backslashreplace").decode() + "\n")

"""Events from a file, one JSON object a line. Nothing here knows the formats of conversations."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from service.commands.terminal import UnusableError
from signals.errors import show

__all__ = ["events_of"]


def events_of(file: str, refused: list[str]) -> Iterator[Any]:
    """The values of the file, or of standard input for `-`. Raises UnusableError for a file that cannot be read.

    A line that is no JSON goes into `refused`, named, and costs the others nothing.
    """
    for number, line in enumerate(read(file).removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            yield orjson.loads(line)
        except orjson.JSONDecodeError as error:
            around = line[max(0, error.colno - 20) : error.colno + 20].decode("utf-8", "replace")
            wrong = f"expected JSON ({error.msg}, column {error.colno}), got {show(around)}"
            refused.append(f"{file}:{number}: the input: {wrong}")


def read(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UnusableError(f"{file}: expected a file of events, one JSON object a line: {reason}") from None

"""`telltale replay`: events from a file through the engine, one JSON object out."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from service.commands.terminal import DONE, SOME_REFUSED, UnusableError, complain, print_json
from service.intake.jsontext import UnreadableError, loads
from service.intake.refusal import Refusal

__all__ = ["run"]


def run(file: str, *, pipeline: str, until: dt.datetime | None) -> int:
    """Prints state and decisions; faulty events and those whose deal nobody created are named on standard error."""
    from engine import replay
    from service.commands.pipeline import load

    refused: list[str] = []
    result = replay(events(read(file), file, refused), load(pipeline), until=until)
    print_json(result.to_json())
    for line in [*refused, *(each.reason for each in result.refused)]:
        complain(line)
    return SOME_REFUSED if refused or result.refused else DONE


def read(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise UnusableError(f"{file}: {(error.strerror or str(error)).lower()}") from None


def events(data: bytes, file: str, refused: list[str]) -> Iterator[Any]:
    """One event a line; a line that is no JSON goes into `refused` and costs the others nothing."""
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            yield loads(line)
        except UnreadableError as error:
            refused.append(str(Refusal.of(f"{file}:{number}", error)))

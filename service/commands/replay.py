"""`telltale replay`: events from a file through the engine, one JSON object out."""

from __future__ import annotations

import datetime as dt

from service.commands.events_file import events_of
from service.commands.pipeline import load
from service.commands.terminal import DONE, SOME_REFUSED, complain, print_json

__all__ = ["run"]


def run(file: str, *, pipeline: str, until: dt.datetime | None) -> int:
    """Prints state and decisions; faulty events and those whose deal nobody created are named on standard error."""
    from engine import replay

    refused: list[str] = []
    result = replay(events_of(file, refused), load(pipeline), until=until)
    print_json(result.to_json())
    for line in [*refused, *(each.reason for each in result.refused)]:
        complain(line)
    return SOME_REFUSED if refused or result.refused else DONE

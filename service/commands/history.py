"""What a command looks back on: the events of a file, or those that the service has stored."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from service.commands.events_file import events_of
from service.commands.terminal import DONE

if TYPE_CHECKING:
    from service.api.service import Service

__all__ = ["history"]


def history(
    file: str | None, *, pipeline: str, database: str | None, data: str | None, refused: list[str]
) -> list[Any]:
    """The file's events, or without one the stored ones; lines that are no JSON go into `refused`, named.

    `pipeline` is the one that stored deals follow. Raises UnusableError where there is nothing to read from.
    """
    if file is not None:
        return list(events_of(file, refused))
    from service.commands.serve import log_to_stderr, run, settings_from
    from service.flows.stored_history import stored_history

    found: list[Any] = []

    def read(service: Service) -> int:
        found.extend(stored_history(service.context))
        return DONE

    log_to_stderr(logging.WARNING)
    run(settings_from(database=database, data=data, pipeline=pipeline), read)
    return found

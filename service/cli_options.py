"""Options that many commands have, and how each of them ends."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import datetime as dt

__all__ = [
    "Answers",
    "AsJson",
    "Data",
    "Database",
    "Events",
    "LlmLocal",
    "LlmModel",
    "LlmUrl",
    "Output",
    "Reader",
    "Report",
    "Whose",
    "Workspace",
    "finish",
    "time_of",
]

Database = Annotated[
    str | None, typer.Option("--database", metavar="URL", help="A PostgreSQL; without it the embedded one.")
]
Data = Annotated[str | None, typer.Option(metavar="FOLDER", help="Of the embedded PostgreSQL.  [telltale-data]")]
Workspace = Annotated[str | None, typer.Option(metavar="NAME", help="In this workspace.  [TELLTALE_WORKSPACE]")]
Whose = Annotated[str | None, typer.Option("--workspace", metavar="NAME", help="Whose.  [main]")]
Events = Annotated[
    str | None,
    typer.Argument(metavar="[EVENTS.jsonl]", help="Events, one a line; - for standard input. None: those stored."),
]
Reader = Annotated[
    str | None, typer.Option(metavar="local|llm|cascade", help="Who reads; llm: a language model, verified.  [local]")
]
LlmUrl = Annotated[
    str | None, typer.Option(metavar="URL", help="Of an OpenAI-compatible server, http://127.0.0.1:11434/v1")
]
LlmModel = Annotated[str | None, typer.Option(metavar="NAME|FOLDER", help="As the server names it.")]
LlmLocal = Annotated[bool, typer.Option("--llm-local", help="Load the model here, from the folder --llm-model.")]
Answers = Annotated[
    str | None, typer.Option("--import", metavar="FILE", help="Take the answers from there, as a batch gives them.")
]
Report = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Where what it took goes, and what was dropped; - for the terminal."),
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON, for programs.")]


class Output(StrEnum):
    JSON = "json"
    TABLE = "table"


def time_of(value: str | None, option: str) -> dt.datetime | None:
    if value is None:
        return None
    import datetime as dt

    from service.commands.terminal import UnusableError

    try:
        time = dt.datetime.fromisoformat(value.strip())
    except ValueError:
        expected = "a time such as 2026-03-12 or 2026-03-12T15:00:00-05:00"
        raise UnusableError(f"{option}: expected {expected}, got {value!r}") from None
    return time if time.tzinfo else time.replace(tzinfo=dt.UTC)


def finish(command: Callable[[], int]) -> None:
    """Run it and end with its status; arguments that cannot be used end with 2, a closed pipe quietly."""
    from service.commands.terminal import UNUSABLE, UnusableError, complain

    try:
        status = command()
        sys.stdout.flush()
    except UnusableError as error:
        complain(str(error))
        status = UNUSABLE
    except BrokenPipeError:
        # The reader (head, less) has what it wanted. What is left in the buffer must not be flushed at exit.
        sys.stdout = None
        status = 0
    raise typer.Exit(status)

"""Options that many commands have."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["AsJson", "Data", "Database", "Workspace"]

Database = Annotated[
    str | None, typer.Option("--database", metavar="URL", help="A PostgreSQL; without it the embedded one.")
]
Data = Annotated[str | None, typer.Option(metavar="FOLDER", help="Of the embedded PostgreSQL.  [telltale-data]")]
Workspace = Annotated[str | None, typer.Option(metavar="NAME", help="In this workspace.  [TELLTALE_WORKSPACE]")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON, for programs.")]

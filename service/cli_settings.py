"""The commands about what a workspace has of its own instead of the service's settings."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli_options import AsJson, Data, Database, Workspace, finish

__all__ = ["own"]

own = typer.Typer(
    help="What a workspace has of its own: connectors, review policy, mapping files.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="As `settings list` shows it.")]
SecretName = Annotated[str, typer.Argument(metavar="NAME", help='As the connectors name it: { secret = "NAME" }.')]


@own.command("list")
def list_own(workspace: Workspace = None, json: AsJson = False, database: Database = None, data: Data = None) -> None:
    """Show what may be set, what is, and by whom; of secrets their names."""

    def command() -> int:
        from service.commands.own_settings import list_own as run

        return run({"database": database, "data": data}, workspace=workspace, as_json=json)

    finish(command)


@own.command("show")
def show_own(name: Name, workspace: Workspace = None, database: Database = None, data: Data = None) -> None:
    """Print the workspace's own value, a text as it is."""

    def command() -> int:
        from service.commands.own_settings import show_own as run

        return run({"database": database, "data": data}, name, workspace=workspace)

    finish(command)


@own.command("set")
def set_own(
    name: Name,
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Its text, or JSON; - for standard input.")],
    workspace: Workspace = None,
    database: Database = None,
    data: Data = None,
) -> None:
    """Set one, in the place of the service's; webhook_mappings take a file for each source."""

    def command() -> int:
        from service.commands.own_settings import set_own as run

        return run({"database": database, "data": data}, name, files, workspace=workspace)

    finish(command)


@own.command("drop")
def drop_own(name: Name, workspace: Workspace = None, database: Database = None, data: Data = None) -> None:
    """Let the service's hold again."""

    def command() -> int:
        from service.commands.own_settings import drop_own as run

        return run({"database": database, "data": data}, name, workspace=workspace)

    finish(command)


@own.command("secret")
def set_secret(
    name: SecretName,
    drop: Annotated[bool, typer.Option("--drop", help="Take it away.")] = False,
    workspace: Workspace = None,
    database: Database = None,
    data: Data = None,
) -> None:
    """Keep a secret of the workspace's own connectors, sealed; it is read from standard input."""

    def command() -> int:
        from service.commands.own_settings import set_secret as run

        return run({"database": database, "data": data}, name, drop=drop, workspace=workspace)

    finish(command)

"""The commands about people: their keys and workspaces, what they decided, and what waits for them outside."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli_options import AsJson, Data, Database, Output, Whose, Workspace, finish

__all__ = ["keys", "outbox", "reviews", "workspaces"]

outbox = typer.Typer(help="Shows what is done outside, and sends it again.", no_args_is_help=True)
keys = typer.Typer(help="Makes, lists, exchanges and withdraws API keys.", no_args_is_help=True)
workspaces = typer.Typer(help="Makes and lists workspaces, which see nothing of each other.", no_args_is_help=True)
reviews = typer.Typer(help="What people decided about signals: training data, and a report.", no_args_is_help=True)

KeyId = Annotated[str, typer.Argument(metavar="ID", help="The key's public id, as `keys list` shows it.")]


@keys.command("create")
def create_key(
    role: Annotated[str, typer.Option(help="ingest (may only post), rep, manager or admin.")],
    name: Annotated[str | None, typer.Option(help="What it is for, as lists and the audit log show it.")] = None,
    person: Annotated[
        str | None, typer.Option(metavar="MAIL", help="Whose it is: a rep sees this owner's deals.")
    ] = None,
    team: Annotated[
        list[str] | None, typer.Option(metavar="MAIL", help="Owner whom a manager sees; repeat it.")
    ] = None,
    scope: Annotated[
        list[str] | None, typer.Option(help="conversations:write and so on; repeat it. None: all.")
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="Good for so many days. None: until revoked.")
    ] = None,
    workspace: Workspace = None,
    json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Make a key and print it, this once."""

    def command() -> int:
        from service.commands.keys import create as run

        return run(
            {"database": database, "data": data},
            role=role,
            title=name,
            scopes=scope or (),
            person=person,
            team=team or (),
            days=days,
            workspace=workspace,
            as_json=json,
        )

    finish(command)


@keys.command("list")
def list_keys(workspace: Workspace = None, json: AsJson = False, database: Database = None, data: Data = None) -> None:
    """Show the keys: whose, what for, when last used; never what proves them."""

    def command() -> int:
        from service.commands.keys import list_keys as run

        return run({"database": database, "data": data}, workspace=workspace, as_json=json)

    finish(command)


@keys.command("rotate")
def rotate_key(
    id: KeyId,
    hours: Annotated[
        float | None, typer.Option(min=0, max=720, help="The old secret stays good so long.  [24]")
    ] = None,
    workspace: Workspace = None,
    json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Give a key a new secret, and print it this once."""

    def command() -> int:
        from service.commands.keys import rotate as run

        return run({"database": database, "data": data}, id, hours=hours, workspace=workspace, as_json=json)

    finish(command)


@keys.command("revoke")
def revoke_key(
    id: KeyId, workspace: Workspace = None, json: AsJson = False, database: Database = None, data: Data = None
) -> None:
    """Withdraw a key, at once and for ever."""

    def command() -> int:
        from service.commands.keys import revoke as run

        return run({"database": database, "data": data}, id, workspace=workspace, as_json=json)

    finish(command)


@workspaces.command("create")
def create_workspace(
    name: Annotated[str, typer.Argument(help="Small letters, digits, dots and dashes.")],
    json: AsJson = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Make a workspace and print the key of its first admin."""

    def command() -> int:
        from service.commands.keys import create_workspace as run

        return run({"database": database, "data": data}, name, as_json=json)

    finish(command)


@workspaces.command("list")
def list_workspaces(json: AsJson = False, database: Database = None, data: Data = None) -> None:
    """Print the workspaces that there are."""

    def command() -> int:
        from service.commands.keys import list_workspaces as run

        return run({"database": database, "data": data}, as_json=json)

    finish(command)


@reviews.command(name="export")
def export_reviews(
    out: Annotated[str, typer.Option(metavar="FOLDER", help="Where the labelled conversations go, a file each.")],
    workspace: Whose = None,
    database: Database = None,
    data: Data = None,
) -> None:
    """Write reviewed conversations with their labels, to train and to score with."""

    def command() -> int:
        from service.commands.reviews import export_reviews as run

        return run(out, workspace=workspace, database=database, data=data)

    finish(command)


@reviews.command(name="report")
def report_reviews(
    format: Annotated[Output, typer.Option(help="A table for people, or JSON.")] = Output.TABLE,
    workspace: Whose = None,
    database: Database = None,
    data: Data = None,
) -> None:
    """Tell how often signals were right by what people said of them: by type and by confidence."""

    def command() -> int:
        from service.commands.reviews import report_reviews as run

        return run(as_json=format is Output.JSON, workspace=workspace, database=database, data=data)

    finish(command)


@outbox.command("list")
def list_actions(
    state: Annotated[list[str] | None, typer.Option(help="outbox, dead, conflict, ...; may be repeated.")] = None,
    deal: Annotated[str | None, typer.Option(metavar="ID", help="Of this deal.")] = None,
    format: Annotated[Output, typer.Option(help="A table for people, or JSON lines.")] = Output.TABLE,
    database: Database = None,
    data: Data = None,
) -> None:
    """Print the newest actions: what waits for a person, what was given up, what was done."""

    def command() -> int:
        from service.commands.actions import list_actions as run
        from service.commands.serve import settings_from

        settings = settings_from(database=database, data=data)
        return run(settings, states=tuple(state or ()), deal=deal, as_json=format is Output.JSON)

    finish(command)


@outbox.command("replay")
def replay_actions(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID...]", help="Actions to send again.")] = None,
    dead: Annotated[bool, typer.Option("--dead", help="All that were given up.")] = False,
    database: Database = None,
    data: Data = None,
) -> None:
    """Send actions again, under their old keys; a serving process or a worker does the sending."""

    def command() -> int:
        from service.commands.actions import replay as run
        from service.commands.serve import settings_from

        return run(settings_from(database=database, data=data), ids or [], dead=dead)

    finish(command)

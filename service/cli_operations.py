"""The commands of those who run the service. `service.cli` adds them to the others."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli_options import AsJson, Data, Database, Workspace, finish

__all__ = ["add_to"]

Person = Annotated[str, typer.Option(metavar="EMAIL", help="The person's mail address.")]


def add_to(app: typer.Typer) -> None:
    privacy = typer.Typer(help="How long words are kept; a person's data, shown and erased.", no_args_is_help=True)
    app.add_typer(privacy, name="privacy")
    dead = typer.Typer(help="What could not be read, and jobs that were given up.", no_args_is_help=True)
    app.add_typer(dead, name="dead")

    @app.command()
    def doctor(json: AsJson = False, database: Database = None, data: Data = None) -> None:
        """Look at everything the service needs; each line ok, warn or fail, with its mend."""

        def command() -> int:
            from service.commands.doctor import run
            from service.commands.serve import settings_from

            return run(settings_from(database=database, data=data), as_json=json)

        finish(command)

    @app.command()
    def backup(
        file: Annotated[str, typer.Argument(help="What to write; it must not be there yet.")],
        database: Database = None,
        data: Data = None,
    ) -> None:
        """Write everything that the database holds to a file, as it is at one moment, while the service runs."""

        def command() -> int:
            from service.commands.backup import backup as run
            from service.commands.serve import settings_from

            return run(settings_from(database=database, data=data), file)

        finish(command)

    @app.command()
    def restore(
        file: Annotated[str, typer.Argument(help="What telltale backup wrote.")],
        database: Database = None,
        data: Data = None,
    ) -> None:
        """Fill an empty database from a backup, and check that each deal is what its events add up to."""

        def command() -> int:
            from service.commands.backup import restore as run
            from service.commands.serve import settings_from

            return run(settings_from(database=database, data=data), file)

        finish(command)

    @app.command()
    def backfill(
        source: Annotated[str, typer.Argument(help="A folder, or a file of any format, JSON lines or Parquet.")],
        out: Annotated[str, typer.Option(metavar="TARGET", help="A folder for the signals, a file a shard.")],
        format: Annotated[str, typer.Option(metavar="jsonl|parquet", help="What the shards are.")] = "jsonl",
        processes: Annotated[int, typer.Option(min=0, help="0: one a core.")] = 0,
        shard: Annotated[int, typer.Option(min=1, help="Conversations in a shard.")] = 1000,
        occurred_at: Annotated[
            str | None, typer.Option(metavar="TIME", help="When it was said, for transcripts that hold no date.")
        ] = None,
    ) -> None:
        """Read very many conversations; what an interrupted run has finished is not read again."""

        def command() -> int:
            from service.commands.backfill import run

            return run(source, out=out, format=format, processes=processes, shard=shard, occurred_at=occurred_at)

        finish(command)

    @privacy.command("erase")
    def erase(
        person: Person,
        workspace: Workspace = None,
        json: AsJson = False,
        database: Database = None,
        data: Data = None,
    ) -> None:
        """Take a person's name, addresses and words out of everything; the deals' history stays."""

        def command() -> int:
            from service.commands.privacy import erase as run
            from service.commands.serve import settings_from

            return run(settings_from(database=database, data=data, workspace=workspace), person, as_json=json)

        finish(command)

    @privacy.command("export")
    def export(person: Person, workspace: Workspace = None, database: Database = None, data: Data = None) -> None:
        """Print what is kept of a person, as JSON."""

        def command() -> int:
            from service.commands.privacy import export as run
            from service.commands.serve import settings_from

            return run(settings_from(database=database, data=data, workspace=workspace), person)

        finish(command)

    @privacy.command("retention")
    def retention(
        days: Annotated[
            int | None, typer.Option(min=0, max=36500, help="Keep words so long; 0: as the settings say. None: show.")
        ] = None,
        workspace: Workspace = None,
        database: Database = None,
        data: Data = None,
    ) -> None:
        """Show or set how many days a workspace keeps what was said; signals and the deals' history stay."""

        def command() -> int:
            from service.commands.privacy import retention as run
            from service.commands.serve import settings_from

            return run(settings_from(database=database, data=data, workspace=workspace), days)

        finish(command)

    @dead.command("list")
    def list_dead(
        workspace: Workspace = None, json: AsJson = False, database: Database = None, data: Data = None
    ) -> None:
        """Print conversations that could not be read and jobs that were given up, the newest first."""

        def command() -> int:
            from service.commands.dead import list_dead as run
            from service.commands.serve import settings_from

            return run(settings_from(database=database, data=data, workspace=workspace), as_json=json)

        finish(command)

    @dead.command("replay")
    def replay_dead(
        ids: Annotated[list[str] | None, typer.Argument(metavar="[ID...]", help="As `dead list` shows them.")] = None,
        every: Annotated[bool, typer.Option("--all", help="All of the workspace.")] = False,
        workspace: Workspace = None,
        database: Database = None,
        data: Data = None,
    ) -> None:
        """Read them again; a serving process or a worker does the reading."""

        def command() -> int:
            from service.commands.dead import replay as run
            from service.commands.serve import settings_from

            return run(settings_from(database=database, data=data, workspace=workspace), ids or [], every=every)

        finish(command)

"""`telltale`: the arguments of each command. What a command does is imported when it runs, so that help is instant."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from service import cli_operations
from service.cli_options import (
    Answers,
    Data,
    Database,
    Events,
    LlmLocal,
    LlmModel,
    LlmUrl,
    Output,
    Reader,
    Report,
    Whose,
    finish,
    time_of,
)
from service.cli_people import keys, outbox, reviews, workspaces
from service.cli_settings import own

if TYPE_CHECKING:
    from service.intake import Format, Given

app = typer.Typer(
    name="telltale",
    help="Reads what buyers say and write, and keeps each deal's stage true to it.",
    epilog="Every setting is also an environment variable, TELLTALE_DATABASE and so on.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
pipelines = typer.Typer(help="Checks and shows sales pipelines.", no_args_is_help=True)
app.add_typer(pipelines, name="pipeline")
app.add_typer(outbox, name="actions")
app.add_typer(keys, name="keys")
app.add_typer(workspaces, name="workspaces")
app.add_typer(own, name="settings")
app.add_typer(reviews, name="reviews")

Pipeline = Annotated[str | None, typer.Option(metavar="NAME|FILE", help="The pipeline that deals follow.  [b2b]")]


@app.command()
def extract(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders, or - for standard input.")],
    format: Annotated[Output, typer.Option(help="JSON lines, or a table for people.")] = Output.JSON,
    source: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="What wrote them (gong, zoom, ...), where the content leaves it open."),
    ] = None,
    occurred_at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When it was said, for transcripts that hold no date.")
    ] = None,
    seller: Annotated[list[str] | None, typer.Option(help="Name of a seller's person; may be repeated.")] = None,
    our_domain: Annotated[list[str] | None, typer.Option(help="A mail domain of the seller's.")] = None,
    processes: Annotated[int, typer.Option(min=0, help="For very many conversations; 0: one a core.")] = 0,
    reader: Reader = None,
    model: Annotated[
        str | None, typer.Option(metavar="FOLDER|none", help="The second reader; none: phrases alone.  [built in]")
    ] = None,
    llm_url: LlmUrl = None,
    llm_model: LlmModel = None,
    llm_local: LlmLocal = False,
    export: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write the model's requests there as a batch, and ask nobody.")
    ] = None,
    answers: Answers = None,
    report: Report = None,
) -> None:
    """Read conversations and print the signals in each, one JSON object a line."""

    def command() -> int:
        import os

        if model is not None:
            os.environ["TELLTALE_MODEL"] = model  # processes of their own are told as well
        given, as_table = told(occurred_at, seller, our_domain), format is Output.TABLE
        chosen = reader or os.environ.get("TELLTALE_READER") or "local"
        if chosen == "local" and (export or answers or report):
            from service.commands.terminal import UnusableError

            raise UnusableError("--export, --import and --report are for --reader llm and --reader cascade")
        if chosen == "local":
            from service.commands.extract import run

            count = processes or os.cpu_count() or 1
            return run(paths, given=given, source=source_of(source), table=as_table, processes=count)
        from service.commands import extract_by_model
        from service.commands.serve import settings_from

        told_here = {"reader": reader, "llm_url": llm_url, "llm_model": llm_model, "llm_local": llm_local or None}
        settings = settings_from(**told_here)
        if export:
            return extract_by_model.export(paths, given=given, source=source_of(source), settings=settings, to=export)
        return extract_by_model.run(
            paths,
            given=given,
            source=source_of(source),
            table=as_table,
            settings=settings,
            answers=answers,
            report=report,
        )

    finish(command)


@app.command()
def spans(
    now: Annotated[str | None, typer.Option(metavar="TIME", help="What 'tomorrow' is counted from.")] = None,
    currency: Annotated[str, typer.Option(help="Of amounts that name none.")] = "USD",
    day_first: Annotated[bool, typer.Option("--day-first", help="4/3 is the 4th of March.")] = False,
) -> None:
    """Read sentences from standard input and print every amount, period, person, company and title in each."""

    def command() -> int:
        from service.commands.spans import run

        return run(now=time_of(now, "--now"), currency=currency, day_first=day_first)

    finish(command)


@app.command()
def replay(
    file: Annotated[str, typer.Argument(metavar="EVENTS.jsonl", help="Events, one a line; - for standard input.")],
    pipeline: Annotated[
        str, typer.Option(metavar="NAME|FILE", envvar="TELLTALE_PIPELINE", help="The pipeline to follow.")
    ] = "b2b",
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Leave out later events.")] = None,
) -> None:
    """Fold events through the engine and print the deals' state and every decision."""

    def command() -> int:
        from service.commands.replay import run

        return run(file, pipeline=pipeline, until=time_of(until, "--until"))

    finish(command)


@app.command()
def backtest(
    pipeline: Annotated[str, typer.Option(metavar="NAME|FILE", help="The pipeline to try.")],
    file: Events = None,
    present: Annotated[
        str,
        typer.Option("--from", metavar="NAME|FILE", envvar="TELLTALE_PIPELINE", help="The pipeline to compare with."),
    ] = "b2b",
    format: Annotated[Output, typer.Option(help="A table for people, or JSON.")] = Output.TABLE,
    database: Database = None,
    data: Data = None,
) -> None:
    """Tell what would have differed, had the deals followed another pipeline."""

    def command() -> int:
        from service.commands.backtest import run

        as_json = format is Output.JSON
        return run(file, pipeline=pipeline, present=present, database=database, data=data, as_json=as_json)

    finish(command)


@app.command()
def evaluate(
    folder: Annotated[str, typer.Argument(help="Conversations with a 'gold' list each.")],
    by_document: Annotated[bool, typer.Option("--by-document", help="A figure for each conversation too.")] = False,
    misses: Annotated[int, typer.Option(min=0, metavar="N", help="Print up to N differences of each type.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    reader: Reader = None,
    llm_url: LlmUrl = None,
    llm_model: LlmModel = None,
    llm_local: LlmLocal = False,
    answers: Answers = None,
    report: Report = None,
) -> None:
    """Score a reader on labelled conversations."""

    def command() -> int:
        import os

        from service.commands.evaluate import run

        settings = None
        if (reader or os.environ.get("TELLTALE_READER") or "local") != "local":
            from service.commands.serve import settings_from

            told_here = {"reader": reader, "llm_url": llm_url, "llm_model": llm_model, "llm_local": llm_local or None}
            settings = settings_from(**told_here)
        elif answers or report:
            from service.commands.terminal import UnusableError

            raise UnusableError("--import and --report are for --reader llm and --reader cascade")
        return run(
            folder,
            by_document=by_document,
            misses=misses,
            as_json=json,
            settings=settings,
            answers=answers,
            to=report,
        )

    finish(command)


@app.command()
def train(
    base: Annotated[str, typer.Option(metavar="FOLDER|NAME", help="A BERT-like encoder: a folder, or a hub's name.")],
    out: Annotated[str, typer.Option(metavar="FOLDER", help="Gets the model, for `extract --model`.")],
    with_reviews: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="What `reviews export` wrote, to learn from as well.")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="How often everything is read.")] = 7,
    seed: Annotated[int, typer.Option(help="The same seed gives the same weights.")] = 7,
) -> None:
    """Train the second reader on the corpus (needs the extra `train`)."""

    def command() -> int:
        from service.commands.train import run

        return run(base=base, out=out, with_reviews=with_reviews, epochs=epochs, seed=seed)

    finish(command)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(metavar="H", help="Address to listen on.  [127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(metavar="P", help="Port to listen on; 0: any.  [8080]")] = None,
    database: Database = None,
    data: Data = None,
    pipeline: Pipeline = None,
    worker: Annotated[bool | None, typer.Option("--worker/--no-worker", help="Read conversations here too.")] = None,
    processes: Annotated[int | None, typer.Option(metavar="N", help="Processes that answer on the port.  [1]")] = None,
) -> None:
    """Answer the HTTP API, and do the work, in one process or, with --processes, in several."""

    def command() -> int:
        from service.commands.serve import serve as run
        from service.commands.serve import settings_from

        given = {"host": host, "port": port, "database": database, "data": data, "pipeline": pipeline, "worker": worker}
        return run(settings_from(**given, processes=processes))

    finish(command)


@app.command()
def worker(database: Database = None, data: Data = None, pipeline: Pipeline = None) -> None:
    """Only do the work: as many of these as wanted, on many machines, on one PostgreSQL."""

    def command() -> int:
        from service.commands.serve import settings_from
        from service.commands.serve import worker as run

        return run(settings_from(database=database, data=data, pipeline=pipeline))

    finish(command)


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Print what happened and stop.")] = False,
    host: Annotated[str | None, typer.Option(metavar="H", help="Address to listen on.  [127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(metavar="P", help="Port to listen on; 0: any.  [8080]")] = None,
    data: Data = None,
) -> None:
    """Serve on a fresh data folder with example deals, and tell what happened to them."""

    def command() -> int:
        from service.commands.demo import demo as run
        from service.commands.serve import settings_from

        return run(settings_from(host=host, port=port, data=data), once=once)

    finish(command)


@app.command()
def export(
    out: Annotated[str, typer.Option(metavar="FOLDER", help="Where the Parquet files go.")],
    workspace: Whose = None,
    database: Database = None,
    data: Data = None,
) -> None:
    """Write deals, decisions, signals, stage history and the forecast as Parquet, for Tableau, Looker and the like."""

    def command() -> int:
        from service.commands.export import export as run
        from service.commands.serve import settings_from

        return run(settings_from(database=database, data=data, workspace=workspace), out)

    finish(command)


@pipelines.command()
def check(file: Annotated[str, typer.Argument(help="A pipeline's TOML file.")]) -> None:
    """Validate a pipeline: everything wrong is named with its line and the mend."""

    def command() -> int:
        from service.commands.pipeline import check as run

        return run(file)

    finish(command)


@pipelines.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME|FILE", help="b2b, b2b-rules, lead, or a file.")],
    format: Annotated[
        Output | None, typer.Option(help="A table for people, or JSON with every default filled in.")
    ] = None,
) -> None:
    """Print a pipeline: for people on a terminal, as JSON anywhere else."""

    def command() -> int:
        from service.commands.pipeline import show as run

        return run(name, table=sys.stdout.isatty() if format is None else format is Output.TABLE)

    finish(command)


@pipelines.command()
def calibrate(
    out: Annotated[str, typer.Option(metavar="FILE", help="Where the proposed pipeline goes; never over a file.")],
    file: Events = None,
    pipeline: Annotated[
        str, typer.Option(metavar="NAME|FILE", envvar="TELLTALE_PIPELINE", help="The pipeline to calibrate.")
    ] = "b2b",
    format: Annotated[Output, typer.Option(help="A table for people, or JSON.")] = Output.TABLE,
    database: Database = None,
    data: Data = None,
) -> None:
    """Propose a pipeline whose close rates and durations are those of the closed deals, and show the differences."""

    def command() -> int:
        from service.commands.calibrate import run

        as_json = format is Output.JSON
        return run(file, pipeline=pipeline, out=out, database=database, data=data, as_json=as_json)

    finish(command)


def told(occurred_at: str | None, sellers: list[str] | None, domains: list[str] | None) -> Given:
    import os

    from service.intake import Given

    ours = domains or os.environ.get("TELLTALE_OUR_DOMAINS", "").split(",")
    return Given(
        occurred_at=time_of(occurred_at, "--occurred-at"),
        sellers=tuple(sellers or ()),
        our_domains=tuple(domain.strip().lower().removeprefix("@") for domain in ours if domain.strip()),
    )


def source_of(value: str | None) -> Format | None:
    from service.commands.terminal import UnusableError
    from service.intake import Format

    if value is None or value == "auto":
        return None
    if value not in list(Format):
        raise UnusableError(f"--source: expected one of {', '.join(Format)}, got {value!r}")
    return Format(value)


cli_operations.add_to(app)


def main() -> None:
    """The entry point of the `telltale` command."""
    app()


if __name__ == "__main__":
    main()

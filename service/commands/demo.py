"""`telltale demo`: a service on a fresh data folder, filled with example deals, and what happened to them."""

from __future__ import annotations

import datetime as dt
import logging
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape

from service.commands.progress import shown
from service.commands.serve import listen, log_to_stderr, run
from service.commands.terminal import DONE, complain
from service.flows.fill_demo import fill_demo
from service.flows.timeline import told
from service.settings import Settings
from service.store import deals, decisions
from service.store.embedded import in_use

if TYPE_CHECKING:
    from service.api.service import Service

__all__ = ["demo", "story"]

Json = dict[str, Any]

MOVES = {"stage_advanced": ("moved on", "green"), "stage_regressed": ("fell back", "red")}


def demo(settings: Settings, *, once: bool) -> int:
    """Fill, tell, and serve until told to stop; with `once`, fill and tell. Never on a database that was given."""
    log_to_stderr(logging.WARNING)
    folder = fresh_folder(settings.data)
    complain(f"==> starting PostgreSQL in {folder}")
    return run(settings.model_copy(update={"database": None, "data": folder}), lambda service: show(service, once))


def fresh_folder(data: Path) -> Path:
    """The demo's own folder, emptied; another one where a demo that still runs has that."""
    number = 1
    while True:
        folder = data / ("demo" if number == 1 else f"demo-{number}")
        if not in_use(folder):
            shutil.rmtree(folder, ignore_errors=True)
            return folder
        number += 1


def show(service: Service, once: bool) -> int:
    complain("==> reading example calls and mails of four deals")
    with shown("conversations") as progress:
        for _ in fill_demo(service.context):
            progress.step()
    complain(f"==> {progress.done} conversations read\n")
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    for line in story(service):
        console.print(line)
    sys.stdout.flush()
    if once:
        return DONE
    # Where nobody asked for a port, one that is taken is no reason not to show the demo.
    return listen(service, where_to_look, or_any="port" not in service.settings.model_fields_set)


def where_to_look(url: str) -> None:
    complain(f"Serving at {url} until Ctrl-C. Look at:")
    for path, what in (
        ("/", "the pages: what waits for you, and from there everything else"),
        ("/v1/deals", "where each deal stands"),
        ("/v1/deals/DEMO-1/timeline", "why: every decision with its rule and the words"),
        ("/v1/signals?deal=DEMO-1", "what was said that matters"),
        ("/openapi.json", "the whole interface; docs/api.md tells it in words"),
    ):
        complain(f"  {url}{path}  {what}")


def story(service: Service) -> Iterator[str]:
    """For each deal a heading and a line or two for each thing that happened, as rich's markup."""
    context = service.context
    with context.database.connect() as connection:
        for deal in deals.find(connection, context.workspace, stage=None, after=None, most=100):
            state = deal.state or {}
            name = " · ".join(filter(None, [state.get("account"), state.get("name")]))
            yield (
                f"[bold]{escape(name)}[/bold] [dim]({escape(deal.id)})[/dim]  is in [bold]{state['stage']}[/bold], "
                f"probability {state['probability']:g} %"
            )
            yield from happened(
                told(connection, context.workspace, decisions.of_deal(connection, context.workspace, deal.id))
            )
            yield ""


def happened(timeline: Sequence[Json]) -> Iterator[str]:
    """The moves, what is held now and what is scheduled; everything else is in the timeline."""
    held: Json | None = None
    for decision in timeline:
        if decision["type"] in MOVES:
            held = None
            verb, colour = MOVES[decision["type"]]
            yield f"  [{colour}]{verb}[/{colour}] {decision['from']} → {decision['to']} [dim]({decision['rule']})[/dim]"
            yield because(decision)
        elif decision["type"] == "regression_scheduled":
            due = dt.datetime.fromisoformat(decision["data"]["due"])
            yield (
                f"  [yellow]will fall back[/yellow] {decision['from']} → {decision['to']} on {due:%d %b %Y} "
                f"unless a replacement comes or a person stops it [dim]({decision['rule']})[/dim]"
            )
            yield because(decision)
        elif decision["type"] == "advance_held":
            held = decision
    if held is not None:
        missing = ", ".join(held["data"]["missing"])
        yield (
            f"  [yellow]held[/yellow] in {held['from']} on the way to {held['to']}: still missing {missing} "
            f"[dim]({held['rule']})[/dim]"
        )
        yield because(held)


def because(decision: Json) -> str:
    """The sentence that caused it, with who said it; the engine's own reason where no words did."""
    if not decision["quotes"]:
        return f"    because {escape(decision['why'])}"
    quote = decision["quotes"][-1]
    speaker = quote.get("speaker") or {}
    who = ", ".join(filter(None, [speaker.get("name"), speaker.get("title")])) or "in the mail"
    where = f"{who}, {quote['conversation']}" if quote.get("conversation") else who
    return f"    because [italic]“{escape(' '.join(quote['text'].split()))}”[/italic] [dim]— {escape(where)}[/dim]"

"""Signals as people like to read them: what was said, by whom, in its own words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import IO, assert_never

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from signals import (
    Budget,
    Champion,
    Competitor,
    Conversation,
    KeyDate,
    Milestone,
    Money,
    Period,
    Pricing,
    Qualification,
    Signal,
    Stakeholder,
)

__all__ = ["fact", "signals_table"]

COLOURS = {"budget": "green", "pricing": "yellow", "date": "cyan", "competitor": "red", "champion": "magenta"}


def signals_table(conversation: Conversation, found: Sequence[Signal], *, file: IO[str]) -> None:
    """A heading for the conversation and a row a signal."""
    console = Console(file=file, highlight=False)
    account = conversation.deal.account if conversation.deal else None
    about = ", ".join(filter(None, [conversation.kind.value, f"{conversation.occurred_at:%d %b %Y %H:%M}", account]))
    console.print(f"\n[bold]{escape(conversation.id)}[/bold]  [dim]{escape(about)}[/dim]")
    if not found:
        console.print("  nothing that moves a deal")
        return
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=True, header_style="dim")
    table.add_column("type", no_wrap=True)
    table.add_column("fact, and the words that say it", ratio=1)
    table.add_column("said by", no_wrap=True)
    table.add_column("sure", justify="right", no_wrap=True)
    for signal in found:
        words = " … ".join(piece.text.strip() for piece in signal.evidence)
        table.add_row(
            f"[{COLOURS.get(signal.type, 'blue')}]{signal.type}[/]",
            f"[bold]{escape(fact(signal))}[/bold]\n[italic dim]“{escape(' '.join(words.split()))}”[/italic dim]",
            escape(speaker(conversation, signal)),
            f"{signal.confidence:.0%}",
        )
    console.print(table)


def speaker(conversation: Conversation, signal: Signal) -> str:
    person = conversation.participant(signal.speaker)
    name = (person.name or person.id) if person else "?"
    return f"{name} ({signal.side.value})" if signal.side else name


def fact(signal: Signal) -> str:
    """A signal in a few words, without its evidence."""
    match signal:
        case Budget() | Pricing():
            return f"{signal.status.value}{', ' + money(signal.amount) if signal.amount else ''}"
        case KeyDate():
            change = "" if signal.change.value == "set" else f" ({signal.change.value})"
            return f"{words(signal.role.value)}: {period(signal.period)}{change}"
        case Competitor():
            return f"{signal.name}: {signal.relation.value}"
        case Champion():
            return f"{signal.person}: {words(signal.status.value)}"
        case Stakeholder():
            who = ", ".join(filter(None, [signal.person, signal.title]))
            role = f" as {words(signal.role.value)}" if signal.role else ""
            return f"{who}: {words(signal.change.value)}{role}"
        case Qualification():
            return words(signal.element.value)
        case Milestone():
            return words(signal.kind.value)
        case _:
            assert_never(signal)


def words(value: str) -> str:
    return value.replace("_", " ")


def money(amount: Money) -> str:
    per = "" if amount.per.value == "total" else f" a {amount.per.value}"
    if amount.low is None:
        span = f"up to {figure(amount.high)}"
    elif amount.high is None:
        span = f"from {figure(amount.low)}"
    elif amount.low == amount.high:
        span = figure(amount.low)
    else:
        span = f"{figure(amount.low)}–{figure(amount.high)}"
    return f"{amount.currency} {span}{per}"


def figure(value: Decimal | None) -> str:
    return "" if value is None else f"{value:,f}".removesuffix(".00")


def period(span: Period) -> str:
    start, end = span.start, span.end
    return f"{start:%d %b %Y}" if start == end else f"{start:%d %b %Y} – {end:%d %b %Y}"

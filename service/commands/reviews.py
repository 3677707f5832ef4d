"""`telltale reviews`: what people decided about signals, as training data and as a report."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from service.api.service import Service
from service.commands.serve import run, settings_from
from service.commands.terminal import DONE, UnusableError, complain, print_json
from service.flows.context import Context
from service.flows.signal_precision import precision
from service.flows.training_data import export

__all__ = ["export_reviews", "report", "report_reviews"]

Json = dict[str, Any]


def export_reviews(out: str, *, workspace: str | None, database: str | None, data: str | None) -> int:
    """Labelled conversations into the folder `out`, a file each."""

    def then(context: Context) -> int:
        try:
            count = export(context, Path(out))
        except OSError as error:
            raise UnusableError(f"--out: {out}: {(error.strerror or str(error)).lower()}") from None
        complain(f"{count} reviewed conversations are in {out}")
        return DONE

    return within(then, workspace, database, data)


def report_reviews(*, as_json: bool, workspace: str | None, database: str | None, data: str | None) -> int:
    """How often signals were right, by type and by confidence."""

    def then(context: Context) -> int:
        found = precision(context)
        if as_json:
            print_json(found, indent=True)
        else:
            print("\n".join(report(found)))
        return DONE

    return within(then, workspace, database, data)


def within(then: Callable[[Context], int], workspace: str | None, database: str | None, data: str | None) -> int:
    def inside(service: Service) -> int:
        return then(dataclasses.replace(service.context, workspace=workspace or service.settings.workspace))

    return run(settings_from(database=database, data=data), inside)


def report(found: Json) -> Iterator[str]:
    """The figures as lines for people."""
    everything = found["all"]
    if not everything["reviewed"]:
        yield "Nobody has reviewed a signal yet."
        return
    yield "Of reviewed signals, how many were right as they were read (with 95 % intervals):"
    yield line("all", everything)
    yield from (line(type, group) for type, group in found["types"].items())
    yield "By the confidence that they had:"
    for group in found["deciles"]:
        if group["reviewed"]:
            yield line(f"{group['from']:.1f}–{group['to']:.1f}", group)
    if found["added"]:
        yield f"People added {found['added']} that no reading found."


def line(name: str, group: Json) -> str:
    share = f"{group['precision']:.0%} ({group['low']:.0%}–{group['high']:.0%})"
    counts = f"{group['right']} right, {group['corrected']} corrected, {group['dismissed']} dismissed"
    return f"  {name:<14} {share:<16} {counts}; mean confidence {group['confidence']:.2f}"

"""`telltale spans`: everything written in a sentence, before any judgement."""

from __future__ import annotations

import datetime as dt
import sys

from service import clock
from service.commands.terminal import DONE, SOME_REFUSED, complain, print_json
from service.intake.jsontext import loads
from service.intake.times import moment
from service.reader import the_spans
from signals import DecodeError

__all__ = ["run"]


def run(*, now: dt.datetime | None, currency: str, day_first: bool) -> int:
    """One object for each line of standard input, blank ones included, so that line n answers line n."""
    spans = the_spans()
    at, refused = now or clock.now(), 0
    for number, raw in enumerate(sys.stdin.buffer, start=1):
        try:
            text, said_at = sentence(raw.rstrip(b"\r\n"))
        except DecodeError as error:
            refused += 1
            complain(f"line {number}: {error}")
            continue
        print_json(spans(text, now=said_at or at, currency=currency, day_first=day_first))
    return SOME_REFUSED if refused else DONE


def sentence(line: bytes) -> tuple[str, dt.datetime | None]:
    """A plain sentence, or `{"text": ..., "now"?: ...}`."""
    if not line.lstrip().startswith(b"{"):
        return line.decode("utf-8-sig", "replace"), None
    value = loads(line)
    if not isinstance(value.get("text"), str):
        raise DecodeError("text", value.get("text"), "the sentence")
    said_at = value.get("now")
    return value["text"], None if said_at is None else moment(said_at, "now")

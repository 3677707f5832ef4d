"""The cascade: the local reader reads everything, the language model is asked only where that is unsure or weak."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache as cached
from importlib.resources import files

from extractors.proposals import fact_of, joined
from extractors.reading import Reading, read
from extractors.sides import may_be_any_meeting
from service.readers.cache import Cache
from service.readers.model import CONFIRMED_BY_BOTH, Ask
from service.readers.options import Options
from service.readers.reader import Asked, Local, Read, ask_windows, in_window, questions
from service.readers.report import Report
from signals import Conversation, Signal

__all__ = ["doubt", "read_in_cascade"]

# What both readers find is surer than what one does.
CONFIRMED = 0.5
# What only the local reader finds, in a window that the model has read, is kept where it is as sure as this.
KEPT = 0.7


@cached
def weak() -> tuple[re.Pattern[str], float]:
    """Words of what the local reader is known to miss (`weak.toml`), and how much doubt each sentence of them is."""
    raw = tomllib.loads(files("service.readers").joinpath("weak.toml").read_text(encoding="utf-8"))
    return re.compile("|".join(f"(?:{piece})" for piece in raw["words"])), float(raw["doubt"])


def doubt(reading: Reading, asked: Asked, found: Sequence[Signal]) -> float:
    """About how many facts of the window's new lines the local reader has wrong or missed: what its confidences leave
    open, and the sentences that hint at a fact where it found none."""
    window = asked.window
    own = [signal for signal in found if in_window(reading, signal, window)]
    open_ = sum(1 - signal.confidence for signal in own)
    words, each = weak()
    proven = {(piece.segment, piece.start, piece.end) for signal in own for piece in signal.evidence}
    for unit in reading.own_units():
        if not window.fresh <= unit.turn <= window.last:
            continue
        touched = any(
            segment == unit.segment and start < unit.end and unit.start < end for segment, start, end in proven
        )
        if not touched and words.search(unit.lower):
            open_ += each
    return open_


def read_in_cascade(
    conversation: Conversation, *, ask: Ask, local: Local, options: Options, cache: Cache | None
) -> Read:
    """The model's answer to a window confirms, replaces or drops what was found there locally, and adds to it; a window
    that it says nothing usable to stays as it was. Raises ModelUnreachableError."""
    reading = read(conversation)
    report = Report(conversations=1)
    found = local(conversation)
    if not found and may_be_any_meeting(conversation, reading.sides):
        return Read([], report)
    every = questions(reading, found, options)
    report.windows = len(every)
    report.withheld = sum(turn.addressed for turn in reading.turns)
    asked = [one for one in every if doubt(reading, one, found) >= options.threshold]
    if not asked:
        return Read(found, report)
    left, proposed = list(found), list[Signal]()
    for one, result in ask_windows(reading, asked, ask=ask, options=options, cache=cache, report=report):
        if result is not None:
            left = settled(reading, one, left, result.signals)
            proposed += result.signals
    known = {fact_of(signal): signal for signal in found}
    proposed = [confirmed(signal, known.get(fact_of(signal))) for signal in proposed]
    return Read(joined([*left, *proposed]), report)


def settled(reading: Reading, one: Asked, found: Sequence[Signal], proposed: Sequence[Signal]) -> list[Signal]:
    """The local signals that hold beside the model's: those said elsewhere, and the sure ones of the window, where the
    model does not tell the same fact."""
    facts = {fact_of(signal) for signal in proposed}

    def stays(signal: Signal) -> bool:
        if not in_window(reading, signal, one.window):
            return True
        return signal.confidence >= KEPT and fact_of(signal) not in facts

    return [signal for signal in found if stays(signal)]


def confirmed(signal: Signal, local: Signal | None) -> Signal:
    """Surer, where the local reader found the same with the same values."""
    if local is None or values(local) != values(signal):
        return signal
    doubt_left = (1 - max(signal.confidence, local.confidence)) * CONFIRMED
    return replace(signal, confidence=1 - doubt_left, found_by=f"{signal.found_by}; {CONFIRMED_BY_BOTH}")


def values(signal: Signal) -> dict[str, object]:
    left_out = {"evidence", "speaker", "side", "confidence", "found_by", "title"}
    return {key: value for key, value in signal.to_json().items() if key not in left_out}

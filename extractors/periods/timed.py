"""A period with the time of day around it: "Tuesday at 3", "noon on the 5th", "COB Friday"."""

from dataclasses import replace

from extractors.periods.clock import OPENINGS as CLOCK_OPENINGS
from extractors.periods.clock import clock_after, clock_before, day_part
from extractors.periods.grammar import Reader
from extractors.periods.lexicon import CLOSE_OF_DAY
from extractors.periods.phrases.registry import PERIODS, READERS, bare_day, period
from extractors.periods.scan import Readings, Scan
from extractors.periods.value import Value, once

_CLOSE_OF_DAY = tuple(tuple(phrase.split("_")) for phrase in CLOSE_OF_DAY)
_CLOSE_OPENINGS = frozenset(phrase[0] for phrase in _CLOSE_OF_DAY) | {"the"}


def timed(scan: Scan, i: int) -> Readings:
    """A period at a token with its time, which may stand on either side of it."""
    key = scan.keys[i] if i < len(scan.keys) else ""
    before = clock_before(scan, i) if key in CLOCK_OPENINGS else None
    if before is not None:
        for end, value in scan.read("period", period, before[0]):
            if value.grain == "day" and value.clock is None:
                return [(end, replace(value, clock=before[1], phrase=f"<time> {value.phrase}"))]
    found = scan.read("period", period, i)
    if found or key not in _CLOSE_OPENINGS:
        return [_with_clock(scan, end, value) for end, value in found]
    return _from_close_of_day(scan, i)


def _close_of_day(scan: Scan, i: int) -> int:
    """The position after "end of day", "COB" and their like, or `i` itself."""
    j = i + 1 if scan.word(i) == "the" else i
    for words in _CLOSE_OF_DAY:
        if tuple(scan.words[j : j + len(words)]) == words:
            return j + len(words)
    return i


def _from_close_of_day(scan: Scan, i: int) -> Readings:
    """ "COB Friday", "end of day tomorrow"; "by EOD" alone is today."""
    start = _close_of_day(scan, i)
    if start == i:
        return ()
    j = start + 1 if scan.word(start) in ("on", "of", ",") else start
    for end, value in scan.read("period", period, j):
        if value.grain == "day":
            return [(end, replace(value, phrase=f"end of day {value.phrase}"))]
    words = scan.words[i:start]
    if "first" in words or "lunchtime" in words or words[-2:] == ["the", "day"] or scan.word(start) == "s":
        return ()
    if words[-1] == "day" and scan.word(i - 1) not in ("by", "before", "until"):
        return ()
    today = once((scan.today, scan.today), "day", "end of day")
    return [(start, today)] if today else ()


def _with_clock(scan: Scan, i: int, value: Value) -> tuple[int, Value]:
    """The period with the part of the day and the time that follow it."""
    if value.grain != "day" or value.clock is not None:
        return i, value
    half = {"tonight": "pm", "morning": "am", "afternoon": "pm", "evening": "pm"}.get(scan.word(i - 1), "")
    part = day_part(scan, i)
    if part is not None:
        i, half = part
    elif (end := _close_of_day(scan, i + 1 if scan.word(i) == "," else i)) > i + 1:
        return end, value
    clock = clock_after(scan, i, half)
    if clock is None:
        return i, value
    end, at = clock
    if part is None and (after := day_part(scan, end)) is not None:
        end = after[0]
    return end, replace(value, clock=at, phrase=f"{value.phrase} <time>")


def _start(scan: Scan, i: int) -> Readings:
    """What a range may begin with: a period, or a day without its month."""
    return scan.read("timed", timed, i) or bare_day(scan, i)


def _openings() -> frozenset[str]:
    return PERIODS.openings() | CLOCK_OPENINGS | _CLOSE_OPENINGS


READERS["timed"] = Reader(timed, _openings)
READERS["start"] = Reader(_start, lambda: _openings() | READERS["the_nth"].openings())

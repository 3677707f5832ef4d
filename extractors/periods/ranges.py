"""From one day to another, either of two, or so long from a day on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from extractors.periods.almanac import DAY, Span
from extractors.periods.durations import Duration
from extractors.periods.grammar import Match
from extractors.periods.lexicon import MOVES
from extractors.periods.said import MENTIONS, Said
from extractors.periods.scan import Scan
from extractors.periods.value import Value, latest, nearest, pick

_LONGEST = timedelta(days=3 * 366)
_LONGEST_OF_DAYS = timedelta(days=270)
"""A range of days without their years is shorter than this; else the two have nothing to do with each other."""
_MOVED_WITHIN = 6
"""How many tokens before "from" a verb of moving may stand."""


@MENTIONS.phrase(
    "from [the] <start> to|through|thru|until|till|til|-|up_to|into [the] <timed>",
    "between <start> and [the] <timed>",
    "<timed> to|through|thru|until|till|til|- [the] <timed>",
    "starting|beginning <start> to|through|thru|until|till|til|and_ending|ending <timed>",
    "from <start> to|through|thru|until|till|til|- <start>",
    "between <start> and <start>",
)
def _range(m: Match, first: Value, last: Value) -> Said | None:
    if m.shape.startswith("<timed>") and not _alike(first, last):
        return None
    if m.words[0] == "from" and not MOVES.isdisjoint(m.scan.words[max(m.start - _MOVED_WITHIN, 0) : m.start]):
        return None
    span = _between(m.scan, first, last)
    return None if span is None else _settled(span, first, last, m.shape)


def _alike(first: Value, last: Value) -> bool:
    """Whether two periods make a range without "from": a day to a day, a month to a month."""
    grains = {first.grain, last.grain}
    return len(grains) == 1 or "part" in grains or grains <= {"day", "month"}


def _between(scan: Scan, first: Value, last: Value) -> Span | None:
    """The days from one period to another: the one that says less about when follows the one that says more."""
    cycles = (first.cycle, last.cycle)
    left: Span | None
    right: Span | None
    if first.cycle == "once" or cycles in (("week", "week"), ("year", "month"), ("month", "month")):
        left = pick(first, scan)
        right = None if left is None else nearest(last, scan, _ends_by(left[0]), around=left[0])
    else:
        right = pick(last, scan)
        left = None if right is None else latest(first, scan, _starts_by(right[1]), around=right[1])
    if left is None or right is None or right[1] < left[0] or right[1] - left[0] > _LONGEST:
        return None
    apart = right[1] - left[0] > _LONGEST_OF_DAYS
    return None if apart and cycles == ("year", "year") and first.grain == last.grain == "day" else (left[0], right[1])


def _ends_by(day: date) -> Callable[[Span], bool]:
    return lambda span: span[1] >= day


def _starts_by(day: date) -> Callable[[Span], bool]:
    return lambda span: span[0] <= day


@MENTIONS.phrase("<timed> or|and|/ [on|in|the|by] <timed>", "either <timed> or <timed>")
def _either(m: Match, first: Value, last: Value) -> Said | None:
    """Two periods in a row are one: "late May or early June", "Tuesday or Wednesday". Others are two mentions."""
    if first.grain != last.grain or first.clock is not None:
        return None
    left, right = pick(first, m.scan), pick(last, m.scan)
    if left is None or right is None or left[1] + DAY != right[0]:
        return None
    return _settled((left[0], right[1]), first, last, m.shape)


def _settled(span: Span, first: Value, last: Value, shape: str) -> Said:
    clock = first.clock or last.clock
    if first.clock is not None and last.clock is not None:
        clock = replace(first.clock, until=last.clock.at)
    value = Value(
        cycle="once",
        at=lambda _: span,
        grain=first.grain if first.grain == last.grain else "part",
        phrase=shape,
        relative=first.relative or last.relative,
        clock=clock,
    )
    return Said(value=value, phrase=shape)


@MENTIONS.phrase("<timed> [,] [from|between] <weekday> to|and|-|or|through <weekday>")
def _days_of_week(m: Match, week: Value, first: int, last: int) -> Said | None:
    """ "Next week between Tuesday and Thursday"."""
    span = pick(week, m.scan) if week.grain == "week" and week.cycle == "once" else None
    if span is None or not first < last:
        return None
    monday = span[0] - timedelta(days=span[0].weekday())
    days = (monday + timedelta(days=first), monday + timedelta(days=last))
    return _settled(days, replace(week, grain="day"), replace(week, grain="day"), m.shape)


@MENTIONS.phrase("for <duration> from|starting|beginning [on|from] <timed>")
def _for_from(m: Match, length: Duration, value: Value) -> Said | None:
    return _lasting(value, length, m.shape)


@MENTIONS.phrase("from|starting|beginning [on] <timed> [,|and] for|during <duration>", "<timed> [,|and] for <duration>")
def _from_for(m: Match, value: Value, length: Duration) -> Said | None:
    return _lasting(value, length, m.shape)


def _lasting(value: Value, length: Duration, shape: str) -> Said | None:
    """From a day on, for so long."""
    if value.grain not in ("day", "week") or length.unit == "year":
        return None

    def change(span: Span) -> Span | None:
        end = length.after(span[0])
        return None if end is None else (span[0], end[1])

    return Said(value=value.map(change, grain="part", phrase=shape), phrase=shape)

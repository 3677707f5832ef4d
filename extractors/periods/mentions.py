"""Whole mentions: a period with its time of day, between two ends, bent by "by", "before", "until"."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from extractors.periods.almanac import DAY, Span
from extractors.periods.clock import OPENINGS as CLOCK_OPENINGS
from extractors.periods.clock import clock_after, clock_before, day_part
from extractors.periods.durations import Duration
from extractors.periods.grammar import Grammar, Match, Reader
from extractors.periods.mention import Grain, Hedge, PeriodMention
from extractors.periods.phrases.registry import PERIODS, READERS, bare_day, period
from extractors.periods.scan import Readings, Scan
from extractors.periods.value import Clock, Value, latest, nearest, once, pick

MENTIONS = Grammar("mention", READERS)
"""What the finder looks for at a token; every meaning is a Said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A mention before it is placed in the text; `value` is None where `span` is settled (a range)."""

    value: Value
    span: Span | None = None
    hedge: Hedge | None = None
    past: bool = False
    phrase: str


def timed(scan: Scan, i: int) -> Readings:
    """A period with the time of day around it."""
    key = scan.keys[i] if i < len(scan.keys) else ""
    before = clock_before(scan, i) if key in CLOCK_OPENINGS else None
    if before is not None:
        for end, value in scan.read("period", period, before[0]):
            if value.grain == "day" and value.clock is None:
                return [(end, replace(value, clock=before[1], phrase=f"<time> {value.phrase}"))]
    found = scan.read("period", period, i)
    if found or key not in _CLOSE_OPENINGS:
        return [_with_clock(scan, end, value) for end, value in found]
    return _close_of_day(scan, i)


_CLOSE = (
    ("end", "of", "day"),
    ("end", "of", "the", "day"),
    ("close", "of", "business"),
    ("close", "of", "play"),
    ("end", "of", "play"),
    ("end", "of", "business"),
    ("eod",),
    ("cob",),
    ("eob",),
    ("first", "thing"),
    ("lunchtime",),
)


_CLOSE_OPENINGS = frozenset(words[0] for words in _CLOSE) | {"the", "by"}


def close_of_day(scan: Scan, i: int) -> int:
    """The position after "end of day", "COB" and their like, or `i` itself."""
    j = i + 1 if scan.word(i) in ("the", "by") else i
    for words in _CLOSE:
        if tuple(scan.words[j : j + len(words)]) == words:
            return j + len(words)
    return i


def _close_of_day(scan: Scan, i: int) -> Readings:
    """ "COB Friday", "end of day tomorrow", and "EOD" alone, which is today."""
    j = close_of_day(scan, i)
    if j == i:
        return ()
    start = j
    while scan.word(j) in ("on", "of", ",", "next", "this") and j - start < 1:
        if scan.word(j) in ("next", "this"):
            break
        j += 1
    for end, value in scan.read("period", period, j):
        if value.grain == "day":
            return [(end, replace(value, phrase=f"end of day {value.phrase}"))]
    words = scan.words[i:start]
    if "first" in words or "lunchtime" in words or (words[-2:] == ["the", "day"]) or scan.word(start) == "s":
        return ()
    if words[-1] == "day" and scan.word(i - 1) not in ("by", "before", "until"):
        return ()
    today = once((scan.today, scan.today), "day", "end of day")
    return [(start, today)] if today else ()


def _with_clock(scan: Scan, i: int, value: Value) -> tuple[int, Value]:
    """The period with the part of the day and the time that follow it."""
    if value.grain != "day" or value.clock is not None:
        return i, value
    half = ""
    j = i + 1 if scan.word(i) == "," else i
    part = day_part(scan, i)
    if part is not None:
        i, half = part
    elif scan.word(i - 1) == "tonight":
        half = "pm"
    elif (end := close_of_day(scan, j)) > j:
        return end, value
    clock = clock_after(scan, i, half or _half_said(scan, i))
    if clock is None:
        return i, value
    end, at = clock
    if part is None and (after := day_part(scan, end)) is not None:
        end = after[0]
    return end, replace(value, clock=at, phrase=f"{value.phrase} <time>")


def _half_said(scan: Scan, i: int) -> str:
    return {"morning": "am", "afternoon": "pm", "evening": "pm"}.get(scan.word(i - 1), "")


def range_start(scan: Scan, i: int) -> Readings:
    """What a range may begin with: a period, or a day without its month."""
    return list(timed_at(scan, i)) or bare_day(scan, i)


def timed_at(scan: Scan, i: int) -> Readings:
    return scan.read("timed", timed, i)


def _timed_openings() -> frozenset[str]:
    return PERIODS.openings() | CLOCK_OPENINGS | _CLOSE_OPENINGS


READERS["timed"] = Reader(timed, _timed_openings)
READERS["start"] = Reader(range_start, lambda: _timed_openings() | READERS["the_nth"].openings())


@MENTIONS.phrase("<timed>")
def _plain(m: Match, value: Value) -> Said:
    return Said(value=value, phrase=value.phrase, hedge="around" if value.vague else None)


@MENTIONS.phrase("<timed> at_the_latest|latest|or_sooner|or_earlier|or_before", "<timed> at the very latest")
def _at_the_latest(m: Match, value: Value) -> Said:
    return _by(m, value)


@MENTIONS.phrase("<timed> or_so|ish|- ish|-_ish|give_or_take|or_thereabouts")
def _or_so(m: Match, value: Value) -> Said:
    return Said(value=value, phrase=m.shape, hedge="around")


_ABOUT = frozenset(
    [
        "what",
        "how",
        "think",
        "thinking",
        "talk",
        "talked",
        "talking",
        "know",
        "worried",
        "asked",
        "sure",
        "hear",
        "heard",
    ]
)


@MENTIONS.phrase("<timed> onward|onwards|or_later|and_beyond")
def _onwards(m: Match, value: Value) -> Said:
    return Said(value=value, phrase=m.shape, hedge="from")


@MENTIONS.phrase(
    "sometime|some_time|anytime|any_time [in|on] <timed>", "around|about|circa|roughly|approximately|ca [.] <timed>"
)
def _around(m: Match, value: Value) -> Said | None:
    if m.scan.word(m.start) == "about" and m.scan.word(m.start - 1) in _ABOUT:
        return None
    return Said(value=value, phrase=m.shape, hedge="around")


@MENTIONS.phrase(
    "by [around|about|the|latest] <timed>",
    "by [close_of_business|cob|eod|end_of_day] [on] <timed>",
    "no|not later than <timed>",
    "not|no later than by <timed>",
    "on or before <timed>",
    "at the [very] latest by|on <timed>",
    "latest|due [by|on] <timed>",
    "by no later than <timed>",
    "by <timed> at the latest",
    "as late as <timed>",
    "within|inside [of] <timed>",
)
def _by(m: Match, value: Value) -> Said:
    """The last day of the period."""
    return Said(value=value.map(lambda span: (span[1], span[1])), phrase=m.shape, hedge="by")


@MENTIONS.phrase(
    "before|ahead_of|prior_to|this_side_of|in_advance_of|earlier_than [the] <timed>",
    "any_time|anytime|sometime|well|shortly|just|right before|ahead_of|prior_to <timed>",
)
def _before(m: Match, value: Value) -> Said | None:
    """The day before the period; but "before the end of March" is met by its last day."""
    if value.phrase in ("today", "yesterday") or m.scan.word(m.start - 1) in (
        "day",
        "week",
        "night",
        "days",
        "weeks",
        "not",
    ):
        return Said(value=value, phrase=value.phrase)
    if value.clock is not None or _is_end(value):
        return Said(value=value, phrase=m.shape, hedge="before")
    return Said(
        value=value.map(lambda span: (span[0] - DAY, span[0] - DAY), grain="day"), phrase=m.shape, hedge="before"
    )


def _is_end(value: Value) -> bool:
    return any(f" {word}" in f" {value.phrase}" for word in ("end", "end|close", "[very]", "eom|eoq|eoy|eow|ye"))


@MENTIONS.phrase("before the year|month|quarter|week is|' out|s|over|up [out|over|up]", "before the year runs out")
def _before_out(m: Match) -> Said | None:
    return None


@MENTIONS.phrase("until|till|til|'_til|up_to|up_until [the] <timed>", "not until|till|before <timed>")
def _until(m: Match, value: Value) -> Said:
    """To the end of a day, a week or a part; "until March" leaves open when in March."""
    if value.grain in ("week", "part"):
        value = value.map(lambda span: (span[1], span[1]))
    return Said(value=value, phrase=m.shape, hedge="until")


@MENTIONS.phrase("through|thru|throughout <timed>", "run|runs|running|valid through|to|till|until <timed>")
def _through(m: Match, value: Value) -> Said:
    """To the last day of the period."""
    if m.scan.word(m.end - 1) == "throughout" or m.scan.word(m.start) == "throughout":
        return Said(value=value, phrase=m.shape)
    return Said(value=value.map(lambda span: (span[1], span[1])), phrase=m.shape, hedge="until")


@MENTIONS.phrase(
    "from|starting|commencing|beginning|effective|as_of|as_from|with_effect_from [from|on|in|the|as_of] <timed>",
    "from <timed> on|onward|onwards|forward",
    "no|not earlier|sooner than <timed>",
    "not before <timed>",
)
def _from(m: Match, value: Value) -> Said:
    """ "From 1 May"; in "from the 3rd to the 14th" the word belongs to the range."""
    return Said(value=value, phrase=m.shape, hedge=None if _is_row(value) else "from")


@MENTIONS.phrase("between <timed>")
def _between_row(m: Match, value: Value) -> Said | None:
    return Said(value=value, phrase=m.shape) if _is_row(value) else None


def _is_row(value: Value) -> bool:
    """Whether a value is itself a row of days or months: "the 3rd to the 14th", "May to June"."""
    return "to|through" in value.phrase


@MENTIONS.phrase(
    "since|ever_since [about|around|early|late|at_least] <timed>",
    "back in <timed>",
    "as far back as <timed>",
    "dated <timed>",
)
def _past(m: Match, value: Value) -> Said | None:
    if m.scan.word(m.start) == "back" and m.scan.word(m.start - 1) in _RETURNS:
        return None
    hedge: Hedge | None = "from" if "since" in m.scan.words[m.start : m.end] else None
    if value.cycle != "once":
        value = replace(value, way="last")
    return Said(value=value, phrase=m.shape, hedge=hedge, past=True)


_RETURNS = frozenset(
    ["be", "is", "are", "am", "m", "re", "ll", "get", "gets", "come", "comes", "coming", "go", ",", "i"]
)
"""Before "back in March" they announce somebody's return."""


@MENTIONS.phrase("after|following|post [the] <timed>", "shortly|right|soon|just|straight after <timed>")
def _after(m: Match, value: Value) -> Said | None:
    """From the day after on."""
    if m.scan.word(m.start) == "post" and value.phrase != "<holiday>":
        return None
    if value.phrase == "tomorrow" and m.scan.word(m.start - 1) == "day":
        return None
    return Said(
        value=value.map(lambda span: (span[1] + DAY, span[1] + DAY), grain="day"), phrase=m.shape, hedge="after"
    )


@MENTIONS.phrase(
    "from <start> to|through|thru|until|till|-|up_to|into [the] <timed>",
    "between <start> and [the] <timed>",
    "<timed> to|through|thru|until|till|- [the] <timed>",
    "starting|beginning <start> to|through|thru|until|till|and_ending|ending <timed>",
    "from <start> to|through|thru|until|till|- <start>",
    "between <start> and <start>",
)
def _range(m: Match, first: Value, last: Value) -> Said | None:
    if m.scan.word(m.start) != "between" and m.shape.startswith("<timed>") and not _alike(first, last):
        return None
    span = span_between(m.scan, first, last)
    if span is None or ("from" in m.shape and _moved(m)):
        return None
    return _settled(span, first, last, m.shape)


@MENTIONS.phrase("<timed> or|and|/ [on|in|the|by] <timed>", "either <timed> or <timed>")
def _either(m: Match, first: Value, last: Value) -> Said | None:
    """Two periods in a row are one: "late May or early June", "Tuesday or Wednesday". Others are two mentions."""
    if first.grain != last.grain or first.clock is not None:
        return None
    left, right = pick(first, m.scan), pick(last, m.scan)
    if left is None or right is None or left[1] + DAY != right[0]:
        return None
    return _settled((left[0], right[1]), first, last, m.shape)


def _moved(m: Match) -> bool:
    """Whether a date is moved from one day to another, which is no period: two mentions."""
    return not _MOVES.isdisjoint(m.scan.words[max(m.start - 6, 0) : m.start])


_MOVES = frozenset(
    [
        "move",
        "moves",
        "moved",
        "moving",
        "slide",
        "slides",
        "slid",
        "slip",
        "slips",
        "slipped",
        "slipping",
        "push",
        "pushes",
        "pushed",
        "pushing",
        "shift",
        "shifts",
        "shifted",
        "postpone",
        "postponed",
        "postpones",
        "prepone",
        "preponed",
        "reschedule",
        "rescheduled",
        "delay",
        "delayed",
        "defer",
        "deferred",
        "change",
        "changed",
        "changes",
        "brought",
        "bring",
        "pull",
        "pulled",
        "advanced",
        "extended",
    ]
)


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

    return Said(value=value.map(change, grain="part"), phrase=shape)


def _alike(first: Value, last: Value) -> bool:
    """Whether two periods make a range without "from": a day to a day, a month to a month."""
    return (
        first.grain == last.grain
        or "part" in (first.grain, last.grain)
        or {first.grain, last.grain} <= {"day", "month"}
    )


def _settled(span: Span, first: Value, last: Value, shape: str) -> Said:
    clock = first.clock
    if clock is not None and last.clock is not None:
        clock = replace(clock, until=last.clock.at)
    elif last.clock is not None:
        clock = last.clock
    value = Value(
        cycle="once",
        at=lambda _: span,
        grain=first.grain if first.grain == last.grain else "part",
        phrase=shape,
        relative=first.relative or last.relative,
        clock=clock,
    )
    return Said(value=value, span=span, phrase=shape)


def span_between(scan: Scan, first: Value, last: Value) -> Span | None:
    """The days from one period to another: the one that says less about when follows the one that says more."""
    left: Span | None
    right: Span | None
    if (
        first.cycle == "once"
        or (first.cycle == "week" and last.cycle == "week")
        or (first.cycle == "year" and last.cycle == "month")
    ):
        left = pick(first, scan)
        right = None if left is None else nearest(last, scan, _ends_by(left[0]), around=left[0])
    else:
        right = pick(last, scan)
        left = None if right is None else latest(first, scan, _starts_by(right[1]), around=right[1])
    if left is None or right is None or right[1] < left[0] or right[1] - left[0] > timedelta(days=3 * 366):
        return None
    if (
        first.cycle == last.cycle == "year"
        and first.grain == last.grain == "day"
        and right[1] - left[0] > timedelta(days=270)
    ):
        return None
    return left[0], right[1]


def _ends_by(day: date) -> Callable[[Span], bool]:
    return lambda span: span[1] >= day


def _starts_by(day: date) -> Callable[[Span], bool]:
    return lambda span: span[0] <= day


def placed(scan: Scan, start: int, end: int, said: Said) -> PeriodMention | None:
    """A mention where it stands in the text, with the days that are meant."""
    value = said.value
    span = said.span or pick(value, scan)
    if span is None:
        return None
    clock = value.clock
    return PeriodMention(
        start=scan.starts[start],
        end=scan.ends[end - 1],
        first=span[0],
        last=span[1],
        at=clock.at if clock else None,
        until=clock.until if clock else None,
        grain=_grain(value, clock),
        phrase=said.phrase,
        hedge=said.hedge,
        relative=value.relative,
        past=said.past or value.past or span[1] < scan.today,
    )


def _grain(value: Value, clock: Clock | None) -> Grain:
    if clock is None:
        return value.grain
    return "minute" if clock.exact else "hour"

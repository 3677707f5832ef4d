"""Parts of a longer period: its end, its start, its thirds and halves."""

from extractors.periods.almanac import (
    DAY,
    Span,
    Third,
    add,
    fiscal_span,
    half,
    month_span,
    quarter_span,
    third,
    working_week,
)
from extractors.periods.durations import Duration
from extractors.periods.grammar import Grammar, Match, Reader
from extractors.periods.phrases.registry import PERIODS, READERS, period
from extractors.periods.phrases.weeks import month_value
from extractors.periods.scan import Readings, Scan
from extractors.periods.value import (
    Value,
    Year,
    monday_of_turn,
    month_of_turn,
    once,
    pick,
    quarter_of_turn,
    year_span,
)

WHOLES = Grammar("whole", READERS)
"""Periods that are named only inside others: "the end of the month", "early in the year"."""


def whole(scan: Scan, i: int) -> Readings:
    """A period, or one of the bare ones ("the month"), at a token; the longer of the two."""
    found = [*scan.read("period", period, i), *WHOLES.readings(scan, i)]
    return sorted(found, key=lambda f: -f[0])[:1]


READERS["whole"] = Reader(whole, lambda: PERIODS.openings() | WHOLES.openings())
_OUR = "[the|this|our|your|their|that|a|any]"


@WHOLES.phrase(f"{_OUR} [calendar] year|yr")
def _whole_year(m: Match) -> Value:
    return Value(cycle="year", at=lambda y: month_span(y, 1, 12), grain="year", phrase="year")


@WHOLES.phrase(f"{_OUR} fiscal|financial|budget year", f"{_OUR} fiscal", f"{_OUR} fy")
def _whole_fiscal(m: Match) -> Value:
    return Value(cycle="fiscal", at=lambda y: fiscal_span(y, m.scan.fiscal), grain="year", phrase="fiscal year")


@WHOLES.phrase(f"{_OUR} [fiscal|calendar] quarter|qtr")
def _whole_quarter(m: Match) -> Value:
    fiscal = m.scan.fiscal
    return Value(cycle="quarter", at=lambda turn: quarter_of_turn(turn, fiscal), grain="quarter", phrase="quarter")


@WHOLES.phrase(f"{_OUR} [calendar] month")
def _whole_month(m: Match) -> Value:
    return Value(cycle="month", at=lambda turn: month_span(*month_of_turn(turn)), grain="month", phrase="month")


@WHOLES.phrase("[the|this] [working|business] week")
def _whole_week(m: Match) -> Value:
    return Value(cycle="week", at=lambda turn: working_week(monday_of_turn(turn)), grain="week", phrase="week")


@WHOLES.phrase("[the|this] half", "[the|this] half - year")
def _whole_half(m: Match) -> Value:
    """The half of the fiscal year that is not over."""
    start, today = m.scan.fiscal, m.scan.today

    def at(year: int) -> Span:
        first = fiscal_span(year, start, 0, 6)
        return first if first[1] >= today else fiscal_span(year, start, 6, 6)

    return Value(cycle="fiscal", at=at, grain="half", phrase="half")


def _last_day(value: Value, m: Match) -> Value:
    return value.map(lambda span: (span[1], span[1]), grain="day", phrase=m.shape)


@PERIODS.phrase(
    "[the] [very] end|close [-] of <whole>",
    "end [-] <period>",
    "[the] last day of|in <whole>",
    "the last of <whole>",
)
def _end(m: Match, value: Value) -> Value | None:
    if not _long(value, m.scan):
        return value if "of" in m.scan.words[m.start : m.end] else None
    return _last_day(value, m)


def _long(value: Value, scan: Scan) -> bool:
    """Whether a value has parts at all: "the end of Friday" is Friday."""
    span = pick(value, scan)
    return span is not None and span[1] - span[0] > 2 * DAY


@PERIODS.phrase("<month> [-] end", "<quarter> [-] end|close", "<fiscal_year> [-] end|close")
def _end_after(m: Match, named: int | Value | Year) -> Value | None:
    """ "March end", "Q3 close"."""
    if m.scan.word(m.end) in ("of", "user", "users"):
        return None
    match named:
        case int():
            return _last_day(month_value(named, m.shape), m)
        case Value():
            return _last_day(named, m)
        case Year():
            last = year_span(named, m.scan)[1]
            return once((last, last), "day", m.shape, relative=named.offset is not None)


@PERIODS.phrase(f"{_OUR} month [-] end|close", "[the] eom", "e . o . m")
def _month_end(m: Match) -> Value | None:
    return _last_day(_whole_month(m), m) if m.scan.word(m.end) != "users" else None


@PERIODS.phrase(f"{_OUR} quarter|qtr [-] end|close", "[the] eoq", "e . o . q")
def _quarter_end(m: Match) -> Value | None:
    return _last_day(_whole_quarter(m), m)


@PERIODS.phrase(f"{_OUR} [calendar] year|yr [-] end|close", "[the] eoy|ye", "e . o . y")
def _year_end(m: Match) -> Value | None:
    """The calendar's, but "our year-end" is that of the books."""
    if m.words[0] in ("our", "your", "their"):
        return _last_day(_whole_fiscal(m), m)
    if m.scan.word(m.end - 1) == "ye" and not m.scan.text[m.scan.starts[m.end - 1]].isupper():
        return None
    return _last_day(_whole_year(m), m)


@PERIODS.phrase("[the] eow", "[the] working|business week end")
def _week_end(m: Match) -> Value:
    return _last_day(_whole_week(m), m)


@PERIODS.phrase(
    f"{_OUR} fiscal|financial [year] [-] end|close",
    f"{_OUR} fye|eofy",
    f"{_OUR} fy [-] end|close",
)
def _fiscal_end(m: Match) -> Value:
    return _last_day(_whole_fiscal(m), m)


@PERIODS.phrase(f"{_OUR} half [-] year [-] end", f"{_OUR} half [-] end")
def _half_year_end(m: Match) -> Value:
    return _last_day(_whole_half(m), m)


@PERIODS.phrase("next|last month|quarter|year [-] end")
def _next_end(m: Match) -> Value | None:
    """ "Next month end": the end of next month."""
    today, offset = m.scan.today, 1 if m.words[0] == "next" else -1
    match m.words[1]:
        case "month":
            last = month_span(today.year, today.month + offset)[1]
        case "quarter":
            last = quarter_span(today, m.scan.fiscal, offset)[1]
        case _:
            last = month_span(today.year + offset, 12)[1]
    return once((last, last), "day", m.shape, past=offset < 0)


@PERIODS.phrase("[the] start of|in <whole>", "[the] first day of|in <whole>")
def _start(m: Match, value: Value) -> Value | None:
    if not _long(value, m.scan):
        return None
    return value.map(lambda span: (span[0], span[0]), grain="day", phrase=m.shape)


_THIRDS: dict[str, Third] = {
    "early": "early",
    "beginning": "early",
    "mid": "mid",
    "middle": "mid",
    "late": "late",
    "latter": "late",
    "later": "late",
    "end": "late",
    "tail": "late",
    "back": "late",
}


@PERIODS.phrase(
    "[the] early|mid|late [-] <period>",
    "[the] early|mid|late [-] in|on|part_of <whole>",
    "mid [-] month|quarter|year",
    "[the] early|latter|middle|later part of <whole>",
    "[the] beginning|middle|tail_end|back_end of|in <whole>",
    "towards|toward|near|nearer [the] end of <whole>",
)
def _third(m: Match, value: Value | None = None) -> Value | None:
    words = m.scan.words[m.start : m.end]
    if value is None:
        value = {"month": _whole_month, "quarter": _whole_quarter, "year": _whole_year}[words[-1]](m)
    if not _long(value, m.scan):
        # "early tomorrow", "late Thursday" are those days.
        return value if words[0] in ("early", "late") else None
    which = next(_THIRDS[word] for word in words if word in _THIRDS)
    return value.map(lambda span: third(span, which), grain="part", phrase=m.shape)


@PERIODS.phrase(
    "[the] early|mid [-] to|or|/ [-] mid|late [-] <period>",
    "[the] early|mid [-] to|or [-] mid|late [-] in|of <whole>",
)
def _two_thirds(m: Match, value: Value) -> Value | None:
    words = [w for w in m.scan.words[m.start : m.end] if w in ("early", "mid", "late")]
    first, last = _THIRDS[words[0]], _THIRDS[words[1]]
    if first == last or not _long(value, m.scan):
        return None
    return value.map(lambda span: (third(span, first)[0], third(span, last)[1]), grain="part", phrase=m.shape)


@PERIODS.phrase("[the] first|second|latter|back|front|1st|2nd half of|in <whole>")
def _half(m: Match, value: Value) -> Value | None:
    if not _long(value, m.scan):
        return None
    words = m.scan.words[m.start : m.start + 2]
    which = 1 if not {"first", "front", "1"}.isdisjoint(words) else 2
    return value.map(lambda span: half(span, which), grain="part", phrase=m.shape)


@PERIODS.phrase("[the] first|last|final <duration> of|in <whole>")
def _first_or_last_of(m: Match, length: Duration, value: Value) -> Value | None:
    """ "The last two weeks of June", "the first ten days of May"."""
    if not _long(value, m.scan):
        return None
    opening = "first" in m.scan.words[m.start : m.start + 2]

    def piece(span: Span) -> Span | None:
        first, last = span
        if opening:
            stop = add(first, length.low, length.unit)
            return None if stop is None else (first, min(stop - DAY, last))
        start = add(last + DAY, -length.low, length.unit)
        return None if start is None else (max(start, first), last)

    return value.map(piece, grain="part", phrase=m.shape)

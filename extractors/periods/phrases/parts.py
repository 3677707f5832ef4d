"""Parts of a longer period: its end, its start, its thirds and halves, its nth week or weekday."""

from datetime import date, timedelta

from extractors.periods.almanac import (
    DAY,
    Span,
    Third,
    add,
    fiscal_span,
    half,
    month_span,
    nth_week,
    nth_weekday,
    third,
    whole_months,
    workday_in,
    working_week,
)
from extractors.periods.grammar import Grammar, Match, Reader
from extractors.periods.phrases.registry import PERIODS, READERS, period
from extractors.periods.scan import Readings, Scan
from extractors.periods.value import Value, Year, monday_of_turn, month_of_turn, quarter_of_turn

WHOLES = Grammar("whole", READERS)
"""Periods that are named only inside others: "the end of the month", "early in the year"."""


def whole(scan: Scan, i: int) -> Readings:
    """A period, or one of the bare ones ("the month"), at a token; the longer of the two."""
    found = [*scan.read("period", period, i), *WHOLES.readings(scan, i)]
    return sorted(found, key=lambda f: -f[0])[:1]


READERS["whole"] = Reader(whole, lambda: PERIODS.openings() | WHOLES.openings())
_OUR = "[the|this|our|your|their|that|a|any]"


def _year(m: Match) -> Value:
    return Value(cycle="year", at=lambda y: month_span(y, 1, 12), grain="year", phrase="year")


def _fiscal(m: Match) -> Value:
    return Value(cycle="fiscal", at=lambda y: fiscal_span(y, m.scan.fiscal), grain="year", phrase="fiscal year")


@WHOLES.phrase(f"{_OUR} [calendar] year|yr")
def _whole_year(m: Match) -> Value:
    return _year(m)


@WHOLES.phrase(f"{_OUR} fiscal|financial|budget year", f"{_OUR} fiscal", f"{_OUR} fy")
def _whole_fiscal(m: Match) -> Value:
    return _fiscal(m)


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


@WHOLES.phrase("[the|this] half", "[the|this] half-year")
def _whole_half(m: Match) -> Value:
    start = m.scan.fiscal

    def at(year: int) -> Span:
        first = fiscal_span(year, start, 0, 6)
        return first if first[1] >= m.scan.today else fiscal_span(year, start, 6, 6)

    return Value(cycle="fiscal", at=at, grain="half", phrase="half")


def _last_day(value: Value, phrase: str) -> Value:
    return value.map(lambda span: (span[1], span[1]), grain="day", phrase=phrase)


def _first_day(value: Value, phrase: str) -> Value:
    return value.map(lambda span: (span[0], span[0]), grain="day", phrase=phrase)


@PERIODS.phrase(
    "[the] [very] end|close [-] of|in <whole>",
    "[the] very end of <whole>",
    "end [-] <period>",
    "[the] last day of|in <whole>",
    "the last of <whole>",
    "[the] end to <period>",
)
def _end(m: Match, value: Value) -> Value | None:
    if value.grain == "day" and value.phrase != "<holiday>" and not _long(value, m.scan):
        return value if "of" in m.scan.words[m.start : m.end] else None
    return _last_day(value, m.shape)


@PERIODS.phrase("<month> [-] end", "<quarter> [-] end|close", "<fiscal_year> [-] end|close")
def _end_after(m: Match, named: int | Value | Year) -> Value | None:
    """ "March end", "Q3 close"."""
    from extractors.periods.phrases.weeks import month_value
    from extractors.periods.value import once, year_span

    if m.scan.word(m.end) == "of" or m.scan.word(m.end) in ("user", "users"):
        return None
    match named:
        case int():
            return _last_day(month_value(named, m.shape), m.shape)
        case Value():
            return _last_day(named, m.shape)
        case Year():
            last = year_span(named, m.scan)[1]
            return once((last, last), "day", m.shape, relative=named.offset is not None)


@PERIODS.phrase(
    f"{_OUR} month [-] end|close",
    f"{_OUR} quarter|qtr [-] end|close",
    f"{_OUR} [calendar] year|yr [-] end|close",
    "[the] eom|eoq|eoy|eow|ye",
    "[the] e_._o_._m|e_._o_._q|e_._o_._y",
)
def _named_end(m: Match) -> Value | None:
    words = m.scan.words[m.start : m.end]
    text = "".join(words)
    if words[-1] == "ye" and not m.scan.text[m.scan.starts[m.end - 1]].isupper():
        return None
    if m.scan.word(m.end) in ("users", "user", "reporting"):
        return None
    if "month" in words or text.endswith(("eom", "e.o.m")):
        return _last_day(_whole_month(m), m.shape)
    if "quarter" in words or "qtr" in words or text.endswith(("eoq", "e.o.q")):
        return _last_day(_whole_quarter(m), m.shape)
    if text.endswith("eow"):
        return _last_day(_whole_week(m), m.shape)
    return _last_day(_year(m), m.shape)


@PERIODS.phrase(
    f"{_OUR} fiscal|financial [year] [-] end|close",
    f"{_OUR} fye",
    f"{_OUR} fy [-] end|close",
    f"{_OUR} eofy",
    f"{_OUR} tax year [-] end",
)
def _fiscal_end(m: Match) -> Value | None:
    if "tax" in m.scan.words[m.start : m.end]:
        return None
    return _last_day(_fiscal(m), m.shape)


@PERIODS.phrase(f"{_OUR} half [-] year [-] end", f"{_OUR} half [-] year")
def _half_year_end(m: Match) -> Value | None:
    return _last_day(_whole_half(m), m.shape) if m.scan.word(m.end - 1) == "end" else None


@PERIODS.phrase("next|this|last month|quarter|year [-] end")
def _next_end(m: Match) -> Value | None:
    """ "Next month end": the end of next month."""
    found = scan_period(m.scan, m.start, m.start + 2)
    return _last_day(found, m.shape) if found is not None else None


def scan_period(scan: Scan, start: int, end: int) -> Value | None:
    """The period that stops exactly at a position, None where there is none."""
    from extractors.periods.almanac import working_week as _  # noqa: F401
    from extractors.periods.value import once

    offset = {"this": 0, "next": 1, "last": -1}[scan.word(start)]
    today = scan.today
    match scan.word(end - 1):
        case "month":
            return once(month_span(today.year, today.month + offset), "month", "month")
        case "quarter":
            return once(
                month_span(today.year, today.month - (today.month - scan.fiscal) % 3 + 3 * offset, 3),
                "quarter",
                "quarter",
            )
        case _:
            return once(month_span(today.year + offset, 1, 12), "year", "year")


@PERIODS.phrase(
    "[the] start of|in <whole>", "[the] first day of|in <whole>", "[the] 1st of <whole>", "the first of <whole>"
)
def _start(m: Match, value: Value) -> Value | None:
    if m.scan.word(m.end - 1) == m.scan.word(m.start + 1) or value.grain == "day":
        return None
    return _first_day(value, m.shape)


_THIRDS: dict[str, Third] = {
    "early": "early",
    "beginning": "early",
    "mid": "mid",
    "middle": "mid",
    "late": "late",
    "tail": "late",
    "latter": "late",
    "towards": "late",
    "toward": "late",
    "near": "late",
    "nearer": "late",
    "back": "late",
}


@PERIODS.phrase(
    "[the] early|mid|late [-] [in|on|part_of|half_of] <whole>",
    "[the] early|latter|middle|later part of <whole>",
    "[the] beginning|middle|tail_end|back_end of|in <whole>",
    "[the] mid [-] [point] [of] <whole>",
    "towards|toward|near|nearer [the] end of <whole>",
    "<month> [-] early|late",
)
def _third(m: Match, value: Value) -> Value | None:
    if isinstance(value, int):
        return None
    words = m.scan.words[m.start : m.end]
    which = next((_THIRDS[w] for w in words if w in _THIRDS), "late")
    if value.grain == "day" and not _long(value, m.scan):
        # "early tomorrow", "late Thursday" are those days.
        return value if words[0] in ("early", "late") else None
    if m.shape.startswith("[the] early|mid") and value.grain in ("year", "month", "quarter") and value.phrase in (
        "month", "quarter", "year") and "in" not in words and "of" not in words and words[0] not in ("mid",):  # fmt: skip
        return None
    return value.map(lambda span: third(span, which), grain="part", phrase=m.shape)


def _long(value: Value, scan: Scan) -> bool:
    from extractors.periods.value import pick

    span = pick(value, scan)
    return span is not None and span[1] - span[0] > 2 * DAY


@PERIODS.phrase(
    "[the] early|mid [-] to|or [-] mid|late [-] [in] <whole>",
    "[the] early|mid [-] / [-] mid|late [-] <whole>",
)
def _two_thirds(m: Match, value: Value) -> Value | None:
    words = [w for w in m.scan.words[m.start : m.end] if w in ("early", "mid", "late")]
    first, last = _THIRDS[words[0]], _THIRDS[words[1]]
    if first == last or value.grain == "day":
        return None
    return value.map(lambda span: (third(span, first)[0], third(span, last)[1]), grain="part", phrase=m.shape)


@PERIODS.phrase("[the] first|second|latter|back|front|last|1st|2nd half of|in <whole>")
def _half(m: Match, value: Value) -> Value | None:
    if value.grain == "day" and not _long(value, m.scan):
        return None
    words = m.scan.words[m.start : m.start + 2]
    which = 1 if any(w in ("first", "front", "1st", "1") for w in words) else 2
    return value.map(lambda span: half(span, which), grain="part", phrase=m.shape)


@PERIODS.phrase("[the] <nth> [full] week of|in|for <whole>", "[the] week <n> of <month>", "<month> ' s <nth> week")
def _nth_week(m: Match, number: int, value: Value) -> Value | None:
    if isinstance(value, int) or value.grain in ("day", "week"):
        return None
    return value.map(lambda span: nth_week(span, number), grain="week", phrase=m.shape)


@PERIODS.phrase("[the] last|final|closing [full] week of|in <whole>")
def _last_week(m: Match, value: Value) -> Value | None:
    return value.map(lambda span: nth_week(span, -1), grain="week", phrase=m.shape) if value.grain != "day" else None


@PERIODS.phrase("[the] opening week of <whole>", "<nth> week <month>")
def _opening_week(m: Match, *parts: Value | int) -> Value | None:
    from extractors.periods.phrases.weeks import month_value

    if len(parts) == 1:
        value = parts[0]
        return (
            value.map(lambda span: nth_week(span, 1), grain="week", phrase=m.shape)
            if isinstance(value, Value)
            else None
        )
    number, month = parts
    if not isinstance(number, int) or not isinstance(month, int):
        return None
    return month_value(month, m.shape).map(lambda span: nth_week(span, number), grain="week", phrase=m.shape)


@PERIODS.phrase("[the] first|last|final <duration> of|in <whole>")
def _first_or_last_of(m: Match, length: object, value: Value) -> Value | None:
    """ "The last two weeks of June", "the first ten days of May"."""
    from extractors.periods.durations import Duration

    if not isinstance(length, Duration) or value.grain == "day":
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


@PERIODS.phrase("[the] <nth> <weekday> of|in <whole>", "[the] <nth> <weekday> <month>")
def _nth_weekday(m: Match, number: int, weekday: int, value: Value) -> Value | None:
    if isinstance(value, int) or value.grain == "day":
        return None
    return value.map(lambda span: _day(nth_weekday(span, weekday, number)), grain="day", phrase=m.shape)


@PERIODS.phrase("[the] last|final <weekday> of|in <whole>", "[the] last <weekday> <period>")
def _last_weekday(m: Match, weekday: int, value: Value) -> Value | None:
    if value.grain == "day":
        return None
    return value.map(lambda span: _day(nth_weekday(span, weekday, -1)), grain="day", phrase=m.shape)


@PERIODS.phrase(
    "[the] <nth> working|business|work day of|in <whole>",
    "[the] <nth> workday of|in <whole>",
)
def _nth_workday(m: Match, number: int, value: Value) -> Value | None:
    return (
        value.map(lambda span: _day(workday_in(span, number)), grain="day", phrase=m.shape)
        if value.grain != "day"
        else None
    )


@PERIODS.phrase("[the] last|final working|business|work day of|in <whole>", "[the] last workday of|in <whole>")
def _last_workday(m: Match, value: Value) -> Value | None:
    return (
        value.map(lambda span: _day(workday_in(span, -1)), grain="day", phrase=m.shape)
        if value.grain != "day"
        else None
    )


@PERIODS.phrase("[the] <nth> day of <whole>")
def _nth_day(m: Match, number: int, value: Value) -> Value | None:
    if value.grain == "day":
        return None
    return value.map(lambda span: _day(span[0] + timedelta(days=number - 1)), grain="day", phrase=m.shape)


@PERIODS.phrase("[the] <the_nth> of <whole>", "<the_nth> of next|this month")
def _nth_of(m: Match, day: Value, value: Value | None = None) -> Value | None:
    """ "The fifth of the month", "the 15th of next month"."""
    number = day.at(2026 * 12)
    if value is None or number is None or value.grain != "month":
        return None
    return value.map(lambda span: _inside(span, number[0].day), grain="day", phrase=m.shape)


def _inside(span: Span, number: int) -> Span | None:
    found = span[0] + timedelta(days=number - 1)
    return (found, found) if found <= span[1] else None


@PERIODS.phrase("[the] <nth> month of <whole>", "[the] last|final|opening month of|in <whole>")
def _nth_month(m: Match, *parts: int | Value) -> Value | None:
    value = parts[-1]
    if not isinstance(value, Value):
        return None
    number = parts[0] if len(parts) == 2 and isinstance(parts[0], int) else None
    opening = "opening" in m.scan.words[m.start : m.end]

    def piece(span: Span) -> Span | None:
        months = whole_months(span)
        offset = 0 if opening else (number - 1 if number else months - 1)
        return month_span(span[0].year, span[0].month + offset) if 0 <= offset < months else None

    return value.map(piece, grain="month", phrase=m.shape) if value.grain in ("year", "quarter", "half") else None


def _day(found: date | None) -> Span | None:
    return None if found is None else (found, found)

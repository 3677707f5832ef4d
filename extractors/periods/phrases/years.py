"""Years, fiscal years, halves and quarters."""

from extractors.periods.almanac import Span, fiscal_span, half_span, month_span, quarter_span
from extractors.periods.grammar import Match
from extractors.periods.lexicon import BEFORE_PERIOD
from extractors.periods.phrases.registry import PERIODS, QUARTERS, YEARS
from extractors.periods.value import Value, Year, in_year, once, year_span

_OFFSETS = dict.fromkeys(("this", "current"), 0) | dict.fromkeys(("next", "coming", "upcoming", "following", "new"), 1)
_OFFSETS |= dict.fromkeys(("last", "previous", "past", "prior"), -1)
_WHICH = "this|current|next|coming|upcoming|following|last|previous|prior"


def _offset(m: Match) -> int:
    return next((_OFFSETS[word] for word in m.words if word in _OFFSETS), 0)


@YEARS.phrase("<year>", "<'yy>", "the year <year>", "calendar|cy [year] <year>", "calendar|cy [year] <yy>")
def _number(m: Match, number: int) -> Year:
    return Year(number=number)


@YEARS.phrase("[our|your|their|the] <fiscal_year>")
def _fiscal_number(m: Match, year: Year) -> Year:
    return year


@YEARS.phrase(f"[the] {_WHICH} [calendar] year|yr", "the new year")
def _year_from_here(m: Match) -> Year:
    return Year(offset=_offset(m))


@YEARS.phrase("[the] year after next")
def _year_after_next(m: Match) -> Year:
    return Year(offset=2)


@YEARS.phrase("[the] financial|fiscal [year] after next")
def _fiscal_year_after_next(m: Match) -> Year:
    return Year(offset=2, fiscal=True)


@YEARS.phrase(
    f"[the|our|your|their] {_WHICH}|new fiscal|financial|budget year",
    f"[the|our|your|their] {_WHICH}|new fiscal|fy",
    "the|our|your|their|my fiscal|financial year",
    "the|our|your|their|my fiscal",
    "fiscal|financial year",
)
def _fiscal_from_here(m: Match) -> Year:
    return Year(offset=_offset(m), fiscal=True)


def _piece(m: Match, number: int, months: int) -> Value | None:
    """The nth quarter or half of every fiscal year, or calendar year where that is said."""
    if not 1 <= number <= 12 // months:
        return None
    start = 1 if "calendar" in m.words else m.scan.fiscal
    return Value(
        cycle="fiscal" if start == m.scan.fiscal else "year",
        at=lambda year: fiscal_span(year, start, months * (number - 1), months),
        grain="quarter" if months == 3 else "half",
        phrase=m.shape,
    )


def _runs_on(m: Match) -> bool:
    """Whether letters follow without a space, as in H1B; a fiscal year may (Q3FY26)."""
    return m.scan.glued(m.end) and m.after.isalpha() and m.after not in ("fy", "cy")


@QUARTERS.phrase("[fiscal|calendar|fq] q [-] <n>", "[calendar] qtr|quarter <n>")
def _q_number(m: Match, number: int) -> Value | None:
    return None if _runs_on(m) or m.words[-1].startswith("0") else _piece(m, number, 3)


@QUARTERS.phrase("<n> q")
def _number_q(m: Match, number: int) -> Value | None:
    """1Q, as analysts write it."""
    return _piece(m, number, 3) if m.scan.glued(m.end - 1) and m.words[0].isdigit() else None


@QUARTERS.phrase("[the] [fiscal|calendar] <nth> [fiscal|calendar] quarter|qtr")
def _nth_quarter(m: Match, number: int) -> Value | None:
    return _piece(m, number, 3)


@QUARTERS.phrase("[calendar] h [-] <n>")
def _h_number(m: Match, number: int) -> Value | None:
    written = m.scan.glued(m.end - 1) or m.words[-1] in ("one", "two")
    return _piece(m, number, 6) if written and not _runs_on(m) else None


@QUARTERS.phrase("<n> h")
def _number_h(m: Match, number: int) -> Value | None:
    """1H27; "2h" alone is two hours."""
    dated = m.after.isdigit() and len(m.after) in (2, 4)
    return _piece(m, number, 6) if dated and m.scan.glued(m.end - 1) and m.words[0].isdigit() else None


@PERIODS.phrase("<quarter>")
def _named_quarter(m: Match, value: Value) -> Value:
    return value


@PERIODS.phrase("<year_said> [-] <quarter>", "<year_said> ' s <quarter>")
def _year_then_quarter(m: Match, year: Year, value: Value) -> Value | None:
    """FY27 Q1, 2027-Q1, next year's Q1."""
    return in_year(value, year, m.scan)


@PERIODS.phrase("[the] last|final quarter of <year_said>")
def _last_quarter_of(m: Match, year: Year) -> Value | None:
    value = _piece(m, 4, 3)
    return in_year(value, year, m.scan) if value is not None else None


@PERIODS.phrase("[the] last|final quarter of the year", "[the] final quarter")
def _final_quarter(m: Match) -> Value | None:
    return _piece(m, 4, 3)


@PERIODS.phrase(f"[the] {_WHICH} [fiscal|calendar] quarter|qtr")
def _quarter(m: Match) -> Value | None:
    offset = _offset(m)
    if offset < 0 and m.after == "of":
        return None
    return once(quarter_span(m.scan.today, m.scan.fiscal, offset), "quarter", m.shape, past=offset < 0)


@PERIODS.phrase("[the] quarter after next")
def _quarter_after_next(m: Match) -> Value | None:
    return once(quarter_span(m.scan.today, m.scan.fiscal, 2), "quarter", m.shape)


@PERIODS.phrase("[the] first|second|latter|back|front|1st|2nd half of <year_said>")
def _half_of_year(m: Match, year: Year) -> Value | None:
    """A half of a calendar year, or of a fiscal one where that is said."""
    first, _ = year_span(year, m.scan)
    span = month_span(first.year, first.month + 6 * (_which_half(m) - 1), 6)
    return once(span, "half", m.shape, relative=year.offset is not None)


@PERIODS.phrase("[the] first|second|latter|back|front|1st|2nd half of the year")
def _half_of_the_year(m: Match) -> Value:
    opening = 6 * _which_half(m) - 5
    return Value(cycle="year", at=lambda year: month_span(year, opening, 6), grain="half", phrase=m.shape)


def _which_half(m: Match) -> int:
    return 1 if not {"first", "front", "1"}.isdisjoint(m.words[:2]) else 2


@PERIODS.phrase("the first|second half")
def _nth_half(m: Match) -> Value | None:
    """ "In the first half", of the year that is understood."""
    if m.before not in ("in", "by", "for", "during", "of", "until", "before") or not m.closed or m.after == "of":
        return None
    return _piece(m, _which_half(m), 6)


@PERIODS.phrase("this|next half [year]", "this|next|last half - year", "last half year")
def _half(m: Match) -> Value | None:
    offset = _offset(m)
    return once(half_span(m.scan.today, m.scan.fiscal, offset), "half", m.shape, past=offset < 0)


@PERIODS.phrase("<year_said>")
def _whole_year(m: Match, year: Year) -> Value | None:
    numbered = year.offset is None and not year.fiscal and m.words[0] not in ("calendar", "cy")
    if numbered and not _is_year(m):
        return None
    if m.words[-2:] == ["new", "year"] or (m.words[-1] == "fiscal" and not m.closed):
        return None
    if m.words in (["fiscal", "year"], ["financial", "year"]) and m.before not in ("of", "next", "this"):
        return None
    return once(year_span(year, m.scan), "year", m.shape, relative=year.offset is not None)


def _is_year(m: Match) -> bool:
    """Whether a number that could be a year is one: "in 2027 we", but not "2027 users"."""
    part = m.before == "-" and m.scan.word(m.start - 2) in ("early", "mid", "late")
    return (part or m.before in BEFORE_PERIOD) and (m.closed or m.after in ("budget", "planning", "plan", "season"))


@PERIODS.phrase("<year> -|to|through|until|and <year>")
def _years(m: Match, first: int, last: int) -> Value | None:
    if m.before not in ("from", "between", "in", "for", "during") or not first < last or not m.closed:
        return None
    return once((month_span(first, 1)[0], month_span(last, 12)[1]), "year", m.shape, relative=False)


@PERIODS.phrase("the new year")
def _new_year(m: Match) -> Value | None:
    """ "In the new year" is its first month."""
    return once(month_span(m.scan.today.year + 1, 1), "month", m.shape)


@PERIODS.phrase("the start|beginning of the new year")
def _new_year_start(m: Match) -> Value | None:
    first = month_span(m.scan.today.year + 1, 1)[0]
    return once((first, first.replace(day=10)), "part", m.shape)


@PERIODS.phrase("the turn of the year")
def _turn_of_year(m: Match) -> Value:
    def at(year: int) -> Span:
        last = month_span(year, 12)[1]
        return last, last

    return Value(cycle="year", at=at, grain="day", phrase=m.shape)

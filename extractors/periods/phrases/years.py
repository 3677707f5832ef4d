"""Years, fiscal years, halves, quarters and seasons."""

from dataclasses import replace

from extractors.periods.almanac import Span, fiscal_span, month_span
from extractors.periods.grammar import Match
from extractors.periods.lexicon import FOLLOWERS, PERIOD_PREPOSITIONS, SEASONS, SOUTHERN
from extractors.periods.phrases.registry import PERIODS, QUARTERS, YEARS
from extractors.periods.value import Value, Year, in_year, once, year_span

_OFFSETS = {"this": 0, "current": 0, "next": 1, "coming": 1, "following": 1, "new": 1, "last": -1, "previous": -1, "past": -1,
            "prior": -1}  # fmt: skip


@YEARS.phrase("<year>", "<'yy>")
def _number(m: Match, number: int) -> Year:
    return Year(number=number)


@YEARS.phrase("calendar|cy [year] <year>", "calendar|cy [year] <yy>", "the year <year>")
def _calendar_number(m: Match, number: int) -> Year:
    return Year(number=number)


@YEARS.phrase("[our|your|their|the] <fiscal_year>")
def _fiscal_number(m: Match, year: Year) -> Year:
    return year


@YEARS.phrase("[the] this|current|next|coming|following|last|previous|past [calendar] year|yr", "the new year")
def _year_from_here(m: Match) -> Year:
    word = next(w for w in m.scan.words[m.start : m.end] if w in _OFFSETS)
    return Year(offset=_OFFSETS[word])


@YEARS.phrase(
    "[the] year after next",
    "[the] financial|fiscal [year] after next",
)
def _year_after_next(m: Match) -> Year:
    return Year(offset=2, fiscal=m.scan.word(m.end - 3) != "year" or "fiscal" in m.scan.words[m.start : m.end]
                or "financial" in m.scan.words[m.start : m.end])  # fmt: skip


@YEARS.phrase(
    "[the|our|your|their] this|current|next|coming|following|new|last|previous|prior fiscal|financial|budget year",
    "[the|our|your|their] this|current|next|coming|following|new|last|previous|prior fiscal|fy",
    "the|our|your|their|my fiscal|financial year",
    "the|our|your|their|my fiscal",
    "fiscal|financial year",
)
def _fiscal_from_here(m: Match) -> Year:
    word = next((w for w in m.scan.words[m.start : m.end] if w in _OFFSETS), "this")
    return Year(offset=_OFFSETS[word], fiscal=True)


def _pieces(m: Match, number: int, size: int) -> Value | None:
    """The nth piece of `size` months of every fiscal year."""
    if not 1 <= number <= 12 // size:
        return None
    start = m.scan.fiscal
    if "calendar" in m.scan.words[m.start : m.end]:
        start = 1
    return Value(
        cycle="fiscal" if start == m.scan.fiscal else "year",
        at=lambda year: fiscal_span(year, start, size * (number - 1), size),
        grain="quarter" if size == 3 else "half",
        phrase=m.shape,
    )


def _runs_on(m: Match) -> bool:
    """Whether letters follow without a space, as in H1B; a fiscal year may (Q3FY26)."""
    return m.scan.glued(m.end) and m.scan.word(m.end).isalpha() and m.scan.word(m.end) not in ("fy", "cy")


@QUARTERS.phrase("[fiscal|calendar|fq] q [-] <n>", "[calendar] qtr|quarter <n>")
def _q_number(m: Match, number: int) -> Value | None:
    if _runs_on(m):
        return None
    if m.scan.word(m.end - 1).isdigit() and len(m.scan.word(m.end - 1)) > 1:
        return None
    return _pieces(m, number, 3)


@QUARTERS.phrase("<n> q")
def _number_q(m: Match, number: int) -> Value | None:
    """1Q, as analysts write it."""
    if not m.scan.glued(m.end - 1) or not m.scan.words[m.start].isdigit():
        return None
    return _pieces(m, number, 3)


@QUARTERS.phrase("[the] [fiscal|calendar] <nth> [fiscal|calendar] quarter|qtr")
def _nth_quarter(m: Match, number: int) -> Value | None:
    return _pieces(m, number, 3)


@QUARTERS.phrase("[calendar] h [-] <n>")
def _h_number(m: Match, number: int) -> Value | None:
    if _runs_on(m) or not (m.scan.glued(m.end - 1) or m.scan.word(m.end - 1) in ("one", "two")):
        return None
    return _pieces(m, number, 6)


@QUARTERS.phrase("<n> h")
def _number_h(m: Match, number: int) -> Value | None:
    if not m.scan.glued(m.end - 1) or not m.scan.words[m.start].isdigit() or number > 2:
        return None
    following = m.scan.word(m.end)
    return _pieces(m, number, 6) if len(following) in (2, 4) and following.isdigit() else None


@PERIODS.phrase("<quarter>")
def _named_quarter(m: Match, value: Value) -> Value:
    return value


@PERIODS.phrase("<year_said> [-] <quarter>", "<year_said> ' s <quarter>")
def _year_then_quarter(m: Match, year: Year, value: Value) -> Value | None:
    """FY27 Q1, 2027-Q1, next year's Q1."""
    return in_year(value, year, m.scan)


@PERIODS.phrase("[the] this|current quarter|qtr")
def _this_quarter(m: Match) -> Value | None:
    return _quarter_from_here(m, 0)


@PERIODS.phrase("[the] next|coming|following [fiscal|calendar] quarter|qtr")
def _next_quarter(m: Match) -> Value | None:
    return _quarter_from_here(m, 1)


@PERIODS.phrase("[the] last|previous|prior [fiscal|calendar] quarter|qtr")
def _last_quarter(m: Match) -> Value | None:
    if m.scan.word(m.end) == "of":
        return None
    return _quarter_from_here(m, -1)


@PERIODS.phrase("[the] quarter after next")
def _quarter_after_next(m: Match) -> Value | None:
    return _quarter_from_here(m, 2)


@PERIODS.phrase(
    "[the] last|final quarter of <year_said>", "[the] last|final quarter of the year", "[the] final quarter"
)
def _last_quarter_of(m: Match, year: Year | None = None) -> Value | None:
    value = _pieces(m, 4, 3)
    return in_year(value, year, m.scan) if value is not None and year is not None else value


def _closed(m: Match) -> bool:
    return m.scan.ends_here(m.end) or m.scan.word(m.end) in FOLLOWERS


def _quarter_from_here(m: Match, offset: int) -> Value | None:
    today, start = m.scan.today, m.scan.fiscal
    months = (today.month - start) % 3
    return once(month_span(today.year, today.month - months + 3 * offset, 3), "quarter", m.shape, past=offset < 0)


@PERIODS.phrase(
    "[the] first|second|latter|back|front|1st|2nd half of <year_said>", "[the] first|second half of the year"
)
@PERIODS.phrase("[the] back|latter|front half of the year")
def _half_of_year(m: Match, year: Year | None = None) -> Value | None:
    """A half of a calendar year, or of a fiscal one where that is said."""
    which = 1 if any(w in ("first", "front", "1st") for w in m.scan.words[m.start : m.start + 2]) else 2
    if year is None:
        return Value(cycle="year", at=lambda y: month_span(y, 6 * which - 5, 6), grain="half", phrase=m.shape)
    first, _ = year_span(year, m.scan)
    span = month_span(first.year, first.month + 6 * (which - 1), 6)
    return once(span, "half", m.shape, relative=year.offset is not None)


@PERIODS.phrase("this|next|last half [year]", "this|next|last half - year", "the first|second half")
def _half_from_here(m: Match) -> Value | None:
    words = m.scan.words[m.start : m.end]
    if words[0] == "the":
        if m.scan.word(m.start - 1) not in ("in", "by", "for", "during", "of", "until", "before") or not _closed(m):
            return None
        if m.scan.word(m.end) == "of":
            return None
        return _pieces(m, 1 if words[1] == "first" else 2, 6)
    if words[-1] == "half" and words[0] == "last":
        return None
    today = m.scan.today
    offset = {"this": 0, "next": 1, "last": -1}[words[0]]
    months = (today.month - m.scan.fiscal) % 6
    return once(month_span(today.year, today.month - months + 6 * offset, 6), "half", m.shape, past=offset < 0)


@PERIODS.phrase("<year_said>")
def _whole_year(m: Match, year: Year) -> Value | None:
    scan = m.scan
    words = scan.words[m.start : m.end]
    if year.offset is None and not year.fiscal and "calendar" not in words and "cy" not in words:
        if scan.word(m.start - 1) not in PERIOD_PREPOSITIONS and not _between_parts(m):
            return None
        if not (_closed(m) or scan.word(m.end) in ("budget", "planning", "plan", "season")):
            return None
    if words[-2:] == ["new", "year"]:
        return None
    if words in (["fiscal", "year"], ["financial", "year"]) and scan.word(m.start - 1) not in ("of", "next", "this"):
        return None
    if year.fiscal and year.offset is not None and words[-1] == "fiscal" and not _closed(m):
        return None
    if year.offset == -1 and words[0] == "past":
        return None
    return once(year_span(year, scan), "year", m.shape, relative=year.offset is not None)


def _between_parts(m: Match) -> bool:
    return m.scan.word(m.start - 1) == "-" and m.scan.word(m.start - 2) in ("early", "mid", "late")


@PERIODS.phrase("the [start|beginning|turn|top of_the] new year", "the first of the year", "the turn of the year")
def _new_year(m: Match) -> Value | None:
    """ "In the new year" is its first month; its first days have names of their own."""
    if m.scan.word(m.end - 4) == "turn" and m.scan.word(m.end - 2) == "the" and m.scan.word(m.end - 1) == "year":
        return Value(
            cycle="year", at=lambda y: (month_span(y, 12)[1], month_span(y, 12)[1]), grain="day", phrase=m.shape
        )
    if m.scan.word(m.start + 1) == "first":
        return Value(cycle="year", at=lambda y: (month_span(y, 1)[0], month_span(y, 1)[0]), grain="day", phrase=m.shape)
    return once(month_span(m.scan.today.year + 1, 1), "month", m.shape)


def _season_span(name: str, country: str | None) -> Value:
    opening = SEASONS[name]
    if country in SOUTHERN:
        opening = (opening + 5) % 12 + 1

    def at(year: int) -> Span:
        return month_span(year, opening, 3)

    return Value(cycle="year", at=at, grain="season", phrase="<season>")


@PERIODS.phrase(
    "this|next|last|coming|the|late|early|mid spring|summer|autumn|fall|winter|springtime|summertime|wintertime",
    "spring|summer|autumn|fall|winter|springtime|summertime|wintertime",
)
def _season(m: Match) -> Value | None:
    scan = m.scan
    name, before = scan.word(m.end - 1), scan.word(m.end - 2) if m.end - m.start > 1 else scan.word(m.start - 1)
    if before in ("early", "mid", "late") and m.end - m.start > 1:
        return None  # read as a part of the season
    value = _season_span(name, scan.country)
    dated = scan.word(m.end).isdigit() and len(scan.word(m.end)) == 4
    if not dated and not (_closed(m) or scan.word(m.end) == "quarter"):
        return None
    if before == "-" and scan.word(m.start - 2) in ("early", "mid", "late"):
        return value
    if (
        not dated
        and before not in _SEASON_BEFORE
        and not (before == "the" and scan.word(m.start - 1) in _SEASON_BEFORE)
    ):
        return None
    if name in ("fall", "spring") and scan.word(m.end) in (
        "for",
        "in",
        "into",
        "to",
        "back",
        "up",
        "off",
        "on",
        "from",
    ):
        if before not in ("this", "next", "last", "the", "coming", "in", "early", "late", "mid"):
            return None
    match before:
        case "last":
            return replace(value, way="last", past=True)
        case "next":
            return replace(value, way="after")
        case _:
            return value


_SEASON_BEFORE = frozenset(
    [
        "in",
        "by",
        "this",
        "next",
        "last",
        "coming",
        "until",
        "till",
        "before",
        "after",
        "through",
        "during",
        "over",
        "since",
        "early",
        "late",
        "mid",
        "of",
        "for",
        "from",
        "around",
    ]
)

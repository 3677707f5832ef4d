"""Days by their number: of a month, of every month, in digits; today and tomorrow; holidays."""

from dataclasses import replace

from extractors.periods.almanac import DAY, Span, calendar_date
from extractors.periods.grammar import Match
from extractors.periods.lexicon import BEFORE_DAY, UNITS
from extractors.periods.numbers import ordinal
from extractors.periods.phrases.registry import PERIODS, day_of_month
from extractors.periods.value import Value, Year, in_year, once, one_day

_LEAP_YEAR = 2028
"""A year that has every day a year can have."""
_SPOKEN_SURE = 20
"""From here on a spoken number before a month is its day: "twenty four june"."""
_SPOKEN_UNSURE = 12
"""Up to this ordinal "the second", "the twelfth" count things as often as days."""


def month_day(month: int, day: int, phrase: str, last: int | None = None) -> Value | None:
    """A day, or the days to `last`, of a month of every year; None where no year has them."""
    if calendar_date(_LEAP_YEAR, month, last or day) is None or day < 1 or (last is not None and last <= day):
        return None

    def at(year: int) -> Span | None:
        start, stop = calendar_date(year, month, day), calendar_date(year, month, last or day)
        return (start, stop) if start and stop else None

    return Value(cycle="year", at=at, grain="day", phrase=phrase)


@PERIODS.phrase("<month> [the] <day>", "<month> -|/ <day>")
def _month_day(m: Match, month: int, day: int) -> Value | None:
    if m.after in UNITS or m.after in ("half", "floor", "hundred", "thousand", "%"):
        return None
    if m.scan.glued(m.end) and m.after.isalpha() and m.scan.word(m.end - 1).isdigit():
        return None  # "May 10k"
    return month_day(month, day, m.shape)


@PERIODS.phrase("this|coming|next <month> [the] <day>")
def _this_month_day(m: Match, month: int, day: int) -> Value | None:
    """ "This May 8th"."""
    value = month_day(month, day, m.shape) if ordinal(m.scan, m.end - 2) or m.closed else None
    return replace(value, way="after") if value is not None and m.words[0] == "next" else value


@PERIODS.phrase("[the] <day> [day] of <month>", "[the] <day> [-|/|,] <month>")
def _day_month(m: Match, day: int, month: int) -> Value | None:
    if m.scan.glued(m.start) and m.before in ("-", ".", "/", "$", "£", "€"):
        return None
    plain = not m.words[0].isdigit() and m.words[0] != "the" and "of" not in m.words
    if plain and not ordinal(m.scan, m.start) and day < _SPOKEN_SURE:
        return None  # "one may", "two march": a small spoken number counts something else
    return month_day(month, day, m.shape)


@PERIODS.phrase(
    "<month> [the] <day> -|to|through|thru|until|till|til|and|& [the] <day>",
)
def _month_days(m: Match, month: int, first: int, last: int) -> Value | None:
    return _days(m, month, first, last)


@PERIODS.phrase("[the] <day> -|to|through|thru|until|till|til|and|&|or|/ [the] <day> [of] <month>")
def _days_month(m: Match, first: int, last: int, month: int) -> Value | None:
    return _days(m, month, first, last)


def _days(m: Match, month: int, first: int, last: int) -> Value | None:
    """Days of one month in a row; "the 3rd and the 9th" are no row unless "between" says so."""
    if not {"and", "or", "&", "/"}.isdisjoint(m.words) and m.before != "between" and last != first + 1:
        return None
    return month_day(month, first, m.shape, last)


@PERIODS.phrase("<the_nth> -|to|through|thru|until|till|til|and|or <the_nth>")
def _nth_to_nth(m: Match, first: Value, last: Value) -> Value | None:
    """ "The 3rd to the 14th", "the 14th and 15th"."""
    joined = not {"and", "or"}.isdisjoint(m.words)
    sure = m.before in BEFORE_DAY or any(word.isdigit() for word in m.words)
    if not m.closed or not (sure or (m.words[0] == "the" and not joined)):
        return None

    def at(turn: int) -> Span | None:
        start, stop = first.at(turn), last.at(turn)
        if start is not None and stop is not None and stop[0] <= start[0]:
            stop = last.at(turn + 1)
        if start is None or stop is None:
            return None
        if joined and m.before != "between" and stop[0] - start[0] != DAY:
            return None
        return start[0], stop[0]

    return Value(cycle="month", at=at, grain="day", phrase=m.shape) if at(m.scan.today.year * 12) else None


@PERIODS.phrase("the <nth>")
def _the_nth(m: Match, number: int) -> Value | None:
    """ "The 21st": a day where nothing follows that it would count."""
    digits = m.words[1].isdigit()
    if not m.closed or not (digits or m.before in BEFORE_DAY or number > _SPOKEN_UNSURE):
        return None
    listing = m.after in ("is", "was", "that", "are", "one", "to")
    listing = listing or (m.after == "and" and bool(m.scan.word(m.end + 1) == "the" or ordinal(m.scan, m.end + 1)))
    if not digits and number <= _SPOKEN_UNSURE and listing and m.before not in ("on", "by", "until", "till"):
        return None  # "the second is that ..."
    return day_of_month(number, m.shape)


@PERIODS.phrase("<nth>")
def _nth(m: Match, number: int) -> Value | None:
    """An ordinal alone: after a word that asks for a day, or as a whole answer ("Nineteenth.")."""
    if not m.closed:
        return None
    sure = m.words[0].isdigit() or number > _SPOKEN_UNSURE
    asked = m.before in ("on", "by", "until", "till", "before") and sure
    alone = m.scan.ends_here(m.end) or m.after in ("is", "works", "at", "suits", "then")
    answer = m.scan.begins_sentence(m.start) and alone and number >= _SPOKEN_UNSURE - 2
    return day_of_month(number, m.shape) if asked or answer else None


@PERIODS.phrase("[the] <nth> of the <nth>")
def _nth_of_nth(m: Match, day: int, month: int) -> Value | None:
    """ "The thirtieth of the ninth"."""
    return month_day(month, day, m.shape) if month <= 12 and m.closed else None


@PERIODS.phrase("the <nth> of next|this")
def _nth_of_next(m: Match, number: int) -> Value | None:
    """ "The 5th of next": of next month."""
    if not m.closed:
        return None
    turn = m.scan.today.year * 12 + m.scan.today.month - (0 if m.words[-1] == "next" else 1)
    return once(day_of_month(number).at(turn), "day", m.shape)


@PERIODS.phrase("[the] <n> of this|next month")
def _number_of_month(m: Match, number: int) -> Value | None:
    """ "The 20 of next month", as many say it who learnt English at school."""
    if not m.scan.word(m.end - 4).isdigit() or m.after == "'" or number > 31:
        return None
    turn = m.scan.today.year * 12 + m.scan.today.month - (0 if "next" in m.words else 1)
    return once(day_of_month(number).at(turn), "day", m.shape)


@PERIODS.phrase("[the] <day> -|to|through|thru|until|till|til|and [the] <day> [of] this|next month")
def _days_of_month(m: Match, first: int, last: int) -> Value | None:
    """ "4 to 22 this month", "the 3rd to the 9th of next month"."""
    turn = m.scan.today.year * 12 + m.scan.today.month - (0 if "next" in m.words else 1)
    start, stop = day_of_month(first).at(turn), day_of_month(last).at(turn)
    return once((start[0], stop[0]), "day", m.shape) if start and stop and start < stop else None


@PERIODS.phrase("the <n>")
def _the_number(m: Match, number: int) -> Value | None:
    """ "By the 27.": a plain number only at the very end of what is said."""
    asked = m.before in ("on", "by", "until", "till", "before") and m.scan.ends_here(m.end)
    return day_of_month(number, m.shape) if asked and m.words[1].isdigit() and number <= 31 else None


@PERIODS.phrase("<year> -|/ <month> -|/ <day>")
def _year_month_day(m: Match, year: int, month: int, day: int) -> Value | None:
    value = month_day(month, day, m.shape)
    return in_year(value, Year(number=year), m.scan) if value is not None else None


@PERIODS.phrase("<day> [.] - <numbers>")
def _days_numbers(m: Match, day: int, value: Value) -> Value | None:
    """ "15.-17.04.2026"."""
    if "." not in m.words[-3:] or not m.words[0].isdigit():
        return None
    return value.map(lambda span: (span[0].replace(day=day), span[1]) if day < span[0].day else None, phrase=m.shape)


@PERIODS.phrase("<numbers>", "<holiday>", "this|coming <holiday>")
def _as_read(m: Match, value: Value) -> Value:
    return value


@PERIODS.phrase("next <holiday>")
def _next_holiday(m: Match, value: Value) -> Value:
    return replace(value, way="after")


@PERIODS.phrase("last <holiday>")
def _last_holiday(m: Match, value: Value) -> Value:
    return replace(value, way="last", past=True)


@PERIODS.phrase("<year> <holiday>")
def _year_holiday(m: Match, year: int, value: Value) -> Value | None:
    return in_year(value, Year(number=year), m.scan)


@PERIODS.phrase("today|tonight|tonite", "this morning|afternoon|evening")
def _today(m: Match) -> Value | None:
    return one_day(m.scan.today, "today")


@PERIODS.phrase("tomorrow|tmrw|tmr|tomorow|tommorow|tommorrow")
def _tomorrow(m: Match) -> Value | None:
    return one_day(m.scan.today + DAY, "tomorrow")


@PERIODS.phrase("[the] day after tomorrow", "overmorrow")
def _day_after_tomorrow(m: Match) -> Value | None:
    return one_day(m.scan.today + 2 * DAY, m.shape)


@PERIODS.phrase("yesterday", "last night")
def _yesterday(m: Match) -> Value | None:
    return one_day(m.scan.today - DAY, "yesterday", past=True)


@PERIODS.phrase("[the] day before yesterday")
def _day_before_yesterday(m: Match) -> Value | None:
    return one_day(m.scan.today - 2 * DAY, m.shape, past=True)

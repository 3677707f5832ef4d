"""Days reckoned from today, or from a day that was named: "in two weeks", "a month from Friday", "within 30 days"."""

from dataclasses import replace
from datetime import date

from extractors.periods.almanac import DAY, Span, add, working_week
from extractors.periods.durations import FEW, Duration
from extractors.periods.grammar import Match
from extractors.periods.lexicon import UNITS
from extractors.periods.mention import Grain
from extractors.periods.phrases.registry import PERIODS
from extractors.periods.value import Value, once, one_day, settled


def _grain(length: Duration) -> Grain:
    return "day" if length.low == length.high else "part"


@PERIODS.phrase(
    "in <duration> [' s] [time]",
    "in <duration> ' [time]",
    "in <duration> [from] now|today",
    "<duration> ' time",
    "<duration> from now|today|here",
    "<duration> from this point",
    "<duration> hence|out",
    "give|gimme|allow me|us|him|her|them <duration>",
)
def _in(m: Match, length: Duration) -> Value | None:
    if m.shape.startswith("in ") and not _says_when(m, length):
        return None
    if m.shape.endswith("hence|out") and m.after == "of":
        return None
    span = length.after(m.scan.today)
    value = once(span, _grain(length), m.shape)
    return replace(value, vague=length.vague) if value is not None else None


def _says_when(m: Match, length: Duration) -> bool:
    """Whether "in two weeks" is a day and no rate or length: "twice in a month", "in two weeks of testing"."""
    rate = m.before in ("once", "twice", "times", "every", "built", "fits")
    return not rate and m.after not in ("of", "or", "increments", "old", "long")


@PERIODS.phrase(
    "within|inside [of] [the] [next|coming|upcoming] <duration>",
    "in|over|during|through|for [the] next|coming|upcoming|following <duration>",
    "[the] next|upcoming <duration>",
    "in [the] [less|under|no_more] than <duration>",
    "in under <duration>",
    "within <duration> from|of|after now|today",
    "sometime|some_time in [the] next <duration>",
)
def _within(m: Match, length: Duration) -> Value | None:
    """From today to so long on."""
    if m.words[0] in ("next", "upcoming", "the") and length.low == 1 and length.high == 1:
        return None
    if m.words[0] == "within" and m.after in ("of", "after", "from") and "next" not in m.words:
        return None
    span = length.after(m.scan.today)
    return once((m.scan.today, span[1]), "part", m.shape) if span else None


@PERIODS.phrase("in|over|within [the] next|coming week|month|quarter|year or_so|or_two")
def _within_one(m: Match) -> Value | None:
    unit = UNITS[next(word for word in m.words if word in UNITS)]
    last = add(m.scan.today, 2 if m.words[-1] == "two" else 1, unit)
    return once((m.scan.today, last), "part", m.shape) if last else None


@PERIODS.phrase("[the] coming|next few|couple_of|couple days|weeks|months", "[the] coming days|weeks|months")
def _coming(m: Match) -> Value | None:
    last = add(m.scan.today, 2 if "couple" in m.words else FEW, UNITS[m.words[-1]])
    return once((m.scan.today, last), "part", m.shape) if last else None


@PERIODS.phrase("<duration> ago|earlier|back|prior", "[the|these] last|past|previous <duration>")
def _ago(m: Match, length: Duration) -> Value | None:
    last = m.words[-1]
    if last in ("earlier", "back", "prior") and (not m.closed or m.after in ("to", "in", "from")):
        return None
    span = length.after(m.scan.today, -1)
    if span is None:
        return None
    if last not in ("ago", "earlier", "back", "prior"):
        if m.after in ("of", "in") or (length.low == 1 and m.words[0] == "last"):
            return None
        return once((span[0], m.scan.today), "part", m.shape, past=True)
    return once(span, _grain(length), m.shape, past=True)


@PERIODS.phrase(
    "<duration> from <date>", "<duration> after <date>", "<duration> following <date>", "<duration> on from <date>"
)
def _after(m: Match, length: Duration, value: Value) -> Value | None:
    return settled(value, m.scan).map(lambda span: length.after(span[1]), grain=_grain(length), phrase=m.shape)


@PERIODS.phrase("<duration> before <date>", "<duration> prior to <date>", "<duration> ahead of <date>")
def _before(m: Match, length: Duration, value: Value) -> Value | None:
    return settled(value, m.scan).map(lambda span: length.after(span[0], -1), grain=_grain(length), phrase=m.shape)


@PERIODS.phrase("<duration> after|from|before <the_nth>", "within <duration> of <date>")
def _near_nth(m: Match, length: Duration, value: Value) -> Value | None:
    if m.words[0] == "within":
        return settled(value, m.scan).map(lambda span: _until(span, length), grain="part", phrase=m.shape)
    sign = -1 if "before" in m.words else 1
    return settled(value, m.scan).map(lambda span: length.after(span[0], sign), grain=_grain(length), phrase=m.shape)


def _until(span: Span, length: Duration) -> Span | None:
    after = length.after(span[1])
    return None if after is None else (span[0], after[1])


@PERIODS.phrase("[the] day after|following <date>", "[the] day after|following <the_nth>")
def _day_after(m: Match, value: Value) -> Value | None:
    return settled(value, m.scan).map(lambda span: (span[1] + DAY, span[1] + DAY), phrase=m.shape)


@PERIODS.phrase("[the] day before|preceding <date>", "[the] eve of <holiday>", "[the] day before <the_nth>")
def _day_before(m: Match, value: Value) -> Value | None:
    return settled(value, m.scan).map(lambda span: (span[0] - DAY, span[0] - DAY), phrase=m.shape)


@PERIODS.phrase(
    "[the] [first] <weekday> after|following <date>",
    "[the] <weekday> after|following <period>",
    "[the] <weekday> after <the_nth>",
)
def _weekday_after(m: Match, weekday: int, value: Value) -> Value | None:
    def change(span: Span) -> Span:
        day = span[1] + DAY * ((weekday - span[1].weekday() - 1) % 7 + 1)
        return day, day

    return settled(value, m.scan).map(change, grain="day", phrase=m.shape)


@PERIODS.phrase("[the] [last] <weekday> before|preceding <date>", "[the] <weekday> before <the_nth>")
def _weekday_before(m: Match, weekday: int, value: Value) -> Value | None:
    def change(span: Span) -> Span:
        day = span[0] - DAY * ((span[0].weekday() - weekday - 1) % 7 + 1)
        return day, day

    return settled(value, m.scan).map(change, grain="day", phrase=m.shape)


def _next_week(m: Match, weekday: int) -> date:
    return working_week(m.scan.today + 7 * DAY)[0] + weekday * DAY


@PERIODS.phrase("the following <weekday>", "the <weekday> after [that]", "the week|day after [that]")
def _following(m: Match, weekday: int | None = None) -> Value | None:
    """After the period mentioned before in the same text."""
    previous = m.scan.previous
    if not m.closed:
        return None
    if previous is None:
        # What it follows was said elsewhere; as "next Friday".
        return None if weekday is None else one_day(_next_week(m, weekday), m.shape)
    if weekday is None:
        if "day" in m.words:
            return once((previous[1] + DAY, previous[1] + DAY), "day", m.shape)
        return once(working_week(previous[1] + 7 * DAY), "week", m.shape)
    day = previous[1] + DAY * ((weekday - previous[1].weekday() - 1) % 7 + 1)
    return once((day, day), "day", m.shape)

"""Whole mentions that are no range: a period as it stands, or bent by "by", "before", "until", "after"."""

from dataclasses import replace

from extractors.periods.almanac import DAY
from extractors.periods.grammar import Match
from extractors.periods.lexicon import BEFORE_RETURN, BEFORE_SUBJECT, WEEKDAYS
from extractors.periods.mention import Hedge
from extractors.periods.said import MENTIONS, Said
from extractors.periods.value import Value


@MENTIONS.phrase("<timed>")
def _plain(m: Match, value: Value) -> Said:
    return Said(value=value, phrase=value.phrase, hedge="around" if value.vague else None)


@MENTIONS.phrase("<timed> or_so|ish|give_or_take|or_thereabouts", "<timed> - ish")
def _or_so(m: Match, value: Value) -> Said:
    return Said(value=value, phrase=m.shape, hedge="around")


@MENTIONS.phrase(
    "sometime|some_time|anytime|any_time [in|on] <timed>",
    "around|about|circa|roughly|approximately <timed>",
    "ca [.] <timed>",
)
def _around(m: Match, value: Value) -> Said | None:
    if m.words[0] == "about" and m.before in BEFORE_SUBJECT:
        return None
    return Said(value=value, phrase=m.shape, hedge="around")


@MENTIONS.phrase(
    "by [around|about|the|latest] <timed>",
    "by [close_of_business|cob|eod|end_of_day] [on] <timed>",
    "no|not later than [by] <timed>",
    "on or before <timed>",
    "at the [very] latest by|on <timed>",
    "latest|due [by|on] <timed>",
    "by no later than <timed>",
    "by <timed> at the latest",
    "as late as <timed>",
    "within|inside [of] <timed>",
    "<timed> at_the_latest|at_the_very_latest|latest|or_sooner|or_earlier|or_before",
)
def _by(m: Match, value: Value) -> Said:
    """The last day of the period."""
    return Said(value=value.map(lambda span: (span[1], span[1])), phrase=m.shape, hedge="by")


@MENTIONS.phrase(
    "before|ahead_of|prior_to|this_side_of|in_advance_of|earlier_than [the] <timed>",
    "any_time|anytime|sometime|well|shortly|just|right before|ahead_of|prior_to <timed>",
)
def _before(m: Match, value: Value) -> Said | None:
    """The day before the period; "before 3pm on Friday" is that day."""
    if value.phrase in ("today", "yesterday") or m.before in ("day", "week", "days", "weeks", "not"):
        return Said(value=value, phrase=value.phrase)
    if value.clock is None:
        value = value.map(lambda span: (span[0] - DAY, span[0] - DAY), grain="day")
    return Said(value=value, phrase=m.shape, hedge="before")


@MENTIONS.phrase("until|till|til|'_til|up_to|up_until [the] <timed>", "not until|till <timed>")
def _until(m: Match, value: Value) -> Said:
    """To the end of a day, a week or a part; "until March" leaves open when in March."""
    if value.grain in ("week", "part"):
        value = value.map(lambda span: (span[1], span[1]))
    return Said(value=value, phrase=m.shape, hedge="until")


@MENTIONS.phrase("through|thru <timed>", "run|runs|running|valid through|to|till|until <timed>")
def _through(m: Match, value: Value) -> Said:
    """To the last day of the period."""
    return Said(value=value.map(lambda span: (span[1], span[1])), phrase=m.shape, hedge="until")


@MENTIONS.phrase(
    "from|starting|commencing|beginning|effective|as_of|as_from|with_effect_from [from|on|in|the|as_of] <timed>",
    "from <timed> on|onward|onwards|forward",
    "no|not earlier|sooner than <timed>",
    "not before <timed>",
    "<timed> onward|onwards|or_later|and_beyond",
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
    """The latest that is over, or has begun."""
    opening = m.words[0]
    if opening == "back" and m.before in BEFORE_RETURN:
        return None
    hedge: Hedge | None = "from" if "since" in m.shape else None
    return Said(
        value=value if value.cycle == "once" else replace(value, way="last"), phrase=m.shape, hedge=hedge, past=True
    )


@MENTIONS.phrase("after|following|post [the] <timed>", "shortly|right|soon|just|straight after <timed>")
def _after(m: Match, value: Value) -> Said | None:
    """The day after the period, from which it is meant to hold."""
    if m.words[0] == "post" and value.phrase != "<holiday>":
        return None
    if m.words[0] == "following" and m.before == "the" and m.words[1] in WEEKDAYS:
        return None  # "the following Friday": a Friday, no Saturday
    return Said(
        value=value.map(lambda span: (span[1] + DAY, span[1] + DAY), grain="day"), phrase=m.shape, hedge="after"
    )

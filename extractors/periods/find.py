"""Finds every mention of a period in a text, in one pass from left to right."""

from datetime import datetime
from functools import lru_cache

from extractors.periods.feasts import ANCHORS as FEAST_WORDS
from extractors.periods.lexicon import MONTHS, ORDINALS, SEASONS, TENS, UNITS, WEEKDAYS
from extractors.periods.mention import PeriodMention
from extractors.periods.mentions import MENTIONS, placed
from extractors.periods.scan import DIGITS, Scan, cut, keys_of

# Without one of these, or a number in digits, no phrase of the grammar is complete.
_ANCHORS = (
    frozenset(MONTHS) | frozenset(WEEKDAYS) | frozenset(UNITS) | frozenset(ORDINALS) | frozenset(SEASONS) | FEAST_WORDS
    | frozenset(TENS)
    | frozenset(
        ["today", "tonight", "tonite", "tomorrow", "tmrw", "tmr", "tomorow", "tommorow", "tommorrow", "yesterday", "morning", "afternoon", "evening", "weekend", "qtr", "q", "h", "fy", "fye", "eofy", "fiscal", "financial", "eom", "eoq", "eoy", "eow", "eod", "cob", "eob", "business", "play", "ye", "kw", "cw", "wc", "overmorrow", "midweek", "hours", "hrs", "half", "fortnight"]
    )
    | {DIGITS}
)  # fmt: skip
_REACH = 12
"""How many tokens before its anchor a mention may begin."""


@lru_cache(maxsize=1)
def _openings() -> frozenset[str]:
    return MENTIONS.openings()


def find_periods(
    text: str,
    *,
    now: datetime,
    fiscal_year_start_month: int = 1,
    day_first: bool = False,
    country: str | None = None,
) -> list[PeriodMention]:
    """Every period named in a text, in order, none overlapping another.

    `now` is when it was said, with its own offset from UTC: days are those of that place.
    `day_first` reads 06/07/2026 as 6 July; `country` (ISO 3166, two letters) settles holidays and seasons.
    Raises ValueError when `now` has no offset or `fiscal_year_start_month` is no month.
    """
    if now.tzinfo is None:
        raise ValueError(f"now is {now.isoformat()}, without an offset from UTC: give it one, such as +00:00")
    if not 1 <= fiscal_year_start_month <= 12:
        raise ValueError(f"fiscal_year_start_month is {fiscal_year_start_month}: expected a month from 1 to 12")
    words, starts, ends = cut(text)
    keys = keys_of(words)
    near = _near_anchors(keys)
    if near is None:
        return []
    scan = Scan(
        text=text,
        words=words,
        keys=keys,
        starts=starts,
        ends=ends,
        now=now,
        today=now.date(),
        fiscal=fiscal_year_start_month,
        day_first=day_first,
        country=country,
    )
    found: list[PeriodMention] = []
    openings = _openings()
    i, count = 0, len(words)
    while i < count:
        if near[i] and keys[i] in openings:
            mention, end = _mention_at(scan, i)
            if mention is not None:
                found.append(mention)
                scan.previous = (mention.first, mention.last)
                i = end
                continue
        i += 1
    return found


def _mention_at(scan: Scan, i: int) -> tuple[PeriodMention | None, int]:
    for end, said in MENTIONS.readings(scan, i):
        mention = placed(scan, i, end, said)
        if mention is not None:
            return mention, end
    return None, i


def _near_anchors(keys: list[str]) -> list[bool] | None:
    """For each token whether an anchor is at most `_REACH` tokens ahead; None where there is no anchor at all."""
    if _ANCHORS.isdisjoint(keys):
        return None
    near = [False] * len(keys)
    distance = _REACH + 1
    for i in range(len(keys) - 1, -1, -1):
        distance = 0 if keys[i] in _ANCHORS else distance + 1
        near[i] = distance <= _REACH
    return near

"""Finds every mention of a period in a text, in one pass from left to right."""

from datetime import datetime
from functools import lru_cache

from extractors.periods import lexicon, mentions, ranges, timed
from extractors.periods.feasts import ANCHORS as FEAST_ANCHORS
from extractors.periods.mention import PeriodMention
from extractors.periods.said import MENTIONS, mention_at
from extractors.periods.scan import DIGITS, Scan, cut, keys_of

PHRASES = (timed, mentions, ranges)
"""The modules that have entered their shapes in the grammar of mentions."""

_ANCHORS = frozenset({DIGITS}).union(
    lexicon.MONTHS,
    lexicon.WEEKDAYS,
    lexicon.PLURAL_WEEKDAYS,
    lexicon.UNITS,
    lexicon.ORDINALS,
    lexicon.TENS,
    lexicon.SEASONS,
    lexicon.ANCHORS,
    FEAST_ANCHORS,
)
_REACH = 12
"""How many tokens before its anchor a mention may begin."""


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
        today=now.date(),
        fiscal=fiscal_year_start_month,
        day_first=day_first,
        country=country,
    )
    return _found(scan, near)


def _found(scan: Scan, near: list[bool]) -> list[PeriodMention]:
    openings = _openings()
    found: list[PeriodMention] = []
    i, count = 0, len(scan.words)
    while i < count:
        read = mention_at(scan, i) if near[i] and scan.keys[i] in openings else None
        if read is None:
            i += 1
            continue
        mention, i = read
        scan.previous = (mention.first, mention.last)
        found.append(mention)
    return found


@lru_cache(maxsize=1)
def _openings() -> frozenset[str]:
    return MENTIONS.openings()


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

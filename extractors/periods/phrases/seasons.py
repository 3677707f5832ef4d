"""Seasons, by the months that weather services count, on either half of the earth."""

from dataclasses import replace

from extractors.periods.almanac import month_span
from extractors.periods.grammar import Match
from extractors.periods.lexicon import BEFORE_SEASON, SEASONS, SOUTHERN
from extractors.periods.phrases.registry import PERIODS
from extractors.periods.value import Value

_NAMES = "spring|summer|autumn|fall|winter|springtime|summertime|wintertime"
_PARTICLES = frozenset({"for", "in", "into", "to", "back", "up", "off", "on", "from", "through"})
"""After "spring" and "fall", the verbs."""


def _season_of(m: Match) -> Value:
    opening = SEASONS[m.words[-1]]
    if m.scan.country in SOUTHERN:
        opening = (opening + 5) % 12 + 1
    return Value(cycle="year", at=lambda year: month_span(year, opening, 3), grain="season", phrase="<season>")


@PERIODS.phrase(f"this|coming|the|the_coming {_NAMES}")
def _season(m: Match) -> Value | None:
    following = m.scan.word(m.end + 1)
    dated = m.after == "of" and (following.isdigit() or following in ("this", "next", "last", "twenty"))
    if m.after == "of" and not dated:
        return None  # "before the fall of the old regime"
    if m.words[0] == "the" and not (dated or "coming" in m.words or m.before in BEFORE_SEASON):
        return None  # "the fall in revenue"
    return _season_of(m) if m.closed or m.after.isdigit() else None


@PERIODS.phrase(f"next {_NAMES}")
def _next_season(m: Match) -> Value | None:
    return replace(_season_of(m), way="after") if m.closed else None


@PERIODS.phrase(f"last {_NAMES}")
def _last_season(m: Match) -> Value | None:
    return replace(_season_of(m), way="last", past=True) if m.closed else None


@PERIODS.phrase(_NAMES)
def _bare_season(m: Match) -> Value | None:
    """A season alone: "in spring", "early summer", "spring 2027"; "to spring for it", "prices fall" are none."""
    if m.after.isdigit() and len(m.after) == 4:
        return _season_of(m)
    part = m.before == "-" and m.scan.word(m.start - 2) in ("early", "mid", "late")
    if not m.closed or not (part or m.before in BEFORE_SEASON):
        return None
    verb = m.words[0] in ("fall", "spring") and m.after in _PARTICLES
    return None if verb and m.before not in ("in", "early", "mid", "late") else _season_of(m)

"""Reasons to give a date a role, found in its own sentence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from extractors.dates.moves import superseded
from extractors.dates.tense import told_of_the_past
from extractors.dates.wording import (
    is_any,
    is_declined,
    is_idle,
    is_kept_until,
    is_request,
    is_span,
    is_supposed,
    is_whole_year,
)
from extractors.periods import PeriodMention
from extractors.phrases import Phrasebook, PhraseMatch, load_phrases
from extractors.reading import Reading, Unit
from extractors.slots import periods_in
from extractors.stance import confirms, denies, is_question
from signals import DateRole, Side

__all__ = ["AGREED", "LASTING", "NOTHING", "Hint", "book", "own_hints", "put_hints", "strengths"]

NOTHING = "nothing"
AGREED = "agreed"
"""Says that a date is settled, whatever it is for; on its own that is a next step."""
LASTING = {DateRole.CLOSE, DateRole.GO_LIVE, DateRole.RENEWAL, DateRole.BUDGET_CYCLE}
"""Roles that nobody fixes for the day of the conversation itself."""
MEANS = (*DateRole, NOTHING, AGREED)
ECHOED = "both sides say it"
"""Tells nothing of what a date is for."""
ECHO_UNITS = 4
CLAUSE = re.compile(r"[,;:(]|\b(?:and|but|because|so|after that|otherwise)\b")
ANSWER_UNITS = 3


@dataclass(frozen=True, slots=True)
class Hint:
    role: str
    strength: float
    found_by: str


@cache
def book() -> Phrasebook:
    return Phrasebook(load_phrases("extractors.dates", means=MEANS), {"date": periods_in})


@cache
def strengths() -> dict[str, float]:
    raw = tomllib.loads(files("extractors.dates").joinpath("phrases.toml").read_text(encoding="utf-8"))
    table: dict[str, float] = raw["strength"]
    return table


def own_hints(reading: Reading, unit: Unit, date: PeriodMention, matches: Sequence[PhraseMatch]) -> Iterator[Hint]:
    """What the phrases of the sentence lend to this date: all their strength where they name it, else by nearness."""
    others = [other for other in periods_in(reading, unit) if other != date and not is_whole_year(other)]
    others = [other for other in others if not told_of_the_past(unit, other)]
    for match in matches:
        name, strength = match.phrase.name, strengths()[match.phrase.name]
        if match.mentions:
            if date in match.mentions:
                yield Hint(match.phrase.means, strength, name)
            continue
        if date.start <= match.start and match.end <= date.end and name == "fiscal year":
            continue  # "before our year-end" says when, not what for
        low, high = min(match.end, date.end), max(match.start, date.start)
        gap = unit.lower[low:high] if low < high else ""
        fade = nearness(len(gap.split()))
        if match.phrase.means == NOTHING and CLAUSE.search(gap):
            fade *= 0.3
        if any(low <= other.start and other.end <= high for other in others):
            fade *= 0.6
        yield Hint(match.phrase.means, strength * fade, name)


def nearness(words: int) -> float:
    """How much of a cue's strength reaches a date so many words away."""
    return 1.0 if words <= 6 else 0.9 if words <= 12 else 0.75 if words <= 20 else 0.55 if words <= 35 else 0.4


def put_hints(reading: Reading, unit: Unit, date: PeriodMention) -> Iterator[Hint]:
    """What the way in which the date is put says of it: told of the past, asked, echoed, at a time of day."""
    if is_span(unit, date):
        yield Hint(DateRole.EVALUATION, 0.3, "a span of days")
    if is_kept_until(unit, date):
        yield Hint(DateRole.RENEWAL, strengths()["stays until <date>"], "stays until <date>")
    if date.at is not None:
        yield Hint(DateRole.NEXT_STEP, 0.5, "at a time of day")
    echo = echoed(reading, unit, date)
    if echo is not None:
        yield Hint(AGREED, 0.45 if date.first == date.last else 0.38, ECHOED)
    if superseded(unit, date):  # it gives no signal, but the date that takes its place does
        return
    if told_of_the_past(unit, date):
        yield Hint(NOTHING, 0.85, "past")
    if is_idle(unit, date):
        yield Hint(NOTHING, 0.7, "today as such")
    if is_whole_year(date):
        yield Hint(NOTHING, 0.75, "a whole year")
    if is_any(unit, date):
        yield Hint(NOTHING, 0.8, "any such day")
    if is_declined(unit, date):
        yield Hint(NOTHING, 0.7, "a day that does not suit")
    if is_supposed(unit, date):
        yield Hint(NOTHING, 0.5, "supposed")
    if is_question(reading, unit) and echo is None:
        reply = reply_to(reading, unit)
        if reply is not None and confirms(reply):
            yield Hint(AGREED, 0.3, "asked and confirmed")
        elif reply is not None and denies(reply):
            yield Hint(NOTHING, 0.9, "asked and denied")
        elif reading.side_of(unit) is not Side.BUYER or not is_request(unit):
            yield Hint(NOTHING, 0.75, "asked")


def reply_to(reading: Reading, unit: Unit) -> Unit | None:
    turn = reading.turn_of(unit)
    for later in reading.after(unit, ANSWER_UNITS):
        other = reading.turn_of(later)
        if other.index != turn.index and other.speaker != turn.speaker:
            return later
    return None


def echoed(reading: Reading, unit: Unit, date: PeriodMention) -> Unit | None:
    """Where somebody else says the same days nearby."""
    turn = reading.turn_of(unit)
    for other in (*reading.before(unit, ECHO_UNITS), *reading.after(unit, ECHO_UNITS)):
        there = reading.turn_of(other)
        if there.index == turn.index or there.speaker == turn.speaker or not there.own:
            continue
        if any(
            (p.first, p.last) == (date.first, date.last) and not is_declined(other, p)
            for p in periods_in(reading, other)
        ):
            return other
    return None

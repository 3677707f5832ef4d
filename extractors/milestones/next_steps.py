"""A next step that both sides settle: one names a time for something, the other takes it or says the time again.

In an e-mail only one side speaks, so there it takes words that say that the other had agreed ("as agreed", "see you on
Thursday", "the 14th works for us").
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from extractors.reading import Reading, Turn, Unit
from extractors.stance import is_question
from extractors.statement import Statement
from signals import MilestoneKind

__all__ = ["settled_steps"]

ANSWER_WORDS = 40
SHORT_PROPOSAL = 9
NEAR = 3
ECHO_UNITS = 4


@dataclass(frozen=True, slots=True)
class Cues:
    when: re.Pattern[str]
    step: re.Pattern[str]
    takes: re.Pattern[str]
    refuses: re.Pattern[str]
    agreed_in_mail: re.Pattern[str]
    fixed_in_mail: re.Pattern[str]
    no_step: re.Pattern[str]
    away: re.Pattern[str]
    together: re.Pattern[str]
    no_meeting: re.Pattern[str]
    doing: re.Pattern[str]
    not_times: frozenset[str]


@cache
def cues() -> Cues:
    raw = tomllib.loads(files("extractors.milestones").joinpath("next_steps.toml").read_text(encoding="utf-8"))

    def words(name: str) -> re.Pattern[str]:
        return re.compile(r"(?<!\w)(?:" + "|".join(raw[name]) + r")(?!\w)")

    return Cues(
        when=words("when"),
        step=words("step"),
        takes=words("takes"),
        refuses=words("refuses"),
        agreed_in_mail=words("agreed_in_mail"),
        fixed_in_mail=words("fixed_in_mail"),
        no_step=words("no_step"),
        away=words("away"),
        together=words("together"),
        no_meeting=words("no_meeting"),
        doing=words("doing"),
        not_times=frozenset(raw["not_times"]),
    )


def settled_steps(reading: Reading) -> Iterator[Statement]:
    """Every place where a next step is settled: in a call the proposal and its answer, in a mail the sentence."""
    if reading.is_email:
        yield from settled_in_mail(reading)
        return
    for unit in reading.own_units():
        if elsewhere(reading, unit):
            continue
        answer = next(iter(taken(reading, unit)), None) if proposes(reading, unit) else None
        answer = answer or said_back(reading, unit)
        if answer is not None:
            yield step(unit, "time proposed and taken", 0.6)
            yield step(answer, "time proposed and taken", 0.6)


def step(unit: Unit, name: str, confidence: float) -> Statement:
    return Statement(
        unit=unit,
        means=MilestoneKind.NEXT_STEP_AGREED.value,
        start=0,
        end=len(unit.text),
        found_by=f"milestones: {name}",
        confidence=confidence,
    )


def proposes(reading: Reading, unit: Unit) -> bool:
    """A time for something that the two will do, or a bare time."""
    if not cues().when.search(unit.lower) or cues().no_step.search(unit.lower):
        return False
    return bool(cues().step.search(unit.lower)) or len(unit.words) <= SHORT_PROPOSAL


def taken(reading: Reading, unit: Unit) -> Iterator[Unit]:
    """The sentence of the other side's next turn that takes the proposal, or says its time again."""
    turn = reading.turn_of(unit)
    reply = next_turn(reading, turn)
    if reply is None:
        return
    opening = " ".join(" ".join(later.lower for later in reply.units).split()[:ANSWER_WORDS])
    if cues().refuses.search(opening):
        return
    if not cues().step.search(unit.lower) and not any(
        cues().step.search(near.lower) for near in near_units(reading, unit)
    ):
        return
    changes_subject = is_question(reading, reply.units[-1]) and len(reply.units[-1].words) > SHORT_PROPOSAL // 2
    for later in reply.units[:3]:
        if (said_again(times(unit), later) and not is_question(reading, later) and not away(later)) or (
            cues().takes.match(later.lower) and not changes_subject
        ):
            yield later
            return


def elsewhere(reading: Reading, unit: Unit) -> bool:
    """Whether the time is for something that is no meeting or delivery: the launch, the signature, a contract's end."""
    if cues().together.search(unit.lower):
        return False
    asked = [other for other in reading.before(unit, 1) if is_question(reading, other)]
    return any(cues().no_meeting.search(near.lower) for near in (unit, *asked))


def said_back(reading: Reading, unit: Unit) -> Unit | None:
    """The first words of the reply, where they say the time again and the two speak of doing something together."""
    reply = next_turn(reading, reading.turn_of(unit))
    if reply is None or not reply.units or not cues().when.search(unit.lower) or cues().no_step.search(unit.lower):
        return None
    first = reply.units[0]
    if len(first.words) > SHORT_PROPOSAL or is_question(reading, first) or away(first):
        return None
    if not said_again(times(unit), first):
        return None
    around = (unit, *reading.before(unit, ECHO_UNITS), *reply.units, *reading.turn_of(unit).units)
    return first if any(cues().doing.search(near.lower) for near in around) else None


def next_turn(reading: Reading, turn: Turn) -> Turn | None:
    """The turn after this one, where the other side speaks."""
    for later in reading.turns[turn.index + 1 : turn.index + 2]:
        if later.speaker != turn.speaker and (later.side is None or later.side is not turn.side):
            return later
    return None


def near_units(reading: Reading, unit: Unit) -> list[Unit]:
    """What was said just before and after a bare time: the step that it is for."""
    return reading.before(unit, NEAR) + reading.after(unit, 1)


def times(unit: Unit) -> set[str]:
    """The words that say when, each by itself, so that a time said again is known."""
    words = {word for found in cues().when.finditer(unit.lower) for word in re.findall(r"[a-z0-9]+", found.group())}
    return words - cues().not_times


def away(unit: Unit) -> bool:
    """Whether the time is said again only to tell what else it holds: "Tuesday is Diwali", "I'm in Davao Thursday"."""
    return bool(cues().away.search(unit.lower))


def said_again(words: set[str], unit: Unit) -> bool:
    return not words.isdisjoint(re.findall(r"[a-z0-9]+", unit.lower))


def settled_in_mail(reading: Reading) -> Iterator[Statement]:
    for unit in reading.own_units():
        if cues().no_step.search(unit.lower):
            continue
        if cues().fixed_in_mail.search(unit.lower):
            yield step(unit, "fixed in mail", 0.5)
        elif cues().agreed_in_mail.search(unit.lower) and cues().when.search(unit.lower):
            yield step(unit, "agreed in mail", 0.5)

"""From statements to key dates: which of two dates still holds, whether it moved, one signal a fact."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from extractors.consolidate import merge, place
from extractors.dates.anchors import anchored
from extractors.dates.changes import change_of
from extractors.dates.moves import change_said, corrects, duration_after, for_notice, from_to, superseded
from extractors.dates.plans import former
from extractors.dates.said import NEARBY, Said
from extractors.periods import PeriodMention
from extractors.reading import Reading
from extractors.statement import Statement
from signals import DateChange, DateRole, KeyDate, Period

__all__ = ["resolved"]

SURE_TOO = 0.85
SURE_STEP = 0.7
LONG_TALK = 100
APART_SEGMENTS, APART_LETTERS = 2, 200
ECHO = 1


def resolved(reading: Reading, statements: Sequence[Statement]) -> list[KeyDate]:
    said = [entry for statement in statements for entry in said_in(reading, statement)]
    outlived(reading, said)
    said = spans(said)
    changes = {id(entry): change_of(reading, entry, said) for entry in said}
    give_notice(said)
    refine(said)
    correct(reading, said)
    signals = []
    for entry in said:
        if entry.old:
            continue
        turn = reading.turn_of(entry.statement.unit)
        signals.append(
            KeyDate(
                role=DateRole(entry.role),
                period=Period(entry.first, entry.last),
                change=changes[id(entry)],
                evidence=tuple(entry.evidence),
                speaker=turn.speaker.id if turn.speaker else None,
                side=turn.side,
                confidence=entry.statement.confidence,
                found_by=entry.statement.found_by,
            )
        )
    merged = merge(
        signals,
        key=lambda signal: (signal.role, signal.period),
        rank=lambda signal: signal.change is not DateChange.SET,
    )
    long = len(reading.units) > LONG_TALK
    return [signal for signal in merged if holds(signal, merged, long=long)]


def holds(signal: KeyDate, others: Sequence[KeyDate], *, long: bool) -> bool:
    """A talk has one date of a role, seldom two: beside the surest (of equals the last) another must be sure itself. A
    long one ends with several next steps."""
    rivals = [other for other in others if other.role is signal.role]
    best = max(rivals, key=lambda other: (len(other.evidence) > 1, other.confidence, place(other)))
    segments, letters = (abs(a - b) for a, b in zip(place(signal), place(best), strict=True))
    sure = SURE_STEP if long and signal.role is DateRole.NEXT_STEP else SURE_TOO
    apart = segments >= APART_SEGMENTS or letters >= APART_LETTERS
    return signal is best or (signal.confidence >= sure and apart)


def said_in(reading: Reading, statement: Statement) -> list[Said]:
    unit = statement.unit
    days = {id(date): anchored(reading, unit, date) for date in statement.mentions if isinstance(date, PeriodMention)}
    return [
        Said(
            statement=statement,
            first=days[id(date)][0],
            last=days[id(date)][1],
            date=date,
            old=superseded(unit, date),
            change=change_said(reading, unit, date),
            evidence=[unit.evidence(statement.start, statement.end)],
        )
        for date in statement.mentions
        if isinstance(date, PeriodMention)
    ]


def spans(said: list[Said]) -> list[Said]:
    """An evaluation's start and end in one sentence are its period, and so are its start and length."""
    out: list[Said] = []
    for entry in said:
        unit = entry.statement.unit
        before = out[-1] if out else None
        if (
            before is not None
            and not before.old
            and before.statement.unit is unit
            and before.role == entry.role == DateRole.EVALUATION
            and before.first < entry.first
            and from_to(unit.lower[before.date.end : entry.date.end])
        ):
            before.last = entry.last
            continue
        if entry.role == DateRole.EVALUATION and (days := duration_after(unit, entry.date)):
            entry.last = entry.first + dt.timedelta(days=days)
        out.append(entry)
    return out


def outlived(reading: Reading, said: Sequence[Said]) -> None:
    """A plan of before is no fact where the one that took its place is told beside."""
    gone = [entry for entry in said if entry.old or former(reading, entry.statement.unit, entry.date)]
    gone += [entry for entry in said if any(repeats(entry, plan) for plan in gone)]
    put_aside = {id(entry) for entry in gone}
    held = [entry for entry in said if id(entry) not in put_aside]
    for entry in gone:
        if entry.old:
            continue
        entry.old = any(
            other.role == entry.role
            and abs(other.place - entry.place) <= NEARBY
            and (other.first, other.last) != (entry.first, entry.last)
            for other in held
        )


def repeats(entry: Said, plan: Said) -> bool:
    """Whether somebody only says again what the plan was: "in December, as you know. - Yes, December 31"."""
    return (
        0 < entry.place - plan.place <= ECHO
        and entry.role == plan.role
        and plan.first <= entry.first
        and entry.last <= plan.last
        and not entry.change
    )


def give_notice(said: Sequence[Said]) -> None:
    """A contract's end goes before the day by which notice must be given, where both are told."""
    ends = [entry for entry in said if entry.role == DateRole.RENEWAL and not entry.old]
    notices = [entry for entry in ends if for_notice(entry.statement.unit, entry.date)]
    for entry in notices:
        entry.old = any(other not in notices and abs(other.place - entry.place) <= NEARBY for other in ends)


def refine(said: Sequence[Said]) -> None:
    """A more precise date takes the place of a coarse one said nearby: "mid July... between the 15th and the 20th"."""
    for coarse in said:
        for fine in said:
            if (
                fine is not coarse
                and fine.role == coarse.role
                and not fine.old
                and abs(fine.place - coarse.place) <= NEARBY
                and coarse.first <= fine.first
                and fine.last <= coarse.last
                and (coarse.first, coarse.last) != (fine.first, fine.last)
            ):
                if coarse.role == DateRole.EVALUATION and fine.first in (coarse.first, coarse.last):
                    coarse.evidence = [*coarse.evidence, *fine.evidence]
                    fine.old = True
                    continue
                fine.evidence = [*coarse.evidence, *fine.evidence]
                coarse.old = True
                break


def correct(reading: Reading, said: Sequence[Said]) -> None:
    """Of two dates for one thing, close together, the last holds where its words put the other aside."""
    for number, entry in enumerate(said):
        for later in said[number + 1 :]:
            if later.role != entry.role or later.old or later.place - entry.place > NEARBY:
                continue
            if (later.first, later.last) == (entry.first, entry.last):
                continue
            between = (
                " ".join(unit.lower for unit in reading.units[entry.place + 1 : later.place + 1])
                if later.place > entry.place
                else later.statement.unit.lower[entry.date.end : later.date.start]
            )
            if corrects(between):
                entry.old = True

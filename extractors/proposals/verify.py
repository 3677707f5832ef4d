"""From proposals to signals: each is checked against the words it quotes, and dropped where it fails."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import assert_never

from extractors.consolidate import distinct
from extractors.proposals.companies import with_company
from extractors.proposals.days import with_days_read
from extractors.proposals.faults import Fault, Mark, RefusedError
from extractors.proposals.join import joined
from extractors.proposals.meant import assert_meant
from extractors.proposals.money import with_amount_read
from extractors.proposals.persons import with_people, with_person
from extractors.proposals.place import Quoted, quoted
from extractors.proposals.quotes import locate
from extractors.proposals.shape import quotes_of, signal_of
from extractors.reading import Reading
from signals import (
    Budget,
    Champion,
    Competitor,
    KeyDate,
    Milestone,
    Pricing,
    Qualification,
    Signal,
    Stakeholder,
)

__all__ = ["Finding", "Verified", "verified"]

# A signal of which something had to be put right is so much less sure.
MARKED = 0.6
# More than so many proposals for one conversation's window are no reading.
MOST_PROPOSALS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What became of the proposal at `place`: dropped for `fault`, or kept with `marks`."""

    place: int
    type: str
    fault: Fault | None = None
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The signals that hold, and what became of every proposal."""

    signals: tuple[Signal, ...]
    findings: tuple[Finding, ...]


def verified(
    reading: Reading,
    proposals: Iterable[object],
    *,
    source: str,
    confidence: float,
) -> Verified:
    """Check proposals (see `shape`) against the conversation. Never raises for what they hold.

    `source` goes into each signal's `found_by`; `confidence` is that of a proposal that needed no mending.
    """
    kept: list[Signal] = []
    findings: list[Finding] = []
    for number, raw in enumerate(proposals):
        kind = str(raw.get("type"))[:40] if isinstance(raw, dict) else ""
        if number >= MOST_PROPOSALS:
            findings.append(Finding(place=number, type=kind, fault=Fault.MALFORMED))
            break
        try:
            signal, marks = verify(reading, raw)
        except RefusedError as refused:
            findings.append(Finding(place=number, type=kind, fault=refused.fault))
            continue
        findings.append(Finding(place=number, type=kind, marks=marks))
        doubts = [mark for mark in marks if mark is not Mark.QUOTE]
        kept.append(
            replace(
                signal,
                confidence=confidence * MARKED if doubts else confidence,
                found_by="; ".join((source, *marks)),
            )
        )
    return Verified(signals=tuple(joined(kept)), findings=tuple(findings))


def verify(reading: Reading, raw: object) -> tuple[Signal, tuple[Mark, ...]]:
    """One proposal as a signal whose every figure, day and name was said. Raises RefusedError."""
    quotes = quotes_of(raw)
    assert isinstance(raw, dict)
    found = [locate(reading, quote.line, quote.text) for quote in quotes]
    pairs = [(one.turn, piece) for one in found for piece in one.evidence]
    signal = signal_of(raw, distinct(piece for _, piece in pairs))
    place = quoted(reading, [turn for turn, _ in pairs], [piece for _, piece in pairs])
    checked, marks = checked_by_type(signal, place)
    asked = assert_meant(checked, place)
    first = min(found, key=lambda one: one.turn.index).turn
    speaker = first.speaker.id or None if first.speaker else None
    repaired = (Mark.QUOTE,) if any(one.repaired for one in found) else ()
    return replace(checked, speaker=speaker, side=first.side), (*repaired, *marks, *asked)


def checked_by_type(signal: Signal, place: Quoted) -> tuple[Signal, tuple[Mark, ...]]:
    match signal:
        case Budget():
            return with_amount_read(signal, place)
        case Pricing():
            return with_amount_read(signal, place)
        case KeyDate():
            return with_days_read(signal, place)
        case Competitor():
            return with_company(signal, place), ()
        case Champion():
            return with_person(signal, place)
        case Stakeholder():
            return with_people(signal, place)
        case Qualification() | Milestone():
            return signal, ()
        case _:
            assert_never(signal)

"""Two readers, one judge: which of the facts that phrases and the learned reader found hold, and how surely.

Each fact that either found is a candidate. What speaks for it (who found it and how surely, what the learned reader
holds of its sentences, whether the other has the same fact or another in its place) is summed with weights fitted on
held-out conversations (`judge.toml` beside the model, by `telltale train`); of candidates that exclude each other the
surest holds, if it is sure enough.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from extractors.confidence import logit
from extractors.consolidate import distinct, place
from extractors.reading import Reading
from extractors.second.opinion import NEVER, Opinion, probability
from extractors.second.rivals import rivals, same_fact
from extractors.sides import Known
from models.labels import UNITS
from signals import (
    Budget,
    Champion,
    Competitor,
    DateChange,
    KeyDate,
    Milestone,
    Pricing,
    Qualification,
    Side,
    Signal,
    Stakeholder,
)

__all__ = ["JUDGE_FILE", "Candidate", "candidates", "features", "judged", "label_of", "units_of"]

JUDGE_FILE = "judge.toml"
# Log odds beyond these say no more.
BOUND = 6.0
# A fact of a talk of which nothing is known must be this sure, and found by both.
UNKNOWN_LEAST = 0.6
SCALE = 3.0
BOTH_LEAST = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A fact with the first confidences of those who found it; `against`: the other found another in its place."""

    signal: Signal
    phrases: float | None = None
    learned: float | None = None
    against: bool = False


@dataclass(frozen=True, slots=True)
class Weights:
    least: float
    counts: dict[str, float]


@cache
def weights(folder: Path) -> dict[str, Weights]:
    """By type, as they lie beside the model. Raises FileNotFoundError."""
    raw = tomllib.loads((folder / JUDGE_FILE).read_text(encoding="utf-8"))
    return {kind: Weights(row["least"], row["counts"]) for kind, row in raw.items()}


def judged(
    reading: Reading, opinion: Opinion, phrases: Sequence[Signal], learned: Sequence[Signal], *, folder: Path
) -> Iterator[Signal]:
    """The facts of one type that hold, with the probability of each that it is right in every field."""
    table = weights(folder)
    unknown = nothing_known(reading)
    scored = []
    for candidate in candidates(phrases, learned):
        weighed = table[candidate.signal.type]
        counted = features(reading, opinion, candidate)
        odds = sum(weighed.counts.get(name, 0.0) * value for name, value in counted.items())
        scored.append((at_least(probability(odds), candidate), candidate))
    for sure, candidate in scored:
        if sure < table[candidate.signal.type].least or (unknown and not doubtless(sure, candidate)):
            continue
        if not any(beats(other, (sure, candidate)) for other in scored):
            yield replace(candidate.signal, confidence=sure)


def at_least(sure: float, candidate: Candidate) -> float:
    """What both readers found, each in its own way, is rather right than wrong, however plainly it was said: the corpus
    that the weights are fitted on has few plain words."""
    return max(sure, BOTH_LEAST) if candidate.phrases is not None and candidate.learned is not None else sure


def nothing_known(reading: Reading) -> bool:
    """Whether neither a deal nor anybody's side is known: it may be a talk of any kind, in which nobody buys."""
    known = reading.sides.known.values()
    return reading.conversation.deal is None and all(how is Known.TALK for how in known)


def doubtless(sure: float, candidate: Candidate) -> bool:
    return sure >= UNKNOWN_LEAST and candidate.phrases is not None and candidate.learned is not None


def beats(other: tuple[float, Candidate], own: tuple[float, Candidate]) -> bool:
    return other[0] > own[0] and other[1].against and own[1].against and rivals(other[1].signal, own[1].signal)


def candidates(phrases: Sequence[Signal], learned: Sequence[Signal]) -> list[Candidate]:
    """The facts of one type that phrases and the learned reader found, each once, in the order of the conversation."""
    out: list[Candidate] = []
    left = list(learned)
    for signal in phrases:
        same = next((other for other in left if same_fact(signal, other)), None)
        if same is None:
            against = any(rivals(signal, other) for other in learned)
            out.append(Candidate(signal=signal, phrases=signal.confidence, against=against))
        else:
            left.remove(same)
            both = replace(signal, evidence=distinct((*signal.evidence, *same.evidence)))
            out.append(Candidate(signal=both, phrases=signal.confidence, learned=same.confidence))
    for signal in left:
        against = any(rivals(signal, other) for other in phrases)
        out.append(Candidate(signal=signal, learned=signal.confidence, against=against))
    return sorted(out, key=lambda candidate: place(candidate.signal))


def label_of(signal: Signal) -> str:
    """The sentence label (models.labels.UNITS) of the fact."""
    match signal:
        case Budget() | Pricing() | Champion():
            return f"{signal.type}.{signal.status}"
        case KeyDate():
            return f"date.{signal.role}"
        case Competitor():
            return f"competitor.{signal.relation}"
        case Stakeholder():
            return f"stakeholder.{signal.change}"
        case Qualification():
            return f"qualification.{signal.element}"
        case Milestone():
            return f"milestone.{signal.kind}"
        case _:
            raise ValueError(f"unknown type of signal {signal.type!r}")


def features(reading: Reading, opinion: Opinion, candidate: Candidate) -> dict[str, float]:
    """What speaks for and against the candidate, by name; most values lie between -2 and 2."""
    signal, label = candidate.signal, label_of(candidate.signal)
    family = label.split(".")[0]
    units = units_of(reading, signal)

    def most(wanted: str) -> float:
        odds = max((opinion.unit(index, wanted) for index in units), default=NEVER)
        return max(-BOUND, min(BOUND, odds)) / SCALE

    others = max(most(other) for other in UNITS if other.startswith(f"{family}.") and other != label)
    out = {
        "always": 1.0,
        label: 1.0,
        "its label": most(label),
        "its family": most(family),
        "another of its family": others,
        "in a mail": float(reading.is_email),
        "said by the seller": float(signal.side is Side.SELLER),
        "more than one place": float(len(signal.evidence) > 1),
    }
    if candidate.phrases is not None:
        out["phrases"] = 1.0
        out["phrases, how surely"] = logit(candidate.phrases)
    if candidate.learned is not None:
        out["learned"] = 1.0
        out["learned, how surely"] = logit(candidate.learned)
    if candidate.phrases is not None and candidate.learned is not None:
        out["both"] = 1.0
    if candidate.against:
        out["phrases against learned" if candidate.phrases is not None else "learned against phrases"] = 1.0
    out.update(details(signal, most))
    return out


def details(signal: Signal, most: object) -> Iterator[tuple[str, float]]:
    """What matters to one type only."""
    assert callable(most)
    match signal:
        case Budget() | Pricing():
            yield "without amount", float(signal.amount is None)
        case KeyDate():
            moved = max(most("date.later"), most("date.earlier"))
            if signal.change is DateChange.SET:
                yield "moved after all", moved
            else:
                yield "moved", 1.0
                yield "moved indeed", most(f"date.{signal.change}")
            yield "a long period", float((signal.period.end - signal.period.start).days > 10)
        case Stakeholder():
            yield "without role", float(signal.role is None)
            if signal.role is not None:
                yield "its role", most(f"role.{signal.role}")
            yield "without name", float(signal.person is None)
        case Competitor():
            yield "in-house", float(signal.name == "in-house")
        case _:
            return


def units_of(reading: Reading, signal: Signal) -> list[int]:
    """The units that the evidence lies in."""
    wanted = {piece.segment for piece in signal.evidence}
    turns = [reading.turns[segment] for segment in wanted if segment is not None]
    units = [unit for turn in turns for unit in turn.units] if turns else list(reading.own_units())
    return [
        unit.index
        for unit in units
        if any(
            piece.segment == unit.segment and piece.start < unit.end and unit.start < piece.end
            for piece in signal.evidence
        )
    ]

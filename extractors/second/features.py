"""What speaks for and against a fact, as figures that the judge weighs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from extractors.confidence import logit
from extractors.reading import Reading
from extractors.second.candidates import Candidate
from extractors.second.opinion import NEVER, Opinion
from extractors.second.places import places_of, units_of
from extractors.stakeholders.roles import role_by_title
from models.labels import MARKS, UNITS
from signals import (
    Budget,
    Champion,
    Competitor,
    DateChange,
    KeyDate,
    Milestone,
    Per,
    Pricing,
    Qualification,
    Side,
    Signal,
    Stakeholder,
    StakeholderRole,
)

__all__ = ["features", "label_of"]

# Log odds beyond these say no more.
BOUND = 6.0
SCALE = 3.0
MOVES = ("date.later", "date.earlier")


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
        return bounded(odds)

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
    if candidate.both:
        out["both"] = 1.0
    if candidate.against:
        out["phrases against learned" if candidate.phrases is not None else "learned against phrases"] = 1.0
    out.update(details(signal, most))
    if places := places_of(reading, signal, units):

        def held(wanted: str) -> float:
            return bounded(max(opinion.mark(*place, wanted) for place in places))

        out.update(named(signal, label, held))
    elif label in MARKS:
        out["named nowhere"] = 1.0
    return out


def bounded(odds: float) -> float:
    """Between -2 and 2."""
    return max(-BOUND, min(BOUND, odds)) / SCALE


def named(signal: Signal, label: str, held: Callable[[str], float]) -> Iterator[tuple[str, float]]:
    """What the learned reader holds of the amount, the date, the person or the company itself."""
    family = label.split(".")[0]
    rest = (other for other in MARKS if other.startswith(f"{family}.") and other not in (label, *MOVES))
    yield "named: its label", held(label)
    yield "named: another of its family", max(map(held, rest))
    match signal:
        case Budget() | Pricing() if signal.amount is not None:
            yield "named: its family", held(signal.type)
            per = {each: held(f"per.{each}") for each in Per}
            yield "named: what it buys", per.pop(signal.amount.per)
            yield "named: it buys something else", max(per.values())
        case KeyDate():
            moves = {move: held(move) for move in MOVES}
            if signal.change is DateChange.SET:
                yield "named: moved after all", max(moves.values())
            else:
                yield "named: moved indeed", moves.pop(f"date.{signal.change}")
                yield "named: moved the other way", max(moves.values())
        case Stakeholder():
            roles = {role: held(f"role.{role}") for role in StakeholderRole}
            if signal.role is not None:
                yield "named: its role", roles.pop(signal.role)
            yield "named: another role", max(roles.values())
        case _:
            return


def details(signal: Signal, most: Callable[[str], float]) -> Iterator[tuple[str, float]]:
    """What matters to one type only."""
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
            by_title = role_by_title(signal.title)
            if by_title is not None:
                yield ("role of the title" if signal.role is by_title else "not the role of the title"), 1.0
            if signal.role is not None:
                yield "its role", most(f"role.{signal.role}")
            yield "without name", float(signal.person is None)
        case Competitor():
            yield "in-house", float(signal.name == "in-house")
        case _:
            return

"""The facts that may hold: those that phrases and the learned reader found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extractors.consolidate import distinct, place
from extractors.second.rivals import rivals, same_fact
from signals import Signal

__all__ = ["Candidate", "candidates", "exclude"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A fact with the first confidences of those who found it; `against`: the other found another in its place."""

    signal: Signal
    phrases: float | None = None
    learned: float | None = None
    against: bool = False

    @property
    def both(self) -> bool:
        return self.phrases is not None and self.learned is not None


def exclude(a: Candidate, b: Candidate) -> bool:
    """Whether the readers differ on the two, so that only one of them can hold."""
    return a.against and b.against and rivals(a.signal, b.signal)


def candidates(phrases: Sequence[Signal], learned: Sequence[Signal]) -> list[Candidate]:
    """The facts of one type that phrases and the learned reader found, each once, in the order of the conversation."""
    return sorted(found(phrases, learned), key=lambda candidate: place(candidate.signal))


def found(phrases: Sequence[Signal], learned: Sequence[Signal]) -> Iterator[Candidate]:
    left = list(learned)
    for signal in phrases:
        same = next((other for other in left if same_fact(signal, other)), None)
        if same is None:
            against = any(rivals(signal, other) for other in learned)
            yield Candidate(signal=signal, phrases=signal.confidence, against=against)
        else:
            left.remove(same)
            joined = replace(signal, evidence=distinct((*signal.evidence, *same.evidence)))
            yield Candidate(signal=joined, phrases=signal.confidence, learned=same.confidence)
    for signal in left:
        against = any(rivals(signal, other) for other in phrases)
        yield Candidate(signal=signal, learned=signal.confidence, against=against)

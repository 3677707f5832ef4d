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

from extractors.reading import Reading
from extractors.second.candidates import Candidate, candidates, exclude
from extractors.second.features import features
from extractors.second.opinion import Opinion, probability
from signals import Signal

__all__ = ["JUDGE_FILE", "judged"]

JUDGE_FILE = "judge.toml"
BOTH_LEAST = 0.5


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
    scored = []
    for candidate in candidates(phrases, learned):
        weighed = table[candidate.signal.type]
        counted = features(reading, opinion, candidate)
        odds = sum(weighed.counts.get(name, 0.0) * value for name, value in counted.items())
        scored.append((at_least(probability(odds), candidate), candidate))
    for sure, candidate in scored:
        if sure < table[candidate.signal.type].least:
            continue
        if not any(other > sure and exclude(rival, candidate) for other, rival in scored):
            yield replace(candidate.signal, confidence=sure)


def at_least(sure: float, candidate: Candidate) -> float:
    """What both readers found, each in its own way, is rather right than wrong, however plainly it was said: the corpus
    that the weights are fitted on has few plain words."""
    return max(sure, BOTH_LEAST) if candidate.both else sure

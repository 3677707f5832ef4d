"""How sure a language model's signals are, learned from what people said of those before.

A model says nothing of its certainty that can be believed, and `LLM_CONFIDENCE` is a guess. Where people have reviewed
enough of its signals of a type, the share that they accepted takes its place, drawn to the guess by a few imagined
reviews.
What verification marked is counted apart, and so is what the local reader confirmed.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from service.readers.model import CONFIRMED_BY_BOTH, PROMPT
from service.store import reviews
from signals import Signal

if TYPE_CHECKING:
    from service.flows.context import Context

__all__ = ["FEWEST", "PRIOR", "Kind", "kind_of", "learned", "with_learned_confidence"]

# Below so many reviews of a kind they say too little.
FEWEST = 20
# The guess counts as much as so many reviews.
PRIOR = 10


@dataclass(frozen=True, slots=True)
class Kind:
    """What is counted together: one model's signals of a type, marked or not, confirmed or not."""

    model: str
    type: str
    marked: bool
    confirmed: bool


def kind_of(type: str, found_by: str | None) -> Kind | None:
    """None for what no language model found. `found_by` is such as "qwen3, prompt 1-ab12cd34; amount as read"."""
    source, *notes = (found_by or "").split("; ")
    model, by_prompt, _ = source.rpartition(PROMPT)
    if not by_prompt:
        return None
    marked = any(note in doubts() for note in notes)
    return Kind(model, type, marked, CONFIRMED_BY_BOTH in notes)


@cache
def doubts() -> frozenset[str]:
    """What verification may note of a signal that makes it less sure."""
    from extractors.proposals import Mark  # with it come the extractors, which not every process needs

    return frozenset(mark.value for mark in Mark if mark is not Mark.QUOTE)


def with_learned_confidence(context: Context, found: Sequence[Signal]) -> list[Signal]:
    """The signals; those of a model as sure as people found such ones to be, where they judged enough of them."""
    models = {kind.model for signal in found if (kind := kind_of(signal.type, signal.found_by)) is not None}
    if not models:
        return list(found)
    with context.database.connect() as connection:
        rows = [
            (type, source, state, count)
            for model in sorted(models)
            for type, source, state, count in reviews.judged(connection, context.workspace, model + PROMPT)
        ]
    return learned(found, counted(rows))


def counted(rows: Iterable[tuple[str, str, str, int]]) -> dict[Kind, tuple[int, int]]:
    """(accepted as read, reviewed) of each kind, from (type, found_by, state, how many)."""
    out: defaultdict[Kind, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for type, source, state, count in rows:
        kind = kind_of(type, source)
        if kind is not None:
            right, reviewed = out[kind]
            out[kind] = (right + count * (state == "accepted"), reviewed + count)
    return dict(out)


def learned(found: Sequence[Signal], seen: Mapping[Kind, tuple[int, int]]) -> list[Signal]:
    """`seen`: (accepted as read, reviewed) of each kind."""
    out = []
    for signal in found:
        kind = kind_of(signal.type, signal.found_by)
        right, reviewed = seen.get(kind, (0, 0)) if kind is not None else (0, 0)
        if reviewed >= FEWEST:
            share = (right + PRIOR * signal.confidence) / (reviewed + PRIOR)
            signal = dataclasses.replace(signal, confidence=round(share, 4))
        out.append(signal)
    return out

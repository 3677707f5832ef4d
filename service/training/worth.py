"""Fits which sentences are worth asking the encoder about, from labelled conversations."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.catalogue import families
from extractors.learning import example_of
from extractors.reading import Reading, read
from extractors.second.places import units_of
from extractors.second.reader import opinion_of
from extractors.second.statements import SURE
from extractors.second.worth import BUCKETS, WORTH_FILE, buckets
from models.encoder import Encoder
from models.labels import FAMILIES, MARKS_OF, UNITS
from signals import Conversation

__all__ = ["fit_worth"]

DETAILS = tuple(label for label in UNITS if label not in FAMILIES)
ROUNDS = 8
RATE, RIDGE = 0.1, 1e-5
WANTED = 0.995


def fit_worth(
    learnt: Sequence[Mapping[str, Any]], held: Sequence[Mapping[str, Any]], model: Encoder
) -> tuple[float, float]:
    """Writes the weights beside the model; returns what they keep of the held-out sentences in which the encoder finds
    something (at least WANTED of them), and what share of all sentences they keep. Logistic regression by AdaGrad."""
    rows = [row for labelled in learnt for row in labelled_units(labelled)]
    table, squares = np.zeros(BUCKETS + 2), np.full(BUCKETS + 2, 1e-6)
    order = np.random.default_rng(7)
    for _ in range(ROUNDS):
        for number in order.permutation(len(rows)):
            places, hit = rows[number]
            gap = 1 / (1 + math.exp(-max(-30.0, min(30.0, table[places].sum())))) - hit
            gradient = gap + RIDGE * table[places]
            squares[places] += gradient**2
            table[places] -= RATE * gradient / np.sqrt(squares[places])
    scores, finds, sure = judged_units(held, model, table)
    left = np.sort(scores[finds & ~sure])
    spare = int(len(scores[finds]) * (1 - WANTED))
    # a little less, since the figure is rounded when it is written
    table[BUCKETS + 1] = left[min(spare, len(left) - 1)] - 0.02 if len(left) else -30.0
    np.save(model.folder / WORTH_FILE, table.astype(np.float16))
    kept = sure | (scores >= np.float64(np.float16(table[BUCKETS + 1])))
    return float(kept[finds].mean()) if finds.any() else 1.0, float(kept.mean())


def labelled_units(labelled: Mapping[str, Any]) -> list[tuple[list[int], bool]]:
    """For each own sentence where its weights lie, and whether it or a name in it is part of a fact."""
    reading = read(Conversation.from_json(labelled))
    example = example_of(labelled)
    told = {mark.piece for mark, labels in example.marks if labels} | {
        index for index, labels in enumerate(example.units) if labels or example.unsure[index]
    }
    return [(distinct(reading, unit.index), unit.index in told) for unit in reading.own_units() if unit.words]


def distinct(reading: Reading, index: int) -> list[int]:
    return sorted(set(buckets(reading, reading.units[index])))


def judged_units(
    held: Sequence[Mapping[str, Any]], model: Encoder, table: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Of each held-out sentence its sum, whether the encoder finds anything in it, and whether phrases do."""
    scores, finds, sure = [], [], []
    for labelled in held:
        reading = read(Conversation.from_json(labelled))
        units = [unit.index for unit in reading.own_units() if unit.words]
        opinion = opinion_of(reading, model, units)
        said = {i for family in families() for signal in family(reading) for i in units_of(reading, signal)}
        mentioned = {
            mark.piece for mark, row in opinion.marks.items() if any(row[p] > SURE for p in MARKS_OF[mark.kind])
        }
        for index in units:
            scores.append(table[list(buckets(reading, reading.units[index]))].sum())
            finds.append(index in mentioned or any(opinion.unit(index, label) > SURE for label in DETAILS))
            sure.append(index in said)
    return np.array(scores), np.array(finds), np.array(sure)

"""Fit what each feature of a sentence counts for each element of qualification.

    python -m evaluation.fit_qualification [--write]

Learns from the training conversations of models/corpus (numbers not divisible by four) and from the family's own
corpus.toml, by ridge logistic regression (Newton's method). Prints the heaviest features; `--write` replaces base and
counts in extractors/qualification/weights.toml and leaves each `least` as it stands there. A feature counts that stands
in eight sentences or more; sentences beside evidence weigh less, since labellers quote the shortest clause.
"""

from __future__ import annotations

import argparse
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.calibrate import ROOT, held_out
from extractors.qualification.features import Sentence, sentences
from extractors.qualification.gather import gathered
from extractors.reading import Unit, read
from models.source import corpus
from signals import Conversation, Element
from tests.extractors.family_corpus import conversation_of, examples

WEIGHTS = ROOT / "extractors" / "qualification" / "weights.toml"
RIDGE, RIDGE_OF_BASE = 3.0, 0.01
SEEN = 8
LIGHTEST = 0.1
BESIDE, OF_EARLY_HANDS, OF_EXAMPLES = 0.4, 0.5, 1.5

Floats = NDArray[np.float64]
# A sentence's features, and for each element (is it evidence, how much that counts).
Row = tuple[set[str], dict[Element, tuple[bool, float]]]


def conversation_rows(labelled: Mapping[str, Any]) -> Iterator[Row]:
    reading = read(Conversation.from_json(labelled))
    facts = [fact for fact in labelled["gold"] if fact["type"] == "qualification"]
    share = 1.0 if labelled["id"].startswith(("ch-", "cg-")) else OF_EARLY_HANDS
    for sentence in sentences(reading, *gathered(reading)):
        told = {element: judged(sentence.unit, element, facts) for element in Element}
        yield sentence.features, {element: (hit, weight * share) for element, (hit, weight) in told.items()}


def judged(unit: Unit, element: Element, facts: Sequence[Mapping[str, Any]]) -> tuple[bool, float]:
    """Whether the sentence is evidence of the element, and how much that counts; on optional facts readers differ."""
    own = [fact for fact in facts if fact["element"] == element.value]
    held = [fact for fact in own if any(covers(unit, piece) for piece in fact["evidence"])]
    if held:
        sure = any(not fact.get("optional") for fact in held)
        return sure, float(sure)
    pieces = [piece for fact in own for piece in fact["evidence"]]
    beside = unit.segment is not None and any(abs(piece["segment"] - unit.segment) <= 1 for piece in pieces)
    return False, BESIDE if beside else 1.0


def covers(unit: Unit, piece: Mapping[str, Any]) -> bool:
    shared = min(piece["end"], unit.end) - max(piece["start"], unit.start)
    return bool(unit.segment == piece["segment"] and shared > min(8, 0.4 * len(unit.text)))


def example_rows() -> Iterator[Row]:
    for case in examples("qualification"):
        if case.marks:  # a known miss is nothing to learn from
            continue
        example: Mapping[str, Any] = case.values[0]
        reading = read(conversation_of(example))
        alone = len(list(reading.own_units())) == 1
        for sentence in sentences(reading, *gathered(reading)):
            hits = {Element(meant["element"]) for meant in example["means"] if means(sentence, meant, alone)}
            yield sentence.features, {element: (element in hits, OF_EXAMPLES) for element in Element}


def means(sentence: Sentence, meant: Mapping[str, Any], alone: bool) -> bool:
    if "evidence" in meant:
        pieces = [meant["evidence"]] if isinstance(meant["evidence"], str) else meant["evidence"]
        return any(piece in sentence.unit.text for piece in pieces)
    return alone or meant["element"] in {statement.means for statement in sentence.statements}


def fit(table: Floats, hits: Floats, weights: Floats) -> Floats:
    """The likeliest log odds, each held near nothing by the ridge."""
    odds = np.zeros(table.shape[1])
    ridge = np.full(table.shape[1], RIDGE)
    ridge[-1] = RIDGE_OF_BASE
    for _ in range(25):
        p = 1 / (1 + np.exp(-table @ odds))
        gradient = table.T @ (weights * (p - hits)) + ridge * odds
        curve = (table * (weights * p * (1 - p) + 1e-9)[:, None]).T @ table + np.diag(ridge)
        step = np.linalg.solve(curve, gradient)
        odds = odds - step
        if np.abs(step).max() < 1e-3:
            break
    return odds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    learnt = [labelled for labelled in corpus(ROOT / "models" / "corpus") if not held_out(labelled)]
    rows = [row for labelled in learnt for row in conversation_rows(labelled)] + list(example_rows())
    counted = Counter(feature for features, _ in rows for feature in features)
    names = sorted(feature for feature, count in counted.items() if count >= SEEN)
    places = {feature: place for place, feature in enumerate(names)}
    table = np.zeros((len(rows), len(names) + 1))
    table[:, -1] = 1
    for number, (features, _) in enumerate(rows):
        table[number, [places[feature] for feature in features if feature in places]] = 1
    text = WEIGHTS.read_text(encoding="utf-8")
    before = tomllib.loads(text)
    lines = [line for line in text.splitlines() if line.startswith("#")]
    for element in Element:
        told = [labels[element] for _, labels in rows]
        odds = fit(table, np.array([hit for hit, _ in told], float), np.array([weight for _, weight in told]))
        heavy = sorted(
            ((odds[place], name) for name, place in places.items() if abs(odds[place]) >= LIGHTEST), reverse=True
        )
        print(
            f"{element.value}: {sum(hit for hit, _ in told)} sentences;",
            ", ".join(f"{n} {o:.2f}" for o, n in heavy[:6]),
        )
        lines += ["", f"[{element.value}]", f"base = {odds[-1]:.2f}", f"least = {before[element.value]['least']}"]
        lines += ["", f"[{element.value}.counts]", *(f'"{name}" = {value:.2f}' for value, name in heavy)]
    if options.write:
        WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""How the judge weighs phrases against the learned reader: fitted on conversations that neither was made from.

For each type what speaks for a fact is fitted by ridge logistic regression, five-fold for the figures, so that no
conversation is judged by weights that it helped to fit.

The corpus is denser than talk is: a third of its sentences is part of a fact, of a real conversation about a fifth.
What is no fact is therefore met oftener there for each that is one, and counts for more here (a shift of the prior:
Saerens, Latinne, Decaestecker, 2002).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from extractors.catalogue import families
from extractors.reading import Reading, read
from extractors.second.candidates import Candidate, candidates, exclude
from extractors.second.features import features
from extractors.second.opinion import Opinion
from extractors.second.opinions import learned_facts
from extractors.second.reader import opinion_of
from models.encoder import Encoder
from service.evaluation import exact, found, score
from signals import KINDS, Conversation, Signal

FOLDS = 5
RARER = 1.5  # between the corpus, odds of 1 to 2, and talk, 1 to 4: what tempts a reader grows less than the sentences
RIDGE, RIDGE_OF_BASE, RIDGE_OF_LABEL = 2.0, 0.1, 4.0
ALONE = 0.4  # what the learned reader alone must be sure of to count in the table

__all__ = ["Row", "across_folds", "calibration_error", "chosen", "fit", "report", "rows_of", "rows_of_all", "show"]

Floats = NDArray[np.float64]
Facts = dict[str, Sequence[Signal]]


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate of document `document`: what speaks for it, and whether it is right (None where readers differ)."""

    document: int
    candidate: Candidate
    features: dict[str, float]
    right: bool | None


@dataclass(frozen=True, slots=True)
class Fitted:
    names: list[str]
    odds: Floats

    def probability(self, counted: Mapping[str, float]) -> float:
        total = sum(value * counted.get(name, 0.0) for name, value in zip(self.names, self.odds, strict=True))
        return float(1 / (1 + np.exp(-total)))


def facts_of(reading: Reading, opinion: Opinion) -> tuple[Facts, Facts]:
    """(by phrases, by the learned reader), by type."""
    by_phrases: dict[str, list[Signal]] = {kind: [] for kind in KINDS}
    for family in families():
        for signal in family(reading):
            by_phrases[signal.type].append(signal)
    return {**by_phrases}, learned_facts(reading, opinion)


def rows_of(document: int, labelled: Mapping[str, Any], reading: Reading, opinion: Opinion) -> list[Row]:
    phrases, learned = facts_of(reading, opinion)
    return [
        Row(document, candidate, features(reading, opinion, candidate), is_right(labelled, candidate.signal))
        for kind in KINDS
        for candidate in candidates(phrases[kind], learned[kind])
    ]


def is_right(labelled: Mapping[str, Any], signal: Signal) -> bool | None:
    told = signal.to_json()
    hits = [g for g in labelled["gold"] if found(g, told, labelled) and exact(g, told)]
    if any(not gold.get("optional") for gold in hits):
        return True
    return None if hits else False


def fit(rows: Sequence[Row]) -> Fitted:
    """Ridge logistic regression by Newton's method; what is no fact weighs RARER."""
    learnt = [row for row in rows if row.right is not None]
    names = sorted({name for row in learnt for name in row.features})
    table = np.array([[row.features.get(name, 0.0) for name in names] for row in learnt])
    hits = np.array([row.right for row in learnt], float)
    ridge = np.array([RIDGE_OF_BASE if n == "always" else RIDGE_OF_LABEL if "." in n else RIDGE for n in names])
    weight = np.where(hits > 0, 1.0, RARER)
    odds = np.zeros(len(names))
    for _ in range(40):
        p = 1 / (1 + np.exp(-table @ odds))
        curve = (table * (weight * p * (1 - p) + 1e-9)[:, None]).T @ table + np.diag(ridge)
        step = np.linalg.solve(curve, table.T @ (weight * (p - hits)) + ridge * odds)
        odds = odds - step
        if np.abs(step).max() < 1e-6:
            break
    return Fitted(names, odds)


def chosen(rows: Sequence[Row], sure: Sequence[float], least: float) -> list[int]:
    """Places of the rows that hold: sure enough, and no surer rival."""
    by_document: dict[int, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        by_document[row.document].append(place)
    return [
        place
        for place, row in enumerate(rows)
        if sure[place] >= least
        and not any(
            sure[other] > sure[place] and exclude(rows[other].candidate, row.candidate)
            for other in by_document[row.document]
        )
    ]


def best_least(rows: Sequence[Row], sure: Sequence[float], gold: int) -> float:
    """The least probability with the highest F1 where what is no fact is met RARER times as often."""

    def f1(least: float) -> float:
        kept = [rows[place] for place in chosen(rows, sure, least) if rows[place].right is not None]
        right = sum(bool(row.right) for row in kept)
        return 2 * right / max(1.0, right + RARER * (len(kept) - right) + gold)

    tried = [round(0.16 + 0.02 * step, 2) for step in range(20)]
    # of near neighbours, so that one lucky figure does not decide
    smooth = {x: sum(f1(x + d) for d in (-0.04, -0.02, 0.0, 0.02, 0.04)) for x in tried}
    return max(tried, key=lambda x: smooth[x])


def across_folds(rows: Sequence[Row]) -> list[float]:
    """The probability of each row by weights that its document had no part in."""
    out = [0.0] * len(rows)
    for fold in range(FOLDS):
        fitted = fit([row for row in rows if row.document % FOLDS != fold])
        for place, row in enumerate(rows):
            if row.document % FOLDS == fold:
                out[place] = fitted.probability(row.features)
    return out


def rows_of_all(documents: Sequence[Mapping[str, Any]], model: Encoder) -> list[Row]:
    """Every candidate of the documents."""
    out: list[Row] = []
    for number, labelled in enumerate(documents):
        reading = read(Conversation.from_json(labelled))
        opinion = opinion_of(reading, model, [unit.index for unit in reading.own_units()])
        out += rows_of(number, labelled, reading, opinion)
    return out


def calibration_error(pairs: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error: the mean gap between probability and share of right ones, over equal bins, where what
    is wrong is met RARER times as often."""
    groups: dict[int, list[tuple[float, bool, float]]] = defaultdict(list)
    for probability, right in pairs:
        groups[min(int(probability * bins), bins - 1)].append((probability, right, 1.0 if right else RARER))
    gaps = (abs(sum(p * w for p, _, w in g) - sum(w for _, right, w in g if right)) for g in groups.values())
    total = sum(1.0 if right else RARER for _, right in pairs)
    return sum(gaps) / total if pairs else 0.0


def report(documents: Sequence[Mapping[str, Any]], rows: Sequence[Row]) -> str:
    """Prints the table; the weights as TOML."""
    told: dict[str, list[list[Signal]]] = {name: [[] for _ in documents] for name in ("phrases", "learned", "both")}
    lines = ["# Written by `telltale train`: what speaks for a fact, by type.\n"]
    errors: dict[str, float] = {}
    for kind in KINDS:
        own = [row for row in rows if row.candidate.signal.type == kind]
        gold = sum(f["type"] == kind and not f.get("optional") for d in documents for f in d["gold"])
        sure = across_folds(own)
        least = best_least(own, sure, gold)
        for place in chosen(own, sure, least):
            told["both"][own[place].document].append(own[place].candidate.signal)
        for row in own:
            if row.candidate.phrases is not None:
                told["phrases"][row.document].append(row.candidate.signal)
            if row.candidate.learned is not None and row.candidate.learned >= ALONE:
                told["learned"][row.document].append(row.candidate.signal)
        kept = [(sure[p], bool(own[p].right)) for p in chosen(own, sure, least) if own[p].right is not None]
        errors[kind] = calibration_error(kept)
        fitted = fit(own)
        lines.append(f"\n[{kind}]\nleast = {least}\n\n[{kind}.counts]\n")
        lines += [f'"{name}" = {value:.3f}\n' for name, value in zip(fitted.names, fitted.odds, strict=True)]
    show(documents, told, errors)
    return "".join(lines)


def show(
    documents: Sequence[Mapping[str, Any]],
    told: Mapping[str, Sequence[Sequence[Signal]]],
    errors: Mapping[str, float],
) -> None:
    table = Table(title=f"{len(documents)} held-out conversations: exact F1, and calibration error of both")
    figures = {}
    for name, facts in told.items():
        predicted = {d["id"]: [s.to_json() for s in own] for d, own in zip(documents, facts, strict=True)}
        figures[name] = {kind: tally["exact_f1"] or 0.0 for kind, tally in score(documents, predicted)[0].items()}
    for column in ("type", *told, "error"):
        table.add_column(column, justify="left" if column == "type" else "right")
    for kind in KINDS:
        table.add_row(kind, *(f"{figures[name][kind]:.3f}" for name in told), f"{errors[kind]:.3f}")
    table.add_row("mean", *(f"{sum(figures[name].values()) / len(KINDS):.3f}" for name in told), "")
    Console(stderr=True).print(table)

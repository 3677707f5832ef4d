"""Calibrate confidences: how often signals of a first confidence turn out right, by type.

    python -m evaluation.calibrate [--write]

Reads held-out conversations of models/corpus (of its first four hands, the numbers divisible by four: their misses
were never looked at when phrases were written), compares every signal with the gold ones, and fits two numbers a type.
Prints a table with the expected calibration error before and after (five-fold, so that no document is judged by figures
that it helped to fit); `--write` replaces extractors/calibration.toml.
"""

from __future__ import annotations

import argparse
import math
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from extractors.catalogue import families
from extractors.confidence import logit
from extractors.reading import read
from models.source import corpus
from service.evaluation import pair
from signals import KINDS, Conversation

ROOT = Path(__file__).parents[1]
FOLDS = 5
# Pulls a type with few signals to the figures of all types together, as that many signals would.
PULL = 20.0

Point = tuple[int, str, float, bool]  # document, type, first confidence, right


def held_out(labelled: dict[str, Any]) -> bool:
    number = re.search(r"(\d+)$", labelled["id"])
    return number is not None and int(number.group(1)) % 4 == 0


def never_looked_at(labelled: dict[str, Any]) -> bool:
    """Held out, and of the hands whose held-out conversations stayed unseen; later ones were listed by mistake once."""
    return held_out(labelled) and labelled["id"].startswith(("ca-", "cb-", "cc-", "cd-"))


def points(documents: Sequence[dict[str, Any]]) -> list[Point]:
    """Every signal found in the documents and whether it is right in all fields; optional facts count for nothing."""
    out: list[Point] = []
    for number, labelled in enumerate(track(documents, description="reading", console=Console(stderr=True))):
        reading = read(Conversation.from_json(labelled))
        found = [signal.to_json() for family in families() for signal in family(reading)]
        pairs, _, spurious = pair(labelled, found)
        for gold, place, right in pairs:
            if not labelled["gold"][gold].get("optional"):
                out.append((number, found[place]["type"], found[place]["confidence"], bool(right)))
        out += [(number, found[place]["type"], found[place]["confidence"], False) for place in spurious]
    return out


def fit(data: Sequence[Point], around: tuple[float, float] = (0.0, 1.0), pull: float = 1.0) -> tuple[float, float]:
    """Intercept and slope of the likeliest curve, held near `around` by `pull`; Newton's method."""
    intercept, slope = around
    for _ in range(50):
        gradient = [pull * (intercept - around[0]), pull * (slope - around[1])]
        curve = [[pull, 0.0], [0.0, pull]]
        for _, _, first, right in data:
            x = logit(first)
            p = 1 / (1 + math.exp(-intercept - slope * x))
            gradient[0] += p - right
            gradient[1] += (p - right) * x
            weight = p * (1 - p)
            curve[0][0] += weight
            curve[0][1] += weight * x
            curve[1][1] += weight * x * x
        curve[1][0] = curve[0][1]
        size = curve[0][0] * curve[1][1] - curve[0][1] * curve[1][0]
        intercept -= (curve[1][1] * gradient[0] - curve[0][1] * gradient[1]) / size
        slope -= (curve[0][0] * gradient[1] - curve[1][0] * gradient[0]) / size
    return intercept, slope


def fitted(data: Sequence[Point]) -> dict[str, tuple[float, float]]:
    together = fit(data)
    return {kind: fit([p for p in data if p[1] == kind], together, PULL) for kind in KINDS}


def calibration_error(pairs: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error: the mean gap between probability and share of right ones, over equal bins."""
    groups: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for probability, right in pairs:
        groups[min(int(probability * bins), bins - 1)].append((probability, right))
    gaps = (abs(sum(p for p, _ in g) - sum(r for _, r in g)) for g in groups.values())
    return sum(gaps) / len(pairs) if pairs else 0.0


def across_folds(data: Sequence[Point]) -> list[tuple[str, float, bool]]:
    out = []
    for fold in range(FOLDS):
        curves = fitted([point for point in data if point[0] % FOLDS != fold])
        for number, kind, first, right in data:
            if number % FOLDS == fold:
                intercept, slope = curves[kind]
                out.append((kind, 1 / (1 + math.exp(-intercept - slope * logit(first))), right))
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    data = points([labelled for labelled in corpus(ROOT / "models" / "corpus") if never_looked_at(labelled)])
    curves, judged = fitted(data), across_folds(data)
    table = Table(title=f"Confidences of {len(data)} signals in held-out conversations")
    for column in ("type", "signals", "right", "error before", "error after"):
        table.add_column(column, justify="left" if column == "type" else "right")
    for kind in [*KINDS, "all"]:
        own = [point for point in data if kind in (point[1], "all")]
        after = [(p, right) for k, p, right in judged if kind in (k, "all")]
        table.add_row(
            kind,
            str(len(own)),
            f"{sum(right for *_, right in own) / max(1, len(own)):.2f}",
            f"{calibration_error([(first, right) for _, _, first, right in own]):.3f}",
            f"{calibration_error(after):.3f}",
        )
    Console().print(table)
    if options.write:
        lines = [
            "# Written by `python -m evaluation.calibrate --write`: how sure a family is, and how often it is right.\n"
        ]
        for kind, (intercept, slope) in curves.items():
            count = sum(1 for point in data if point[1] == kind)
            lines.append(f"\n[{kind}]\nintercept = {intercept:.3f}\nslope = {slope:.3f}\nsignals = {count}\n")
        (ROOT / "extractors" / "calibration.toml").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()

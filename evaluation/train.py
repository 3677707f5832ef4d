"""Train the encoder on the corpus and say how well it reads sentences that it has not seen. An experiment: see
docs/decisions/0004-phrases-first.md for what came of it.

    python -m evaluation.train --base PATH_OR_NAME [--names FOLDER] [--epochs 14] [--out FOLDER]

Needs the extra `train` (torch, transformers). `--base` is a folder or a hub's name of any BERT-like encoder; `--names`
a folder of public corpora of names; `--out` gets the weights. A quarter of the conversations (numbers divisible by
four) is held out and scored after every third epoch: F1 of sentence labels by family, at even odds.
"""

from __future__ import annotations

import argparse
import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from evaluation.calibrate import ROOT, held_out
from extractors.learning import example_of
from models.examples import Example
from models.labels import UNITS
from models.names import name_examples
from models.source import corpus
from models.train import Settings, Trained, predictions, save, train

log = logging.getLogger("train")

SCORED_EVERY = 3
EVEN = 0.5


def scores(trained: Trained, held: Sequence[Example]) -> dict[str, float]:
    """Family to F1 of its sentence labels; labels on which readers differ count for nothing."""
    right, told, wanted = Counter[str](), Counter[str](), Counter[str]()
    for number, pieces, _ in predictions(trained, held):
        for piece, row in pieces.items():
            labels = held[number].units[piece]
            if labels is None:
                continue
            for place, label in enumerate(UNITS):
                if label in held[number].unsure[piece]:
                    continue
                family, said = label.split(".")[0], float(row[place]) > EVEN
                told[family] += said
                wanted[family] += label in labels
                right[family] += said and label in labels
    return {family: 2 * right[family] / max(1, told[family] + wanted[family]) for family in sorted(wanted)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True)
    parser.add_argument("--names", type=Path)
    parser.add_argument("--name-sentences", type=int, default=2000)
    parser.add_argument("--epochs", type=int, default=14)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    labelled = list(corpus(ROOT / "models" / "corpus"))
    held = [example_of(document) for document in labelled if held_out(document)]
    learnt = [example_of(document) for document in labelled if not held_out(document)]
    if options.names:
        learnt += name_examples(options.names, limit=options.name_sentences, seed=options.seed)

    def after(epoch: int, trained: Trained) -> None:
        if epoch % SCORED_EVERY == 0 or epoch == options.epochs:
            by_family = scores(trained, held)
            mean = sum(by_family.values()) / len(by_family)
            log.info("held out: mean F1 %.3f; %s", mean, ", ".join(f"{k} {v:.2f}" for k, v in by_family.items()))

    settings = Settings(epochs=options.epochs, seed=options.seed)
    trained = train(learnt, base=options.base, settings=settings, say=log.info, after_epoch=after)
    if options.out:
        save(trained, options.out)
        log.info("weights are in %s", options.out)


if __name__ == "__main__":
    main()

"""Trains the second reader: from labelled conversations to a folder that `--model` and TELLTALE_MODEL take."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import models
from extractors.learning import example_of
from extractors.second.judge import JUDGE_FILE
from models.encoder import Encoder
from models.source import corpus, held_out

__all__ = ["learn", "reviewed"]

CORPUS = Path(models.__file__).parent / "corpus"
THREADS = 2


def learn(*, base: str, out: Path, reviews: Path | None, epochs: int, seed: int, say: Callable[[str], None]) -> None:
    """Fine-tunes `base` (a folder or a hub's name) on the corpus and the reviewed conversations, and writes it and all
    that belongs to it into `out`.

    Twice: first without the held-out conversations, to fit on them what is worth asking and how the answers are
    weighed (and to print how right that is), then with all of them: that encoder is kept. The same corpus, base, epochs
    and seed give the same weights on one kind of machine. Needs the extra `train`.
    """
    import torch

    from models.export import export
    from models.train import Settings, train

    # Another number of threads makes sums come out in another order.
    torch.set_num_threads(THREADS)
    labelled = [*corpus(CORPUS), *(reviewed(reviews) if reviews else ())]
    held = [document for document in labelled if held_out(document)]
    learnt = [document for document in labelled if not held_out(document)]
    settings = Settings(epochs=epochs, seed=seed)
    say(f"without the {len(held)} held-out conversations:")
    export(train([example_of(document) for document in learnt], base=base, settings=settings, say=say), out)
    say("fitting what it is asked, and how it is weighed")
    fit_the_rest(learnt, held, out, say)
    say("with all of them:")
    export(train([example_of(document) for document in labelled], base=base, settings=settings, say=say), out)
    say(f"{out} is ready")


def fit_the_rest(
    learnt: list[dict[str, Any]], held: list[dict[str, Any]], out: Path, say: Callable[[str], None]
) -> None:
    from service.training.judge import report, rows_of_all
    from service.training.worth import fit_worth

    model = Encoder(out)
    kept, asked = fit_worth(learnt, held, model)
    say(f"asking about {asked:.0%} of the sentences keeps {kept:.2%} of what the encoder finds")
    (out / JUDGE_FILE).write_text(report(held, rows_of_all(held, model)), encoding="utf-8")


def reviewed(folder: Path) -> Iterator[dict[str, Any]]:
    """The conversations that `telltale reviews export` wrote: JSON or JSON lines, each with its "gold"."""
    for path in sorted([*folder.glob("*.json"), *folder.glob("*.jsonl")]):
        text = path.read_text(encoding="utf-8")
        for line in [text] if path.suffix == ".json" else text.splitlines():
            if line.strip():
                yield json.loads(line)

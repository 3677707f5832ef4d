"""`telltale train`: makes a model for the second reader."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from service.commands.terminal import DONE, UnusableError

__all__ = ["run"]

NEEDED = ("torch", "transformers", "onnx")


def run(*, base: str, out: str, with_reviews: str | None, epochs: int, seed: int) -> int:
    """Says each step on standard error."""
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise UnusableError(f"training needs {' and '.join(missing)}: pip install 'telltale[train]'")
    if with_reviews is not None and not Path(with_reviews).is_dir():
        raise UnusableError(f"--with-reviews {with_reviews}: no such folder; `telltale reviews export` writes one")
    from service.training.run import learn

    def say(line: str) -> None:
        sys.stderr.write(line + "\n")

    learn(
        base=base,
        out=Path(out),
        reviews=Path(with_reviews) if with_reviews else None,
        epochs=epochs,
        seed=seed,
        say=say,
    )
    return DONE

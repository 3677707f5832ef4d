"""The trained encoder at work: ONNX Runtime and a tokenizer, no torch. Loaded at the first question, shared after."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.examples import Mark
from models.labels import KINDS
from models.windows import Piece, View, views

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rows = dict[int, NDArray[np.float32]]
    MarkRows = dict[Mark, NDArray[np.float32]]

__all__ = ["MODEL_FILE", "SHIPPED", "TOKENIZER_FILE", "VARIABLE", "Encoder", "encoder"]

SHIPPED = Path(__file__).parent / "weights"
VARIABLE = "TELLTALE_MODEL"
MODEL_FILE, TOKENIZER_FILE = "encoder.onnx", "tokenizer.json"
KIND_PLACE = {kind: place for place, kind in enumerate(KINDS)}


class Encoder:
    """Safe to use from several threads: it keeps nothing between calls."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        """Raises FileNotFoundError where the folder lacks the model or its tokenizer."""
        import onnxruntime
        from tokenizers import Tokenizer

        for name in (MODEL_FILE, TOKENIZER_FILE):
            if not (folder / name).is_file():
                raise FileNotFoundError(f"{folder}: no {name} there; `telltale train --out {folder}` writes it")
        self.folder = folder
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = threads
        options.log_severity_level = 3
        self.session: Any = onnxruntime.InferenceSession(
            folder / MODEL_FILE, options, providers=["CPUExecutionProvider"]
        )
        self.tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))

    def judge(self, pieces: Sequence[Piece], marks: Sequence[Mark], chosen: Collection[int]) -> tuple[Rows, MarkRows]:
        """Log odds of the labels (models.labels.UNITS, MARKS) of the chosen pieces and of the mentions in them."""
        of_piece: dict[int, list[Mark]] = {}
        for mark in marks:
            of_piece.setdefault(mark.piece, []).append(mark)
        units: Rows = {}
        mentions: MarkRows = {}
        for view in views(pieces, self.tokenizer, sorted(chosen)):
            spans = [
                (mark, span)
                for mark in of_piece.get(view.piece, ())
                if (span := view.span(mark.start, mark.end)) is not None
            ]
            unit_rows, mark_rows = self.session.run(None, inputs(view, [(*span, mark.kind) for mark, span in spans]))
            units[view.piece] = unit_rows[0]
            mentions.update((mark, row) for (mark, _), row in zip(spans, mark_rows, strict=False))
        return units, mentions


def inputs(view: View, spans: Sequence[tuple[int, int, str]]) -> dict[str, Any]:
    """One sentence at a time: on one core a batch is no quicker, and weights of eight bits are scaled by everything in
    it, so that a sentence would be judged otherwise beside others."""
    import numpy as np

    # without mentions the first token is asked about, and the answer is left out
    marks = np.array([(first, last, KIND_PLACE[kind]) for first, last, kind in spans] or [(0, 1, 0)], np.int64)
    ids = np.array([view.ids], np.int64)
    return {
        "ids": ids,
        "mask": np.ones_like(ids),
        "marker": np.array([view.marker], np.int64),
        "first": np.array([view.first], np.int64),
        "last": np.array([view.last], np.int64),
        "mark_view": np.zeros(len(marks), np.int64),
        "mark_first": marks[:, 0],
        "mark_last": marks[:, 1],
        "mark_kind": marks[:, 2],
    }


@cache
def load(folder: Path) -> Encoder | None:
    return Encoder(folder) if (folder / MODEL_FILE).is_file() else None


def encoder() -> Encoder | None:
    """That of the folder in TELLTALE_MODEL, else the one that ships; None where neither is there, or the variable says
    "none". Raises FileNotFoundError where the variable names a folder without a model."""
    wanted = os.environ.get(VARIABLE, "")
    if wanted == "none":
        return None
    if wanted and not (Path(wanted) / MODEL_FILE).is_file():
        mend = f"`telltale train --out {wanted}` writes it"
        raise FileNotFoundError(f"{VARIABLE}={wanted}: no {MODEL_FILE} there; {mend}")
    return load(Path(wanted) if wanted else SHIPPED)

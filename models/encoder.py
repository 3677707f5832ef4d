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
TOKENS_A_BATCH = 2048
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
        cut = sorted(views(pieces, self.tokenizer, sorted(chosen)), key=lambda view: len(view.ids))
        for batch in batches(cut):
            spans = [
                (number, mark, span)
                for number, view in enumerate(batch)
                for mark in of_piece.get(view.piece, ())
                if (span := view.span(mark.start, mark.end)) is not None
            ]
            unit_rows, mark_rows = self.session.run(None, inputs(batch, spans))
            units.update((view.piece, row) for view, row in zip(batch, unit_rows, strict=True))
            mentions.update((mark, row) for (_, mark, _), row in zip(spans, mark_rows, strict=False))
        return units, mentions


def batches(cut: Sequence[View]) -> list[list[View]]:
    """Views, shortest first, in batches of a bounded number of tokens, padding included."""
    out: list[list[View]] = []
    for view in cut:
        if out and (len(out[-1]) + 1) * len(view.ids) <= TOKENS_A_BATCH:
            out[-1].append(view)
        else:
            out.append([view])
    return out


def inputs(batch: Sequence[View], spans: Sequence[tuple[int, Mark, tuple[int, int]]]) -> dict[str, Any]:
    import numpy as np

    longest = max(len(view.ids) for view in batch)
    ids = np.zeros((len(batch), longest), np.int64)
    mask = np.zeros((len(batch), longest), np.int64)
    for number, view in enumerate(batch):
        ids[number, : len(view.ids)] = view.ids
        mask[number, : len(view.ids)] = 1
    rows = [(number, *span, KIND_PLACE[mark.kind]) for number, mark, span in spans]
    # a batch without mentions asks about its first token, and the answer is left out
    marks = np.array(rows or [(0, 0, 1, 0)], np.int64)
    return {
        "ids": ids,
        "mask": mask,
        "marker": np.array([view.marker for view in batch], np.int64),
        "first": np.array([view.first for view in batch], np.int64),
        "last": np.array([view.last for view in batch], np.int64),
        "mark_view": marks[:, 0],
        "mark_first": marks[:, 1],
        "mark_last": marks[:, 2],
        "mark_kind": marks[:, 3],
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

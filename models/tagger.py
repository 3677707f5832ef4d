"""The model at work: probabilities for sentences and for what is mentioned in them. ONNX Runtime, no torch.

One session serves all threads. Hidden states are kept for the sentences of one conversation while it is read, so that
mentions are judged only where a sentence is worth it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.labels import KINDS, MARKS, MARKS_OF, NAMES, UNITS
from models.windows import Piece, Placed, windows

__all__ = ["ModelError", "Tagged", "Tagger", "shipped"]

Floats = NDArray[np.float32]

WINDOWS_A_BATCH = 8
UNIT_PLACE = {label: place for place, label in enumerate(UNITS)}
MARK_PLACE = {label: place for place, label in enumerate(MARKS)}
KIND_PLACE = {kind: place for place, kind in enumerate(KINDS)}


class ModelError(RuntimeError):
    """A model folder that cannot serve; the message names the folder, the file and the mend."""


@dataclass(slots=True)
class Tagged:
    """One conversation's judgement. `units`: (pieces, labels) probabilities; a piece that was not read has zeros."""

    tagger: Tagger
    units: Floats
    hidden: dict[int, tuple[Placed, Floats]]

    def unit(self, piece: int, label: str) -> float:
        """The probability that the sentence states such a fact."""
        return float(self.units[piece, UNIT_PLACE[label]])

    def mark(self, piece: int, start: int, end: int, kind: str) -> dict[str, float]:
        """Probabilities of the labels that a mention of this kind may have; empty where it was not read."""
        if piece not in self.hidden:
            return {}
        placed, states = self.hidden[piece]
        inside = [i for i, (first, last) in enumerate(placed.offsets) if first < end and last > start]
        if not inside:
            return {}
        logits = self.tagger.mark_logits(states, inside[0], inside[-1] + 1, kind)
        return {MARKS[place]: float(logits[place]) for place in MARKS_OF[kind]}

    def names(self, piece: int) -> list[tuple[int, int, str, float]]:
        """(start, end, person or company, probability) of names in the piece, as the tokens' head sees them."""
        if piece not in self.hidden:
            return []
        placed, states = self.hidden[piece]
        scores = self.tagger.name_probabilities(states[1:])
        out: list[tuple[int, int, str, float]] = []
        for (start, end), row in zip(placed.offsets, scores, strict=True):
            best = int(row.argmax())
            if best == 0:
                continue
            label, sure = NAMES[best], float(row[best])
            if out and out[-1][2] == label and start - out[-1][1] <= 1:
                out[-1] = (out[-1][0], end, label, min(out[-1][3], sure))
            else:
                out.append((start, end, label, sure))
        return out


class Tagger:
    """A trained model in a folder: encoder.onnx, heads.npz, tokenizer.json, labels.json."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        for name in ("encoder.onnx", "heads.npz", "tokenizer.json", "labels.json"):
            if not (folder / name).is_file():
                raise ModelError(f"{folder}: no {name}; train a model into this folder with `telltale train`")
        told = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        if told != {"units": list(UNITS), "marks": list(MARKS), "kinds": list(KINDS), "names": list(NAMES)}:
            raise ModelError(f"{folder}: labels.json is of another version of Telltale; train the model anew")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._heads = dict(np.load(folder / "heads.npz"))

    def tag(self, pieces: Sequence[Piece]) -> Tagged:
        """Judge a conversation's sentences."""
        tagged = Tagged(self, np.zeros((len(pieces), len(UNITS)), np.float32), {})
        if not pieces:
            return tagged
        cut = sorted(windows(pieces, self._tokenizer), key=lambda window: len(window.ids))
        for at in range(0, len(cut), WINDOWS_A_BATCH):
            group = cut[at : at + WINDOWS_A_BATCH]
            longest = max(len(window.ids) for window in group)
            ids = np.zeros((len(group), longest), np.int64)
            for row, window in enumerate(group):
                ids[row, : len(window.ids)] = window.ids
            states = self._session.run(None, {"ids": ids, "mask": (ids != 0).astype(np.int64)})[0]
            rows, features = [], []
            for row, window in enumerate(group):
                for placed in window.placed:
                    if placed.piece in window.counts:
                        own = states[row, placed.marker : placed.last]
                        tagged.hidden[placed.piece] = (placed, own)
                        rows.append(placed.piece)
                        features.append(np.concatenate([own[0], mean(own[1:])]))
            tagged.units[rows] = sigmoid(self._feed("unit", np.stack(features)))
        return tagged

    def mark_logits(self, states: Floats, first: int, last: int, kind: str) -> Floats:
        """Probabilities for the mention at tokens first to last of a piece (`states` begin with its marker's)."""
        body = states[1:]
        parts = [mean(body[first:last]), states[0], mean(body), self._heads["kinds"][KIND_PLACE[kind]]]
        return sigmoid(self._feed("mark", np.concatenate(parts)[None]))[0]  # type: ignore[no-any-return]

    def name_probabilities(self, states: Floats) -> Floats:
        """(tokens, NAMES) probabilities."""
        logits = states @ self._heads["names"].T + self._heads["names_bias"]
        powers = np.exp(logits - logits.max(1, keepdims=True))
        return powers / powers.sum(1, keepdims=True)  # type: ignore[no-any-return]

    def _feed(self, head: str, features: Floats) -> Floats:
        inner = gelu(features @ self._heads[f"{head}_in"].T + self._heads[f"{head}_in_bias"])
        out: Floats = inner @ self._heads[f"{head}_out"].T + self._heads[f"{head}_out_bias"]
        return out


def mean(states: Floats) -> Floats:
    return states.mean(0) if len(states) else np.zeros(states.shape[1], np.float32)


def sigmoid(values: Floats) -> Floats:
    return (1.0 / (1.0 + np.exp(-np.clip(values, -30, 30)))).astype(np.float32)


def gelu(values: Floats) -> Floats:
    """The exact one, as torch's GELU: x times the normal distribution's share below x (Abramowitz and Stegun 7.1.26,
    error below 2e-7, since numpy has no erf)."""
    z = np.abs(values) / np.float32(2**0.5)
    t = 1.0 / (1.0 + 0.3275911 * z)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    erf = np.sign(values) * (1.0 - series * np.exp(-z * z))
    return (0.5 * values * (1.0 + erf)).astype(np.float32)


_LOCK = threading.Lock()


@cache
def _load(folder: Path, threads: int) -> Tagger:
    return Tagger(folder, threads=threads)


def shipped(folder: Path | None = None, *, threads: int = 1) -> Tagger | None:
    """The model in `folder`, else the one that ships; None where neither is there."""
    chosen = folder or Path(str(files("models").joinpath("weights")))
    if folder is None and not (chosen / "encoder.onnx").is_file():
        return None
    with _LOCK:
        return _load(chosen, threads)

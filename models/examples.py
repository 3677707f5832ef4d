"""What the model is trained on: sentences with their labels, and mentions with theirs."""

from __future__ import annotations

from dataclasses import dataclass

from models.windows import Piece

__all__ = ["Example", "Mark"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something mentioned in piece `piece` at text[start:end]; `kind` is one of models.labels.KINDS. The speaker of a
    piece is a mention too, of the whole piece."""

    piece: int
    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One labelled conversation.

    `units[i]` are the labels of piece i, None where nothing is learnt from it (context); `unsure[i]` are labels on
    which careful readers differ; `marks` are (mention, its labels).
    """

    id: str
    pieces: tuple[Piece, ...]
    units: tuple[frozenset[str] | None, ...]
    unsure: tuple[frozenset[str], ...]
    marks: tuple[tuple[Mark, frozenset[str]], ...] = ()

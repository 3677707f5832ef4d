"""What the model is trained on: sentences with their labels, and mentions with theirs."""

from __future__ import annotations

from dataclasses import dataclass

from models.windows import Piece

__all__ = ["Example", "Mark", "Name"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something mentioned in piece `piece` at text[start:end]; `kind` is one of models.labels.KINDS. The speaker of a
    piece is a mention too, of the whole piece."""

    piece: int
    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name at text[start:end] of a piece; `label` is one of models.labels.NAMES, or None where nothing is known."""

    start: int
    end: int
    label: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One labelled conversation, or sentences with names only.

    `units[i]` are the labels of piece i, None where nothing is learnt from it (context); `unsure[i]` are labels on
    which careful readers differ; `marks` are (mention, its labels). `names[i]` are the names in piece i, None where
    they are not learnt from it; empty where they are learnt from no piece.
    """

    id: str
    pieces: tuple[Piece, ...]
    units: tuple[frozenset[str] | None, ...]
    unsure: tuple[frozenset[str], ...]
    marks: tuple[tuple[Mark, frozenset[str]], ...] = ()
    names: tuple[tuple[Name, ...] | None, ...] = ()

"""Asks the encoder about a conversation's sentences."""

from __future__ import annotations

from collections.abc import Collection

from extractors.learning import mentions_in, pieces_of
from extractors.reading import Reading
from extractors.second.opinion import Opinion
from models.encoder import Encoder

__all__ = ["opinion_of"]


def opinion_of(reading: Reading, encoder: Encoder, chosen: Collection[int]) -> Opinion:
    """What the encoder holds of the chosen units and of everything mentioned in them."""
    marks = [mark for index in sorted(chosen) for mark, _ in mentions_in(reading, reading.units[index])]
    return Opinion(*encoder.judge(pieces_of(reading), marks, chosen))

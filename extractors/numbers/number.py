"""One number, where it stands and what it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

__all__ = ["Number"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number in a text: `text` is the slice from `start` to `end`.

    `magnitude` is the last scale said ("thousand", "million", "lakh"..., always the full word; None where there is
    none; "hundred" counts as one only where nothing follows it). `factor` is what the last figure said was multiplied
    by, hundreds included: 100000 for "three hundred thousand". A number that shares its scale with its neighbour
    ("two to three hundred thousand") is mended with it.
    `spoken`: in words, not digits. `phrase`: the shape that read it. `glued`: letters that stick to the end ("pm" in
    "5pm", "usd" in "50usd", in lower case), not part of `text`.
    """

    start: int
    end: int
    text: str
    value: Decimal
    magnitude: str | None
    factor: Decimal
    spoken: bool
    phrase: str
    glued: str = ""

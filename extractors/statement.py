"""What a family found in one unit, before it is resolved to a signal: by a phrase, by grammar or by a learned model."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.phrases import Mention
from extractors.reading import Unit

__all__ = ["Statement"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """`means` is the family's word for what unit.text[start:end] says; `mentions` are what was read there (amounts,
    periods, people, ...), in order. `found_by` names the source and stays stable; `confidence` is in [0, 1].
    `weighed`: whoever found it has judged its stance (asked, denied, supposed) as well."""

    unit: Unit
    means: str
    start: int
    end: int
    found_by: str
    confidence: float
    mentions: tuple[Mention, ...] = ()
    weighed: bool = False

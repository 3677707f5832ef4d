"""How high a title stands: nobody, VP rank or above, or the C-level."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache

__all__ = ["Rank", "rank_of"]


class Rank(IntEnum):
    OTHER = 0
    VP = 1
    C_LEVEL = 2


LETTERS = "ceo|cfo|coo|cto|cio|cmo|cro|cso|ciso|cpo|chro|cdo|cco|clo|cao|cxo"
C_LEVEL = re.compile(
    rf"\b(?:{LETTERS})\b|\bchief\b.*\bofficer\b|\bchief [a-z]+\b|(?<!vice )(?<!vice-)\bpresident\b"
    r"|\bmanaging director\b|\b(?:co-?)?founder\b|^(?:co-?)?owner\b|(?:and|&) owner\b"
    r"|\bchair(?:man|woman|person)?\b",
    re.IGNORECASE,
)
CHIEF = re.compile(rf"\b(?:{LETTERS}|chief)\b", re.IGNORECASE)
VP = re.compile(r"\b(?:[sea]?vp|vice[ -]president)\b", re.IGNORECASE)
# Chiefs of a trade, and those who work for an executive ("Assistant to the CEO"), are none.
NOT_CHIEFS = re.compile(
    r"\bchief (?:of staff|engineer|architect|clerk|inspector|buyer|accountant|steward|mechanic)\b", re.IGNORECASE
)
WORKS_FOR_ONE = re.compile(
    r"\b(?:assistant|secretary|aide|advisor|adviser|ea|pa)\b\s*(?:to|of|for)\b|\breport(?:s|ing)? to\b|\boffice of\b"
    r"|\bexecutive assistant\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def rank_of(title: str | None) -> Rank:
    """The rank that a title tells: `VP Logistics` is VP, `CFO` and `Chief Data Officer` are the C-level."""
    if not title or WORKS_FOR_ONE.search(title):
        return Rank.OTHER
    plain = title.replace(".", "")
    if VP.search(plain) and not CHIEF.search(plain):
        return Rank.VP
    if NOT_CHIEFS.search(plain):
        return Rank.OTHER
    return Rank.C_LEVEL if C_LEVEL.search(plain) else Rank.OTHER

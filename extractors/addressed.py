"""Text that speaks to a machine: an order to a language model is no word of a buyer to a seller.

Whoever reads, by phrases or with a model, takes no fact from a turn with such text in it, and no model sees it. Cues
are data (`addressed.toml`).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import ahocorasick_rs

__all__ = ["speaks_to_a_machine"]

# Characters that nobody sees, by which words are hidden from a filter.
UNSEEN = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]")
BLANKS = re.compile(r"[^\S\n]+")


@dataclass(frozen=True, slots=True)
class Cues:
    """The patterns of each group, tried only where one of its stems stands in the text: that is found in one pass."""

    stems: ahocorasick_rs.AhoCorasick
    owners: tuple[int, ...]  # of each stem, the number of its group
    patterns: tuple[re.Pattern[str], ...]

    def stand_in(self, text: str) -> bool:
        groups = {self.owners[stem] for stem, _, _ in self.stems.find_matches_as_indexes(text, overlapping=True)}
        return any(self.patterns[group].search(text) for group in sorted(groups))


@cache
def cues() -> Cues:
    raw = tomllib.loads(files("extractors").joinpath("addressed.toml").read_text(encoding="utf-8"))
    stems = [(stem, number) for number, group in enumerate(raw.values()) for stem in group["stems"]]
    return Cues(
        stems=ahocorasick_rs.AhoCorasick([stem for stem, _ in stems]),
        owners=tuple(number for _, number in stems),
        patterns=tuple(re.compile("|".join(f"(?:{piece})" for piece in group["words"])) for group in raw.values()),
    )


def speaks_to_a_machine(text: str) -> bool:
    if not text.isascii():
        text = UNSEEN.sub("", unicodedata.normalize("NFKC", text)).replace("’", "'")
    return cues().stand_in(BLANKS.sub(" ", text.lower()))

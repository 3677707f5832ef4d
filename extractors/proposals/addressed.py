"""Lines that speak to a machine: instructions to a language model are no words of a buyer to a seller."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

from extractors.reading import Reading

__all__ = ["addressed_lines", "speaks_to_a_machine"]

# Characters that nobody sees, by which words are hidden from a filter.
UNSEEN = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]")
BLANKS = re.compile(r"[^\S\n]+")


@cache
def cues() -> re.Pattern[str]:
    raw = tomllib.loads(files("extractors.proposals").joinpath("addressed.toml").read_text(encoding="utf-8"))
    return re.compile("|".join(f"(?:{piece})" for group in raw.values() for piece in group["words"]))


def speaks_to_a_machine(text: str) -> bool:
    plain = UNSEEN.sub("", unicodedata.normalize("NFKC", text)).lower().replace("’", "'")
    return bool(cues().search(BLANKS.sub(" ", plain)))


def addressed_lines(reading: Reading) -> frozenset[int]:
    """The turns (by index) in which somebody speaks to a machine; all of such a turn is meant."""
    return frozenset(turn.index for turn in reading.turns if speaks_to_a_machine(turn.text))

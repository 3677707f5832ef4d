"""The cue words of cues.toml as anchored patterns: each looks only at the few characters beside a figure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files
from typing import Any, Final

__all__ = ["CUES", "GAP", "LOOK_BACK", "after", "any_case", "before", "either"]

CUES: Final[dict[str, dict[str, list[str]]]] = tomllib.loads(
    files(__package__).joinpath("cues.toml").read_text("utf-8")
)
# What may part two words of one phrase; bounded, so that no run of blanks costs more than its length.
GAP: Final = r"[ \t\u00a0\n]{1,3}"
# How many characters before a figure a cue may reach.
LOOK_BACK: Final = 64

_Phrases = Iterable[str]


def either(phrases: _Phrases) -> str:
    """One pattern for all `phrases`, longest first. One that holds "(" is a pattern already."""
    written: dict[str, Any] = dict.fromkeys(sorted(phrases, key=len, reverse=True))
    return "|".join(_pattern(phrase) for phrase in written)


def _pattern(phrase: str) -> str:
    if "(" not in phrase:
        return re.escape(phrase).replace(r"\ ", GAP)
    return phrase.replace(" ", GAP)


def any_case(pattern: str) -> re.Pattern[str]:
    """`pattern`, compiled; capitals are as small letters."""
    return re.compile(pattern, re.IGNORECASE)


def before(phrases: _Phrases) -> re.Pattern[str]:
    """Matches one of `phrases` where it ends the text (and a gap or a comma may follow it)."""
    return any_case(rf"(?<![\w’'-])(?P<cue>{either(phrases)})(?:,?{GAP}|(?<=[~≈#])|(?<=ish)-)$")


def after(phrases: _Phrases) -> re.Pattern[str]:
    """Matches one of `phrases` at a position, after a gap, a comma or a hyphen."""
    return any_case(rf"(?:,?{GAP}|[-,]|{GAP}\(|(?=[+-]))?(?P<cue>{either(phrases)})(?![\w’])")

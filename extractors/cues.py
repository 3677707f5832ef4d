"""Small classes of words that a family reads around its facts, as data that a person may tune.

A family keeps them in `cues.toml`:

    [old_before]                                  # the name under which the family asks for it
    frame = '(?:{words})\\s*$'                    # optional: where the words must stand
    words = ['\\bwas', '\\binstead of']           # pieces of a regular expression, any of which will do
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

__all__ = ["CueError", "cues_of"]


class CueError(ValueError):
    """A cue file that cannot be used; the message names file, cue and mend."""


@cache
def cues_of(package: str) -> dict[str, re.Pattern[str]]:
    """The patterns of a family's `cues.toml`, by name. Raises CueError for one that is no regular expression."""
    raw = tomllib.loads(files(package).joinpath("cues.toml").read_text(encoding="utf-8"))
    found = {}
    for name, entry in raw.items():
        if not entry.get("words"):
            raise CueError(f"{package}/cues.toml: [{name}] has no words; give at least one")
        try:
            found[name] = re.compile(entry.get("frame", "{words}").replace("{words}", "|".join(entry["words"])))
        except re.error as error:
            raise CueError(f"{package}/cues.toml: [{name}] is no regular expression: {error}") from None
    return found

"""Paths into JSON, as mapping files write them: `proposal.signers[].name`, `items[0].id`, `fields."deal id"`.

Names are joined by full stops; `[0]` takes one of a list, `[]` each of it, and then the value is a list. No wildcards,
no filters: what a path costs is the size of what it finds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Path", "PathError", "parse"]

PIECE = re.compile(r'(?:(?P<name>[^.\[\]"\s]+)|"(?P<quoted>[^"]*)"|\[(?P<index>\d{0,6})\])')
LONGEST = 300


class PathError(ValueError):
    """A path that cannot be followed; the message says where it goes wrong."""


@dataclass(frozen=True, slots=True)
class Path:
    """`pieces` are names, places in a list, and None for each of a list."""

    text: str
    pieces: tuple[str | int | None, ...]

    @property
    def many(self) -> bool:
        return None in self.pieces

    def find(self, value: Any) -> Any:
        """What stands there; None where the way ends early. With `[]` a list, without what is missing in it."""
        return follow(value, self.pieces)


def follow(value: Any, pieces: tuple[str | int | None, ...]) -> Any:
    for place, piece in enumerate(pieces):
        if piece is None:
            rest = pieces[place + 1 :]
            found = [follow(each, rest) for each in value] if isinstance(value, list) else []
            flat = [item for each in found for item in (each if None in rest else [each])]
            return [each for each in flat if each is not None]
        if isinstance(piece, int):
            value = value[piece] if isinstance(value, list) and piece < len(value) else None
        else:
            value = value.get(piece) if isinstance(value, Mapping) else None
    return value


def parse(text: str) -> Path:
    """Raises PathError."""
    if len(text) > LONGEST:
        raise PathError(f"it is longer than {LONGEST} characters")
    rest = text.removeprefix("$").removeprefix(".")
    pieces: list[str | int | None] = []
    at = 0
    while at < len(rest):
        if pieces and rest[at] == ".":
            at += 1
        elif pieces and rest[at] != "[":
            raise PathError(f"a full stop or [ is expected before {rest[at:][:20]!r}")
        match = PIECE.match(rest, at)
        if match is None:
            raise PathError(f"a name is expected at {rest[at:][:20]!r}")
        if match["index"] is not None:
            pieces.append(int(match["index"]) if match["index"] else None)
        else:
            pieces.append(match["name"] if match["name"] is not None else match["quoted"])
        at = match.end()
    if rest.endswith("."):
        raise PathError("a name is expected at its end")
    return Path(text, tuple(pieces))

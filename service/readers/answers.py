"""What a language model answered, as proposals: whatever it is, it becomes a list, in bounded time and memory.

Models wrap JSON in prose or fences, think aloud, stop in the middle, repeat keys, write NaN. Whole objects are taken,
the rest is counted: nothing is trusted here anyway, everything goes through verification.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["LARGEST_ANSWER", "Answered", "parsed"]

LARGEST_ANSWER = 1 << 20
DEEPEST = 12
MOST_OBJECTS = 400
THOUGHT = re.compile(r"^\s*<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL)
LIST = re.compile(r'"signals"\s*:\s*\[')
BETWEEN = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True)
class Answered:
    """`whole`: the answer was one JSON object with its list; otherwise it was pieced together from what could be read.
    `understood` is False where there was no list of signals at all."""

    proposals: tuple[object, ...]
    whole: bool
    understood: bool


NOTHING = Answered((), whole=False, understood=False)


def parsed(text: str) -> Answered:
    """The proposals in an answer. Never raises for what it holds."""
    if len(text) > LARGEST_ANSWER:
        return NOTHING
    text = THOUGHT.sub("", text)
    start = text.find("{")
    if start < 0:
        return NOTHING
    try:
        value = loads(text, start)
    except ValueError:
        return pieced_together(text)
    if isinstance(value, dict) and isinstance(value.get("signals"), list):
        return Answered(tuple(value["signals"][:MOST_OBJECTS]), whole=True, understood=True)
    return pieced_together(text)


def loads(text: str, start: int) -> Any:
    """The JSON value that begins at `start`. Raises ValueError, for too deep a nesting too."""
    try:
        value, _ = DECODER.raw_decode(text, start)
    except RecursionError:
        raise ValueError("nested too deep") from None
    return value


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key that stands twice leaves open what is meant."""
    out = dict(pairs)
    if len(out) != len(pairs):
        raise ValueError("a key twice")
    return out


def no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")


DECODER = json.JSONDecoder(object_pairs_hook=once, parse_constant=no_number)


def pieced_together(text: str) -> Answered:
    """The objects of the list of signals that can be read, each by itself."""
    opened = LIST.search(text)
    if opened is None:
        return NOTHING
    return Answered(tuple(objects(text, opened.end())), whole=False, understood=True)


def objects(text: str, at: int) -> Iterator[object]:
    for _ in range(MOST_OBJECTS):
        at = BETWEEN.match(text, at).end()  # type: ignore[union-attr]  # it matches the empty text too
        end = object_end(text, at)
        if end is None:
            return
        try:
            yield loads(text[at:end], 0)
        except ValueError:
            yield None  # counted as malformed
        at = end


def object_end(text: str, at: int) -> int | None:
    """Where the object that begins here ends; None where none begins, where it never ends, or where it nests too
    deep."""
    if not text.startswith("{", at):
        return None
    depth, quoted, place = 0, False, at
    while place < len(text):
        letter = text[place]
        if quoted:
            if letter == "\\":
                place += 1
            elif letter == '"':
                quoted = False
        elif letter == '"':
            quoted = True
        elif letter in "{[":
            depth += 1
            if depth > DEEPEST:
                return None
        elif letter in "}]":
            depth -= 1
            if depth == 0:
                return place + 1
        place += 1
    return None

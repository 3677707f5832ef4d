"""The training corpus: hand-written conversations with gold labels, one `.src` file each.

A source is three parts, each opened by a line of its own:

    === HEAD    one JSON object: id, kind, occurred_at, deal, participants, and for an e-mail subject, from, to, cc
    === TEXT    a call: one utterance a line, 'p1| text' ('?| text' for an unknown speaker); an e-mail: the body
    === GOLD    one JSON object a line, a signal with "evidence": exact quotes. A quote that stands in more than one
                place is written with the number of the one meant: "3#quote" is its third place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

__all__ = ["SourceError", "compile_source", "corpus", "held_out"]

WORDS_A_SECOND = 2.6


class SourceError(ValueError):
    """A source that cannot be compiled; the message names file, line and what was expected."""


def corpus(folder: Path) -> Iterator[dict[str, Any]]:
    """Every conversation of the folder as JSON with its "gold", in the order of file names."""
    for path in sorted(folder.glob("*.src")):
        yield compile_source(path.read_text(encoding="utf-8"), path.name)


# The hands that wrote last: no phrase was written from theirs, and of the last four nothing was read to mend any.
LATER_HANDS = ("ck-", "cl-", "cm-", "cn-", "co-", "cp-", "cq-", "cr-")


def held_out(labelled: Mapping[str, Any]) -> bool:
    """Whether a conversation is for measuring: all by the hands that wrote last, and a quarter of the others, those
    whose number is divisible by four (for ids without a number, whose letters sum to such a one)."""
    id = str(labelled["id"])
    if id.startswith(LATER_HANDS):
        return True
    number = re.search(r"(\d+)$", id)
    return (int(number.group(1)) if number else sum(id.encode())) % 4 == 0


def compile_source(raw: str, name: str) -> dict[str, Any]:
    """A conversation as JSON, with "gold". Raises SourceError."""
    try:
        head, rest = raw.split("=== HEAD\n", 1)[1].split("\n=== TEXT\n", 1)
        body, gold = rest.split("\n=== GOLD", 1)
        conversation: dict[str, Any] = json.loads(head)
    except (IndexError, ValueError) as error:
        raise SourceError(f"{name}: expected the parts HEAD (JSON), TEXT and GOLD: {error}") from None
    texts: list[tuple[int | None, str]]
    if conversation["kind"] == "call":
        conversation["segments"] = list(segments(body, name))
        texts = [(index, segment["text"]) for index, segment in enumerate(conversation["segments"])]
    else:
        conversation["body"] = body.strip("\n") + "\n"
        texts = [(None, conversation["body"])]
    conversation["gold"] = [
        fact(line, texts, f"{name}: gold line {number}")
        for number, line in enumerate(gold.splitlines())
        if line.strip()
    ]
    return conversation


def segments(body: str, name: str) -> Iterator[dict[str, Any]]:
    clock = 0.0
    for number, line in enumerate(body.split("\n")):
        if not line.strip():
            continue
        speaker, bar, text = line.partition("|")
        if not bar:
            raise SourceError(f"{name}: text line {number}: expected 'speaker| text', got {line[:60]!r}")
        length = max(0.4, len(text.split()) / WORDS_A_SECOND)
        yield {
            "speaker": None if speaker.strip() == "?" else speaker.strip(),
            "start": round(clock, 2),
            "end": round(clock + length, 2),
            "text": text.strip(),
        }
        clock += length + 0.25


def fact(line: str, texts: list[tuple[int | None, str]], where: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(line)
    except ValueError as error:
        raise SourceError(f"{where}: expected a JSON object: {error}") from None
    found["evidence"] = [piece(quote, texts, where) for quote in found.get("evidence", [])]
    if found["type"] == "date":
        found.setdefault("change", "set")
    if found.get("amount"):
        found["amount"].setdefault("per", "total")
    return found


def piece(quote: str, texts: list[tuple[int | None, str]], where: str) -> dict[str, Any]:
    number, mark, rest = quote.partition("#")
    wanted = int(number) if mark and number.isdigit() else None
    quote = rest if wanted else quote
    spots = [(index, at) for index, text in texts for at in occurrences(quote, text)]
    if not spots:
        raise SourceError(f"{where}: the quote is not in the text: {quote!r}")
    if len(spots) > 1 and wanted is None:
        raise SourceError(f"{where}: the quote stands in {len(spots)} places, say which with N#: {quote!r}")
    index, at = spots[(wanted or 1) - 1]
    return {"segment": index, "start": at, "end": at + len(quote), "text": quote}


def occurrences(quote: str, text: str) -> Iterator[int]:
    at = text.find(quote)
    while at >= 0:
        yield at
        at = text.find(quote, at + 1)

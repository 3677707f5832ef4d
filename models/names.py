"""Public corpora of names, as sentences to learn from: columns (CoNLL, IOB) and GUM's JSON lines.

None of these corpora is part of the project; `docs/training.md` says where they come from and under which licences.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

from models.examples import Example, Name
from models.windows import Piece

__all__ = ["name_examples"]

PERSON = {"per", "person"}
COMPANY = {"org", "organisation", "organization", "corporation", "product", "company"}
SENTENCES_AN_EXAMPLE = 8
LONGEST = 60

Sentence = tuple[str, tuple[Name, ...]]


def name_examples(folder: Path, *, limit: int, seed: int) -> list[Example]:
    """Up to `limit` sentences of all files under `folder`, eight to an example, in an order fixed by `seed`."""
    sentences: list[Sentence] = []
    for path in sorted(folder.rglob("*")):
        if any(held in str(path.relative_to(folder)) for held in ("dev", "test", "docs", "LICENSE", "README")):
            continue
        if path.suffix in (".conll", ".iob2", ".txt"):
            sentences += columns(path)
        elif path.suffix == ".jsonl" and path.name.startswith("gum"):
            sentences += gum(path)
    random.Random(seed).shuffle(sentences)
    chosen = sentences[:limit]
    return [
        example(number, chosen[at : at + SENTENCES_AN_EXAMPLE])
        for number, at in enumerate(range(0, len(chosen), SENTENCES_AN_EXAMPLE))
    ]


def example(number: int, sentences: list[Sentence]) -> Example:
    return Example(
        id=f"names-{number}",
        pieces=tuple(Piece(text, "unknown") for text, _ in sentences),
        units=(None,) * len(sentences),
        unsure=(frozenset(),) * len(sentences),
        names=tuple(names for _, names in sentences),
    )


def columns(path: Path) -> Iterator[Sentence]:
    """One token a line, its label in a later column; blank lines between sentences."""
    words: list[tuple[str, str]] = []
    for line in [*path.read_text(encoding="utf-8", errors="replace").splitlines(), ""]:
        cells = line.split("\t") if "\t" in line else line.split()
        if line.startswith(("#", "-DOCSTART-")):
            continue
        if len(cells) >= 2:
            if path.suffix == ".iob2":
                words.append((cells[1], cells[2]))
            else:
                words.append((cells[0], cells[-1]))
        elif words:
            if 3 <= len(words) <= LONGEST:
                yield joined(words)
            words = []


def gum(path: Path) -> Iterator[Sentence]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        tags = ["O"] * len(row["tokens"])
        for mention in sorted(row["mentions"], key=lambda m: m["start"] - m["end"]):
            if mention["named"] and mention["type"] in ("person", "organization"):
                tags[mention["start"] : mention["end"]] = [mention["type"]] * (mention["end"] - mention["start"])
        if 3 <= len(tags) <= LONGEST:
            yield joined(list(zip(row["tokens"], tags, strict=True)))


def joined(words: list[tuple[str, str]]) -> Sentence:
    """Tokens as a text with blanks between, and the names in it."""
    text, names = "", []
    for word, tag in words:
        start = len(text) + bool(text)
        text = f"{text} {word}" if text else word
        label = label_of(tag)
        if label:
            names.append(Name(start, len(text), label))
    return text, tuple(names)


def label_of(tag: str) -> str | None:
    name = tag.split("-", 1)[-1].lower()
    return "person" if name in PERSON else "company" if name in COMPANY else None

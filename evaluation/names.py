"""How well people and organisations are found in public text, exact spans, by what `telltale spans` gives.

    python -m evaluation.names DATA [--misses N]

DATA (or TELLTALE_DATA) is a folder with `uner-english-ewt/en_ewt-ud-dev.iob2` (Universal NER on the English Web
Treebank) and `wnut17/CONLL-format/data/dev/emerging.dev.conll` (WNUT 2017); they are no part of the project.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from extractors.written import spans

__all__ = ["Score", "found_in", "sentences"]

Span = tuple[int, int]
Labelled = tuple[str, dict[str, set[Span]]]

KINDS = {"PER": "people", "person": "people", "ORG": "companies", "corporation": "companies"}
SETS = {
    "EWT dev": ("uner-english-ewt/en_ewt-ud-dev.iob2", 1),
    "WNUT dev": ("wnut17/CONLL-format/data/dev/emerging.dev.conll", 0),
}
CLOSES, OPENS = set(".,;:!?)]}%'’n't"), set("([{$#@")


@dataclass(slots=True)
class Score:
    found: int = 0
    right: int = 0
    gold: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def figures(self) -> tuple[float, float, float]:
        """Precision, recall and F1."""
        precision, recall = self.right / max(1, self.found), self.right / max(1, self.gold)
        return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def sentences(path: Path, column: int) -> Iterator[Labelled]:
    """(text, kind → spans) of each sentence. Tokens are joined as they are written: a set of tokens has no blanks."""
    rows: list[tuple[str, str]] = []
    for line in [*path.read_text("utf-8").splitlines(), ""]:
        fields = line.rstrip("\r").split("\t")
        if len(fields) > column + 1 and not line.startswith("# "):
            rows.append((fields[column], fields[column + 1]))
        elif not line.strip() and rows:
            yield joined(rows)
            rows = []


def joined(rows: list[tuple[str, str]]) -> Labelled:
    text, spans_of, start = "", {"people": set[Span](), "companies": set[Span]()}, 0
    open_as: str | None = None
    glue = True

    def close() -> None:
        if open_as is not None:
            spans_of[open_as].add((start, len(text)))

    for token, tag in rows:
        kind = KINDS.get(tag[2:])
        if tag[:2] != "I-" or kind != open_as:
            close()
            open_as = None
        text += "" if glue or token in CLOSES or token.startswith(("'", "’")) else " "
        glue = token in OPENS
        if tag[:2] == "B-" and kind is not None:
            open_as, start = kind, len(text)
        text += token
    close()
    return text, spans_of


def found_in(text: str) -> dict[str, set[Span]]:
    read = spans(text)
    return {kind: {(item["start"], item["end"]) for item in read[kind]} for kind in ("people", "companies")}


def scored(labelled: Iterator[Labelled], read: Callable[[str], dict[str, set[Span]]]) -> dict[str, Score]:
    scores = {"people": Score(), "companies": Score()}
    for text, gold in labelled:
        found = read(text)
        for kind, score in scores.items():
            score.found += len(found[kind])
            score.gold += len(gold[kind])
            score.right += len(found[kind] & gold[kind])
            score.missed += [marked(text, span) for span in sorted(gold[kind] - found[kind])]
            score.wrong += [marked(text, span) for span in sorted(found[kind] - gold[kind])]
    return scores


def marked(text: str, span: Span) -> str:
    start, end = span
    return f"{text[max(0, start - 50) : start]}«{text[start:end]}»{text[end : end + 40]}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", default=os.environ.get("TELLTALE_DATA"))
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="print N misses and N wrong names of each")
    options = parser.parse_args(arguments)
    if not options.data or not Path(options.data).is_dir():
        parser.error(f"data: {options.data!r} is no folder: give the one that holds the sets, or TELLTALE_DATA")
    print("| set | kind | names | precision | recall | F1 |\n|---|---|---|---|---|---|")
    for name, (file, column) in SETS.items():
        for kind, score in scored(sentences(Path(options.data, file), column), found_in).items():
            precision, recall, f1 = score.figures()
            print(f"| {name} | {kind} | {score.gold} | {precision:.3f} | {recall:.3f} | {f1:.3f} |")
            for title, lines in (("missed", score.missed), ("wrong", score.wrong)):
                for line in lines[: options.misses]:
                    print(f"  {title}: {line}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""`telltale evaluate`: how right the extractors are on labelled conversations."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from service import evaluation
from service.commands.progress import shown
from service.commands.terminal import DONE, SOME_REFUSED, UnusableError, complain
from service.evaluation import Fact, Miss
from service.intake.jsontext import loads
from service.reader import the_extract
from signals import Conversation, DecodeError

__all__ = ["load", "report", "run"]


def run(folder: str, *, by_document: bool, misses: int, as_json: bool) -> int:
    """Reads and scores each conversation of the folder that has a `gold` list; faulty files are named and left out."""
    refused: list[str] = []
    labelled = load(Path(folder), refused)
    for line in refused:
        complain(line)
    if not labelled:
        raise UnusableError(f"{folder}: no conversation with a gold list in it")
    predictions = {}
    with shown("conversations") as progress:
        for conversation, source in labelled:
            predictions[source["id"]] = predict(conversation)
            progress.step()
    for line in report([source for _, source in labelled], predictions, by_document, misses, as_json):
        sys.stdout.write(line + "\n")
    return SOME_REFUSED if refused else DONE


def predict(conversation: Conversation) -> list[Fact]:
    extract = the_extract()
    # Through JSON and back, so that what is scored is what a client would be sent.
    return [json.loads(json.dumps(signal.to_json())) for signal in extract(conversation)]


def load(path: Path, refused: list[str]) -> list[tuple[Conversation, Fact]]:
    if not path.exists():
        raise UnusableError(f"{path}: no such file or folder")
    out: list[tuple[Conversation, Fact]] = []
    for file in sorted(path.glob("*.json")) if path.is_dir() else [path]:
        try:
            value = loads(file.read_bytes())
            conversation = Conversation.from_json(value)
            if not isinstance(value.get("gold"), list):
                raise DecodeError("gold", value.get("gold"), "the list of labelled signals")
        except DecodeError as error:
            refused.append(f"{file}: {error}")
        else:
            out.append((conversation, {**value, "id": conversation.id}))
    return out


def report(
    conversations: Sequence[Fact],
    predictions: Mapping[str, Sequence[Fact]],
    by_document: bool,
    misses: int,
    as_json: bool,
) -> list[str]:
    """The lines to print: one JSON object, or a table, the documents and differences asked for, and the headline."""
    by_type, differences = evaluation.score(conversations, predictions)
    result = evaluation.summary(by_type, len(conversations))
    if as_json:
        return [json.dumps(result, indent=1)]
    lines = [f"{'type':14} {'gold':>5} {'pred':>5} {'prec':>6} {'recall':>6} {'found':>6} {'exact':>6}"]
    for kind in evaluation.TYPES:
        if kind in by_type:
            f = by_type[kind]
            figures = [show(f[name]) for name in ("precision", "recall", "found_f1", "exact_f1")]
            lines.append(f"{kind:14} {f['gold']:5} {f['predicted']:5} " + " ".join(f"{x:>6}" for x in figures))
    if by_document:
        for one in conversations:
            figures_of_one, _ = evaluation.score([one], predictions)
            exact = evaluation.headline(figures_of_one, evaluation.TYPES)
            lines.append(f"  {one['id']:24} exact {show(exact)}")
    if misses:
        lines += examples(differences, misses)
    whole, five = show(result["exact_f1"]), show(result["exact_f1_five"])
    lines.append(f"exact F1: {whole} over {len(by_type)} types; the five: {five}")
    return lines


def examples(differences: Sequence[Miss], most: int) -> list[str]:
    shown_so_far: defaultdict[Any, int] = defaultdict(int)
    lines = []
    for miss in differences:
        shown_so_far[miss.type] += 1
        if shown_so_far[miss.type] <= most:
            gold, predicted = (json.dumps(each, ensure_ascii=False) for each in (miss.gold, miss.predicted))
            lines.append(f"  {miss.document} {miss.what}: gold {gold} | predicted {predicted}")
    return lines


def show(value: float | None) -> str:
    return "  –  " if value is None else f"{value:.3f}"

"""`telltale evaluate`: how right a reader is on labelled conversations."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service import evaluation
from service.commands.extract import Read
from service.commands.progress import shown
from service.commands.terminal import DONE, SOME_REFUSED, UnusableError, complain
from service.evaluation import Fact, Miss
from service.intake import Refusal
from service.intake.jsontext import loads
from service.reader import the_extract
from signals import Conversation, DecodeError

if TYPE_CHECKING:
    from service.settings import Settings

__all__ = ["load", "report", "run"]


def run(
    folder: str,
    *,
    by_document: bool,
    misses: int,
    as_json: bool,
    settings: Settings | None = None,
    answers: str | None = None,
    to: str | None = None,
) -> int:
    """Reads and scores each conversation of the folder that has a `gold` list; faulty files, and what a model does not
    answer to, are named and left out.

    `settings` name another reader than the local one; `answers` is a batch's output file, instead of a model that is
    asked; `to`: where the counts of such a reader go as JSON, `-` for standard error.
    """
    refused: list[str] = []
    labelled = load(Path(folder), refused)
    for line in refused:
        complain(line)
    if not labelled:
        raise UnusableError(f"{folder}: no conversation with a gold list in it")
    conversations = [conversation for conversation, _ in labelled]
    predictions: dict[str, list[Fact]] = {}
    with shown("conversations") as progress:
        for read in read_locally(conversations) if settings is None else read_by(settings, conversations, answers, to):
            progress.step()
            found = read if isinstance(read, Refusal) else read[1]
            if isinstance(read, Refusal) or isinstance(found, Refusal):
                refused.append(str(found))
                complain(str(found))
                continue
            # Through JSON and back, so that what is scored is what a client would be sent.
            predictions[read[0].id] = [json.loads(json.dumps(signal.to_json())) for signal in found]
    sources = [source for _, source in labelled if source["id"] in predictions]
    if not sources:
        raise UnusableError(f"{folder}: no conversation could be read")
    for line in report(sources, predictions, by_document, misses, as_json):
        sys.stdout.write(line + "\n")
    return SOME_REFUSED if refused else DONE


def read_locally(conversations: Sequence[Conversation]) -> Iterator[Read]:
    extract = the_extract()
    return ((conversation, extract(conversation)) for conversation in conversations)


def read_by(
    settings: Settings, conversations: Sequence[Conversation], answers: str | None, to: str | None
) -> Iterator[Refusal | Read]:
    """By a language model, or with its help."""
    from service.commands.extract_by_model import made, read_all, write_report
    from service.readers.report import Report

    options, reader = made(settings, answers)
    total = Report()
    yield from read_all(conversations, reader, total, options.concurrency)
    write_report(total, to)


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

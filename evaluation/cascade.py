"""What the cascade costs and gains, by the threshold of doubt from which the language model is asked.

    python -m evaluation.cascade FOLDER [--answers responses.jsonl] [--miss 0.2] [--invent 0.2] [--held-out]

FOLDER holds labelled conversations (`.json`, or `.src` of the corpus). Without `--answers` (recorded by
`telltale extract --reader llm --export` and any model) the answers are those of a simulated model: the gold facts that
stand in the window, of which it misses `--miss` and to which it adds `--invent` false ones, each as a share. With
neither it is perfect, which is the upper bound and no model's figure.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from evaluation.perturbed import proposals_of
from extractors import extract
from extractors.reading import Reading, read
from models.source import corpus
from service.evaluation import TYPES, headline, score
from service.readers.batch import recorded
from service.readers.cascade import read_in_cascade
from service.readers.model import Answer
from service.readers.options import Options
from service.readers.prompt import Request
from service.readers.reader import Asked, questions, read_by_model
from service.readers.report import Report
from signals import Conversation, Signal

THRESHOLDS = (0.0, 1.0, 2.0, 3.0, 4.0, 4.5, 5.0, 5.5, 5.75, 6.0, 8.0)


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled conversation, what the local reader finds in it, and what the model answers to which request."""

    conversation: Conversation
    labelled: Mapping[str, Any]
    local: list[Signal]
    answers: Mapping[str, str]


def documents(folder: Path, *, held_out: bool) -> list[dict[str, Any]]:
    found = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))]
    if any(folder.glob("*.src")):
        found += list(corpus(folder))
    if held_out:
        found = [each for each in found if (n := re.search(r"(\d+)$", each["id"])) and int(n.group(1)) % 4 == 0]
    return found


def simulated(
    reading: Reading, asked: Sequence[Asked], labelled: Mapping[str, Any], miss: float, invent: float
) -> dict[str, str]:
    """Each request's answer as a model gives it that knows the gold facts."""
    chance = random.Random(f"{labelled['id']} {miss} {invent}")
    facts = [fact for fact in labelled["gold"] if not fact.get("optional")]
    pairs = list(zip(facts, proposals_of(reading, facts), strict=True))
    out = {}
    for one in asked:
        lines = {line.number for line in one.window.lines}
        here = []
        for _, proposal in pairs:
            seen = [piece for piece in proposal["evidence"] if piece["line"] in lines]
            if seen and chance.random() >= miss:
                here.append({**proposal, "evidence": seen})
            if seen and chance.random() < invent:
                line = chance.choice(sorted(lines))
                words = reading.turns[line].text.split()
                quote = {"line": line, "quote": " ".join(words[:12])}
                here.append({**proposal, "evidence": [quote]})
        out[one.request.id] = json.dumps({"signals": here})
    return out


def answering(case: Case) -> Callable[[Request], Answer]:
    def ask(request: Request) -> Answer:
        text = case.answers.get(request.id, "")
        return Answer(text=text, model="recorded", sent_tokens=request.tokens, answer_tokens=len(text) // 4)

    return ask


def figures(cases: Sequence[Case], found: Mapping[str, list[Signal]]) -> float:
    predictions = {id: [signal.to_json() for signal in signals] for id, signals in found.items()}
    by_type, _ = score([case.labelled for case in cases], predictions)
    return headline(by_type, TYPES) or 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--answers", type=Path, metavar="RESPONSES.jsonl")
    parser.add_argument("--miss", type=float, default=0.0)
    parser.add_argument("--invent", type=float, default=0.0)
    parser.add_argument("--held-out", action="store_true", help="only conversations whose number divides by four")
    options = parser.parse_args()
    reader = Options(model="recorded", concurrency=1)
    answers = {id: answer.text for id, answer in recorded(options.answers).items()} if options.answers else None
    cases = []
    for labelled in track(documents(options.folder, held_out=options.held_out), console=Console(stderr=True)):
        conversation = Conversation.from_json(labelled)
        reading, local = read(conversation), extract(conversation)
        known = answers or simulated(reading, questions(reading, local, reader), labelled, options.miss, options.invent)
        cases.append(Case(conversation, labelled, local, known))
    full = Report()
    everything: dict[str, list[Signal]] = {}
    for case in cases:
        result = read_by_model(
            case.conversation, ask=answering(case), local=lambda _, case=case: case.local, options=reader, cache=None
        )
        full.add(result.report)
        everything[case.conversation.id] = result.signals
    table = Table(title=f"{len(cases)} conversations of {options.folder}")
    for column in ("reader", "requests", "of the full reader's", "tokens a conversation", "exact F1"):
        table.add_column(column, justify="left" if column == "reader" else "right")
    table.add_row("local", "0", "0 %", "0", f"{figures(cases, {c.conversation.id: c.local for c in cases}):.3f}")
    for threshold in reversed(THRESHOLDS):
        report = Report()
        found = {}
        for case in cases:
            result = read_in_cascade(
                case.conversation,
                ask=answering(case),
                local=lambda _, case=case: case.local,
                options=replace(reader, threshold=threshold),
                cache=None,
            )
            report.add(result.report)
            found[case.conversation.id] = result.signals
        row(table, f"cascade, doubt from {threshold:g}", report, full, len(cases), figures(cases, found))
    row(table, "llm", full, full, len(cases), figures(cases, everything))
    Console().print(table)


def row(table: Table, name: str, report: Report, full: Report, count: int, accuracy: float) -> None:
    tokens = (report.sent_tokens + report.answer_tokens) / max(1, count)
    share = report.asked / max(1, full.asked)
    table.add_row(name, str(report.asked), f"{share:.0%}", f"{tokens:.0f}", f"{accuracy:.3f}")


if __name__ == "__main__":
    main()

"""How long one long call takes: the whole of `extract`, beside what it is often compared with.

    python -m benchmarks.extract [--words 9000] [--rounds 7] [--peers .venv-peers/bin/python] [--json]

The call is made of the project's own written conversations, one after the other, until it has so many words. All take
turns in one process on one core; figures are CPU time, the median of the rounds after a warm one. Recognizers-Text is
in an environment of its own (`make peers` makes it) and is measured there, dates alone, while nothing else runs here.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import statistics
import subprocess
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

# One core, so that libraries with threads of their own are measured like the others.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TOKENIZERS_PARALLELISM"):
    os.environ.setdefault(variable, "1")

CORPUS = Path(__file__).parents[1] / "models" / "corpus"


def call_of(words: int) -> dict[str, Any]:
    """A call of about `words` words out of the corpus's dialogues, two voices taking turns."""
    from models.source import corpus

    texts = [
        segment["text"] for labelled in corpus(CORPUS) if labelled["kind"] == "call" for segment in labelled["segments"]
    ]
    segments: list[dict[str, Any]] = []
    total = 0
    for turn, text in enumerate(itertools.cycle(texts)):
        if total >= words:
            break
        segments.append({"speaker": ("p1", "p2")[turn % 2], "text": text})
        total += len(text.split())
    return {
        "id": f"call-of-{words}-words",
        "kind": "call",
        "occurred_at": "2026-03-12T15:00:00-05:00",
        "deal": {
            "account": "Brightwater Foods",
            "seller": "Northstar Analytics",
            "currency": "USD",
            "competitors": [
                {"name": "Tableau", "aliases": ["Tableau Cloud"]},
                {"name": "Qlik", "aliases": ["QlikView", "Qlik Sense"]},
                {"name": "Power BI", "aliases": ["PBI"]},
            ],
        },
        "participants": [
            {"id": "p1", "name": "Dana Reyes", "title": "VP Operations", "side": "buyer"},
            {"id": "p2", "name": "Sam Okoro", "title": "Account Executive", "side": "seller"},
        ],
        "segments": segments,
    }


def contestants(raw: dict[str, Any]) -> dict[str, Callable[[], object]]:
    """Each reads the whole call once."""
    import spacy
    from dateparser.search import search_dates

    from extractors import extract
    from signals import Conversation

    conversation = Conversation.from_json(raw)
    texts = [segment["text"] for segment in raw["segments"]]
    blank = spacy.blank("en")
    blank.add_pipe("sentencizer")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a model with random weights finds nothing of use
        names = spacy.blank("en")
        recogniser: Any = names.add_pipe("ner")
        for label in ("PERSON", "ORG", "DATE", "MONEY"):
            recogniser.add_label(label)
        names.initialize()
    return {
        "Telltale: extract": lambda: extract(conversation),
        "spaCy: blank tokenizer and sentences": lambda: [blank(text) for text in texts],
        "spaCy: small NER (tok2vec 96 wide, random weights)": lambda: [names(text) for text in texts],
        "dateparser: search_dates (languages=['en'])": lambda: [search_dates(text, languages=["en"]) for text in texts],
    }


def measured(runs: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median CPU seconds of each, the contestants taking turns."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for round_ in range(rounds + 1):
        for name, run in runs.items():
            start = time.process_time()
            run()
            if round_:
                seconds[name].append(time.process_time() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


def recognizers(python: str, raw: dict[str, Any]) -> float:
    """CPU seconds of its reading of dates, by a Python that has it. One round: it takes as long as all others."""
    texts = json.dumps([segment["text"] for segment in raw["segments"]])
    command = [python, str(Path(__file__).with_name("recognizers.py")), "1"]
    done = subprocess.run(command, input=texts, text=True, stdout=subprocess.PIPE, check=True)
    return statistics.median(json.loads(done.stdout))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, default=9000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--peers", default=".venv-peers/bin/python", help="Python that has Recognizers-Text")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    raw = call_of(options.words)
    words = sum(len(segment["text"].split()) for segment in raw["segments"])
    result = measured(contestants(raw), options.rounds)
    if shutil.which(options.peers):
        result["Recognizers-Text: dates alone"] = recognizers(options.peers, raw)
    if options.json:
        print(json.dumps({"words": words, "utterances": len(raw["segments"]), "seconds": result}, indent=1))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"One call of {words:,} words in {len(raw['segments'])} utterances, one core, CPU time")
    for column in ("what", "seconds a call", "words a second", "times Telltale"):
        table.add_column(column, justify="left" if column == "what" else "right")
    ours = result["Telltale: extract"]
    for name, seconds in result.items():
        table.add_row(name, f"{seconds:.3f}", f"{words / seconds:,.0f}", f"{seconds / ours:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()

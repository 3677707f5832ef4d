"""How many facts are found where nobody sells anything: meetings and earnings calls, a fact in which is a wrong one.

    python -m evaluation.nobody_sells DATA [--most N] [--show N]

DATA (or TELLTALE_DATA) is a folder with `qmsum/meetings.jsonl` (QMSum, a meeting a line) or
`earnings22/earnings22_turns.jsonl` (Earnings-22, a turn a line); they are no part of the project. TELLTALE_MODEL=none
leaves the second reader out.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from extractors import extract
from signals import Conversation

__all__ = ["conversations"]


def conversations(data: Path) -> Iterator[tuple[str, Conversation]]:
    """(set, conversation) of every meeting and call in the folder."""
    meetings = data / "qmsum" / "meetings.jsonl"
    if meetings.is_file():
        for number, line in enumerate(meetings.read_text("utf-8").splitlines()):
            turns = [(turn["speaker"], turn["text"]) for turn in json.loads(line)["turns"]]
            yield "qmsum", call(f"qmsum-{number}", turns)
    calls = data / "earnings22" / "earnings22_turns.jsonl"
    if calls.is_file():
        rows = map(json.loads, calls.read_text("utf-8").splitlines())
        for name, turns in itertools.groupby(rows, key=lambda row: row["call"]):
            yield "earnings22", call(f"earnings22-{name}", [(str(row["speaker"]), row["text"]) for row in turns])


def call(name: str, turns: list[tuple[str, str]]) -> Conversation:
    """A call of which nothing is known but who spoke when."""
    speakers = list(dict.fromkeys(speaker for speaker, _ in turns))
    raw: dict[str, Any] = {
        "id": name,
        "kind": "call",
        "occurred_at": "2026-03-12T15:00:00+00:00",
        "participants": [{"id": f"p{speakers.index(speaker)}", "name": speaker} for speaker in speakers],
        "segments": [{"speaker": f"p{speakers.index(speaker)}", "text": text} for speaker, text in turns],
    }
    return Conversation.from_json(raw)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", default=os.environ.get("TELLTALE_DATA"))
    parser.add_argument("--most", type=int, default=40, help="conversations of each set  [40]")
    parser.add_argument("--only", help="one set alone")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print the first N facts of each set")
    options = parser.parse_args(arguments)
    if not options.data or not Path(options.data).is_dir():
        parser.error(f"data: {options.data!r} is no folder: give the one that holds the sets, or TELLTALE_DATA")
    read, utterances = Counter[str](), Counter[str]()
    facts, kinds, with_facts = Counter[str](), Counter[tuple[str, str]](), Counter[str]()
    for name, conversation in conversations(Path(options.data)):
        if read[name] == options.most or (options.only and name != options.only):
            continue
        read[name] += 1
        utterances[name] += len(conversation.segments)
        signals = extract(conversation)
        with_facts[name] += bool(signals)
        for signal in signals:
            if facts[name] < options.show:
                print(json.dumps({"in": conversation.id, **signal.to_json()}, ensure_ascii=False))
            facts[name] += 1
            kinds[name, signal.type] += 1
    for name in read:
        rate = 1000 * facts[name] / max(1, utterances[name])
        print(
            f"{name}: {read[name]} conversations, {utterances[name]:,} utterances, {facts[name]} facts in "
            f"{with_facts[name]} of them, {rate:.2f} in 1,000 utterances",
            {kind: count for (of, kind), count in kinds.items() if of == name},
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

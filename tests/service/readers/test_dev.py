"""What the cascade asks about the conversations that are for measuring."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from evaluation.cascade import Case, answering, figures, simulated
from extractors import extract
from extractors.reading import read
from service.readers.cascade import read_in_cascade
from service.readers.options import Options
from service.readers.reader import Read, questions, read_by_model
from service.readers.report import Report
from signals import Conversation

DEV = Path(__file__).parents[3] / "evaluation" / "dev"


def test_the_cascade_asks_a_quarter_and_gains_by_it() -> None:
    """With a simulated model that misses a fifth of the facts and invents a tenth. Where this fails because the local
    reader has become more or less sure of itself, `python -m evaluation.cascade evaluation/dev` gives a new threshold.
    """
    options = Options(model="simulated", concurrency=1)
    cases = []
    for file in sorted(DEV.glob("*.json")):
        labelled = json.loads(file.read_text(encoding="utf-8"))
        conversation = Conversation.from_json(labelled)
        reading, local = read(conversation), extract(conversation)
        asked = questions(reading, local, options)
        cases.append(Case(conversation, labelled, local, simulated(reading, asked, labelled, 0.2, 0.1)))
    reports, accuracy = {}, {"local": figures(cases, {case.conversation.id: case.local for case in cases})}
    for name, reader in (("cascade", read_in_cascade), ("llm", read_by_model)):
        results: dict[str, Read] = {
            case.conversation.id: reader(
                case.conversation,
                ask=answering(case),
                local=lambda _, found=case.local: found,
                options=replace(options),
                cache=None,
            )
            for case in cases
        }
        reports[name] = Report()
        for result in results.values():
            reports[name].add(result.report)
        accuracy[name] = figures(cases, {id: result.signals for id, result in results.items()})
    assert 0 < reports["cascade"].asked <= reports["llm"].asked / 4
    assert accuracy["local"] < accuracy["cascade"]

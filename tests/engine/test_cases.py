"""The scenarios that come with the engine's specification, checked in-process by the runner's own checks."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from engine import Pipeline, replay
from evaluation.run_scenarios import evaluate

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case_holds(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    until = None if case["until"] is None else dt.datetime.fromisoformat(case["until"])
    pipeline = Pipeline.load(case["pipeline"])
    first, again = (json.dumps(replay(case["events"], pipeline, until).to_json()) for _ in range(2))
    assert first == again
    out = json.loads(first)
    for check in [{"wellformed": True}, *case["expect"]]:
        holds, message = evaluate(check, out["deals"], out["decisions"])
        assert holds, f"{json.dumps(check)}: {message}"

"""The scenarios of the engine's specification and those written from it, by the checks of the runner itself."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from engine import Pipeline, replay
from evaluation.run_scenarios import evaluate, load

FOLDERS = (Path(__file__).parent / "cases", Path(__file__).parents[2] / "evaluation" / "engine-scenarios")
CASES = [path for folder in FOLDERS for path in sorted(folder.glob("*.json"))]
PIPELINES = {name: Pipeline.load(name) for name in ("b2b", "b2b-rules", "lead")}


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_case_holds(path: Path) -> None:
    case = load(path)
    until = dt.datetime.fromisoformat(case["until"]) if case.get("until") else None
    pipeline = PIPELINES[case.get("pipeline") or "b2b"]
    first, again = (json.dumps(replay(case["events"], pipeline, until).to_json()) for _ in range(2))
    assert first == again
    out = json.loads(first)
    for check in [{"wellformed": True}, *case["expect"]]:
        holds, message = evaluate(check, out["deals"], out["decisions"])
        assert holds, f"{json.dumps(check)}: {message}"

"""The documentation does what it says: its pictures are the pipeline's, and its examples run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine import Pipeline
from engine.diagram import mermaid, stage_table
from tests.engine.story import B2B

DOCS = Path(__file__).parents[2] / "docs"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(name: str, language: str) -> list[str]:
    text = (DOCS / name).read_text(encoding="utf-8")
    return [code for kind, code in FENCE.findall(text) if kind == language]


def test_the_pictures_are_drawn_from_the_pipeline() -> None:
    text = (DOCS / "engine.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{mermaid(B2B)}\n```" in text
    assert stage_table(B2B) in text


@pytest.mark.parametrize("code", blocks("engine.md", "python"))
def test_the_examples_run(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(code, "docs/engine.md", "exec"), {})
    assert "role_verified" in capsys.readouterr().out


def test_the_alerts_of_the_documentation_are_those_of_the_engine() -> None:
    text = (DOCS / "engine.md").read_text(encoding="utf-8")
    told = {
        name: (str(after), who)
        for name, after, who in re.findall(r"^\| `alert\.(\w+)` \|.*?(\d[\d.]*)?.*\| (.*) \|$", text, re.M)
    }
    for name in B2B.alerts.__slots__:
        rule = getattr(B2B.alerts, name)
        assert told[name][1].replace(", ", " ").replace("sales leadership", "sales_leadership").split() == list(rule.to)


def test_the_health_points_of_the_documentation_are_the_pipelines() -> None:
    text = (DOCS / "engine.md").read_text(encoding="utf-8")
    rows = {name: said.replace("−", "-") for name, said in re.findall(r"^\| `(\w+)` \| (.*) \|$", text, re.M)}
    health = B2B.health
    assert all(str(points) in rows["engagement"] for points in health.engagement.values())
    assert all(str(points) in rows["contacts"] for _, points in health.contacts)
    assert all(str(points) in rows["champion"] for points in health.champion.values())
    assert all(str(points) in rows["risks"] for name, points in health.risks.items() if name != "least")


def test_what_ships_can_be_drawn() -> None:
    for name in ("b2b", "b2b-rules", "lead"):
        pipeline = Pipeline.load(name)
        assert all(stage.id in mermaid(pipeline) for stage in pipeline.stages)
        assert len(stage_table(pipeline).splitlines()) == len(pipeline.stages) + 2

"""The documentation does what it says: its pictures are the pipeline's, and its examples run."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from engine import Pipeline
from engine.condition_file import read_condition
from engine.diagram import field_table, mermaid, stage_table
from engine.lines import Lines
from engine.pipeline import SHIPPED
from engine.pipeline_cases import run_cases
from engine.reader import Report
from tests.engine.story import B2B

DOCS = Path(__file__).parents[2] / "docs"
FENCE = re.compile(r"^```([\w ]+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


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


def test_a_pipeline_of_your_own_step_by_step() -> None:
    """Does what the page says: finds, replaces, adds, and tells its stories."""
    text = (SHIPPED / "b2b.toml").read_text(encoding="utf-8")
    page = (DOCS / "writing-a-pipeline.md").read_text(encoding="utf-8")
    found = ""
    stories = []
    for kind, code in FENCE.findall(page):
        match kind:
            case "toml find":
                found = code
                assert text.count(found) == 1, found
            case "toml instead":
                text = text.replace(found, code)
                Pipeline.from_text(text)
            case "toml add":
                text += "\n" + code
            case "toml cases":
                stories.append(code)
            case _:
                pass
    mine = Pipeline.from_text(text)
    assert mine.name == "mine"
    assert mine.alerts.no_contact.after == 10
    assert mine.stages[mine.index("pilot")].average_days == 30
    assert mine.rule("milestone.pilot_started") is not None
    assert mine.approvals_expire_days == 14
    outcomes = [outcome for story in stories for outcome in run_cases(mine, story)]
    assert len(outcomes) == 3
    assert [outcome.wrong for outcome in outcomes] == ["", "", ""]


@pytest.mark.parametrize("code", blocks("writing-a-pipeline.md", "toml condition"))
def test_the_conditions_of_the_page_can_be_read(code: str) -> None:
    value = tomllib.loads(f"condition = {code}", parse_float=Decimal)["condition"]
    report = Report(Lines(""))
    read_condition(value, ("condition",), report, of_event=False)
    assert not report.mistakes


def test_the_settings_of_the_engines_page_are_settings() -> None:
    (setting,) = blocks("engine.md", "toml setting")
    assert Pipeline.from_text(f'extends = "b2b"\nname = "x"\n{setting}').approvals_expire_days == 14


def test_the_small_file_of_the_page_is_whole() -> None:
    pipeline = Pipeline.from_text(blocks("writing-a-pipeline.md", "toml whole")[0])
    assert (pipeline.name, pipeline.rep_probability_off, len(pipeline.calendar.holidays)) == ("berlin", 20, 2)


def test_the_fields_of_the_page_are_the_engines() -> None:
    assert field_table() in (DOCS / "writing-a-pipeline.md").read_text(encoding="utf-8")

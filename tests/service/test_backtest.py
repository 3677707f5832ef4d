"""`telltale backtest` and `telltale pipeline calibrate`, from a file of events and from what the service has stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine import Pipeline
from engine.pipeline import SHIPPED
from service.flows.append_events import append_events
from service.flows.stored_history import stored_history
from tests.engine.story import Story
from tests.engine.test_docs import blocks
from tests.service.test_cli import telltale

Json = dict[str, Any]


def history() -> list[Json]:
    """D-1 gets to proposal by hand nine days after its pilot, D-2 never."""
    told = Story("qualified", deal="D-1")
    told.milestone(1, "pilot_succeeded")
    told.add(9, "deal.updated", stage="proposal")
    told.milestone(12, "deal_lost")
    other = Story("qualified", deal="D-2")
    other.milestone(1, "pilot_succeeded")
    return [*told.events, *other.events]


def closed() -> list[Json]:
    """Forty deals through proposal, twelve of them won."""
    events: list[Json] = []
    for n in range(40):
        told = Story("proposal", deal=f"D-{n}")
        told.add(6, "override.stage", to="negotiation", reason="On.", by="ana")
        if n < 12:
            told.add(10, "esign.completed", envelope="e")
        else:
            told.milestone(10, "deal_lost", loss_reason="fit")
        events.extend(told.events)
    return events


def file_of(folder: Path, events: list[Json]) -> Path:
    path = folder / "events.jsonl"
    path.write_text("\n".join(json.dumps(event) for event in events) + "\n")
    return path


class TestBacktest:
    def test_a_file_for_people(self, tmp_path: Path) -> None:
        result = telltale("backtest", "--pipeline", "b2b-rules", file_of(tmp_path, history()))
        assert (result.exit_code, result.stderr) == (0, "")
        first, *lines = result.stdout.splitlines()
        rules, b2b = Pipeline.load("b2b-rules").label, Pipeline.load("b2b").label
        assert first == f"2 deals under {rules} instead of {b2b}: 1 would stand elsewhere."
        assert "  D-2: qualified → proposal" in lines
        assert "  D-1: proposal 8.0 days earlier" in lines
        assert "  milestone.pilot: 0 → 2" in lines
        assert lines[-1].startswith("Brier score (0 is perfect, 0.25 a coin): 0.")

    def test_json_says_the_same(self, tmp_path: Path) -> None:
        events = file_of(tmp_path, history())
        result = telltale("backtest", events, "--pipeline", "b2b-rules", "--format", "json")
        body = json.loads(result.stdout)
        assert body["differences"] == [{"deal": "D-2", "now": "qualified", "then": "proposal"}]
        assert body["shifts"] == [{"deal": "D-1", "stage": "proposal", "days": -8}]
        assert len(body["brier"]) == 2
        same = telltale("backtest", events, "--pipeline", "b2b", "--from", "b2b", "--format", "json")
        assert json.loads(same.stdout)["differences"] == []

    def test_a_file_of_your_own(self, tmp_path: Path) -> None:
        mine = tmp_path / "mine.toml"
        mine.write_text('extends = "b2b"\nname = "mine"\ngate_policy = "rules"\n')
        result = telltale("backtest", "--pipeline", mine, file_of(tmp_path, history()))
        assert "D-2: qualified → proposal" in result.stdout
        assert "mine@" in result.stdout

    def test_what_cannot_be_used_is_named(self, tmp_path: Path) -> None:
        path = file_of(tmp_path, [*history(), {"id": "e-9", "deal_id": "D-9", "type": "gossip"}])
        path.write_text(path.read_text() + "{broken\n")
        result = telltale("backtest", "--pipeline", "lead", path)
        assert result.exit_code == 1
        named = result.stderr.splitlines()
        assert named[0].startswith(f"{path}:8: the input: expected JSON")
        assert named[1].startswith("event e-9: ")
        assert len(named) == 2
        assert "cannot follow:" not in result.stdout
        away = telltale("backtest", "--pipeline", "lead", file_of(tmp_path, Story("discovery").events))
        assert away.exit_code == 0
        assert "D-1: discovery → nowhere" in away.stdout
        assert "cannot follow:" in away.stdout

    @pytest.mark.parametrize(
        "arguments", [["e.jsonl"], ["nowhere", "--pipeline", "b2b"], ["-", "--pipeline", "nope"], ["-", "--from", "no"]]
    )
    def test_unusable_arguments(self, arguments: list[str]) -> None:
        assert telltale("backtest", *arguments, given="").exit_code == 2

    def test_the_stored_history(self, service: Any, database: str) -> None:
        append_events(service.context, history())
        result = telltale("backtest", "--pipeline", "b2b-rules", "--database", database)
        assert result.exit_code == 0, result.stderr
        assert "2 deals under" in result.stdout
        assert "  D-2: qualified → proposal" in result.stdout.splitlines()

    def test_a_database_that_does_not_answer(self) -> None:
        result = telltale("backtest", "--pipeline", "lead", "--database", "postgresql://nobody@127.0.0.1:1/none")
        assert result.exit_code == 2
        assert "the database does not answer" in result.stderr


def test_the_stored_history_is_what_the_service_folds(service: Any) -> None:
    events = history()
    append_events(service.context, [*events[4:], *events[:4]])
    stored = stored_history(service.context)
    assert [event.deal_id for event in stored] == ["D-1"] * 4 + ["D-2"] * 2
    assert [event.id for event in stored] == [event["id"] for event in events]


def test_the_commands_of_the_engines_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file_of(tmp_path, closed())
    (tmp_path / "mine.toml").write_text((SHIPPED / "b2b.toml").read_text().replace('"b2b"', '"mine"', 1))
    monkeypatch.chdir(tmp_path)
    commands = [command for code in blocks("engine.md", "sh") for command in code.splitlines()]
    assert len(commands) == 5
    for command in commands:
        _, *arguments = command.split()
        assert telltale(*arguments).exit_code == 0, command


class TestCalibrate:
    def test_a_proposal_with_its_differences(self, tmp_path: Path) -> None:
        out = tmp_path / "proposed.toml"
        result = telltale("pipeline", "calibrate", file_of(tmp_path, closed()), "--out", out)
        assert (result.exit_code, result.stderr) == (0, "")
        lines = result.stdout.splitlines()
        assert lines[0].startswith("40 closed deals.")
        assert "  identified      none that passed it are closed" in lines
        assert "  proposal        12 of 40 won, 30% (18%–45%); 6.0–6.0 days, 6.0" in lines
        assert "  proposal: cap 100 → 30 (40 closed deals)" in lines
        assert "  identified: 0 closed deals, fewer than 30: unchanged" in lines
        proposed = Pipeline.load(out)
        assert proposed.stages[proposed.index("proposal")].cap == 30
        assert "# The default sales pipeline." in out.read_text()
        assert telltale("pipeline", "check", out).exit_code == 0

    def test_json(self, tmp_path: Path) -> None:
        out = tmp_path / "proposed.toml"
        result = telltale("pipeline", "calibrate", file_of(tmp_path, closed()), "--out", out, "--format", "json")
        body = json.loads(result.stdout)
        assert body["proposed"] == {"pipeline": Pipeline.load(out).label, "file": str(out)}
        assert body["closed"] == 40
        assert body["stages"][3]["won"] == 12
        assert sum(row["count"] for row in body["reliability"]) == 40

    def test_a_file_that_is_there_is_left_alone(self, tmp_path: Path) -> None:
        out = tmp_path / "b2b.toml"
        out.write_text((SHIPPED / "b2b.toml").read_text())
        result = telltale("pipeline", "calibrate", file_of(tmp_path, closed()), "--pipeline", out, "--out", out)
        assert result.exit_code == 2
        assert result.stderr == f"--out: {out} is there already; name a new file, and compare\n"
        assert out.read_text() == (SHIPPED / "b2b.toml").read_text()

    def test_a_pipeline_without_stages_of_its_own(self, tmp_path: Path) -> None:
        events, out = file_of(tmp_path, closed()), tmp_path / "proposed.toml"
        result = telltale("pipeline", "calibrate", events, "--pipeline", "b2b-rules", "--out", out)
        assert result.exit_code == 2
        assert "extends" in result.stderr
        assert not out.exists()

    def test_the_stored_history(self, service: Any, database: str, tmp_path: Path) -> None:
        append_events(service.context, history())
        out = tmp_path / "proposed.toml"
        result = telltale("pipeline", "calibrate", "--out", out, "--database", database)
        assert result.exit_code == 0, result.stderr
        assert result.stdout.startswith("1 closed deals.")

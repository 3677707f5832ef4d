"""The command line: what it prints, what it says on standard error, and how it ends."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from service import cli, clock
from service.commands import evaluate, extract
from tests.service.samples import call, extract_marks

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent / "telltale"

Json = dict[str, Any]


def telltale(*arguments: str | Path, given: str | bytes | None = None) -> Any:
    return CliRunner().invoke(cli.app, [str(each) for each in arguments], input=given)


def lines(result: Result) -> list[Json]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def marks(monkeypatch: pytest.MonkeyPatch) -> None:
    # where the name is used: a patch of its home would be kept by a module that is first imported under it
    for command in (extract, evaluate):
        monkeypatch.setattr(command, "the_extract", lambda: extract_marks)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three good files, one broken, one that is none of ours, one hidden."""
    (tmp_path / "b").mkdir()
    (tmp_path / "a.json").write_text(json.dumps(call("c-a", "b1: [budget status=none]")))
    (tmp_path / "b" / "b.jsonl").write_text("\n".join(json.dumps(call(f"c-b{n}", "b1: hi")) for n in range(2)) + "\n{x")
    (tmp_path / "c.json").write_text("{broken")
    (tmp_path / "d.json").write_text(json.dumps([call("c-d", "b1: hi")]))
    (tmp_path / "notes.docx").write_bytes(b"PK")
    (tmp_path / ".hidden.json").write_text("{broken")
    return tmp_path


@pytest.mark.usefixtures("marks")
class TestExtract:
    def test_a_folder_in_order_with_its_bad_ones_named(self, folder: Path) -> None:
        result = telltale("extract", folder)
        assert result.exit_code == 1
        assert [each["id"] for each in lines(result)] == ["c-a", "c-b0", "c-b1", "c-d"]
        assert lines(result)[0]["signals"][0]["status"] == "none"
        assert set(lines(result)[0]) == {"id", "signals"}
        refused = result.stderr.splitlines()
        assert f"{folder}/notes.docx: passed over, no format has the ending .docx" in refused
        assert any(line.startswith(f"{folder}/b/b.jsonl:3: the input: expected JSON") for line in refused)
        assert any(line.startswith(f"{folder}/c.json: the input: expected JSON") for line in refused)
        assert refused[-1] == "2 of 6 inputs refused"

    def test_arguments_in_their_own_order(self, folder: Path) -> None:
        result = telltale(
            "extract", folder / "d.json", "-", folder / "a.json", given=json.dumps(call("c-in", "b1: hi"))
        )
        assert result.exit_code == 0
        assert [each["id"] for each in lines(result)] == ["c-d", "c-in", "c-a"]

    def test_a_missing_file_among_good_ones(self, folder: Path) -> None:
        result = telltale("extract", folder / "nowhere.json", folder / "a.json")
        assert result.exit_code == 1
        assert [each["id"] for each in lines(result)] == ["c-a"]
        assert (
            "nowhere.json: the input: expected a file that can be read, got 'no such file or directory'"
            in result.stderr
        )

    def test_nothing_there_at_all(self, tmp_path: Path) -> None:
        assert telltale("extract", tmp_path / "nowhere").exit_code == 2
        empty = telltale("extract", tmp_path)
        assert empty.exit_code == 1
        assert "expected a folder with conversations in it" in empty.stderr

    def test_one_that_cannot_be_read_costs_the_others_nothing(self, tmp_path: Path) -> None:
        values = [call("c-1", "b1: hi"), call("c-2", "b1: [boom]"), call("c-3", "b1: hi")]
        (tmp_path / "a.json").write_text(json.dumps(values))
        result = telltale("extract", tmp_path / "a.json")
        assert result.exit_code == 1
        assert [each["id"] for each in lines(result)] == ["c-1", "c-3"]
        assert "c-2: the input: expected a conversation that can be read" in result.stderr

    def test_a_transcript_needs_its_time(self, tmp_path: Path) -> None:
        (tmp_path / "a.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Sam>hi [budget status=none]</v>\n")
        assert telltale("extract", tmp_path / "a.vtt").exit_code == 1
        result = telltale("extract", tmp_path / "a.vtt", "--occurred-at", "2026-03-12", "--seller", "Sam")
        assert result.exit_code == 0
        assert len(lines(result)[0]["signals"]) == 1
        wrong = telltale("extract", tmp_path / "a.vtt", "--occurred-at", "soon")
        assert wrong.exit_code == 2
        assert "--occurred-at: expected a time such as 2026-03-12" in wrong.stderr

    @pytest.mark.parametrize("how", ["option", "environment"])
    def test_our_domains_tell_the_sides_of_a_mail(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
    ) -> None:
        (tmp_path / "a.eml").write_text(
            "From: Dana <dana@hollis.example>\nTo: sam@northstar.example\nDate: Mon, 02 Mar 2026 16:12:05 -0500\n\nhi"
        )
        sides: list[Any] = []

        def look(conversation: Any) -> list[Any]:
            sides.extend(str(person.side) for person in conversation.participants)
            return []

        monkeypatch.setattr(extract, "the_extract", lambda: look)
        if how == "environment":
            monkeypatch.setenv("TELLTALE_OUR_DOMAINS", "other.example, @Northstar.example")
        told = ["--our-domain", "northstar.example"] if how == "option" else []
        assert telltale("extract", tmp_path / "a.eml", *told).exit_code == 0
        assert sides == ["buyer", "seller"]

    def test_a_table_for_people(self, tmp_path: Path) -> None:
        said = "b1: we have [budget status=approved amount=1250000] and [competitor name=Qlik relation=favored]"
        (tmp_path / "a.json").write_text(json.dumps([call("c-1", said), call("c-2", "b1: hi")]))
        result = telltale("extract", "--format", "table", tmp_path / "a.json")
        assert result.exit_code == 0
        for words in (
            "c-1",
            "Hollis Freight",
            "approved, USD 1,250,000",
            "Dana Reyes",
            "90%",
            "nothing that moves a deal",
        ):
            assert words in result.stdout

    def test_no_paths_is_unusable(self) -> None:
        assert telltale("extract").exit_code == 2


def test_many_conversations_through_several_processes_keep_their_order(tmp_path: Path) -> None:
    values = [json.dumps(call(f"c-{n}", "b1: hi")) for n in range(205)]
    values[100] = json.dumps({"id": "c-100"})
    (tmp_path / "many.jsonl").write_text("\n".join(values))
    done = subprocess.run(
        [BIN, "extract", "--processes", "2", tmp_path / "many.jsonl"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [f"c-{n}" for n in range(205) if n != 100]
    assert "many.jsonl:101: kind: expected one of call, email" in done.stderr


class TestSpans:
    def test_each_line_has_its_answer(self) -> None:
        given = 'we have 45k\n\n{"text": "see you on 3 May", "now": "2026-03-12T10:00:00Z"}\n'
        result = telltale("spans", "--currency", "EUR", given=given)
        assert result.exit_code == 0
        first, blank, last = lines(result)
        (amount,) = first["amounts"]
        assert (amount["low"], amount["high"], amount["currency"]) == (45000, 45000, "EUR")
        assert amount["text"] == "we have 45k"[amount["start"] : amount["end"]]
        assert set(blank) == {"amounts", "periods", "people", "companies", "titles"}
        assert last["periods"][0]["from"] == "2026-05-03"

    def test_the_day_is_todays_unless_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import datetime as dt

        monkeypatch.setattr(clock, "now", lambda: dt.datetime(2031, 1, 5, tzinfo=dt.UTC))
        assert lines(telltale("spans", given="tomorrow"))[0]["periods"][0]["from"] == "2031-01-06"
        told = telltale("spans", "--now", "2026-03-12", given="tomorrow")
        assert lines(told)[0]["periods"][0]["from"] == "2026-03-13"

    def test_day_first(self) -> None:
        given = "let us meet on 04/03/2026"
        assert lines(telltale("spans", "--now", "2026-01-01", given=given))[0]["periods"][0]["from"] == "2026-04-03"
        first = telltale("spans", "--now", "2026-01-01", "--day-first", given=given)
        assert lines(first)[0]["periods"][0]["from"] == "2026-03-04"

    def test_bad_lines_are_named(self) -> None:
        result = telltale("spans", given='{"text": 5}\n{broken\nfine\n{"text": "x", "now": "soon"}\n')
        assert result.exit_code == 1
        assert len(lines(result)) == 1
        named = [line.split(":")[0] for line in result.stderr.splitlines()]
        assert named == ["line 1", "line 2", "line 4"]


EVENTS = [
    {"id": "e-1", "deal_id": "D-1", "type": "deal.created", "occurred_at": "2026-03-01T09:00:00Z", "data": {}},
    {"id": "e-2", "deal_id": "D-1", "type": "gossip", "occurred_at": "2026-03-01T09:00:00Z", "data": {}},
    {
        "id": "e-3",
        "deal_id": "D-1",
        "type": "activity.call",
        "occurred_at": "2026-03-02T09:00:00Z",
        "data": {"minutes": 40, "contacts": ["Dana Reyes"]},
    },
    {"id": "e-4", "deal_id": "D-2", "type": "clock", "occurred_at": "2026-03-01T09:00:00Z", "data": {}},
]


class TestReplay:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        path = tmp_path / "events.jsonl"
        path.write_text("\n".join(json.dumps(event) for event in EVENTS) + "\n\n{broken\n")
        return path

    def test_one_object_and_the_refused_named(self, file: Path) -> None:
        result = telltale("replay", file)
        assert result.exit_code == 1
        body = json.loads(result.stdout)
        assert set(body) == {"pipeline", "deals", "decisions"}
        assert body["pipeline"]["name"] == "b2b"
        assert body["deals"]["D-1"]["gates"]["identified"]["first_contact"] is True
        assert list(body["deals"]) == ["D-1"]
        assert f"{file}:6: the input: expected JSON" in result.stderr
        assert "event e-2: type: expected one of" in result.stderr
        assert "deal D-2 was never created" in result.stderr

    def test_until_leaves_out_what_is_later(self, file: Path) -> None:
        body = json.loads(telltale("replay", file, "--until", "2026-03-01T12:00:00Z").stdout)
        assert body["deals"]["D-1"]["gates"]["identified"]["first_contact"] is False

    def test_good_events_from_standard_input(self) -> None:
        given = "\n".join(json.dumps(event) for event in (EVENTS[0], EVENTS[2]))
        result = telltale("replay", "-", "--pipeline", "lead", given=given)
        assert result.exit_code == 0
        assert json.loads(result.stdout)["pipeline"]["name"] == "lead"
        assert result.stderr == ""

    def test_no_format_of_conversations_is_imported(self, file: Path) -> None:
        """A vendor's format that is broken must not keep anybody from replaying events."""
        command = [sys.executable, "-X", "importtime", "-m", "service.cli", "replay", file, "--until", "2026-03-01"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert '"decisions"' in done.stdout
        imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
        assert "engine" in imported
        assert not [name for name in imported if name.startswith(("service.intake", "extractors"))]

    @pytest.mark.parametrize("arguments", [["nowhere.jsonl"], ["-", "--pipeline", "nowhere"], ["-", "--until", "soon"]])
    def test_unusable_arguments(self, arguments: list[str]) -> None:
        assert telltale("replay", *arguments, given="").exit_code == 2


class TestPipeline:
    def test_what_ships_is_right_and_can_be_shown(self) -> None:
        for name in ("b2b", "b2b-rules", "lead"):
            assert telltale("pipeline", "check", name).exit_code == 0
            assert json.loads(telltale("pipeline", "show", name).stdout)["name"] == name

    def test_a_wrong_file_is_named_with_its_line(self, tmp_path: Path) -> None:
        text = (ROOT / "engine" / "pipelines" / "b2b.toml").read_text()
        wrong = tmp_path / "wrong.toml"
        wrong.write_text(text.replace("gate_policy", "gate_polcy", 1))
        result = telltale("pipeline", "check", wrong)
        assert result.exit_code == 1
        number = text[: text.index("gate_policy")].count("\n") + 1
        assert result.stderr.startswith(f"{wrong}:{number}: ")
        assert telltale("pipeline", "show", wrong).exit_code == 2

    def test_no_such_file(self) -> None:
        result = telltale("pipeline", "check", "nowhere.toml")
        expected = "expected the file of a pipeline, or one that ships: b2b, b2b-rules, lead"
        assert (result.exit_code, result.stderr) == (2, f"nowhere.toml: no such file; {expected}\n")
        replayed = telltale("replay", "-", "--pipeline", "nope", given="")
        assert (replayed.exit_code, replayed.stderr) == (2, f"nope: no such file; {expected}\n")

    def test_a_file_that_is_no_text(self, tmp_path: Path) -> None:
        wrong = tmp_path / "wrong.toml"
        wrong.write_bytes(b'name = "x"\nzone = "\xff"\n')
        result = telltale("pipeline", "check", wrong)
        assert result.exit_code == 1
        assert result.stderr == f"{wrong}:2: the file: this is no text in UTF-8. Save the file as UTF-8.\n"

    @pytest.mark.parametrize("name", ["b2b", "b2b-rules", "lead"])
    def test_a_table_for_people_names_everything(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        from engine import Pipeline

        monkeypatch.setenv("COLUMNS", "160")
        shown = telltale("pipeline", "show", name, "--format", "table").stdout
        pipeline = Pipeline.load(name)
        assert pipeline.version in shown
        for stage in pipeline.stages:
            assert stage.id in shown
            assert all(gate.id in shown and gate.because in shown for gate in stage.gates)
        assert all(rule.id in shown for rule in pipeline.rules)
        assert "1.5 × the average" in shown

    def test_what_each_rule_does_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "220")
        shown = telltale("pipeline", "show", "b2b", "--format", "table").stdout
        does = {line.split()[0]: " ".join(line.split()) for line in shown.splitlines() if line.strip()}
        assert does["activity.emails"].endswith("attempts to move identified → discovery")
        assert does["signal.executive"].endswith("probability +10, +15 for the C-level, once for each executive")
        assert does["regress.champion"].endswith(
            "moves down to the stage before after 14 days, unless somebody replaces the person, probability -20"
        )
        assert does["lost"].endswith("closes the deal as lost")


@pytest.mark.usefixtures("marks")
def test_evaluate_prints_the_reference_table(tmp_path: Path) -> None:
    gold = {
        "type": "budget",
        "status": "none",
        "amount": None,
        "evidence": [{"segment": 0, "start": 0, "end": 5, "text": "[budg"}],
    }
    (tmp_path / "a.json").write_text(json.dumps(call("c-1", "b1: [budget status=none]") | {"gold": [gold]}))
    result = telltale("evaluate", tmp_path, "--by-document")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines()[-1] == "exact F1: 1.000 over 1 types; the five: 1.000"
    (tmp_path / "b.json").write_text("{broken")
    assert telltale("evaluate", tmp_path).exit_code == 1
    assert telltale("evaluate", tmp_path / "nowhere").exit_code == 2


def test_help_is_instant_and_imports_nothing_heavy() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([BIN, "--help"], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Time of the processor and not of the wall, which is everybody's.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.3
    report = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import service.cli"], check=True, capture_output=True, text=True
    ).stderr
    imported = {line.rpartition("|")[2].strip() for line in report.splitlines()}
    assert not imported & {
        "spacy",
        "numpy",
        "pydantic",
        "fastapi",
        "sqlalchemy",
        "engine",
        "extractors",
        "orjson",
        "rich",
    }


def test_a_reader_that_leaves_early_ends_it_quietly() -> None:
    command = f"{BIN} pipeline show b2b | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, env=os.environ)
    assert done.stderr == ""

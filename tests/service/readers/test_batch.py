"""Requests to a file, answers from one; and the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from service.cli import app
from service.readers.batch import recorded
from service.readers.options import ReaderSettingsError
from tests.service.readers.conftest import Reply, Server
from tests.service.readers.conversations import proposal, whole
from tests.service.samples import call

SAID = "The board signed off on eighty thousand for this."
AMOUNT = {"low": 80000, "high": 80000, "currency": "USD", "per": "total"}
ANSWER = whole(proposal({"type": "budget", "status": "approved", "amount": AMOUNT}, (1, SAID)))


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are kept in the data folder, which is in the working one."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "call.json"
    path.write_text(json.dumps(call("c-1", "s1: Hi.", f"b1: {SAID}")))
    return path


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, ["extract", *map(str, arguments)])


def response(id: str, content: str = ANSWER, **changes: Any) -> dict[str, Any]:
    body = {"model": "offline-1", "choices": [{"message": {"role": "assistant", "content": content}}]}
    return {"id": "b", "custom_id": id, "response": {"status_code": 200, "body": body}, "error": None, **changes}


def test_requests_go_out_and_answers_come_back(file: Path, tmp_path: Path) -> None:
    requests, answers = tmp_path / "requests.jsonl", tmp_path / "responses.jsonl"
    assert run("--reader", "llm", "--export", requests, file).exit_code == 0
    (line,) = map(json.loads, requests.read_text().splitlines())
    assert (line["method"], line["url"]) == ("POST", "/v1/chat/completions")
    assert line["body"]["response_format"]["type"] == "json_schema"
    answers.write_text(json.dumps(response(line["custom_id"])) + "\n")
    result = run("--reader", "llm", "--import", answers, "--report", tmp_path / "report.json", file)
    assert result.exit_code == 0
    (signal,) = json.loads(result.stdout)["signals"]
    assert (signal["status"], signal["amount"]["low"]) == ("approved", 80000)
    assert signal["found_by"].startswith("offline-1, prompt ")
    assert json.loads((tmp_path / "report.json").read_text())["kept"] == 1


def test_the_same_export_twice_is_the_same(file: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        run("--reader", "llm", "--export", tmp_path / name, file)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_cascade_exports_only_what_is_in_doubt(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for threshold, count in (("0", 1), ("90", 0)):
        monkeypatch.setenv("TELLTALE_CASCADE_THRESHOLD", threshold)
        run("--reader", "cascade", "--export", tmp_path / "out", file)
        assert len((tmp_path / "out").read_text().splitlines()) == count


@pytest.mark.parametrize(
    "changes",
    [
        {"custom_id": "telltale-of-something-else"},
        {"error": {"message": "expired"}},
        {"response": {"status_code": 500, "body": {}}},
        {"response": None},
    ],
)
def test_a_request_without_an_answer_is_read_locally(file: Path, tmp_path: Path, changes: dict[str, Any]) -> None:
    run("--reader", "llm", "--export", tmp_path / "requests", file)
    id = json.loads((tmp_path / "requests").read_text())["custom_id"]
    (tmp_path / "answers").write_text(json.dumps(response(id) | changes))
    result = run("--reader", "llm", "--import", tmp_path / "answers", "--report", tmp_path / "report", file)
    assert result.exit_code == 0
    assert json.loads(result.stdout) == json.loads(run(file).stdout)
    assert json.loads((tmp_path / "report").read_text())["unanswered"] == 1


@pytest.mark.parametrize("text", ["no json", "[]", "{}", '{"custom_id": 1', "{" * 50_000])
def test_a_file_that_is_no_batch_is_named_with_its_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text(json.dumps(response("a")) + "\n" + text + "\n")
    with pytest.raises(ReaderSettingsError, match=r"answers.jsonl, line 2: expected an object with custom_id"):
        recorded(path)


def test_a_model_is_asked_over_http(file: Path, model_server: Server) -> None:
    model_server.replies = [Reply(ANSWER)]
    arguments = ("--reader", "llm", "--llm-url", model_server.url, "--llm-model", "tiny", file)
    first, second = run(*arguments), run(*arguments)
    assert first.exit_code == 0, first.stderr
    assert json.loads(first.stdout)["signals"][0]["status"] == "approved"
    assert first.stdout == second.stdout
    assert len(model_server.requests) == 1  # the second was answered before


def test_a_model_that_is_away_refuses_the_conversation(file: Path, model_server: Server) -> None:
    model_server.replies = [Reply(status=503)]
    result = run("--reader", "llm", "--llm-url", model_server.url, "--llm-model", "tiny", file)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "expected a language model that answers" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--reader", "llm"], "TELLTALE_LLM_URL"),
        (["--reader", "llm", "--llm-url", "http://x/v1"], "TELLTALE_LLM_MODEL"),
        (["--reader", "llm", "--llm-local"], "TELLTALE_LLM_MODEL"),
        (["--reader", "oracle"], "'local', 'llm' or 'cascade'"),
        (["--export", "x.jsonl"], "--reader llm"),
        (["--reader", "llm", "--import", "nowhere.jsonl"], "cannot be read"),
        (["--reader", "llm", "--export", "nowhere/x.jsonl"], "--export"),
    ],
)
def test_arguments_that_cannot_be_used(file: Path, arguments: list[str], message: str) -> None:
    result = run(*arguments, file)
    assert result.exit_code == 2
    assert message in result.stderr


# --- `telltale evaluate` with the same readers


@pytest.fixture
def labelled(file: Path) -> Path:
    """The call with its one fact."""
    source = json.loads(file.read_text())
    at = source["segments"][1]["text"].index(SAID)
    piece = {"segment": 1, "start": at, "end": at + len(SAID), "text": SAID}
    gold = {"type": "budget", "status": "approved", "amount": AMOUNT, "evidence": [piece]}
    file.write_text(json.dumps({**source, "gold": [gold]}))
    return file


def evaluated(*arguments: object) -> Any:
    return CliRunner().invoke(app, ["evaluate", "--json", *map(str, arguments)])


@pytest.mark.parametrize(("answer", "recall"), [(ANSWER, 1.0), ('{"signals": []}', 0.0)], ids=["right", "nothing"])
def test_recorded_answers_are_scored(labelled: Path, tmp_path: Path, answer: str, recall: float) -> None:
    assert run("--reader", "llm", "--export", tmp_path / "requests", labelled).exit_code == 0
    id = json.loads((tmp_path / "requests").read_text())["custom_id"]
    (tmp_path / "answers").write_text(json.dumps(response(id, answer)) + "\n")
    counts = tmp_path / "counts.json"
    result = evaluated("--reader", "llm", "--import", tmp_path / "answers", "--report", counts, labelled)
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["by_type"]["budget"]["recall"] == recall
    assert json.loads(counts.read_text())["asked"] == 1


def test_a_model_is_asked_and_scored(labelled: Path, model_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    model_server.replies = [Reply(ANSWER)]
    model = ("--llm-url", model_server.url, "--llm-model", "tiny")
    assert json.loads(evaluated("--reader", "llm", *model, labelled).stdout)["exact_f1"] == 1.0
    assert len(model_server.requests) == 1
    monkeypatch.setenv("TELLTALE_CASCADE_THRESHOLD", "9999")
    monkeypatch.setenv("TELLTALE_LLM_CACHE_SIZE", "0")
    assert evaluated("--reader", "cascade", *model, labelled).exit_code == 0
    assert len(model_server.requests) == 1  # nothing was in such doubt


def test_what_a_model_does_not_answer_is_named_and_not_scored(labelled: Path, model_server: Server) -> None:
    model_server.replies = [Reply(status=401)]
    result = evaluated("--reader", "llm", "--llm-url", model_server.url, "--llm-model", "tiny", labelled)
    assert result.exit_code == 2
    assert "expected a language model that answers" in result.stderr
    assert "no conversation could be read" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["--import", "x"], "--reader llm"), (["--reader", "llm"], "TELLTALE_LLM_URL"), (["--reader", "o"], "'cascade'")],
)
def test_readers_that_evaluate_cannot_have(labelled: Path, arguments: list[str], message: str) -> None:
    result = evaluated(*arguments, labelled)
    assert result.exit_code == 2
    assert message in result.stderr


# --- answers of a person to the requests of five conversations, see docs/readers.md

RECORDED = Path(__file__).parent / "recorded" / "by-hand.jsonl"
DEV = Path(__file__).parents[3] / "evaluation" / "dev"


def test_what_a_person_answered_to_five_requests_is_right(tmp_path: Path) -> None:
    """The answers were written from the requests alone. They belong to their documents, whatever the requests' ids,
    which every change of the rules changes."""
    from service import evaluation

    lines = [json.loads(line) for line in RECORDED.read_text(encoding="utf-8").splitlines()]
    files = [DEV / f"{line['id']}.json" for line in lines]
    run("--reader", "llm", "--export", tmp_path / "requests", *files)
    ids = [json.loads(line)["custom_id"] for line in (tmp_path / "requests").read_text().splitlines()]
    assert len(ids) == len(lines) == 5
    answers = tmp_path / "answers"
    answers.write_text(
        "".join(json.dumps(line | {"custom_id": id}) + "\n" for id, line in zip(ids, lines, strict=True))
    )
    result = run("--reader", "llm", "--import", answers, *files)
    found = {each["id"]: each["signals"] for each in map(json.loads, result.stdout.splitlines())}
    labelled = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    by_type, _ = evaluation.score(labelled, found)
    exact = evaluation.headline(by_type, evaluation.TYPES)
    assert exact is not None
    assert exact >= 0.95

"""What a training run fits beside the encoder, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from extractors.second.candidates import Candidate
from models.source import held_out
from service.commands.terminal import UnusableError
from service.commands.train import NEEDED, run
from service.training.judge import Row, best_least, calibration_error, chosen, fit
from service.training.run import reviewed
from signals import signal_from_json


def row(
    document: int, right: bool | None, *, against: bool = False, relation: str = "rejected", **counted: float
) -> Row:
    evidence = [{"segment": 1, "start": 0, "end": 4, "text": "Qlik"}]
    told = {"type": "competitor", "name": "Qlik", "relation": relation, "confidence": 0.5, "evidence": evidence}
    candidate = Candidate(signal=signal_from_json(told), phrases=0.5, against=against)
    return Row(document, candidate, {"always": 1.0, **counted}, right)


def test_what_speaks_for_a_fact_is_learnt_and_what_readers_differ_on_is_not() -> None:
    rows = [row(n, n % 2 == 0, told=float(n % 2 == 0)) for n in range(200)]
    fitted = fit([*rows, *(row(n, None, told=0.0) for n in range(200))])
    assert fitted.probability({"always": 1.0, "told": 1.0}) > 0.8
    assert fitted.probability({"always": 1.0, "told": 0.0}) < 0.2


def test_the_least_probability_parts_right_from_wrong() -> None:
    rows = [row(n, n < 20) for n in range(40)]
    sure = [0.7 if n < 20 else 0.3 for n in range(40)]
    assert 0.3 < best_least(rows, sure, gold=20) <= 0.7


def test_of_rivals_in_one_document_the_surer_is_chosen() -> None:
    rows = [row(0, False, against=True), row(0, True, against=True, relation="selected"), row(1, True, against=True)]
    assert chosen(rows, [0.5, 0.6, 0.5], 0.4) == [1, 2]


def test_what_is_no_fact_is_expected_oftener_than_in_the_corpus() -> None:
    """Of 500 alike three fifths are right there; where talk has half as many again of the others, a half."""
    assert fit([row(n, n % 5 > 1) for n in range(500)]).probability({"always": 1.0}) == pytest.approx(0.5, abs=0.01)


def test_calibration_error_is_the_gap_between_sure_and_right() -> None:
    assert calibration_error([(0.6, True)] * 9 + [(0.6, False)] * 4) == pytest.approx(0.0)
    assert calibration_error([(0.95, False)] * 4) == pytest.approx(0.95)


def test_a_quarter_is_held_out_whatever_the_ids() -> None:
    assert [held_out({"id": f"ca-{n:03}"}) for n in (1, 4, 7, 8)] == [False, True, False, True]
    assert all(held_out({"id": f"cm-{n:03}"}) for n in (1, 4, 7, 8)), "by a hand that wrote later"
    told = [held_out({"id": f"call-{chr(97 + n % 26)}{chr(97 + n // 26)}"}) for n in range(400)]
    assert 0.15 < sum(told) / len(told) < 0.35


def test_reviews_are_read_from_files_and_lines(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"id": "a", "gold": []}), encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"id": "b"}\n\n{"id": "c"}\n', encoding="utf-8")
    assert [labelled["id"] for labelled in reviewed(tmp_path)] == ["a", "b", "c"]


def test_without_the_extra_training_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("service.commands.train.find_spec", lambda name: None)
    with pytest.raises(UnusableError, match=r"telltale\[train\]"):
        run(base="x", out=str(tmp_path), with_reviews=None, epochs=1, seed=7)


def test_a_missing_folder_of_reviews_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("service.commands.train.find_spec", lambda name: name in NEEDED or None)
    with pytest.raises(UnusableError, match="no such folder"):
        run(base="x", out=str(tmp_path), with_reviews=str(tmp_path / "none"), epochs=1, seed=7)

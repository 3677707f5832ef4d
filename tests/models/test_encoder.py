"""The model that ships: it loads without torch, judges every sentence asked about and the mentions in it, and alike
whatever else is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.encoder import SHIPPED, VARIABLE, Encoder, encoder
from models.examples import Mark
from models.labels import MARKS, UNITS
from models.windows import Piece

PIECES = [
    Piece("So what did finance say in the end?", "seller"),
    Piece("They signed off on ninety thousand for it yesterday.", "buyer"),
    Piece("Great.", "seller"),
    Piece("And Qlik told us they won't go below the old price, so they are out.", "buyer"),
]
AMOUNT, COMPANY = Mark(1, 19, 34, "amount.said"), Mark(3, 4, 8, "company.catalogue")


@pytest.fixture(scope="module")
def shipped() -> Encoder:
    return Encoder(SHIPPED)


def test_it_judges_what_it_is_asked_about(shipped: Encoder) -> None:
    units, marks = shipped.judge(PIECES, [AMOUNT, COMPANY], [1, 3])
    assert set(units) == {1, 3}
    assert {len(row) for row in units.values()} == {len(UNITS)}
    assert {mark: len(row) for mark, row in marks.items()} == {AMOUNT: len(MARKS), COMPANY: len(MARKS)}


def test_it_tells_money_from_rivals(shipped: Encoder) -> None:
    units, marks = shipped.judge(PIECES, [AMOUNT, COMPANY], range(4))
    budget, competitor = UNITS.index("budget"), UNITS.index("competitor")
    assert units[1][budget] > units[3][budget]
    assert units[3][competitor] > units[1][competitor]
    assert marks[AMOUNT][MARKS.index("budget")] > marks[AMOUNT][MARKS.index("pricing")]


def test_a_sentence_is_judged_alike_alone_and_among_others(shipped: Encoder) -> None:
    alone = shipped.judge(PIECES, [], [3])[0][3]
    among = shipped.judge(PIECES, [], range(4))[0][3]
    assert (alone == among).all()


def test_nothing_asked_nothing_judged(shipped: Encoder) -> None:
    assert shipped.judge(PIECES, [AMOUNT], []) == ({}, {})
    assert shipped.judge([], [], []) == ({}, {})


def test_a_folder_without_a_model_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileNotFoundError, match=r"no encoder\.onnx there; `telltale train --out"):
        Encoder(tmp_path)
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(FileNotFoundError, match=f"{VARIABLE}={tmp_path}"):
        encoder()


def test_the_variable_can_turn_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "none")
    assert encoder() is None
    monkeypatch.setenv(VARIABLE, "")
    assert encoder() is not None

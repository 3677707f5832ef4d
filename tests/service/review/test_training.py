"""Reviews as training data, and as figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from service.evaluation import score
from service.flows.context import Context
from service.flows.review_signal import add_missed, review, undo
from service.flows.signal_precision import interval, precision
from service.flows.training_data import export, file_name, labelled, mark_complete
from signals import Conversation
from tests.service.review.samples import BUDGET, UNSURE, of_conversation, only, post, talk

PRICE = {"type": "pricing", "status": "agreed", "amount": None}
LARGER = {"type": "budget", "status": "approved", "amount": {"low": 95000, "high": 95000, "currency": "USD"}}


def test_a_conversation_is_learnt_from_once_everything_in_it_is_decided(context: Context, tmp_path: Path) -> None:
    post(context, talk(f"b1: {UNSURE} [qualification element=pain] [milestone kind=pilot_started] so eighty it is"))
    budget, pain, pilot = of_conversation(context)
    review(context, budget.id, action="correct", corrected=LARGER, by="ana")
    done = review(context, pain.id, action="accept", by="ana")
    assert list(labelled(context)) == []
    review(context, pilot.id, action="dismiss", by="ana")
    text = Conversation.from_json(talk(f"b1: {UNSURE} [qualification element=pain]")).segments[1].text
    words = {"segment": 1, "start": 0, "end": 7, "text": text[:7]}
    add_missed(context, "c-1", {"type": "pricing", "status": "agreed", "evidence": [words]}, by="ana")
    assert export(context, tmp_path) == 1
    document = json.loads((tmp_path / "c-1.json").read_text())
    assert [each["type"] for each in document["gold"]] == ["budget", "qualification", "pricing"]
    assert document["gold"][0]["amount"]["low"] == 95000
    assert set(document["gold"][2]) == {"type", "status", "amount", "evidence"}
    assert Conversation.from_json(document).to_json() == Conversation.from_json(talk_of(document)).to_json()
    undo(context, done.review, by="ana")
    assert list(labelled(context)) == []


def talk_of(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != "gold"}


def test_what_is_exported_can_be_learnt_from_and_scored_with(context: Context) -> None:
    from extractors.learning import example_of

    post(context, talk(f"b1: we have {BUDGET} for it"))
    review(context, only(context).id, action="accept", by="ana")
    (document,) = labelled(context)
    example = example_of(document)
    assert example.id == "c-1"
    assert any("budget" in label for unit in example.units if unit for label in unit)
    figures, misses = score([document], {"c-1": document["gold"]})
    assert (figures["budget"]["gold"], misses) == (1, [])


def test_what_is_marked_complete_counts_without_a_review_of_each(context: Context) -> None:
    post(context, talk(f"b1: we have {BUDGET} and {UNSURE}"))
    mark_complete(context, "c-1", True, by="ana")
    (document,) = labelled(context)
    assert len(document["gold"]) == 1
    mark_complete(context, "c-1", False, by="ana")
    assert list(labelled(context)) == []


def test_files_have_names_of_their_own() -> None:
    ids = ["c-1", "C-1", "a/b", "a_b", "<x@y.example>", "../up", "." * 200, "ü"]
    names = [file_name(id) for id in ids]
    assert len({name.lower() for name in names}) == len(ids)
    assert all("/" not in name and not name.startswith(".") and len(name) < 120 for name in names)


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [(0, 0, 0, 1), (0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (81, 263, 0.2553, 0.3662), (9, 10, 0.5958, 0.9821)],
)
def test_intervals_are_wilsons(right: int, of: int, low: float, high: float) -> None:
    assert interval(right, of) == pytest.approx((low, high), abs=1e-4)


def test_precision_is_of_what_the_machine_read(context: Context) -> None:
    post(
        context,
        talk("b1: [budget status=approved amount=80000 sure=0.95]", id="c-1"),
        talk("b1: [budget status=approved amount=70000 sure=0.91]", id="c-2"),
        talk("b1: [date role=close start=2026-06-30 end=2026-06-30 sure=1.0]", id="c-3"),
        talk("b1: [budget status=approved amount=60000 sure=0.5]", id="c-4"),
        talk("b1: eighty", id="c-5"),
    )
    review(context, only(context, "c-1").id, action="accept", by="ana")
    # What it was first is what the machine read, however often people change their minds.
    review(context, only(context, "c-2").id, action="dismiss", by="ana")
    review(context, only(context, "c-2").id, action="correct", corrected=PRICE, by="bo")
    review(context, only(context, "c-3").id, action="dismiss", by="ana")
    undo(context, review(context, only(context, "c-4").id, action="dismiss", by="ana").review, by="ana")
    words = {"segment": 1, "start": 0, "end": 6, "text": "eighty"}
    add_missed(context, "c-5", PRICE | {"evidence": [words]}, by="ana")
    shown = precision(context)
    assert {key: shown["all"][key] for key in ("reviewed", "right", "corrected", "dismissed")} == {
        "reviewed": 3,
        "right": 1,
        "corrected": 1,
        "dismissed": 1,
    }
    assert shown["types"]["budget"]["confidence"] == 0.93
    assert (sorted(shown["types"]), shown["types"]["date"]["reviewed"], shown["added"]) == (["budget", "date"], 1, 1)
    # Of a confidence of 1 there is no eleventh tenth.
    assert [each["reviewed"] for each in shown["deciles"]] == [0] * 9 + [3]
    assert shown["deciles"][0]["precision"] is None

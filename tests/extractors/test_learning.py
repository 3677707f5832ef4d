"""What a labelled conversation teaches: its sentences' labels, and those of what they mention."""

from __future__ import annotations

from typing import Any

from extractors.learning import example_of
from models.examples import Example
from models.source import compile_source

SOURCE = """=== HEAD
{"id": "x-1", "kind": "call", "occurred_at": "2026-03-12T15:00:00Z",
 "deal": {"currency": "USD", "competitors": [{"name": "Qlik", "aliases": []}]},
 "participants": [{"id": "b", "name": "Dana Reyes", "side": "buyer"}, {"id": "s", "side": "seller"}]}
=== TEXT
s| Is there a budget?
b| We have one thirty-five for it. Qlik is out.
s| And Theo?
b| He left on Monday, sadly.
b| We go live on 1 May 2026, maybe.
=== GOLD
{"type": "budget", "status": "stated", "amount": {"low": 135000, "high": 135000, "currency": "USD"}, "evidence": ["We have one thirty-five for it."]}
{"type": "competitor", "name": "Qlik", "relation": "rejected", "evidence": ["Qlik is out."]}
{"type": "stakeholder", "person": "Theo", "title": null, "change": "left", "evidence": ["He left on Monday"]}
{"type": "date", "role": "go_live", "start": "2026-05-01", "end": "2026-05-01", "optional": true, "evidence": ["We go live on 1 May 2026"]}
"""  # noqa: E501 (a source's line is as long as its fact)


def example() -> Example:
    return example_of(compile_source(SOURCE, "x-1.src"))


def marks(learnt: Example) -> dict[str, set[str]]:
    return {
        learnt.pieces[mark.piece].text[mark.start : mark.end]: set(labels) for mark, labels in learnt.marks if labels
    }


def test_sentences_have_their_labels_and_voices() -> None:
    learnt = example()
    told: list[tuple[str, Any]] = [
        (piece.voice, labels) for piece, labels in zip(learnt.pieces, learnt.units, strict=True)
    ]
    assert told == [
        ("seller", frozenset()),
        ("buyer", frozenset({"budget", "budget.stated"})),
        ("buyer", frozenset({"competitor", "competitor.rejected"})),
        ("seller", frozenset()),
        ("buyer", frozenset({"stakeholder", "stakeholder.left"})),
        ("buyer", frozenset()),
    ]


def test_what_readers_differ_on_is_set_apart() -> None:
    assert example().unsure[-1] == {"date", "date.go_live"}


def test_mentions_have_the_labels_of_their_facts() -> None:
    told = marks(example())
    assert told["one thirty-five"] == {"budget", "budget.stated", "per.total"}
    assert told["Qlik"] == {"competitor.rejected"}
    assert told["1 May 2026"] == {"date.go_live"}


def test_he_is_who_was_named_before() -> None:
    assert marks(example())["Theo"] == {"stakeholder.left"}

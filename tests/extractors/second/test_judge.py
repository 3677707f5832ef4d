"""Two readers, one judge: what agrees is surer, what excludes each other holds once, and doubt leaves a fact out."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors.reading import Reading, read
from extractors.second.candidates import candidates
from extractors.second.features import features
from extractors.second.judge import JUDGE_FILE, judged
from extractors.second.opinion import NEVER, Opinion
from extractors.second.opinions import learned_facts
from models.examples import Mark
from models.labels import MARKS, UNITS
from signals import Conversation, Relation, Signal, signal_from_json

TEXTS = ("Who else is in it?", "Qlik is out, and the board approved ninety thousand dollars for this.")
WEIGHTS = """
[competitor]
least = 0.4
[competitor.counts]
always = -1.0
phrases = 0.5
learned = 0.5
both = 2.0
"its label" = 1.0
"""


def reading(**known: object) -> Reading:
    people = [{"id": "b", "name": "Dana Reyes", "side": "buyer"}, {"id": "s", "name": "Sam", "side": "seller"}]
    source = {"id": "c", "kind": "call", "occurred_at": "2026-03-12T15:00:00Z", "participants": people}
    deal = {"currency": "USD", "competitors": [{"name": "Qlik", "aliases": []}]}
    said = [{"speaker": "sb"[turn % 2], "text": text} for turn, text in enumerate(TEXTS)]
    return read(Conversation.from_json({**source, "deal": deal, "segments": said, **known}))


def row(labels: tuple[str, ...], **odds: float) -> list[float]:
    return [odds.get(label.replace(".", "_"), NEVER) for label in labels]


def opinion(**odds: float) -> Opinion:
    mention = Mark(1, 0, 4, "company.catalogue")
    amount = Mark(1, 36, 60, "amount.said")
    return Opinion({0: row(UNITS), 1: row(UNITS, **odds)}, {mention: row(MARKS, **odds), amount: row(MARKS, **odds)})


def qlik(relation: str, confidence: float = 0.6) -> Signal:
    evidence = [{"segment": 1, "start": 0, "end": 11, "text": "Qlik is out"}]
    told = {"type": "competitor", "name": "Qlik", "relation": relation, "confidence": confidence}
    return signal_from_json({**told, "evidence": evidence})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / JUDGE_FILE).write_text(WEIGHTS, encoding="utf-8")
    return tmp_path


def held(folder: Path, phrases: list[Signal], learned: list[Signal], of: Reading | None = None) -> list[Signal]:
    return list(judged(of or reading(), opinion(competitor_rejected=1.0), phrases, learned, folder=folder))


def test_both_are_surer_than_one(folder: Path) -> None:
    (both,) = held(folder, [qlik("rejected")], [qlik("rejected")])
    (alone,) = held(folder, [qlik("rejected")], [])
    assert both.confidence > alone.confidence >= 0.4


def test_of_two_that_exclude_each_other_the_surer_holds(folder: Path) -> None:
    (kept,) = held(folder, [qlik("incumbent")], [qlik("rejected")])
    assert kept.relation is Relation.REJECTED  # type: ignore[union-attr]


def test_doubt_leaves_a_fact_out(folder: Path) -> None:
    assert held(folder, [qlik("incumbent")], []) == []


def test_the_same_fact_of_both_is_one_candidate() -> None:
    (one,) = candidates([qlik("rejected", 0.6)], [qlik("rejected", 0.7)])
    assert (one.phrases, one.learned, one.against) == (0.6, 0.7, False)
    two = candidates([qlik("rejected")], [qlik("incumbent")])
    assert [candidate.against for candidate in two] == [True, True]


def test_features_say_who_found_it_and_what_is_held_of_its_sentence() -> None:
    held_of_it = opinion(competitor_rejected=1.5, competitor_favored=-3.0)
    (candidate,) = candidates([qlik("rejected")], [])
    counted = features(reading(), held_of_it, candidate)
    assert counted["phrases"] == 1.0
    assert "learned" not in counted
    assert counted["its label"] == 0.5
    assert counted["another of its family"] == -1.0


def test_what_is_likely_becomes_a_fact_by_the_families_own_rules() -> None:
    held_of_it = opinion(competitor_rejected=2.0, budget_approved=2.0, budget=2.0)
    facts = learned_facts(reading(), held_of_it)
    (competitor,) = facts["competitor"]
    (budget,) = facts["budget"]
    assert (competitor.name, competitor.relation) == ("Qlik", "rejected")  # type: ignore[union-attr]
    assert (budget.status, budget.amount.high) == ("approved", 90000)  # type: ignore[union-attr]
    assert budget.evidence[0].text == TEXTS[1]
    assert {signal.found_by for signal in (competitor, budget)} == {
        "competitor: the learned reader",
        "budget: the learned reader",
    }


def test_what_is_unlikely_does_not() -> None:
    assert not any(learned_facts(reading(), opinion()).values())

"""The shape of proposals, one fact with all its evidence, and how many true and false ones survive."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.perturbed import WAYS, Counts, attack, proposals_of
from extractors.proposals import json_schema, verified
from extractors.reading import Reading, read
from models.source import compile_source
from signals import KINDS, Conversation
from tests.extractors.proposing import BUDGET, LINES, Json, call, outcome, proposal

GOOD = proposal(BUDGET, (1, "Finance signed off on 120k"))


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        "budget",
        {},
        {"type": []},
        {**GOOD, "type": "bonus"},
        {**GOOD, "status": "guaranteed"},
        {**GOOD, "confidence": 1.0},
        {**GOOD, "speaker": "b2"},
        {**GOOD, "stage": "won"},
        {**GOOD, "amount": 5},
        {**GOOD, "amount": {"low": "5", "high": None, "currency": "USD", "per": "total"}},
        {**GOOD, "amount": {"low": float("nan"), "high": 5, "currency": "USD", "per": "total"}},
        {**GOOD, "amount": {"low": 10**400, "high": 10**400, "currency": "USD", "per": "total"}},
        {**GOOD, "amount": {"low": 5, "high": 5, "currency": "USD", "per": "total", "sure": True}},
        {**GOOD, "evidence": None},
        {**GOOD, "evidence": []},
        {**GOOD, "evidence": [*GOOD["evidence"] * 13]},
        {**GOOD, "evidence": ["Finance signed off"]},
        {**GOOD, "evidence": [{"line": True, "quote": "Finance"}]},
        {**GOOD, "evidence": [{"line": 1, "quote": "Finance", "start": 0}]},
        {"type": "champion", "person": "Dana\x00", "status": "lost", "evidence": GOOD["evidence"]},
        {"type": "champion", "person": "D" * 200, "status": "lost", "evidence": GOOD["evidence"]},
        {"type": "stakeholder", "person": None, "title": None, "change": "left", "evidence": GOOD["evidence"]},
    ],
    ids=repr,
)
def test_what_is_no_proposal_of_ours_is_malformed(raw: object) -> None:
    assert outcome(call(*LINES), raw) == "malformed"


def test_more_proposals_than_any_window_holds_are_not_read() -> None:
    result = verified(call(*LINES), [GOOD] * 5000, source="test", confidence=0.8)
    assert len(result.findings) == 301
    assert len(result.signals) == 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from([*KINDS, "low"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "status", "amount", "evidence", "line", "quote", "person"]), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(json_values, st.dictionaries(st.sampled_from(sorted(GOOD)), json_values))
def test_nothing_that_is_proposed_raises(value: object, changes: Json) -> None:
    verified(READ, [value, {**GOOD, **changes}], source="test", confidence=0.8)


READ = call(*LINES)


def test_the_schema_is_made_of_the_signals() -> None:
    schema = json_schema()
    kinds = {each["properties"]["type"]["enum"][0]: each for each in schema["properties"]["signals"]["items"]["anyOf"]}
    assert list(kinds) == list(KINDS)
    assert list(kinds["stakeholder"]["properties"]) == [
        "type", "person", "title", "change", "role", "successor", "evidence",
    ]  # fmt: skip
    assert list(kinds["date"]["properties"]) == ["type", "role", "change", "start", "end", "evidence"] or set(
        kinds["date"]["properties"]
    ) == {"type", "role", "change", "start", "end", "evidence"}
    for kind in kinds.values():  # as strict structured output wants it
        assert kind["additionalProperties"] is False
        assert kind["required"] == list(kind["properties"])
    json.dumps(schema)


def test_the_same_fact_twice_is_one_signal() -> None:
    reading = call("b1: The 80k are approved.", "b1: As I said, the 80k are approved.", "b1: We have about 80k.")
    amount = {"low": 80000, "high": 80000, "currency": "USD", "per": "total"}
    fact = {"type": "budget", "status": "approved", "amount": amount}
    raws = [proposal(fact, (0, "The 80k are approved.")), proposal(fact, (1, "the 80k are approved"))]
    raws.append(proposal({**fact, "status": "stated"}, (2, "We have about 80k.")))
    (signal,) = verified(reading, raws, source="test", confidence=0.8).signals
    assert signal.status == "approved"
    assert [piece.segment for piece in signal.evidence] == [0, 1, 2]


CORPUS = Path(__file__).parents[2] / "models" / "corpus"


SAMPLE = sorted(CORPUS.glob("c[a-e]-0[0-9]0.src"))


@cache
def sample() -> list[tuple[Reading, list[Json]]]:
    out = []
    for path in SAMPLE:
        labelled = compile_source(path.read_text(encoding="utf-8"), path.name)
        reading = read(Conversation.from_json(labelled))
        facts = [fact for fact in labelled["gold"] if not fact.get("optional")]
        out.append((reading, proposals_of(reading, facts)))
    return out


def test_true_proposals_survive() -> None:
    findings = [
        finding
        for reading, facts in sample()
        for finding in verified(reading, facts, source="gold", confidence=0.8).findings
    ]
    assert len(findings) > 100
    assert sum(finding.fault is None for finding in findings) / len(findings) >= 0.97


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_no_false_proposal_survives_unmarked(way: Any) -> None:
    """Dropped, put right, or (which of several is meant cannot always be told) marked and unsure."""
    counts = Counts()
    for reading, facts in sample():
        attack(way, reading, facts, counts)
    assert counts.tried >= 10
    assert counts.examples == []

"""The whole of `extract`: facts with exact evidence, whatever comes in; the same from any thread."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import extractors
from extractors import extract, spans
from signals import Conversation, Signal

DEV = Path(__file__).parents[2] / "evaluation" / "dev"
WORDS = [
    "budget",
    "approved",
    "80k",
    "$1.2m",
    "if",
    "we",
    "not",
    "?",
    ".",
    "Monday",
    "in Q3",
    "Snowflake",
    "our CFO",
    "Dana Reyes",
    "left",
    "pilot",
    "contract",
    "signed",
    "too expensive",
    "champion",
    "by the end of",
    "March",
    "per seat",
    "legal",
    "yes",
    "no",
    "\n",
    "—",
    "ß",
    "日本",
]


def call(texts: Sequence[str]) -> Conversation:
    return Conversation.from_json(
        {
            "id": "c",
            "kind": "call",
            "occurred_at": "2026-03-12T15:00:00Z",
            "deal": {"currency": "USD", "competitors": [{"name": "Qlik", "aliases": ["QlikView"]}]},
            "participants": [
                {"id": "b", "name": "Dana Reyes", "side": "buyer"},
                {"id": "s", "name": "Sam Okoro", "side": "seller"},
            ],
            "segments": [{"speaker": "bs"[index % 2], "text": text} for index, text in enumerate(["hello", *texts])],
        }
    )


def proves(conversation: Conversation, signals: Sequence[Signal]) -> None:
    """Every signal has evidence, and every piece of it is exactly its slice."""
    for signal in signals:
        assert signal.evidence
        assert signal.found_by
        assert 0 < signal.confidence < 1
        for piece in signal.evidence:
            source = conversation.body if piece.segment is None else conversation.segments[piece.segment].text
            assert source[piece.start : piece.end] == piece.text


@pytest.mark.parametrize("path", sorted(DEV.glob("*.json")), ids=lambda path: path.stem)
def test_every_signal_is_proved_by_its_words(path: Path) -> None:
    conversation = Conversation.from_json(json.loads(path.read_text(encoding="utf-8")))
    proves(conversation, extract(conversation))


def test_a_short_call() -> None:
    conversation = call(["Is there a budget?", "Yes, the board approved 120 thousand a year for this."])
    (budget,) = [signal.to_json() for signal in extract(conversation) if signal.type == "budget"]
    assert budget["status"] == "approved"
    assert budget["amount"] == {"low": 120000, "high": 120000, "currency": "USD", "per": "year"}
    assert budget["speaker"] in ("b", "s")


def test_the_names_stay_functions_after_their_first_call() -> None:
    extract(call(["hi"]))
    spans("hi")
    assert callable(extractors.extract)
    assert callable(extractors.spans)


def test_threads_get_what_one_gets() -> None:
    paths = sorted(DEV.glob("*.json"))[:12]
    conversations = [Conversation.from_json(json.loads(path.read_text(encoding="utf-8"))) for path in paths]
    alone = [extract(conversation) for conversation in conversations]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(extract, conversations))
    assert together == alone


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join), min_size=1, max_size=8))
def test_any_talk_is_read(texts: list[str]) -> None:
    conversation = call(texts)
    proves(conversation, extract(conversation))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=300), min_size=1, max_size=4))
def test_any_unicode_is_read(texts: list[str]) -> None:
    conversation = call(texts)
    proves(conversation, extract(conversation))


@pytest.mark.parametrize(
    "text",
    [
        "budget " * 20_000,
        "$" * 50_000,
        "1,000," * 20_000,
        "if " * 20_000,
        "(" * 20_000 + "Q3" + ")" * 20_000,
        "Snowflake " * 5_000,
        " " * 100_000,
        "a" * 200_000,
    ],
    ids=lambda text: f"{text[:8].strip()}x{len(text)}",
)
def test_hostile_length_is_read(text: str) -> None:
    conversation = call([text])
    proves(conversation, extract(conversation))


def test_another_language_gives_no_nonsense() -> None:
    german: list[Any] = [
        "Guten Tag zusammen, wie war das Wochenende bei Ihnen?",
        "Danke, wir waren in den Bergen, das Wetter war wunderbar.",
        "Dann fangen wir mit der Vorstellung an, wenn es recht ist.",
        "Sehr gern, ich höre zu.",
    ]
    assert extract(call(german)) == []


def unknown_talk(*told: str, of: int) -> Conversation:
    """A talk of about `of` words of which neither a deal nor a side is known."""
    small_talk = ["the remote should be yellow and it needs fewer buttons than the last one we looked at"] * (of // 16)
    segments = [{"speaker": "ab"[turn % 2], "text": text} for turn, text in enumerate([*small_talk, *told])]
    people = [{"id": "a"}, {"id": "b"}]
    source = {"id": "c", "kind": "call", "occurred_at": "2026-03-12T15:00:00Z"}
    return Conversation.from_json({**source, "participants": people, "segments": segments})


SOLD = (
    "Our budget for this is 80,000 dollars, approved by the board.",
    "Then we'd send you the contract on Monday.",
    "We're using Tableau today and their contract runs out on June 30.",
)


@pytest.fixture
def phrases_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLTALE_MODEL", "none")


@pytest.mark.usefixtures("phrases_alone")
def test_a_talk_with_facts_enough_is_a_sale_whoever_speaks() -> None:
    assert {"budget", "competitor"} <= {signal.type for signal in extract(unknown_talk(*SOLD, of=300))}


@pytest.mark.usefixtures("phrases_alone")
def test_a_long_talk_with_next_to_none_is_a_meeting_of_another_kind() -> None:
    assert extract(unknown_talk(*SOLD, of=6000)) == []

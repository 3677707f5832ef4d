"""Whatever is said, written or named: an answer, with evidence that is exact, in time and memory that stay bounded."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors import extract, notes, spans
from signals import Conversation, DecodeError

FUZZ: dict[str, str] = tomllib.loads(Path(__file__).with_name("fuzz.toml").read_text("utf-8"))
FUZZED = pytest.mark.parametrize("text", FUZZ.values(), ids=FUZZ)
PLAIN = "We have set aside 80k for this, and our CFO signs by the end of April. We also look at Qlik."


def conversation(kind: str, text: str, *, name: str = "Dana Reyes", rival: str = "Qlik") -> Conversation:
    raw: dict[str, Any] = {
        "id": "c",
        "kind": kind,
        "occurred_at": "2026-03-12T15:00:00Z",
        "deal": {"account": name, "seller": "Northstar", "currency": "USD", "competitors": [{"name": rival}]},
        "participants": [{"id": "b", "name": name, "side": "buyer"}, {"id": "s", "name": "Sam", "side": "seller"}],
    }
    if kind == "call":
        raw["segments"] = [{"speaker": "s", "text": "What is your budget?"}, {"speaker": "b", "text": text}]
    else:
        raw |= {"from": "b", "to": ["s"], "subject": text[:60].replace("\n", " "), "body": text}
    return Conversation.from_json(raw)


def is_read(talk: Conversation) -> None:
    """Facts or none: each with its words, exactly, and all of it can be written as JSON."""
    for signal in extract(talk):
        assert signal.evidence
        for piece in signal.evidence:
            source = talk.body if piece.segment is None else talk.segments[piece.segment].text
            assert source[piece.start : piece.end] == piece.text
        json.dumps(signal.to_json())
    assert all(isinstance(note, str) for note in notes(talk))


def are_slices(text: str) -> None:
    for items in spans(text).values():
        assert all(text[item["start"] : item["end"]] == item["text"] for item in items)


@FUZZED
@pytest.mark.parametrize("kind", ["call", "email"])
def test_what_is_odd_is_read(kind: str, text: str) -> None:
    is_read(conversation(kind, f"{text} {PLAIN}"))


@FUZZED
def test_odd_names_are_names(text: str) -> None:
    is_read(conversation("call", f"{PLAIN} {text} is out.", name=text, rival=text))


@FUZZED
def test_spans_of_odd_text_are_its_slices(text: str) -> None:
    are_slices(f"{text} {PLAIN}")


@pytest.mark.parametrize("key", ["instructions", "roles", "tool_call"])
@pytest.mark.parametrize("kind", ["call", "email"])
def test_what_speaks_to_a_machine_states_no_fact(kind: str, key: str) -> None:
    """No amount, stage or person comes of text that tells a reader what to report."""
    assert extract(conversation(kind, FUZZ[key])) == []


BODIES = st.lists(st.sampled_from([*FUZZ.values(), PLAIN, "", "\n\n", "> ", "--\n"]) | st.text(max_size=80), max_size=6)


@settings(max_examples=40, deadline=None)
@given(BODIES.map("\n".join))
def test_any_mail_is_read(body: str) -> None:
    is_read(conversation("email", f"Hi.\n{body}"))  # a mail without a body is refused


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_any_name_may_be_borne(name: str, rival: str) -> None:
    with contextlib.suppress(DecodeError):  # a rival's name that is blank is refused
        is_read(conversation("call", f"{name} left, we chose {rival}. {PLAIN}", name=name, rival=rival))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_spans(text: str) -> None:
    are_slices(text)


@pytest.mark.parametrize("text", ["", " ", "\n", "\u200b", "."], ids=repr)
def test_nothing_said_is_nothing_found(text: str) -> None:
    assert extract(conversation("call", text)) == []


@pytest.mark.parametrize("half", ["\ud800", "\udc00 80k"], ids=ascii)
@pytest.mark.parametrize("kind", ["call", "email"])
def test_half_a_letter_is_refused_or_read(kind: str, half: str) -> None:
    """JSON can carry the half of a letter (a lone surrogate), which no encoding has."""
    with contextlib.suppress(DecodeError):
        is_read(conversation(kind, f"{half} {PLAIN}"))
    assert spans(f"{half} we have 80k")["amounts"]


def test_ten_hours_are_read_in_bounded_memory() -> None:
    """90,000 words, some 8,000 utterances, in a process of its own, whose memory is measured."""
    command = [sys.executable, "-m", "benchmarks.linear", "--here", "90000", "--rounds", "0"]
    root = Path(__file__).parents[2]
    read = json.loads(subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE, text=True).stdout)
    assert read["words"] >= 90_000
    assert read["facts"] > 100
    assert read["megabytes"] < 600

"""Turns and units: every unit is a slice of its source, bounded, and belongs to who said it."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.reading import UNIT_CHARACTERS, Reading, read
from signals import Conversation, Side

PEOPLE = [
    {"id": "b", "name": "Dana Reyes", "email": "dana@brightwater.example", "side": "buyer"},
    {"id": "s", "name": "Sam Okoro", "email": "sam@northstar.example", "side": "seller"},
]


def call(*texts: str, **fields: Any) -> Reading:
    segments = [{"speaker": "bs"[index % 2], "text": text} for index, text in enumerate(texts)]
    return read(
        Conversation.from_json(
            {"kind": "call", "occurred_at": "2026-03-12T15:00:00Z", "participants": PEOPLE, "segments": segments}
            | fields
        )
    )


def mail(body: str, **fields: Any) -> Reading:
    return read(
        Conversation.from_json(
            {
                "kind": "email",
                "occurred_at": "2026-03-12T15:00:00Z",
                "participants": PEOPLE,
                "from": "b",
                "to": ["s"],
                "subject": "Re: offer",
                "body": body,
            }
            | fields
        )
    )


def test_a_turn_is_an_utterance_and_a_unit_a_sentence() -> None:
    reading = call("Hello. We have a budget!", "Great")
    assert [unit.text for unit in reading.units] == ["Hello.", "We have a budget!", "Great"]
    assert [unit.segment for unit in reading.units] == [0, 0, 1]
    assert [reading.side_of(unit) for unit in reading.units] == [Side.BUYER, Side.BUYER, Side.SELLER]
    assert reading.units[1].start == len("Hello. ")


def test_titles_and_decimals_end_no_sentence() -> None:
    assert len(call("Mr. Subramanian put up 1.8 crore.").units) == 1


def test_neighbours() -> None:
    reading = call("one", "two", "three")
    assert [unit.text for unit in reading.before(reading.units[2], 2)] == ["two", "one"]
    assert [unit.text for unit in reading.after(reading.units[0], 5)] == ["two", "three"]


def test_a_mails_paragraphs_and_bullets_are_turns() -> None:
    reading = mail("Hi Sam,\n\nTwo things.\nReally two.\n- the price\n- the date\n\nBest,\nDana\n")
    assert [turn.text for turn in reading.turns] == ["Hi Sam,", "Two things.\nReally two.", "- the price", "- the date"]
    assert {reading.side_of(unit) for unit in reading.units} == {Side.BUYER}
    assert all(unit.segment is None for unit in reading.units)


def test_quoted_lines_are_context_and_someone_elses() -> None:
    reading = mail("> Is there money?\n\nYes, 80k.\n")
    quoted, own = reading.turns
    assert (quoted.own, quoted.side) == (False, Side.SELLER)
    assert (own.own, own.side) == (True, Side.BUYER)
    assert [unit.text for unit in reading.own_units()] == ["Yes, 80k."]


def test_a_forwarded_note_counts_from_its_own_date() -> None:
    reading = mail(
        "See below.\n\n---------- Forwarded message ---------\nFrom: Mark Ohle <m@brightwater.example>\n"
        "Date: Mon, 2 Mar 2026 at 09:00\nSubject: budget\nTo: Dana\n\nWe sign tomorrow.\n",
        subject="Fwd: budget",
    )
    note = reading.turns[-1]
    assert (note.text, note.own) == ("We sign tomorrow.", True)
    assert note.written_at.date() == datetime(2026, 3, 2, tzinfo=UTC).date()
    assert note.speaker is not None
    assert note.speaker.name == "Mark Ohle"


def test_a_bounce_says_nothing() -> None:
    assert mail("Budget approved", subject="Undeliverable: offer").turns == []


def test_matching_text_keeps_offsets() -> None:
    unit = call("We’ll pay İstanbul “80k” – maybe").units[0]
    assert len(unit.lower) == len(unit.text)
    assert unit.lower.startswith("we'll pay")
    assert '"80k" - maybe' in unit.lower


@pytest.mark.parametrize(
    ("currency", "occurred_at", "expected"),
    [
        ("USD", "2026-03-12T15:00:00-05:00", False),
        ("GBP", "2026-03-12T15:00:00+00:00", True),
        (None, "2026-03-12T15:00:00-05:00", False),
        (None, "2026-03-12T15:00:00+05:30", True),
    ],
)
def test_whether_the_day_comes_first(currency: str | None, occurred_at: str, expected: bool) -> None:
    deal = {"currency": currency} if currency else None
    assert call("hello", deal=deal, occurred_at=occurred_at).day_first is expected


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=1500), min_size=1, max_size=4))
def test_any_text_is_read_and_every_unit_is_its_slice(texts: list[str]) -> None:
    reading = call("x", *texts)
    sources = ["x", *texts]
    for unit in reading.units:
        assert unit.segment is not None
        assert sources[unit.segment][unit.start : unit.end] == unit.text
        assert 0 < len(unit.text) <= UNIT_CHARACTERS
        assert len(unit.lower) == len(unit.text)
        assert unit.evidence().text == unit.text


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab>- \n\r:.?@0123FromSentDateToOnwrote"), min_size=1, max_size=400))
def test_any_mail_is_read_and_every_unit_is_its_slice(body: str) -> None:
    reading = mail("a" + body)
    for unit in reading.units:
        assert ("a" + body)[unit.start : unit.end] == unit.text


def test_enormous_utterances_are_cut() -> None:
    reading = call("word " * 40_000, "x" * 100_000, " " * 100_000 + "end")
    assert max(len(unit.text) for unit in reading.units) <= UNIT_CHARACTERS
    assert reading.units[-1].text == "end"


def test_reading_starts_without_spacys_command_line_and_leaves_it_usable() -> None:
    """Its import costs more than reading a mail; whoever wants it later still gets it."""
    program = (
        "import sys; from extractors.reading import pipeline; pipeline()\n"
        "assert not {'spacy.cli', 'requests', 'httpx'} & set(sys.modules)\n"
        "import spacy.cli; assert callable(spacy.cli.info)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)

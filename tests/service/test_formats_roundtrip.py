"""What is written as a vendor writes it is read as it was said: who, when and what."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.intake import Format, Received, detect, receive
from tests.service.formats import AT, GIVEN
from tests.service.formats.writers import WRITERS, Turn, Writer

NAMES = ["Dana Buyer", "Sam Seller", "René O'Neil-van Berg"]
WORDS = ["we", "have", "forty thousand", "März", "40,000", "it's", "naïve", "approved", "a", "Q3/Q4", "R&D", "50%"]
# Formats that say nothing of names: the voices come back as labels, in the same order.
NAMELESS = {"deepgram", "aws-transcribe", "whisperx"}
TIMELESS = {"text"}


@st.composite
def conversations(draw: st.DrawFn) -> list[Turn]:
    """Whole sentences by three people, each twice at least, with pauses that join none to the next."""
    speakers = draw(st.permutations([0, 1, 2, 0, 1, 2]))
    turns: list[Turn] = []
    now = 0
    for who in speakers:
        start = now + draw(st.integers(4_000, 90_000))
        now = start + draw(st.integers(1_000, 20_000))
        said = " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6)))
        turns.append((who, start / 1000, now / 1000, said + draw(st.sampled_from([".", "?", "!"]))))
    return turns


IDS = [f"{source}-{writer.__name__}" for source, writer in WRITERS]


@pytest.mark.parametrize(("source", "writer"), WRITERS, ids=IDS)
@settings(deadline=None, max_examples=15)
@given(turns=conversations())
def test_what_was_said_comes_back(source: str, writer: Writer, turns: list[Turn]) -> None:
    (found,) = receive(writer(turns, NAMES), "body", given=GIVEN, format=Format(source))
    assert isinstance(found, Received), str(found)
    conversation = found.conversation
    by_id = {person.id: person for person in conversation.participants}
    voices = [by_id[segment.speaker or ""] for segment in conversation.segments]
    assert [segment.text for segment in conversation.segments] == [said for _, _, _, said in turns]
    if source in NAMELESS:
        seen = list(dict.fromkeys(who for who, _, _, _ in turns))
        assert [list(by_id).index(person.id) for person in voices] == [seen.index(who) for who, _, _, _ in turns]
        assert {person.name for person in voices} == {None}
    elif source == "aws-call-analytics":
        assert [person.id for person in voices] == [NAMES[who] for who, _, _, _ in turns]
    else:
        assert [person.name for person in voices] == [NAMES[who] for who, _, _, _ in turns]
    if source in TIMELESS:
        assert {segment.start for segment in conversation.segments} == {None}
    elif writer.__name__ == "otter":
        assert [segment.start for segment in conversation.segments] == [float(int(start)) for _, start, _, _ in turns]
    else:
        assert [(segment.start, segment.end) for segment in conversation.segments] == [turn[1:3] for turn in turns]
    assert abs(conversation.occurred_at - AT) < dt.timedelta(milliseconds=2)


@pytest.mark.parametrize(("source", "writer"), WRITERS, ids=IDS)
@settings(deadline=None, max_examples=5)
@given(turns=conversations())
def test_it_is_known_by_its_content_alone(source: str, writer: Writer, turns: list[Turn]) -> None:
    kinds = {"vtt": "vtt", "zoom": "vtt", "metadata_content": "vtt", "srt": "srt"}
    assert detect(writer(turns, NAMES), "body") == kinds.get(writer.__name__, source)

"""Who a sentence speaks of, and what speakers without a name are called."""

from __future__ import annotations

import datetime as dt

from extractors.champions import find_champions
from extractors.reading import Reading, read
from extractors.who import called, speaker_of
from signals import Conversation, ConversationKind, Participant, Segment, Side

PEOPLE = (
    Participant(id="s1", name="Speaker 1", side=Side.SELLER),
    Participant(id="s2", name="Speaker 2", side=Side.BUYER),
    Participant(id="s3", name="Speaker 3", side=Side.BUYER),
)


def reading_of(*lines: tuple[str, str]) -> Reading:
    return read(
        Conversation(
            id="call",
            kind=ConversationKind.CALL,
            occurred_at=dt.datetime(2026, 3, 12, 15, tzinfo=dt.UTC),
            participants=PEOPLE,
            segments=tuple(Segment(speaker=speaker, text=text) for speaker, text in lines),
        )
    )


def test_a_speaker_without_a_name_is_who_others_call_them() -> None:
    reading = reading_of(
        ("s1", "Hi Ketan, thanks for making time."),
        ("s2", "I'll make the case to my boss, he has to see this."),
        ("s1", "Great, Ketan."),
        ("s2", "Sure."),
    )
    assert called(reading) == {"s2": "Ketan"}
    assert [champion.person for champion in find_champions(reading)] == ["Ketan"]


def test_a_speaker_may_introduce_themselves() -> None:
    reading = reading_of(("s2", "Hello, this is Priya from purchasing."), ("s1", "Hello."), ("s3", "Ravi here too."))
    assert called(reading) == {"s2": "Priya", "s3": "Ravi"}


def test_someone_talked_about_is_not_the_one_who_speaks() -> None:
    reading = reading_of(("s1", "What does Ketan say?"), ("s2", "Ketan likes it."), ("s3", "I saw Ketan on Monday."))
    assert called(reading) == {}
    who = speaker_of(reading, reading.units[1])
    assert who is not None
    assert who.person == "Speaker 2"

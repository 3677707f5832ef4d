"""Who is named: participants by any form, known given names, honorifics, and words that only look like names."""

from __future__ import annotations

import pytest

from extractors.people import How, find_people, find_titles, people_of
from signals import Participant

PEOPLE = people_of(
    (
        Participant(id="p1", name="Ravindra Pillai"),
        Participant(id="p2", name="Voss, Katharina"),
        Participant(id="p3", name="Speaker 3"),
        Participant(id="p4", name="Jonathan Mark Baird"),
    )
)


def named(text: str, *, written: bool = False) -> list[str]:
    return [person.name for person in find_people(text, PEOPLE, written=written)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("I asked Ravindra about it.", ["Ravindra Pillai"]),
        ("ask mr pillai", ["Ravindra Pillai"]),
        ("Ravi said yes.", ["Ravindra Pillai"]),
        ("Katharina Voss will join.", ["Voss, Katharina"]),
        ("Jon has it.", ["Jonathan Mark Baird"]),
        ("Ravindra's desk", ["Ravindra Pillai"]),
    ],
)
def test_a_participant_is_known_by_every_form_of_the_name(text: str, names: list[str]) -> None:
    assert named(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("This is Noémie Bélanger speaking.", ["Noémie Bélanger"]),
        ("We met Ms. Amaral yesterday.", ["Ms. Amaral"]),
        ("doctor feldman has to sign", ["Doctor Feldman"]),
        ("Our CTO Mark Stone wants it.", ["Mark Stone"]),
        ("Anna de la Cruz runs it.", ["Anna de la Cruz"]),
        ("so deborah has the file", ["Deborah"]),
        ("Sheetal Patel signs it.", ["Sheetal Patel"]),
        ("Ask Kevin A. Boone or Marlene D Hilliard.", ["Kevin A. Boone", "Marlene D Hilliard"]),
    ],
)
def test_others_are_known_by_given_names_and_honorifics(text: str, names: list[str]) -> None:
    assert named(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "Mark my words, we may sign in May.",
        "The bill is due and will rise in august.",
        "sir the grant is for two years",
        "Thanks, talk on Monday.",
        "PLEASE SIGN THE NDA TODAY",
        "WILL SOMEONE CALL ME",
        "Our office in San Francisco is near St. Thomas.",
        "The Clinton Foundation and Morgan Consulting both use it.",
        "We lost a week to Hurricane Rita.",
    ],
)
def test_common_words_are_no_names(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Now Hyacinthe has the file.", ["Hyacinthe"]),
        ("a lady named ofelinda wants the letter", ["Ofelinda"]),
        ("manager pyongsu is out", ["Pyongsu"]),
        ("your biggest supporter is out", []),
    ],
)
def test_words_that_look_like_names_are_given_only_when_asked_for(text: str, names: list[str]) -> None:
    assert named(text) == []
    assert named(text, written=True) == names
    assert all(person.how is How.WRITTEN for person in find_people(text, PEOPLE, written=True))


def test_a_form_that_two_people_share_means_neither() -> None:
    two = people_of((Participant(id="a", name="Ana Ruiz"), Participant(id="b", name="Ana Solis")))
    assert two.named("Ana") is None
    assert two.named("Ana Solis") == Participant(id="b", name="Ana Solis")


def test_offsets_cut_the_name_out_of_the_text() -> None:
    text = "Then Ravindra's boss, Ms. Amaral, signed."
    assert [text[person.start : person.end] for person in find_people(text, PEOPLE)] == ["Ravindra", "Ms. Amaral"]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("our VP of Operations and the CFO", ["VP of Operations", "CFO"]),
        ("the head of it said so", ["head of it"]),
        ("a senior category specialist", ["senior category specialist"]),
        ("the new finance director", ["finance director"]),
        ("we head out at nine", []),
    ],
)
def test_titles(text: str, titles: list[str]) -> None:
    assert [title.text for title in find_titles(text)] == titles

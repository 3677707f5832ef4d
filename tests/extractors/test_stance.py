"""How statements are meant."""

from __future__ import annotations

import pytest

from extractors.reading import Reading, Unit
from extractors.stance import answer_to, answers, confirms, denies, is_question, stance_of
from tests.extractors.test_reading import call


def unit_with(reading: Reading, words: str) -> tuple[Unit, int]:
    unit = next(unit for unit in reading.units if words in unit.lower)
    return unit, unit.lower.index(words)


@pytest.mark.parametrize(
    ("text", "words", "stances"),
    [
        ("Finance signed off on it.", "signed off", set()),
        ("If finance signed off, we could start.", "signed off", {"supposed"}),
        ("Once legal has looked at it we can sign.", "we can sign", {"supposed"}),
        ("Finance has not signed off.", "signed off", {"denied"}),
        ("They haven't signed off.", "signed off", {"denied"}),
        ("It isn't cheap, but finance signed off.", "signed off", set()),
        ("Has finance signed off?", "signed off", {"asked"}),
        ("has finance signed off on that", "signed off", {"asked"}),
        ("Last year finance signed off on something else.", "signed off", {"past"}),
        ("Just kidding, finance signed off.", "signed off", {"joking"}),
        ("I'd rather tell you now finance signed off.", "signed off", set()),
        ("In May finance signed off.", "signed off", set()),
        ("Finance may have signed off.", "signed off", {"supposed"}),
        ("Once a year finance signs off.", "signs off", set()),
    ],
)
def test_stance(text: str, words: str, stances: set[str]) -> None:
    reading = call(text)
    unit, start = unit_with(reading, words)
    stance = stance_of(reading, unit, start, start + len(words))
    told = {name for name in ("asked", "supposed", "denied", "past", "others", "joking") if getattr(stance, name)}
    assert told == stances
    assert stance.asserted is (not stances)


def test_a_sellers_other_customers_are_others() -> None:
    reading = call("hm", "One of our customers approved a budget of 80k.")
    unit, start = unit_with(reading, "approved")
    assert stance_of(reading, unit, start).others


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What is the budget?", True),
        ("what's the budget for this", True),
        ("so you have eighty right", True),
        ("do you have somebody in medical distribution", True),
        ("we have eighty", False),
        ("what we have is eighty", False),
        ("I asked what the budget is.", False),
        ("Is it? No. It was eighty.", True),
    ],
)
def test_questions(text: str, expected: bool) -> None:
    reading = call(text)
    assert is_question(reading, reading.units[0]) is expected


def test_an_answer_and_its_question_find_each_other() -> None:
    reading = call("Thanks.", "Was it approved?", "Yes, on Monday.", "Good.")
    question, answer = reading.units[1], reading.units[2]
    assert answers(reading, question) == answer
    assert answer_to(reading, answer) == question
    assert answer_to(reading, reading.units[3]) is None


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        ("Yes, it was.", True, False),
        ("That's right.", True, False),
        ("um yeah", True, False),
        ("No, not yet.", False, True),
        ("Not really.", False, True),
        ("We bought a printer.", False, False),
    ],
)
def test_yes_and_no(text: str, yes: bool, no: bool) -> None:
    unit = call(text).units[0]
    assert (confirms(unit), denies(unit)) == (yes, no)

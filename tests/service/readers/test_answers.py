"""What models answer, made into proposals: garbage never raises, takes no time and no memory to speak of."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.readers.answers import DEEPEST, LARGEST_ANSWER, MOST_OBJECTS, parsed

ONE = {"type": "budget", "status": "none", "amount": None, "evidence": [{"line": 1, "quote": 'a "b" {c}'}]}
TEXT = json.dumps({"signals": [ONE]})


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f"```json\n{TEXT}\n```",
        f"Sure! Here is what I found:\n{TEXT}\nAnything else?",
        f"<think>Maybe {{this}} or that.</think>\n{TEXT}",
        f"\ufeff  {TEXT}",
        json.dumps({"notes": "x", "signals": [ONE], "done": True}),
    ],
)
def test_a_whole_answer_is_read_whatever_stands_around_it(text: str) -> None:
    answer = parsed(text)
    assert answer.whole
    assert answer.understood
    assert answer.proposals == (ONE,)


@pytest.mark.parametrize("cut", range(1, len(json.dumps(ONE)), 7))
def test_of_half_an_answer_the_whole_objects_are_read(cut: int) -> None:
    first = json.dumps({"signals": [ONE]})[:-2]
    answer = parsed(f"{first}, {json.dumps(ONE)[:cut]}")
    assert answer.understood
    assert not answer.whole
    assert answer.proposals == (ONE,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I cannot help with that.",
        "Aucun signal dans cette conversation.",
        "没有信号",
        "null",
        "[]",
        "{}",
        '{"signals": null}',
        '{"signals": {"type": "budget"}}',
        "{" * 100_000,
        "[" * 100_000,
        '{"a":' * 100_000,
        "<think>" + "so " * 50_000,
        "\x00\x01\x02",
        '{"signals": ' + "9" * 10_000 + "}",
        TEXT + " " * LARGEST_ANSWER,
        "x" * 10_000_000,
    ],
    ids=lambda text: repr(text[:30]),
)
def test_an_answer_without_a_list_is_none(text: str) -> None:
    answer = parsed(text)
    assert not answer.understood
    assert answer.proposals == ()


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ('{"type": "budget", "type": "date"}', "a key twice"),
        ('{"low": NaN}', "NaN"),
        ('{"low": Infinity}', "infinity"),
        ('{"low": 1' + "0" * 5000 + "}", "a number of 5000 digits"),
        ('{"a" "b"}', "no colon"),
    ],
)
def test_a_bad_object_costs_the_others_nothing(item: str, why: str) -> None:
    answer = parsed(f'{{"signals": [{json.dumps(ONE)}, {item}, {json.dumps(ONE)}]}}')
    assert answer.proposals == (ONE, None, ONE), why
    assert not answer.whole


def test_an_object_too_deep_ends_the_list() -> None:
    deep = '{"a":' * (DEEPEST + 1) + "1" + "}" * (DEEPEST + 1)
    answer = parsed(f'{{"signals": [{json.dumps(ONE)}, {deep}, {{]}}')
    assert answer.proposals == (ONE,)


def test_no_more_objects_are_read_than_any_window_holds() -> None:
    assert len(parsed(json.dumps({"signals": [1] * 100_000})).proposals) == MOST_OBJECTS
    assert len(parsed('{"signals": [' + "{}," * 100_000).proposals) == MOST_OBJECTS


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='{}[]":,\\ signals0N\n', max_size=80).map(lambda text: '{"signals": [' + text))
def test_nothing_raises(text: str) -> None:
    parsed(text)

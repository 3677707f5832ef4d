"""Other libraries' suites: what each shape means, and when an answer is right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.peers.compare import Verdict, convention, verdict
from evaluation.peers.ours import answer
from evaluation.peers.suites import Case, cases, resolved


def written(folder: Path, files: dict[str, Any]) -> list[Case]:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), "utf-8")
    return list(cases(folder))


def dated(text: str, *values: list[str], suite: str = "duckling: dates") -> Case:
    return Case(suite=suite, kind="dates", text=text, want=[[value] for value in values], now="2013-02-12T04:30:00")


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ({"date": "2016-11-15"}, ["2016-11-15", "2016-11-15"]),
        ({"startDate": "2016-11-04", "endDate": "2016-11-22"}, ["2016-11-04", "2016-11-21"]),
        ({"dateTime": "2016-11-15 08:00:00"}, ["2016-11-15", "2016-11-15", "08:00", "08:00"]),
        (
            {"type": "datetimerange", "start": "2016-11-15 08:00:00", "end": "2016-11-15 09:00:00"},
            ["2016-11-15", "2016-11-15", "08:00", "09:00"],
        ),
        ({"type": "time", "value": "08:00:00"}, None),
        ({"type": "set", "value": "not resolved"}, None),
    ],
)
def test_a_resolution_is_days_both_inclusive(said: dict[str, str], means: list[str] | None) -> None:
    assert resolved(said) == means


def test_ducklings_ends_and_currencies_are_made_ours(tmp_path: Path) -> None:
    week = {"kind": "datetime", "grain": "week", "value": "2013-02-18T00:00:00"}
    over = {"kind": "datetimeOpenInterval", "grain": "day", "direction": "after", "value": "2013-02-18T00:00:00"}
    times = [
        {"section": "allExamples", "text": "next week", "expected": week, "locale": "EN"},
        {"section": "allExamples", "text": "after Monday", "expected": over, "locale": "EN"},
    ]
    paid = {"kind": "between", "currency": "Dollar", "from": 10.0, "to": 20.5}
    money = [{"section": "allExamples", "text": "10 to 20.5 dollars", "expected": paid, "locale": "EN"}]
    found = written(
        tmp_path,
        {
            "duckling/time_en.json": {"positive": times, "negative": [{"text": "we are separated"}]},
            "duckling/amount_of_money_en.json": {"positive": money},
            "duckling/numeral_en.json": {"positive": []},
        },
    )
    assert [(case.text, case.want) for case in found] == [
        ("next week", [[["2013-02-18", "2013-02-24"]]]),
        ("we are separated", []),
        ("10 to 20.5 dollars", [[["10", "20.5", "USD"]]]),
    ]


def test_an_answer_is_right_thing_by_thing() -> None:
    case = dated("Monday and Tuesday", ["2013-02-18", "2013-02-18"], ["2013-02-19", "2013-02-19"])
    monday, tuesday = case.want
    assert verdict(case, [monday, tuesday]) is Verdict.RIGHT
    assert verdict(case, [tuesday, monday]) is Verdict.OTHER
    assert verdict(case, [monday]) is Verdict.OTHER
    assert verdict(case, []) is Verdict.NOTHING


def test_money_whose_currency_the_suite_leaves_open_is_right_in_any() -> None:
    case = Case(suite="price-parser: figures alone", kind="money", text="29.99", want=[[["29.99", "29.99", ""]]])
    assert verdict(case, [[["29.99", "29.99", "USD"]]]) is Verdict.RIGHT
    assert verdict(case, [[["2999", "2999", "USD"]]]) is Verdict.OTHER


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (dated("next week", ["2013-02-18", "2013-02-24"]), "a week is its working days, Monday to Friday"),
        (dated("end of April", ["2013-04-21", "2013-04-30"]), "the end of a period is its last day"),
        (dated("at 3pm", ["2013-02-12", "2013-02-12", "15:00", "15:00"]), "a time of day without a day is no period"),
        (dated("2 weeks later", ["2013-02-26", "2013-02-26"]), '"2 weeks later"'),
        (dated("super tuesday", ["2016-03-01", "2016-03-01"]), None),
        (dated("by Friday", ["2013-02-16", "2013-02-16"]), None),
    ],
)
def test_a_convention_explains_only_what_it_is_about(case: Case, why: str | None) -> None:
    found = answer(case)
    assert verdict(case, found) is not Verdict.RIGHT
    said = convention(case, found)
    assert said is None if why is None else why in str(said)

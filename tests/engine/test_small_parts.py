"""The small parts: days, conditions that explain themselves, lines of a file, words that come along, templates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from engine import Event, EventError, Ledger, Pipeline, PipelineError
from engine.calendar import Calendar, rounded
from engine.condition_file import can_hold
from engine.conditions import All, Any, Condition, Leaf, Not, compiled, explain
from engine.lines import Lines, shown
from engine.pipeline import SHIPPED
from tests.engine.story import B2B, Story, at

BERLIN = Calendar(zone=ZoneInfo("Europe/Berlin"), holidays=frozenset({dt.date(2026, 12, 25)}))


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-12-23T10:00+01:00", 3, "2026-12-29T10:00+01:00"),
        ("2026-12-24T10:00+01:00", 1, "2026-12-28T10:00+01:00"),
        ("2026-12-26T10:00+01:00", 1, "2026-12-28T10:00+01:00"),
        ("2026-10-23T10:00+02:00", 1, "2026-10-26T10:00+01:00"),
        ("2026-10-23T23:30+00:00", 1, "2026-10-26T01:30+01:00"),
        ("2026-12-24T10:00+01:00", 0, "2026-12-24T10:00+01:00"),
    ],
)
def test_business_days(start: str, days: int, end: str) -> None:
    assert BERLIN.business_days_after(moment(start), days) == moment(end)


def test_days_begin_at_the_zones_midnight() -> None:
    assert BERLIN.day(moment("2026-06-30T22:30+00:00")) == dt.date(2026, 7, 1)
    assert BERLIN.after(dt.date(2026, 10, 25)) == moment("2026-10-25T23:00+00:00")
    assert BERLIN.days_after(moment("2026-10-24T10:00+02:00"), 1) == moment("2026-10-25T10:00+01:00")


@pytest.mark.parametrize(
    ("value", "whole"), [("15.75", 16), ("0.5", 1), ("0.49", 0), ("-0.5", 0), ("-0.51", -1), ("2", 2)]
)
def test_halves_up(value: str, whole: int) -> None:
    assert rounded(Decimal(value)) == whole


MAIL = Leaf("emails.inbound", "at_least", 2)
CALL = Leaf("calls.with_contact", "at_least", 1)
KNOWN = Leaf("budget.status", "known", True)


def test_a_condition_explains_its_verdict() -> None:
    told = Story("identified")
    told.email(1)
    told.call(2)
    ledger = Ledger(B2B)
    events = [Event.from_json(event) for event in told.events]
    for event in events:
        ledger.add(event)
    deal = ledger.deals()["D-1"]
    cases: list[tuple[Condition, bool, tuple[str, ...]]] = [
        (MAIL, False, ("e-mails received: 1 (at least 2 wanted)",)),
        (Any((MAIL, CALL)), True, ("calls with a contact: 1 (at least 1 wanted)",)),
        (All((MAIL, CALL)), False, ("e-mails received: 1 (at least 2 wanted)",)),
        (Not(MAIL), True, ("e-mails received: 1 (at least 2 wanted)",)),
        (KNOWN, False, ("the budget: not known (True wanted)",)),
        (Leaf("qualification.pain", "is", True), False, ("pain is documented: no",)),
    ]
    for condition, holds, reasons in cases:
        trace = explain(condition, deal, events[-1])
        assert (trace.holds, trace.reasons()) == (holds, reasons)
        assert bool(compiled(condition)(deal, events[-1])) is holds


PAIN = Leaf("qualification.pain", "is", True)
PRICED = Leaf("pricing.status", "one_of", ("quoted", "agreed"))


@pytest.mark.parametrize(
    ("conditions", "possible"),
    [
        ((PAIN, Not(PAIN)), False),
        ((PAIN, Leaf("qualification.pain", "is", False)), False),
        ((Any((PAIN, MAIL)), Not(PAIN)), True),
        ((PRICED, Leaf("pricing.status", "is", "agreed")), True),
        ((PRICED, Leaf("pricing.status", "is", "objected")), False),
        ((PRICED, Leaf("pricing.status", "known", False)), False),
        ((Not(PRICED), Leaf("pricing.status", "known", False)), True),
        ((MAIL, Leaf("emails.inbound", "below", 2)), False),
        ((MAIL, Leaf("emails.inbound", "at_most", 2)), True),
        ((MAIL, Leaf("emails.inbound", "is", 1)), False),
        ((Not(All((PAIN, MAIL))), PAIN, MAIL), False),
    ],
)
def test_what_can_hold_together(conditions: tuple[Condition, ...], possible: bool) -> None:
    assert can_hold(*conditions) is possible


def test_lines_are_found_by_path() -> None:
    lines = Lines("a = 1\n\n[b]\nc = 2\n[[d]]\ne = 3\n[[d.f]]\ng.h = 4\n[[d]]\n[[d.f]]\ng = 5\n")
    wanted = {
        ("a",): 1,
        ("b",): 3,
        ("b", "c"): 4,
        ("d", 0, "e"): 6,
        ("d", 0, "f", 0, "g", "h"): 8,
        ("d", 1, "f", 0, "g"): 11,
    }
    assert {path: lines.of(path) for path in wanted} == wanted
    assert lines.of(("d", 1, "f", 0, "unknown")) == 10
    assert shown(("d", 1, "f", 0)) == "d[1].f[0]"
    assert shown(()) == "the file"


def test_words_come_along_from_the_event_or_the_signal() -> None:
    told = Story("discovery")
    told.call(1)
    told.signal(2, "qualification", element="pain", evidence=[{"segment": 4, "start": 0, "end": 5, "text": "ouch!"}])
    met = told.told().one("gate_met", at=at(2))
    assert met["data"]["quotes"] == [{"event": "D-1-3", "conversation": None, "segments": [4], "text": "ouch!"}]
    assert met["why"].endswith("(“ouch!”)")


def test_odd_words_cost_an_event_nothing() -> None:
    base = Story("discovery").events[0]
    odd = {**base, "type": "signal", "data": {"type": "qualification", "element": "pain", "evidence": [7, {"text": 7}]}}
    assert Event.from_json(odd).quotes == ()
    odd["evidence"] = {"text": "words", "segments": "all", "conversation": 7}
    assert Event.from_json(odd).quotes[0].text == "words"


def test_long_words_are_cut_in_the_sentence_and_whole_in_the_quotes() -> None:
    told = Story("discovery")
    told.add(1, "milestone", kind="next_step_agreed", quote="so " * 300)
    met = told.told().one("gate_met")
    assert len(met["why"]) < 400
    assert met["why"].endswith("…”)")
    assert len(met["data"]["quotes"][0]["text"]) == 900


@pytest.mark.parametrize("value", [None, 7, [], {"id": "x"}, {"id": "x", "deal_id": "D", "type": []}])
def test_what_is_no_event_is_named(value: object) -> None:
    with pytest.raises(EventError, match="expected"):
        Event.from_json(value)


def test_an_event_keeps_the_object_that_it_was_read_from() -> None:
    event = Story("discovery").events[0]
    assert Event.from_json(event).to_json() == event


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("{{ acount }}", 'knows no "acount"'),
        ("{{ account.__class__ }}", "only names may stand in braces"),
        ("{% for x in range(9) %}{% endfor %}", "only names may stand in braces"),
        ("{{ account", "cannot be read"),
        ("{{ account() }}", "only names may stand in braces"),
    ],
)
def test_a_template_that_cannot_be_filled_in_is_refused(title: str, words: str) -> None:
    text = (SHIPPED / "b2b.toml").read_text(encoding="utf-8")
    with pytest.raises(PipelineError, match=words):
        Pipeline.from_text(text.replace('title = "Account research: {{ account }}"', f'title = "{title}"'))


def test_names_in_braces_of_a_deal_mean_nothing() -> None:
    told = Story("identified", account="{{ owner }}")
    assert told.told().all("workflow_triggered")[0]["data"]["title"] == "Account research: {{ owner }}"

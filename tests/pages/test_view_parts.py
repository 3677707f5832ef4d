"""The parts of pages that need no browser: a signal in words, the form for it, and words cut at what they prove."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.pages.conversation import part_of, passages
from service.pages.formats import ago, clock_time, in_days, moment, money
from service.pages.highlights import Span, note_of, runs
from service.pages.inbox_items import why
from service.pages.mending import evidence
from service.pages.reviewing import back_to
from service.pages.signal_form import form_of, signal_from
from service.pages.signal_words import TYPES, stated
from service.store.conversations import Stored
from service.store.signals import StoredSignal
from signals import DecodeError, signal_from_json

NOON = dt.datetime(2026, 3, 12, 12, tzinfo=dt.UTC)

USD = {"low": 120000, "high": 120000, "currency": "USD", "per": "year"}
EXAMPLES: list[tuple[dict[str, Any], str]] = [
    ({"type": "budget", "status": "approved", "amount": USD}, "Budget approved: USD 120,000 a year"),
    ({"type": "budget", "status": "none", "amount": None}, "No budget"),
    (
        {"type": "pricing", "status": "countered", "amount": USD | {"low": None}},
        "Counter-offer: up to USD 120,000 a year",
    ),
    (
        {"type": "pricing", "status": "objected", "amount": USD | {"high": None, "per": "unit"}},
        "Price found too high: USD 120,000 or more each",
    ),
    (
        {"type": "budget", "status": "stated", "amount": USD | {"high": 150000.5, "per": "total"}},
        "Budget stated: USD 120,000–150,000.50",
    ),
    (
        {"type": "date", "role": "close", "start": "2026-03-31", "end": "2026-03-31", "change": "later"},
        "Wants to sign on 31 Mar 2026, later than before",
    ),
    (
        {"type": "date", "role": "go_live", "start": "2026-06-01", "end": "2026-06-30", "change": "set"},
        "Wants to go live between 1 Jun 2026 and 30 Jun 2026",
    ),
    ({"type": "competitor", "name": "Tableau", "relation": "evaluating"}, "Tableau is being looked at too"),
    ({"type": "champion", "person": "Dana Reyes", "status": "at_risk"}, "Dana Reyes may no longer speak for us"),
    (
        {
            "type": "stakeholder",
            "person": "Nora",
            "title": "CFO",
            "change": "left",
            "role": "economic_buyer",
            "successor": "Paul",
        },
        "Nora (CFO) has left, economic buyer; Paul follows",
    ),
    ({"type": "qualification", "element": "pain"}, "Tells of a pain"),
    ({"type": "milestone", "kind": "security_review_requested"}, "Security review requested"),
]


@pytest.mark.parametrize(("signal", "words"), EXAMPLES, ids=[words for _, words in EXAMPLES])
def test_a_signal_is_told_in_words_and_comes_back_from_its_form_as_it_was(signal: dict[str, Any], words: str) -> None:
    assert stated(signal) == words
    form = form_of(signal["type"], signal)
    sent = {"type": signal["type"]} | {field.name: field.value for field in form.fields}
    back = signal_from_json(signal_from(sent)).to_json()
    assert back == signal_from_json(signal).to_json()


@pytest.mark.parametrize("type", TYPES)
def test_every_choice_of_a_form_is_in_the_vocabulary(type: str) -> None:
    base = next(signal for signal, _ in EXAMPLES if signal["type"] == type)
    for field in form_of(type, base).fields:
        for value, _ in field.options:
            if field.name == "bound":
                continue
            sent = {"type": type} | {each.name: each.value for each in form_of(type, base).fields}
            signal_from_json(signal_from(sent | {field.name: value}))


def test_a_figure_that_is_none_is_named_at_its_field() -> None:
    sent = {"type": "budget", "status": "approved", "low": "lots", "currency": "USD", "per": "year", "bound": ""}
    with pytest.raises(DecodeError) as error:
        signal_from(sent)
    form = form_of("budget", sent, error.value)
    assert {field.name: field.fault for field in form.fields if field.fault} == {
        "low": "expected a number such as 120000"
    }
    assert form.fault == ""


@pytest.mark.parametrize("text", ["nan", "inf", "1e400", "-", "1.2.3"])
def test_no_figure_is_made_of_what_is_none(text: str) -> None:
    with pytest.raises(DecodeError):
        signal_from({"type": "budget", "status": "approved", "low": text, "currency": "USD"})


def signal(number: int, *pieces: tuple[int, int]) -> StoredSignal:
    text = "x" * 200
    found = [{"segment": 0, "start": a, "end": b, "text": text[a:b]} for a, b in pieces]
    return StoredSignal(
        id=UUID(int=number),
        conversation="c",
        position=number,
        deal=None,
        type="milestone",
        state="accepted",
        confidence=0.9,
        occurred_at=NOON,
        content={"type": "milestone", "kind": "contract_sent", "evidence": found},
    )


@given(
    text=st.text(max_size=60),
    spans=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), max_size=6),
    cut=st.tuples(st.integers(0, 60), st.integers(0, 60)),
)
def test_runs_lose_no_letter_and_mark_exactly_what_is_proven(
    text: str, spans: list[tuple[int, int]], cut: tuple[int, int]
) -> None:
    start, end = sorted(min(each, len(text)) for each in cut)
    made = [
        Span(start=a, end=a + b, note=note_of(signal(number, (a, a + b)), number), first=True)
        for number, (a, b) in enumerate(spans, start=1)
    ]
    found = runs(text, made, start=start, end=end)
    assert "".join(run.text for run in found) == text[start:end]
    place = start
    for run in found:
        for letter in range(place, place + len(run.text)):
            covering = {span.note.number for span in made if span.start <= letter < span.end}
            assert {note.number for note in run.notes} == covering
        place += len(run.text)
    anchors = [note.number for run in found for note in run.anchors]
    assert len(anchors) == len(set(anchors)), "a link leads to one place"


def test_two_signals_of_a_type_in_the_same_words_have_one_label() -> None:
    spans = [Span(start=0, end=4, note=note_of(signal(number, (0, 4)), number), first=True) for number in (1, 2)]
    marked, plain = runs("word and more", spans)
    assert (marked.labels, [note.number for note in marked.anchors]) == (("milestone",), [1, 2])
    assert (plain.notes, plain.labels) == ((), ())


def mail(body: str) -> dict[str, Any]:
    return {
        "kind": "email",
        "occurred_at": NOON.isoformat(),
        "subject": "Re: Terms",
        "from": "d",
        "participants": [{"id": "d", "name": "Dana Reyes"}],
        "body": body,
    }


@given(
    st.lists(
        st.sampled_from(["Hello,", "", "> quoted", "On Mon, Sam wrote:", "-- ", "Dana Reyes", "a b  c"]), max_size=9
    )
)
def test_a_mail_is_cut_into_passages_that_add_up_to_it(lines: list[str]) -> None:
    body = "\n".join(lines)
    shown = passages(mail(body), {}, [])
    assert "".join(run.text for passage in shown for run in passage.runs) == body


def test_what_was_quoted_is_folded_unless_a_signal_stands_in_it() -> None:
    body = "We agree to the price.\n\nOn Mon, 9 Mar 2026 Sam wrote:\n> The price is 95,000.\n> Is that fine?\n"
    own, quoted = passages(mail(body), {}, [])
    assert (own.folded, quoted.folded, quoted.open) == ("", "Earlier mail, quoted", False)
    at = body.index("The price is")
    span = Span(start=at, end=at + 5, note=note_of(signal(1, (at, at + 5)), 1), first=True)
    assert passages(mail(body), {}, [span])[1].open


def long_call(utterances: int, letters: int) -> Stored:
    segments = [{"speaker": None, "start": 10 * n, "end": None, "text": "a" * letters} for n in range(utterances)]
    content = {"kind": "call", "segments": segments}
    return Stored(
        id="c",
        deal=None,
        state="read",
        reason=None,
        received_at=NOON,
        read_at=NOON,
        content_hash="",
        content=content,
    )


def test_a_long_call_is_paged_and_each_utterance_is_on_exactly_one_page() -> None:
    call = long_call(500, 900)
    seen = []
    at = 0
    while at < 500:
        first, last, parts = part_of(call, at)
        assert first <= at < last
        assert sum(part.here for part in parts) == 1
        seen += list(range(first, last))
        at = last
    assert seen == list(range(500))
    assert part_of(long_call(3, 10), 2) == (0, 3, [])


def test_words_are_found_where_they_were_selected_even_when_they_stand_twice() -> None:
    call = {"kind": "call", "segments": [{"speaker": "p1", "text": "yes. We said yes. 🙂 yes"}]}
    found = evidence(call, {"segment": "0", "start": "12", "words": "yes"})
    assert found == {"segment": 0, "start": 13, "end": 16, "text": "yes"}
    with pytest.raises(DecodeError, match="words"):
        evidence(call, {"segment": "0", "start": "0", "words": "no"})
    with pytest.raises(DecodeError, match="words"):
        evidence(call, {"segment": "0", "start": "0", "words": "  "})
    body = mail("One\ntwo three\n")
    assert evidence(body, {"segment": "", "start": "0", "words": "One\r\ntwo"})["end"] == 7


@pytest.mark.parametrize(
    "back", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "", "/a\nb"]
)
def test_no_form_leads_to_another_site(back: str) -> None:
    assert back_to(back) == "/"


def test_times_and_money_are_written_for_people() -> None:
    assert moment("2026-03-05T10:00:00-06:00") == "5 Mar 2026, 16:00 UTC"
    assert [clock_time(each) for each in (None, 0, 67.9, 3753)] == ["", "0:00", "1:07", "1:02:33"]
    assert [money(1234567), money(12.5, "EUR"), money(None)] == ["1,234,567", "EUR 12.50", "–"]
    day = dt.timedelta(days=1)
    assert [ago(NOON - each * day, NOON) for each in (0, 1, 12, 90)] == [
        "just now",
        "yesterday",
        "12 days ago",
        "12 Dec 2025",
    ]
    assert [in_days(NOON + each * day, NOON) for each in (-2, -1, 0, 1, 11)] == [
        "overdue by 2 days",
        "overdue by a day",
        "today",
        "tomorrow",
        "in 11 days",
    ]


@pytest.mark.parametrize(
    ("because", "told"),
    [
        ("its confidence 0.6401 is below 0.66", "64 % sure, and moves the deal by itself from 66 % on"),
        ("its confidence 0.6571 is below 0.66", "65.7 % sure, and moves the deal by itself from 66.0 % on"),
        ("it would move the deal down: Nora has left", "it would move the deal down: Nora has left"),
        ("", ""),
    ],
)
def test_why_a_signal_waits_is_told_in_percent(because: str, told: str) -> None:
    assert why(because) == told

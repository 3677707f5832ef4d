"""Proposed signals against the words they quote: what is left of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from extractors.proposals import Mark
from signals import Money, Period, Side
from tests.extractors.proposing import BUDGET, LINES, Json, call, mail, outcome, proposal


def test_an_exact_quote_is_evidence_and_its_speaker_and_side_are_read() -> None:
    signal = outcome(call(*LINES), proposal(BUDGET, (1, "Finance signed off on 120k for this")))
    assert [(piece.segment, piece.start, piece.end) for piece in signal.evidence] == [(1, 5, 40)]
    assert (signal.speaker, signal.side, signal.confidence, signal.found_by) == ("b1", Side.BUYER, 0.8, "test")


@pytest.mark.parametrize(
    ("line", "quote", "text"),
    [
        pytest.param(1, "finance SIGNED off, on 120k", "Finance signed off on 120k", id="case and punctuation"),
        pytest.param(1, "Finance  signed\noff on 120k", "Finance signed off on 120k", id="blanks"),
        pytest.param(1, "and that’s final", "and that's final", id="typographic apostrophe"),
        pytest.param(2, "Finance signed off on 120k", "Finance signed off on 120k", id="line miscounted by one"),
    ],
)
def test_a_quote_is_repaired_where_it_can_only_mean_one_place(line: int, quote: str, text: str) -> None:
    signal = outcome(call(*LINES), proposal(BUDGET, (line, quote)))
    assert [piece.text for piece in signal.evidence] == [text]
    assert signal.evidence[0].segment == 1
    if quote != text:
        assert signal.found_by == f"test; {Mark.QUOTE}"


def test_an_ellipsis_joins_two_places_of_a_line() -> None:
    signal = outcome(call(*LINES), proposal(BUDGET, (1, "Finance signed off ... that's final")))
    assert [piece.text for piece in signal.evidence] == ["Finance signed off", "that's final"]


@pytest.mark.parametrize(
    ("line", "quote", "fault"),
    [
        pytest.param(1, "Finance signed off on 130k", "quote not there", id="a figure altered"),
        pytest.param(1, "Finance never signed off on 120k", "quote not there", id="a word put in"),
        pytest.param(1, "inance signed off on 120k", "quote not there", id="begins inside a word"),
        pytest.param(1, "Finance signed off on 12", "quote not there", id="ends inside a word"),
        pytest.param(7, "Finance signed off on 120k", "quote not there", id="a line that there is not"),
        pytest.param(-1, "", "quote not there", id="empty"),
        pytest.param(1, "...", "quote not there", id="no words"),
        pytest.param(2, "YES", "quote in several places", id="two places in its line"),
        pytest.param(2, "what we said ... we said yes", "quote not there", id="parts out of order"),
    ],
)
def test_a_quote_that_is_not_there_is_none(line: int, quote: str, fault: str) -> None:
    assert outcome(call(*LINES), proposal(BUDGET, (line, quote))) == fault


def test_one_bad_quote_of_two_is_one_too_many() -> None:
    raw = proposal(BUDGET, (1, "Finance signed off on 120k"), (0, "The board approved it"))
    assert outcome(call(*LINES), raw) == "quote not there"


def test_quoted_history_is_no_evidence() -> None:
    reading = mail("Yes, works.\n\nOn Fri, 27 Feb 2026 at 10:00, Sam Okoro wrote:\n> The budget of 80k was approved.\n")
    line = next(turn.index for turn in reading.turns if not turn.own)
    assert outcome(reading, proposal(BUDGET, (line, "The budget of 80k was approved."))) == "quote of context"


AMOUNTS = call(
    "b1: We have eighty thousand a year for this, it was approved.",
    "b1: First they said 200k, then it was cut to 140k.",
    "b1: The money is there and it is approved.",
    "s1: It is $12,500 per site, plus five days of training.",
    "b1: Finance will go up to 90k and no further.",
    "b1: Forty-nine five is what was approved for this.",
    "b1: Our budget is ninety-five for the whole thing, approved.",
)


@pytest.mark.parametrize(
    ("line", "low", "high", "expected", "marks"),
    [
        pytest.param(0, 80_000, 80_000, ("80000", "80000", "year"), "", id="said"),
        pytest.param(
            0, 85_000, 85_000, ("80000", "80000", "year"), f"; {Mark.AMOUNT}", id="invented beside the one said"
        ),
        pytest.param(0, 80, 80, ("80000", "80000", "year"), f"; {Mark.AMOUNT}", id="magnitude lost"),
        pytest.param(1, 140_000, 140_000, ("140000", "140000", "total"), f"; {Mark.AMOUNT_OPEN}", id="one of two"),
        pytest.param(5, 49_500, 49_500, ("49500.0", "49500.0", "total"), "", id="said in pieces"),
        pytest.param(6, 95_000, 95_000, ("95000", "95000", "total"), "", id="thousands go without saying"),
        pytest.param(
            6, 95_000_000, 95_000_000, ("95000000", "95000000", "total"), f"; {Mark.AMOUNT_OPEN}", id="millions do not"
        ),
        pytest.param(1, 170_000, 170_000, "other amount", "", id="between two"),
        pytest.param(2, 30_000, 30_000, None, f"; {Mark.AMOUNT_REMOVED}", id="invented where none is said"),
        pytest.param(4, 0, 90_000, ("0", "90000", "total"), "", id="up to"),
    ],
)
def test_the_grammar_reads_the_amount(line: int, low: float, high: float, expected: Any, marks: str) -> None:
    amount = {"low": low, "high": high, "currency": "USD", "per": "year" if line == 0 else "total"}
    text = AMOUNTS.turns[line].text
    found = outcome(AMOUNTS, proposal({"type": "budget", "status": "approved", "amount": amount}, (line, text)))
    if isinstance(expected, str):
        assert found == expected
        return
    assert found.found_by == f"test{marks}"
    assert found.confidence == pytest.approx(0.48 if marks else 0.8)
    if expected is None:
        assert found.amount is None
    else:
        assert (str(found.amount.low), str(found.amount.high), str(found.amount.per)) == expected


@pytest.mark.parametrize(
    ("figure", "marked"),
    [pytest.param(140_000, False, id="the least"), pytest.param(200_000, True, id="the one before the cut")],
)
def test_what_is_left_of_a_budget_that_was_cut_is_the_least_of_its_amounts(figure: int, marked: bool) -> None:
    reading = call("b1: I used to have 200k for this and the board left me 140k.")
    amount = {"low": figure, "high": figure, "currency": "USD", "per": "total"}
    fields = {"type": "budget", "status": "reduced", "amount": amount}
    found = outcome(reading, proposal(fields, (0, reading.turns[0].text)))
    assert found.amount.high == figure
    assert (Mark.AMOUNT_OPEN in found.found_by) == marked


HAGGLE = call(
    "s1: It is 74 dollars per seat.",
    "b1: That is too much for us.",
    "b1: Do it for sixty and I sign.",
    "s1: What if I said sixty-five?",
)


@pytest.mark.parametrize(
    ("status", "line", "figure", "expected", "mark"),
    [
        pytest.param("objected", 1, 74, ("74", "unit"), Mark.AMOUNT_OPEN, id="the price spoken of"),
        pytest.param("objected", 1, 80, None, Mark.AMOUNT_REMOVED, id="one that nobody named"),
        pytest.param("countered", 2, 60, ("60", "unit"), "", id="for what the price before was"),
        pytest.param("countered", 2, 60_000, ("60000", "unit"), Mark.AMOUNT_OPEN, id="no thousands for a seat"),
        pytest.param("quoted", 3, 65, ("65", "unit"), Mark.ASKED, id="put as a question"),
    ],
)
def test_prices_of_a_haggle(status: str, line: int, figure: int, expected: Any, mark: str) -> None:
    amount = {"low": figure, "high": figure, "currency": "USD", "per": "unit"}
    raw = proposal({"type": "pricing", "status": status, "amount": amount}, (line, HAGGLE.turns[line].text))
    found = outcome(HAGGLE, raw)
    assert (None if found.amount is None else (str(found.amount.high), str(found.amount.per))) == expected
    assert mark in found.found_by
    assert bool(mark) == (found.confidence < 0.8)


def test_a_price_without_its_figure_is_none() -> None:
    amount = {"low": 9000, "high": 9000, "currency": "USD", "per": "total"}
    raw = proposal({"type": "pricing", "status": "quoted", "amount": amount}, (2, "The money is there"))
    assert outcome(AMOUNTS, raw) == "no amount"


def test_a_currency_is_the_one_said() -> None:
    amount = {"low": 80000, "high": 80000, "currency": "EUR", "per": "year"}
    raw = proposal({**BUDGET, "amount": amount}, (0, "We have eighty thousand a year for this"))
    assert outcome(AMOUNTS, raw).amount == Money.from_json({**amount, "currency": "USD"})


DAYS = call(
    "b1: We want to sign by the end of April.",
    "b1: The pilot runs from March 9 to March 20.",
    "b1: Not in March, on April 14 we go live, and training is on April 2.",
    "b1: We will decide soon.",
    "b1: We signed with them on February 3.",
)


@pytest.mark.parametrize(
    ("line", "start", "end", "expected"),
    [
        pytest.param(0, "2026-04-30", "2026-04-30", ("2026-04-30", "2026-04-30", ""), id="said"),
        pytest.param(0, "2026-05-07", "2026-05-07", ("2026-04-30", "2026-04-30", f"; {Mark.DATE}"), id="shifted"),
        pytest.param(1, "2026-03-09", "2026-03-20", ("2026-03-09", "2026-03-20", ""), id="period"),
        pytest.param(2, "2026-04-15", "2026-04-15", "other date", id="shifted, beside several"),
        pytest.param(3, "2026-04-15", "2026-04-15", "no date", id="invented"),
        pytest.param(4, "2026-02-03", "2026-02-03", "past", id="over"),
        pytest.param(4, "2027-02-10", "2027-02-10", "no date", id="told of the past"),
        pytest.param(0, "2026-04-31", "2026-04-31", "malformed", id="no such day"),
    ],
)
def test_the_grammar_reads_the_date(line: int, start: str, end: str, expected: Any) -> None:
    fields = {"type": "date", "role": "close", "start": start, "end": end, "change": "set"}
    found = outcome(DAYS, proposal(fields, (line, DAYS.turns[line].text)))
    if isinstance(expected, str):
        assert found == expected
    else:
        assert found.period == Period(*map(dt.date.fromisoformat, expected[:2]))
        assert found.found_by == f"test{expected[2]}"


OPEN_DAYS = call(
    "b1: Steering meets on April 15, and I want the offer on April 13.",
    "b1: Not on April 15, we sign on April 20.",
    "b1: We sign in April, on the 20th.",
    "b1: We must be live before the audit. It is on May 15.",
    "b1: That day we choose.",
    "b1: Could you send it by March 20?",
    "b1: Is the go-live on June 1?",
)


@pytest.mark.parametrize(
    ("role", "line", "day", "mark"),
    [
        pytest.param("next_step", 0, "2026-04-13", Mark.DATE_OPEN, id="one of two"),
        pytest.param("next_step", 0, "2026-04-15", Mark.DATE_OPEN, id="the other"),
        pytest.param("close", 1, "2026-04-20", "", id="the other is put aside"),
        pytest.param("close", 1, "2026-04-15", Mark.DATE_OPEN, id="the one put aside"),
        pytest.param("close", 2, "2026-04-20", "", id="the month says the same"),
        pytest.param("go_live", 3, "2026-05-15", Mark.DATE_OPEN, id="it must be before"),
        pytest.param("close", 4, "2026-05-15", Mark.DATE_OPEN, id="said just before"),
        pytest.param("next_step", 5, "2026-03-20", Mark.ASKED, id="a request fixes a day"),
    ],
)
def test_a_date_that_may_be_another_is_marked(role: str, line: int, day: str, mark: str) -> None:
    fields = {"type": "date", "role": role, "start": day, "end": day, "change": "set"}
    found = outcome(OPEN_DAYS, proposal(fields, (line, OPEN_DAYS.turns[line].text)))
    assert found.period == Period(dt.date.fromisoformat(day), dt.date.fromisoformat(day))
    assert mark in found.found_by
    assert bool(mark) == (found.confidence < 0.8)


def test_a_date_that_is_only_asked_for_is_none() -> None:
    fields = {"type": "date", "role": "go_live", "start": "2026-06-01", "end": "2026-06-01", "change": "set"}
    assert outcome(OPEN_DAYS, proposal(fields, (6, "Is the go-live on June 1?"))) == "not asserted"


NAMES = call(
    "b1: We use QlikView today and looked at Metabase.",
    "b1: I'll take it to the board myself, and I told Tomas so.",
    "b2: She is leaving at the end of the month.",
    "s1: I will talk to my boss about the discount.",
    "b1: Our CFO signs.",
    "b2: Marta from purchasing joins us from now on.",
    "b2: We wrote it ourselves back then.",
)


@pytest.mark.parametrize(
    ("name", "line", "expected"),
    [
        ("Qlikview", 0, "Qlik"),
        ("Metabase", 0, "Metabase"),
        ("Tableau", 0, "name not said"),
        ("Northstar", 0, "not an alternative"),
        ("Hollis Freight", 0, "not an alternative"),
        ("in-house", 6, "in-house"),
    ],
)
def test_a_competitor_is_said_and_has_its_catalogue_name(name: str, line: int, expected: str) -> None:
    raw = proposal({"type": "competitor", "name": name, "relation": "incumbent"}, (line, NAMES.turns[line].text))
    found = outcome(NAMES, raw)
    assert (found if isinstance(found, str) else found.name) == expected


@pytest.mark.parametrize(
    ("person", "line", "expected", "marked"),
    [
        pytest.param("Dana", 1, "Dana Reyes", True, id="says it of herself, and names another"),
        pytest.param("Tomas Berg", 1, "Tomas Berg", True, id="named, where the speaker says I"),
        pytest.param("Sam Okoro", 3, "seller's person", False, id="a seller"),
        pytest.param("Theodora Quenby", 1, "person not meant", False, id="nobody"),
        pytest.param("Tomas Berg", 0, "person not meant", False, id="not in the quote"),
        pytest.param("Marta", 5, "Marta", False, id="no participant"),
    ],
)
def test_a_champion_is_whom_the_quote_speaks_of(person: str, line: int, expected: str, marked: bool) -> None:
    raw = proposal({"type": "champion", "person": person, "status": "advocating"}, (line, NAMES.turns[line].text))
    found = outcome(NAMES, raw)
    assert (found if isinstance(found, str) else found.person) == expected
    assert isinstance(found, str) or (Mark.PERSON in found.found_by) == marked


WHO = call(
    "b1: I can't get Theodora to open a single mail.",
    "b1: Let me go to her with a coffee, I'll tell her about the errors.",
    "b1: Got you fifteen minutes with Tomas!",
    "b2: The COO, who pushed this, has resigned. She was your friend.",
    "b2: Dana likes it.",
)


@pytest.mark.parametrize(
    ("kind", "person", "line", "expected"),
    [
        pytest.param("stakeholder", "Theodora Quenby", 0, "Theodora", id="only the first name is said"),
        pytest.param("champion", "Dana Quenby", 4, "Dana Reyes", id="a participant by another surname"),
        pytest.param("champion", "Tomas Berg", 1, "Tomas Berg", id="by a pronoun, where another says I"),
        pytest.param("champion", "Tomas Berg", 2, "Tomas Berg", id="the one who is reached"),
        pytest.param("champion", "Dana Reyes", 2, "Dana Reyes", id="who says it, without a word of herself"),
        pytest.param("champion", "Dana Reyes", 3, "Dana Reyes", id="by a pronoun, beside a title"),
    ],
)
def test_a_person_of_whom_the_words_do_not_tell_for_sure_is_marked(
    kind: str, person: str, line: int, expected: str
) -> None:
    fields = {"person": person, "status": "advocating"} if kind == "champion" else {
        "person": person, "title": None, "change": "unresponsive",
    }  # fmt: skip
    found = outcome(WHO, proposal({"type": kind, **fields}, (line, WHO.turns[line].text)))
    assert (found if isinstance(found, str) else found.person) == expected
    assert isinstance(found, str) or Mark.PERSON in found.found_by


@pytest.mark.parametrize(("title", "expected"), [("CFO", "CFO"), ("Head of Legal", "title not said")])
def test_a_title_is_said(title: str, expected: str) -> None:
    fields = {"type": "stakeholder", "person": None, "title": title, "change": "identified"}
    found = outcome(NAMES, proposal(fields, (4, "Our CFO signs.")))
    assert (found if isinstance(found, str) else found.title) == expected


def test_a_successor_nobody_spoke_of_is_left_out() -> None:
    fields = {
        "type": "stakeholder",
        "person": "Marta",
        "title": None,
        "change": "joined",
        "successor": "Theodora Quenby",
    }
    found = outcome(NAMES, proposal(fields, (5, "Marta from purchasing joins us from now on.")))
    assert found.successor is None
    assert Mark.SUCCESSOR_REMOVED in found.found_by


MEANT = call(
    "s1: Has the budget been approved?",
    "b1: Not yet.",
    "b1: If finance agrees, the budget of 50k is approved.",
    "b1: Could you send us the SOC 2 report for our security team?",
    "b1: It costs us a lot of nerves.",
    "s1: One of our customers approved a budget of 90k in a week.",
    "s1: So the 70k are approved?",
    "b1: Yes, they are.",
)


@pytest.mark.parametrize(
    ("fields", "line", "expected"),
    [
        pytest.param(BUDGET, 0, "not asserted", id="a question that is denied"),
        pytest.param(BUDGET, 2, "not asserted", id="a condition"),
        pytest.param(BUDGET, 5, "not asserted", id="another customer's"),
        pytest.param(BUDGET, 6, None, id="a question with its yes"),
        pytest.param({"type": "milestone", "kind": "security_review_requested"}, 3, None, id="a request may be asked"),
        pytest.param({"type": "qualification", "element": "metrics"}, 4, "no figure", id="a figure without one"),
        pytest.param({"type": "qualification", "element": "pain"}, 4, None, id="a pain"),
    ],
)
def test_only_what_is_asserted_counts(fields: Json, line: int, expected: str | None) -> None:
    found = outcome(MEANT, proposal(fields, (line, MEANT.turns[line].text)))
    assert (found if isinstance(found, str) else None) == expected

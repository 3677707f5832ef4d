"""A deal folded for its page is the deal that is stored; and what pages make of it, where no browser is needed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from benchmarks.fill import tell
from benchmarks.stories import story
from engine import Event, Ledger, Pipeline, state_json
from service.flows.answer_approval import NotWaitingError, answer_approval, stop_regression
from service.flows.append_events import append_events
from service.flows.deal_card import card_of
from service.flows.deal_now import deal_now, folded
from service.flows.fill_demo import fill_demo
from service.flows.fold import creation_first
from service.pages.board.filters import Asked, asked_of
from service.pages.board.listing import harmless
from service.pages.deal.map import map_of
from service.pages.deal.people import people_of
from service.pages.deal.wording import due_in, short_money, signed
from service.pages.marks import marks_shown
from service.store import deal_cards, deals
from service.store.deal_card_table import deal_cards as table
from service.store.deal_cards import Filters
from tests.pages.serving import NOW
from tests.service.conftest import at_time

Json = dict[str, Any]


@pytest.fixture
def context(service: Any) -> Any:
    return at_time(service, NOW).context


def event(id: str, kind: str, deal: str = "D-1", at: str = "2026-03-01T09:00:00Z", **data: Any) -> Json:
    return {"id": id, "deal_id": deal, "type": kind, "occurred_at": at, "source": "crm", "data": data}


def history(number: int) -> list[Event]:
    told = story(number, now=NOW, events=60)
    moves = [
        event("o-1", "override.stage", told.deal, "2026-03-12T09:00:00Z", to="qualified", by="ana", reason="r"),
        event("r-1", "retraction", told.deal, "2026-03-12T10:00:00Z", event=told.events[2]["id"], by="ana"),
        event("x-1", "override.stage", told.deal, "2026-03-12T11:00:00Z", to="heaven", by="ana", reason="r"),
    ]
    leaves = {"type": "stakeholder", "person": "Dana Reyes", "change": "left", "role": "technical"}
    moves.append(event("l-1", "signal", told.deal, "2026-01-20T11:00:00Z", **leaves))
    return [Event.from_json(each) for each in [*told.events, *moves]]


@pytest.mark.parametrize("number", range(8))
def test_folding_at_once_is_folding_one_by_one(number: int) -> None:
    """Whatever the order of arrival, late events, retractions and events that cannot be followed included."""
    pipeline, events = Pipeline.load("b2b"), history(number)
    random.Random(number).shuffle(events)
    events += events[:3]
    ledger = Ledger(pipeline)
    for each in creation_first(events):
        if each.id != "x-1":
            ledger.add(each)
    record = ledger.records[events[0].deal_id]
    now = folded(pipeline, events)
    assert now is not None
    assert record.deal is not None
    assert state_json(now.deal, pipeline) == state_json(record.deal, pipeline)
    assert [decision.to_json() for decision in now.history] == [d.to_json() for d in ledger.fold(record)[1]]
    standing = {each.id for each in now.events}
    assert "x-1" not in standing
    assert story(number, now=NOW, events=60).events[2]["id"] not in standing


def test_a_deal_that_nothing_created_is_none() -> None:
    assert folded(Pipeline.load("b2b"), [Event.from_json(event("e-1", "clock"))]) is None


def test_each_card_is_true_to_its_deal(service: Any) -> None:
    context = at_time(service, NOW).context
    reading = dataclasses.replace(context, extract=read_nothing)
    for _ in fill_demo(reading):
        pass
    tell(context, 3, 40)
    with context.database.connect() as connection:
        for stored in deals.find(connection, context.workspace, stage=None, after=None, most=100):
            assert stored.state is not None
            kept = deal_cards.get(connection, context.workspace, stored.id, None)
            assert kept == card_of(stored.id, stored.state, stored.updated_at)
            now = deal_now(context, connection, stored.id)
            assert now is not None
            assert state_json(now.deal, context.pipeline) == stored.state


def read_nothing(conversation: Any) -> list[Any]:
    return []


def test_cards_are_made_for_deals_that_were_there_before_them(service: Any) -> None:
    context = at_time(service, NOW).context
    for number in range(3):
        tell(context, number, 30)
    append_events(context, [event("e-nul", "deal.created", "D-nul", account="a\x00b")])
    with context.database.begin() as connection:
        before = connection.execute(sa.select(table).order_by(table.c.deal)).mappings().all()
        connection.execute(sa.delete(table))
        from service.store.migrations.versions.v0004_deal_cards import fill

        fill(connection)
        after = connection.execute(sa.select(table).order_by(table.c.deal)).mappings().all()
    assert len(before) == 4
    assert [{**row, "marks": None} for row in after] == [{**row, "marks": None} for row in before]
    assert before[0]["account"] == "a\ufffdb"


def test_totals_keep_currencies_apart_and_count_deals_without_an_amount(context: Any) -> None:
    made = [
        event("1", "deal.created", "D-1", account="A", amount=100.5, currency="USD", owner="ana"),
        event("2", "deal.created", "D-2", account="B", amount=200, currency="EUR", owner="ana"),
        event("3", "deal.created", "D-3", account="C", currency="USD", owner="ben"),
        event("4", "deal.created", "D-4", account="D_%", amount=50, currency="USD"),
    ]
    append_events(context, made)
    with context.database.connect() as connection:

        def total(**asked: Any) -> dict[str | None, tuple[int, Decimal]]:
            found = deal_cards.totals(connection, context.workspace, Filters(**asked))
            return {each.currency: (each.deals, each.amount) for each in found}

        assert total() == {"USD": (3, Decimal("150.5")), "EUR": (1, Decimal(200))}
        assert total(owners=frozenset({"ana"})) == {"USD": (1, Decimal("100.5")), "EUR": (1, Decimal(200))}
        assert total(owners=frozenset()) == {}
        assert total(owner="") == {"USD": (1, Decimal(50))}
        assert total(search="_%") == {"USD": (1, Decimal(50))}
        assert total(least=Decimal(60)) == {"USD": (1, Decimal("100.5")), "EUR": (1, Decimal(200))}
        weighted = deal_cards.totals(connection, context.workspace, Filters(search="A"))[0]
        chance = deals.get(connection, context.workspace, "D-1").state["probability"]  # type: ignore[union-attr, index]
        assert weighted.weighted == Decimal("100.5") * Decimal(str(chance)) / 100


def test_of_two_answers_the_first_one_counts(context: Any) -> None:
    skip = event("o-1", "override.stage", to="proposal", by="ana", reason="they want it")
    append_events(context, [event("e-1", "deal.created", account="A"), skip])
    done = answer_approval(context, "D-1", "o-1", granted=False, by="ines", reason=None)
    assert done is not None
    assert done.decisions[-1]["to"] == "refused"
    with pytest.raises(NotWaitingError, match="no longer waits"):
        answer_approval(context, "D-1", "o-1", granted=True, by="ines", reason=None)
    with pytest.raises(NotWaitingError):
        stop_regression(context, "D-1", "o-1", by="ines", reason="none is scheduled")
    assert answer_approval(context, "D-9", "o-1", granted=True, by="ines", reason=None) is None


def test_filters_survive_the_url() -> None:
    asked = asked_of(
        {"q": " a&b ", "mark": "x", "least": "5,000", "month": "2026-03", "page": "3"}, ["proposal:40", "x"]
    )
    assert asked == Asked(q="a&b", mark="x", least="5,000", month="2026-03", page=3, more=(("proposal", 40),))
    assert asked.url("/deals", page=4) == "/deals?q=a%26b&mark=x&least=5%2C000&month=2026-03&page=4&more=proposal%3A40"
    filters = asked.filters(frozenset({"ana"}))
    assert (filters.least, filters.month, filters.owners) == (Decimal(5000), dt.date(2026, 3, 1), frozenset({"ana"}))
    assert asked_of({"least": "NaN", "month": "2026-13", "page": "²"}) == Asked()


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("0", "USD", "USD 0"),
        ("999", None, "999"),
        ("1000", "EUR", "EUR 1k"),
        ("84500", "CHF", "CHF 84.5k"),
        ("1240000", "USD", "USD 1.24M"),
        ("357000000", "USD", "USD 357M"),
        ("2500000000", "JPY", "JPY 2.5B"),
    ],
)
def test_money_for_narrow_places(amount: str, currency: str | None, expected: str) -> None:
    assert short_money(Decimal(amount), currency) == expected


def test_points_and_times_in_words() -> None:
    assert [signed(points) for points in (4, 0, -3, 2.5)] == ["+4", "0", "−3", "+2.5"]
    hour, day = dt.timedelta(hours=1), dt.timedelta(days=1)
    ahead = [due_in(NOW + left, NOW) for left in (day * 3, day, hour * 5, hour / 4)]
    assert ahead == ["in 3 days", "in 1 day", "in 5 hours", "in 1 hour"]
    assert [due_in(NOW - late, NOW) for late in (hour, day, day * 9)] == ["overdue", "1 day overdue", "9 days overdue"]


def test_the_gravest_marks_come_first() -> None:
    shown = marks_shown(["competitive", "close_date_unstable", "champion_lost", "of_tomorrow"])
    assert [(mark.text, mark.tone) for mark in shown] == [
        ("champion lost", "bad"),
        ("close date unstable", "warn"),
        ("competitive", ""),
        ("of tomorrow", ""),
    ]


def test_a_text_that_a_spreadsheet_would_run_is_marked_as_text() -> None:
    assert harmless(["=1", "+1", "-1", "@a", "a=1", -1, None]) == ["'=1", "'+1", "'-1", "'@a", "a=1", -1, None]


def test_a_map_of_very_many_people_draws_some_and_says_how_many_are_left_out() -> None:
    events = [Event.from_json(event("e-0", "deal.created", account="A", owner="sam"))]
    events += [Event.from_json(event(f"e-{n}", "contact.added", person=f"Person {n:02}")) for n in range(1, 31)]
    now = folded(Pipeline.load("b2b"), events)
    assert now is not None
    drawn = map_of(now, people_of(now.deal))
    assert (len(drawn.nodes), drawn.hidden) == (21, 10)
    boxes = {(node.x, node.y) for node in drawn.nodes}
    assert len(boxes) == 21
    assert all(0 <= x <= drawn.width - drawn.node_width for x, _ in boxes)
    assert all(0 <= y <= drawn.height - drawn.node_height for _, y in boxes)

"""A fold that goes on where it ended is the fold of the whole history; and is found for no other history."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

import pytest

from benchmarks.stories import story
from engine import Event, Ledger, Pipeline
from service.flows.append_events import append_to_deal
from service.flows.check_history import check_history
from service.flows.fold import as_json, fold, folded_of
from service.flows.folding import Folding, Folds
from service.store import decisions, events
from tests.pages.serving import NOW
from tests.service.test_deal_now import event

Json = dict[str, Any]


def history(number: int) -> list[Json]:
    """A deal's story with late events, retractions, a second creation and another system's, in an order by chance."""
    chance = random.Random(number)
    told = [dict(each) for each in story(number, now=NOW, events=40).events]
    deal = told[0]["deal_id"]
    told.insert(
        chance.randrange(3, 20), event("r-1", "retraction", deal, told[2]["occurred_at"], event=told[2]["id"], by="ana")
    )
    told.insert(
        chance.randrange(22, 30), event("r-2", "retraction", deal, told[2]["occurred_at"], event="r-1", by="ana")
    )
    for _ in range(6):
        late = told.pop(chance.randrange(5, len(told)))
        told.insert(chance.randrange(1, len(told)), late)
    if number % 2:
        told.insert(
            chance.randrange(5, 30), event("crm-1", "deal.created", deal, "2026-01-01T09:00:00Z", account="Hollis")
        )
    return told


def split(told: list[Json], chance: random.Random) -> list[list[Json]]:
    out = []
    while told:
        size = chance.randrange(1, 5)
        out.append(told[:size])
        told = told[size:]
    return out


@pytest.mark.parametrize("number", range(6))
def test_going_on_is_folding_the_whole_history(number: int) -> None:
    pipeline = Pipeline.load("b2b")
    told, went_on = history(number), 0
    deal = told[0]["deal_id"]
    folding, old = Folding(ledger=Ledger(pipeline)), list[Json]()
    for new in split(told, random.Random(number)):
        whole = fold(pipeline, deal, old, new, at=NOW)
        taken = folding.go_on([Event.from_json(each) for each in new])
        old += new
        if taken is None:
            folding = Folding(ledger=Ledger(pipeline))
            folding.go_on([Event.from_json(each) for each in old])
        else:
            went_on += 1
            assert folded_of(folding.ledger, deal, [as_json(each) for each in taken], at=NOW) == whole
    assert went_on > 2


def test_what_comes_before_others_leaves_the_fold_as_it_was() -> None:
    pipeline = Pipeline.load("b2b")
    said = {"source": "conversation"}
    first, second, crm = (
        Event.from_json(event("c-1", "deal.created", at="2026-03-02T09:00:00Z", account="Hollis") | said),
        Event.from_json(event("u-1", "deal.updated", at="2026-03-03T09:00:00Z", amount=5)),
        Event.from_json(event("crm", "deal.created", at="2026-03-04T09:00:00Z", account="Hollis Freight")),
    )
    folding = Folding(ledger=Ledger(pipeline))
    folding.go_on([first, second])
    assert folding.go_on([crm]) is None
    assert (folding.arrived, folding.taken, folding.ledger.arrivals) == ([first, second], [first, second], 2)


def kept(*ids: str) -> Folding:
    arrived = [Event.from_json(event(id, "clock")) for id in ids]
    return Folding(ledger=Ledger(Pipeline.load("b2b")), arrived=arrived, taken=arrived)


def test_a_fold_is_found_once_and_for_its_own_history_and_pipeline() -> None:
    b2b, lead, folds = Pipeline.load("b2b"), Pipeline.load("lead"), Folds(most=10)
    one = kept("e-1")
    folds.put(("main", "D-1"), b"h1", b2b, one)
    assert folds.take(("other", "D-1"), b"h1", b2b) is None
    assert folds.take(("main", "D-1"), b"h1", b2b) is one
    assert folds.take(("main", "D-1"), b"h1", b2b) is None
    for history, pipeline in ((b"h2", b2b), (b"h1", lead)):
        folds.put(("main", "D-1"), b"h1", b2b, one)
        assert folds.take(("main", "D-1"), history, pipeline) is None
        assert folds.take(("main", "D-1"), b"h1", b2b) is None


def test_only_so_many_events_are_kept_and_the_newest_deals() -> None:
    b2b, folds = Pipeline.load("b2b"), Folds(most=4)
    for deal, count in (("D-1", 2), ("D-2", 2), ("D-1", 1), ("D-3", 1)):
        folds.put(("main", deal), b"h", b2b, kept(*(f"e-{n}" for n in range(count))))
    assert folds.events == 4
    folds.put(("main", "D-4"), b"h", b2b, kept("e-1", "e-2"))
    assert (list(folds.kept), folds.events) == ([("main", "D-1"), ("main", "D-3"), ("main", "D-4")], 4)
    folds.put(("main", "D-5"), b"h", b2b, kept(*(f"e-{n}" for n in range(5))))
    assert (list(folds.kept), folds.events) == ([], 0)


def append(context: Any, new: list[Json], commit: bool = True) -> None:
    with context.database.connect() as connection, connection.begin() as transaction:
        append_to_deal(context, connection, new[0]["deal_id"], new)
        if not commit:
            transaction.rollback()


def taken(context: Any, deal: str) -> list[Json]:
    with context.database.connect() as connection:
        return [each.content for each in decisions.of_deal(connection, context.workspace, deal)]


@pytest.mark.parametrize("number", range(3))
def test_two_processes_and_what_is_rolled_back_leave_what_one_without_folds_does(service: Any, number: int) -> None:
    """Each keeps its own folds; what the other stored meanwhile, and what was never stored, is told by the history."""
    told, chance = history(number), random.Random(number)
    deal, other = told[0]["deal_id"], "plain"
    plain = dataclasses.replace(service.context, workspace=other, folds=Folds(most=0))
    both = [dataclasses.replace(service.context, folds=Folds(most=1000)) for _ in range(2)]
    found = 0
    for new in split(told, chance):
        append(plain, new)
        mine = chance.choice(both)
        if chance.random() < 0.3:
            append(
                mine, [event(f"never-{new[0]['id']}", "deal.updated", deal, NOW.isoformat(), amount=1)], commit=False
            )
        with mine.database.connect() as connection:
            here, _ = events.history(connection, mine.workspace, deal)
        found += ("main", deal) in mine.folds.kept and mine.folds.kept[("main", deal)].history == here
        append(mine, new)
    assert found > 0
    assert taken(both[0], deal) == taken(plain, deal)
    assert all(right for _, right in check_history(service.context))
    assert all(right for _, right in check_history(plain))


def test_a_history_that_was_rewritten_is_another(service: Any) -> None:
    import sqlalchemy as sa

    context = service.context
    append(context, [event("e-1", "deal.created", account="Hollis", currency="USD")])
    with context.database.begin() as connection:
        before, _ = events.history(connection, "main", "D-1")
        statement = "UPDATE events SET content = replace(content::text, 'Hollis', 'Nobody')::json"
        connection.execute(sa.text(statement))
        after, _ = events.history(connection, "main", "D-1")
    assert before != after
    append(context, [event("e-2", "deal.updated", amount=5)])
    with context.database.connect() as connection:
        state = connection.execute(sa.text("SELECT state FROM deals")).scalar_one()
    assert state["account"] == "Nobody"

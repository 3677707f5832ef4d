"""What a review does to the signal, to its events and to the deal."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from service.flows.accept_conversation import accept_conversation
from service.flows.context import Context
from service.flows.review_signal import (
    ChangedMeanwhileError,
    NotReadError,
    Reviewed,
    UnknownError,
    add_missed,
    preview,
    review,
    undo,
)
from service.store import deals, reviews, signals
from signals import Conversation, DecodeError
from tests.service.review.samples import (
    BUDGET,
    UNSURE,
    events_of,
    in_workspace,
    of_conversation,
    only,
    post,
    some_id,
    standing,
    state_of,
    talk,
    told,
)
from tests.service.samples import call

Json = dict[str, Any]

LARGER = {"type": "budget", "status": "approved", "amount": {"low": 95000, "high": 95000, "currency": "USD"}}
PRICE = {"type": "pricing", "status": "agreed", "amount": None}
CORRECTIONS: dict[str, Json] = {"larger": LARGER, "price": PRICE}


def act(context: Context, step: str, made: dict[str, Reviewed]) -> Reviewed:
    """`undo accept` undoes what the step `accept` made; `correct price` corrects to that."""
    name, _, rest = step.partition(" ")
    if name == "undo":
        return undo(context, made[rest].review, by="bo")
    corrected = CORRECTIONS[rest] if name == "correct" else None
    return review(context, only(context).id, action=name, corrected=corrected, by="ana")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "steps", "state", "amount"),
    [
        (UNSURE, ["accept"], "accepted", 80000),
        (UNSURE, ["dismiss"], "dismissed", None),
        (UNSURE, ["correct larger"], "corrected", 95000),
        (UNSURE, ["accept", "undo accept"], "pending", None),
        (UNSURE, ["dismiss", "undo dismiss"], "pending", None),
        (UNSURE, ["correct larger", "undo correct larger"], "pending", None),
        (UNSURE, ["dismiss", "accept"], "accepted", 80000),
        (UNSURE, ["dismiss", "accept", "undo accept"], "dismissed", None),
        (UNSURE, ["dismiss", "accept", "undo dismiss"], "accepted", 80000),
        (UNSURE, ["dismiss", "accept", "undo dismiss", "undo accept"], "pending", None),
        (BUDGET, ["accept"], "accepted", 80000),
        (BUDGET, ["dismiss"], "dismissed", None),
        (BUDGET, ["dismiss", "undo dismiss"], "accepted", 80000),
        (BUDGET, ["dismiss", "undo dismiss", "dismiss"], "dismissed", None),
        (BUDGET, ["dismiss", "accept", "dismiss", "accept"], "accepted", 80000),
        (BUDGET, ["accept", "correct larger"], "corrected", 95000),
        (BUDGET, ["accept", "correct larger", "undo accept"], "corrected", 95000),
        (BUDGET, ["accept", "correct larger", "undo correct larger"], "accepted", 80000),
        (BUDGET, ["correct larger", "correct price"], "corrected", "price"),
        (BUDGET, ["correct larger", "correct price", "undo correct price"], "corrected", 95000),
        (BUDGET, ["correct larger", "correct price", "undo correct larger"], "corrected", "price"),
        (BUDGET, ["correct price", "dismiss"], "dismissed", None),
        (BUDGET, ["correct price", "dismiss", "accept"], "corrected", "price"),
        (BUDGET, ["correct price", "dismiss", "undo correct price"], "dismissed", None),
        (BUDGET, ["correct price", "dismiss", "undo correct price", "undo dismiss"], "accepted", 80000),
    ],
)
def test_a_signal_is_what_its_reviews_say_and_the_deal_hears_exactly_that(
    context: Context, words: str, steps: list[str], state: str, amount: Any
) -> None:
    post(context, talk(f"b1: we have {words} for it"))
    made: dict[str, Reviewed] = {}
    for step in steps:
        done = act(context, step, made)
        made[step] = done
        assert done.signal == only(context)
    assert only(context).state == state
    heard = told(context)
    if amount is None:
        assert heard == []
    elif amount == "price":
        assert [(each["type"], each["status"]) for each in heard] == [("pricing", "agreed")]
    else:
        assert [each["amount"]["low"] for each in heard] == [amount]
    assert (state_of(context)["budget"] is not None) == isinstance(amount, int)


def test_a_dismissal_takes_the_event_back_and_says_who_and_why(context: Context) -> None:
    post(context, talk(f"b1: we have {BUDGET} for it"))
    done = review(context, only(context).id, action="dismiss", reason="it was a joke", by="ana@x.example")
    last = events_of(context)[-1]
    assert last["type"] == "retraction"
    assert last["data"] == {"event": "c-1:4", "by": "ana@x.example", "reason": "it was a joke"}
    correction = next(each for each in done.decisions if each["type"] == "correction")
    assert "ana@x.example took back event c-1:4 (it was a joke)" in correction["why"]


def test_what_was_wrongly_dismissed_is_the_same_event_again(context: Context) -> None:
    post(context, talk(f"b1: we have {BUDGET} for it"))
    before = state_of(context)
    done = review(context, only(context).id, action="dismiss", by="ana")
    assert state_of(context) != before
    undo(context, done.review, by="ana")
    assert [event["id"] for event in standing(context) if event["type"] == "signal"] == ["c-1:4"]
    assert state_of(context)["budget"] == before["budget"]


def test_a_correction_stands_where_the_signal_stood(context: Context) -> None:
    post(context, talk(f"b1: we have {BUDGET} for it"))
    review(context, only(context).id, action="correct", corrected=LARGER, by="ana")
    first, second = (event for event in events_of(context) if event["type"] == "signal")
    assert (first["id"], second["id"]) == ("c-1:4", "c-1:4.1")
    assert first["occurred_at"] == second["occurred_at"]
    assert second["data"]["evidence"] == first["data"]["evidence"]
    assert (second["data"]["confidence"], second["data"]["found_by"]) == (1.0, "person")


def test_accepting_what_waited_is_as_if_it_had_been_sure(context: Context) -> None:
    lines = [f"b1: we have {UNSURE} and [qualification element=pain]", "b2: [champion person=Tomas_Berg status=lost]"]
    post(context, talk(*lines))
    sure = in_workspace(context, "sure")
    post(sure, talk(lines[0].replace("sure=0.3", "sure=0.9"), lines[1]))
    waiting = next(each for each in of_conversation(context) if each.state == "pending")
    review(context, waiting.id, action="accept", by="ana")
    mine, theirs = ({e["id"]: e["occurred_at"] for e in standing(each)} for each in (context, sure))
    assert mine == theirs
    assert state_of(context) == state_of(sure)


@pytest.mark.parametrize("action", ["accept", "correct", "dismiss"])
def test_the_same_review_again_is_one(context: Context, action: Any) -> None:
    post(context, talk(f"b1: we have {UNSURE} for it"))
    id = only(context).id
    corrected = LARGER if action == "correct" else None
    first = review(context, id, action=action, corrected=corrected, by="ana")
    before = events_of(context)
    second = review(context, id, action=action, corrected=corrected, by="bo", expected="pending")
    assert (second.review, second.decisions) == (first.review, ())
    assert events_of(context) == before
    with context.database.connect() as connection:
        assert len(reviews.find(connection, context.workspace, most=10)) == 1


def test_a_correction_that_corrects_nothing_is_agreement(context: Context) -> None:
    post(context, talk(f"b1: we have {UNSURE} for it"))
    done = review(context, only(context).id, action="correct", corrected=only(context).content, by="ana")
    assert done.signal.state == "accepted"
    assert told(context)[0]["confidence"] == 0.3


def test_the_second_of_two_people_hears_who_was_first(context: Context) -> None:
    post(context, talk(f"b1: we have {UNSURE} for it"))
    id = only(context).id
    review(context, id, action="dismiss", by="ana", expected="pending")
    with pytest.raises(ChangedMeanwhileError, match="to be pending, and is dismissed: ana did that at 20"):
        review(context, id, action="accept", by="bo", expected="pending")
    assert only(context).state == "dismissed"
    assert review(context, id, action="accept", by="bo", expected="dismissed").signal.state == "accepted"


def test_undoing_twice_is_undoing_once(context: Context) -> None:
    post(context, talk(f"b1: we have {BUDGET} for it"))
    done = review(context, only(context).id, action="dismiss", by="ana")
    undo(context, done.review, by="ana")
    before = events_of(context)
    assert undo(context, done.review, by="bo").decisions == ()
    assert events_of(context) == before
    with context.database.connect() as connection:
        kept = reviews.get(connection, context.workspace, done.review)
    assert kept is not None
    assert kept.undone_by == "ana"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"type": "rumour"}, "signal.type"),
        ({"status": "maybe"}, "signal.status"),
        ({"amount": {"low": "many"}}, "signal.amount.low"),
        ({"evidence": []}, "signal.evidence"),
        ({"evidence": [{"segment": 9, "start": 0, "end": 2, "text": "we"}]}, "signal.evidence[0].segment"),
        ({"evidence": [{"segment": None, "start": 0, "end": 2, "text": "we"}]}, "signal.evidence[0].segment"),
        ({"evidence": [{"segment": 1, "start": 1, "end": 3, "text": "we"}]}, "signal.evidence[0].text"),
        ({"evidence": [{"segment": 1, "start": 0, "end": 2, "text": "We"}]}, "signal.evidence[0].text"),
        ({"speaker": "p9"}, "signal.speaker"),
    ],
)
def test_a_correction_that_is_none_names_the_field(context: Context, changed: Json, field: str) -> None:
    post(context, talk(f"b1: we have {BUDGET} for it"))
    with pytest.raises(DecodeError) as refused:
        review(context, only(context).id, action="correct", corrected=LARGER | changed, by="ana")
    assert refused.value.field == field
    assert only(context).state == "accepted"


def test_a_missed_signal_counts_as_if_it_had_been_read(context: Context) -> None:
    post(context, talk("b1: we have eighty for it"))
    words = {"segment": 1, "start": 8, "end": 14, "text": "eighty"}
    done = add_missed(context, "c-1", LARGER | {"evidence": [words]}, by="ana")
    assert (done.signal.state, done.signal.deal, done.signal.content["speaker"]) == ("accepted", "D-1", "b1")
    assert state_of(context)["budget"] is not None
    again = add_missed(context, "c-1", LARGER | {"evidence": [words]}, by="bo")
    assert (again.signal.id, again.review, len(of_conversation(context))) == (done.signal.id, done.review, 1)
    assert undo(context, done.review, by="ana").signal.state == "dismissed"
    assert told(context) == []


def test_what_there_is_not_is_not_reviewed(context: Context) -> None:
    with pytest.raises(UnknownError, match="there is no signal"):
        review(context, some_id(1), action="accept", by="ana")
    with pytest.raises(UnknownError, match="there is no review"):
        undo(context, some_id(1), by="ana")
    with pytest.raises(UnknownError, match="there is no conversation"):
        add_missed(context, "c-1", LARGER, by="ana")
    accept_conversation(context, Conversation.from_json(talk("b1: eighty")))
    with pytest.raises(NotReadError):
        add_missed(context, "c-1", LARGER, by="ana")


def test_a_preview_says_what_would_happen_and_nothing_happens(context: Context, rows: Any) -> None:
    post(
        context,
        call(
            "c-0",
            "b1: [qualification element=pain] [qualification element=decision_process]",
            "b1: [date role=close start=2026-06-30 end=2026-06-30] [milestone kind=next_step_agreed]",
            at="2026-03-01T15:00:00Z",
        ),
        talk(f"b1: we have {UNSURE} for it"),
    )
    waiting = only(context)
    before, state = rows(), state_of(context)
    shown = preview(context, waiting.id, action="accept")
    assert shown.sentence == "moves Hollis Freight to qualified: the last gate"
    assert preview(context, waiting.id, action="dismiss").sentence == "changes nothing about Hollis Freight"
    assert (rows(), state_of(context), only(context)) == (before, state, waiting)
    done = review(context, waiting.id, action="accept", by="ana")
    assert [each["type"] for each in done.decisions] == [each["type"] for each in shown.decisions]
    assert state_of(context)["stage"] == "qualified"
    assert preview(context, waiting.id, action="dismiss").sentence == "moves Hollis Freight back to discovery"


def test_a_preview_comes_to_the_very_decisions_of_the_review(context: Context) -> None:
    post(
        context,
        call("c-0", "b1: [qualification element=pain] [champion person=Dana_Reyes status=advocating]"),
        talk(f"b1: we have {UNSURE} for it", id="c-1"),
        talk("b1: [date role=close start=2026-06-30 end=2026-06-30]", id="c-2"),
    )
    for conversation in ("c-0", "c-1", "c-2"):
        for signal in of_conversation(context, conversation):
            for action in ("dismiss", "accept", "dismiss"):
                shown = preview(context, signal.id, action=action)
                done = review(context, signal.id, action=action, by="you")
                assert (shown.decisions, shown.state) == (done.decisions, done.signal.state)
                assert preview(context, signal.id, action=action).decisions == ()


def test_a_preview_waits_for_nobody_who_writes(context: Context) -> None:
    post(context, talk(f"b1: we have {UNSURE} for it"))
    waiting = only(context)
    with ThreadPoolExecutor(1) as beside, context.database.begin() as connection:
        signals.lock(connection, context.workspace, waiting.id)
        deals.lock(connection, context.workspace, "D-1", context.now())
        shown = beside.submit(preview, context, waiting.id, action="accept").result(timeout=60)
    assert shown.state == "accepted"

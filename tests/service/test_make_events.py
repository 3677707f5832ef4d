"""The events that a conversation is to its deal."""

from __future__ import annotations

from typing import Any

import pytest

from service.flows.make_events import make_events
from signals import Conversation, ConversationKind
from tests.service.samples import DEAL, PEOPLE, call, extract_marks, mail

Json = dict[str, Any]


def events(source: Json) -> list[Json]:
    conversation = Conversation.from_json(source)
    return make_events(conversation, extract_marks(conversation))


def kinds(source: Json) -> list[str]:
    return [event["type"] for event in events(source)]


def data(source: Json, kind: str) -> list[Json]:
    return [event["data"] for event in events(source) if event["type"] == kind]


def test_a_call_creates_the_deal_names_the_buyers_and_counts_as_activity() -> None:
    made = events(call("c-1", "s1: hello", "b1: we have [budget status=approved amount=80000] now"))
    assert [event["type"] for event in made] == [
        "deal.created",
        "contact.added",
        "contact.added",
        "activity.call",
        "signal",
    ]
    assert [event["id"] for event in made] == ["c-1:deal", "c-1:1", "c-1:2", "c-1:3", "c-1:4"]
    assert made[0]["data"] == {"account": "Hollis Freight", "currency": "USD"}
    assert made[1]["data"] == {"person": "Dana Reyes", "title": "VP Operations", "side": "buyer"}
    assert made[3]["data"] == {"minutes": 35, "contacts": ["Dana Reyes"]}
    assert made[4]["data"]["status"] == "approved"
    assert {event["deal_id"] for event in made} == {"D-1"}


def test_a_signal_happens_when_it_was_said_and_brings_its_words() -> None:
    made = events(call("c-1", "s1: hello", "b1: we have [budget status=approved amount=80000] now", minutes=20))
    signal = made[-1]
    assert signal["occurred_at"].startswith("2026-03-02T15:10:00.00")
    assert signal["evidence"] == {
        "conversation": "c-1",
        "segments": [1],
        "text": "[budget status=approved amount=80000]",
        "speaker": "b1",
    }


def test_every_event_has_words() -> None:
    for source in (call("c-1", "s1: hello", "b1: hi there", "s1: bye"), mail("m-1", "Approved.")):
        for event in events(source):
            assert event["evidence"]["text"], event
            assert event["evidence"]["conversation"] == source["id"]
    assert events(call("c-1", "s1: hello", "b1: hi there"))[0]["evidence"]["text"] == "hi there"


def test_times_differ_and_follow_the_conversation() -> None:
    lines = [
        "b1: [milestone kind=demo_completed] [milestone kind=proposal_requested]",
        "b1: [champion person=A status=lost]",
    ]
    times = [event["occurred_at"] for event in events(call("c-1", *lines))]
    assert times == sorted(set(times))


def test_two_conversations_at_one_moment_have_an_order_of_their_own() -> None:
    first, second = ({event["occurred_at"] for event in events(call(id, "b1: hi"))} for id in ("c-1", "c-2"))
    assert not first & second


@pytest.mark.parametrize(
    ("ends", "minutes"),
    [([None, None], 1), ([3.0], 1), ([1799.0], 29.98), ([1800.0], 30), ([1800.0, 60.0], 30), ([None, 4000.0], 66.66)],
)
def test_minutes_are_never_rounded_up(ends: list[float | None], minutes: float) -> None:
    source = call("c-1", "b1: hi")
    source["segments"] = [{"speaker": "b1", "start": None, "end": end, "text": "hi"} for end in ends]
    assert data(source, "activity.call")[0]["minutes"] == minutes


def test_contacts_are_the_buyers_who_spoke_or_all_where_nobody_is_known_to() -> None:
    assert data(call("c-1", "b2: hi", "s1: hi"), "activity.call")[0]["contacts"] == ["Tomas Berg"]
    nobody = call("c-1", "b2: hi")
    nobody["segments"] = [{"speaker": None, "text": "hi"}]
    assert data(nobody, "activity.call")[0]["contacts"] == ["Dana Reyes", "Tomas Berg"]


@pytest.mark.parametrize(
    ("sender", "sides", "direction"),
    [
        ("b1", {}, "inbound"),
        ("s1", {}, "outbound"),
        ("b1", {"b1": None}, "inbound"),
        ("s1", {"s1": None}, "outbound"),
        ("s1", {"s1": None, "b1": None}, None),
    ],
)
def test_an_email_has_the_direction_that_its_people_tell(
    sender: str, sides: dict[str, str | None], direction: str | None
) -> None:
    people = [{"id": each["id"], "side": sides.get(each["id"], each["side"])} for each in PEOPLE[::2]]
    found = data(mail("m-1", "Hello.", sender=sender, participants=people), "activity.email")
    assert [each["direction"] for each in found] == ([direction] if direction else [])


def test_an_email_counts_the_buyers_on_it() -> None:
    assert data(mail("m-1", "Hello.", sender="s1", cc=["b2"]), "activity.email") == [
        {"direction": "outbound", "contacts": ["Dana Reyes", "Tomas Berg"]}
    ]


def test_signals_of_an_email_follow_its_activity() -> None:
    source = mail("m-1", "We are [budget status=approved amount=80000] here.")
    assert kinds(source)[-2:] == ["activity.email", "signal"]
    assert events(source)[-1]["evidence"]["segments"] == []


@pytest.mark.parametrize("deal", [None, {}, {"account": "Hollis Freight"}])
def test_without_a_deal_there_are_no_events(deal: Json | None) -> None:
    assert events(call("c-1", "b1: [budget status=none]", deal=deal)) == []


def test_people_without_a_name_or_a_side_are_no_contacts() -> None:
    people = [
        {"id": "b1", "side": "buyer"},
        {"id": "b2", "name": "Kim Ode"},
        {"id": "s1", "name": "S", "side": "seller"},
    ]
    assert data(call("c-1", "b1: hi", participants=people), "contact.added") == []


def test_the_same_conversation_makes_the_same_events() -> None:
    source = call("c-1", "s1: hello", "b1: [budget status=none]", deal=DEAL)
    assert events(source) == events(Conversation.from_json(source).to_json())
    assert Conversation.from_json(source).kind is ConversationKind.CALL

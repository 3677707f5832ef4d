"""Conversations: what is read is written back, and wrong input is named by field, value and what was expected."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest

from signals import Conversation, ConversationKind, DecodeError, Side

CALL: dict[str, Any] = {
    "id": "c-1",
    "kind": "call",
    "occurred_at": "2026-03-12T15:00:00-05:00",
    "deal": {
        "id": "D-7",
        "account": "Brightwater Foods",
        "seller": "Northstar",
        "currency": "USD",
        "fiscal_year_start_month": 4,
        "competitors": [{"name": "Qlik", "aliases": ["QlikView"]}],
    },
    "participants": [
        {
            "id": "p1",
            "name": "Dana Reyes",
            "email": "dana@brightwater.example",
            "title": "VP Operations",
            "side": "buyer",
        },
        {"id": "p2", "name": "Sam Okoro", "side": "seller"},
    ],
    "segments": [
        {"speaker": "p2", "start": 0.0, "end": 3.4, "text": "Is there a budget?"},
        {"speaker": None, "start": None, "end": None, "text": "There is."},
    ],
}
MAIL: dict[str, Any] = {
    "id": "m-1",
    "kind": "email",
    "occurred_at": "2026-03-12T15:00:00+05:30",
    "participants": [{"id": "p1", "name": "Dana Reyes"}, {"id": "p2"}],
    "subject": "Re: offer",
    "from": "p1",
    "to": ["p2"],
    "cc": [],
    "body": "We will sign on Friday.\n",
}


def changed(base: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    out = copy.deepcopy(base)
    place: Any = out
    *parents, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    for key in parents:
        place = place[key]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return out


@pytest.mark.parametrize("source", [CALL, MAIL])
def test_json_goes_in_and_comes_out_the_same(source: dict[str, Any]) -> None:
    conversation = Conversation.from_json(source)
    assert Conversation.from_json(conversation.to_json()) == conversation


def test_fields_are_read() -> None:
    call = Conversation.from_json(CALL)
    assert call.kind is ConversationKind.CALL
    assert call.occurred_at.utcoffset() == timedelta(hours=-5)
    assert call.participant("p1") is not None
    assert call.participants[0].side is Side.BUYER
    assert call.deal is not None
    assert call.deal.competitors[0].aliases == ("QlikView",)
    assert call.segments[1].speaker is None


def test_only_kind_time_and_text_are_needed() -> None:
    bare = {"kind": "call", "occurred_at": "2026-03-12T15:00:00Z", "segments": [{"text": "hello"}]}
    conversation = Conversation.from_json(bare)
    assert conversation.deal is None
    assert conversation.participants == ()
    assert conversation.id == Conversation.from_json(copy.deepcopy(bare)).id
    assert conversation.id != Conversation.from_json(changed(bare, "segments.0.text", "bye")).id


def test_a_time_without_offset_is_utc() -> None:
    conversation = Conversation.from_json(changed(CALL, "occurred_at", "2026-03-12T15:00:00"))
    assert conversation.occurred_at.utcoffset() == timedelta()


def test_an_unknown_side_is_no_side() -> None:
    assert Conversation.from_json(changed(CALL, "participants.0.side", "unknown")).participants[0].side is None


@pytest.mark.parametrize(
    ("base", "path", "value", "field", "expected"),
    [
        (CALL, "kind", "chat", "kind", "one of call, email"),
        (CALL, "kind", ..., "kind", "one of call, email"),
        (CALL, "occurred_at", "yesterday", "occurred_at", "a date and time"),
        (CALL, "occurred_at", "2026-02-30T10:00:00Z", "occurred_at", "a date and time"),
        (CALL, "occurred_at", "9999-12-31T10:00:00Z", "occurred_at", "in the years"),
        (CALL, "occurred_at", 1700000000, "occurred_at", "a date and time"),
        (CALL, "id", "  ", "id", "not blank"),
        (CALL, "segments", [], "segments", "at least one utterance"),
        (CALL, "segments", "hello", "segments", "a list"),
        (CALL, "segments.0", "hello", "segments[0]", "an object"),
        (CALL, "segments.0.speaker", "p9", "segments[0].speaker", "the id of a participant (p1, p2)"),
        (CALL, "segments.0.text", 5, "segments[0].text", "text"),
        (CALL, "segments.0.start", "0:12", "segments[0].start", "a finite number"),
        (CALL, "segments.0.start", float("nan"), "segments[0].start", "a finite number"),
        (CALL, "segments.0.end", True, "segments[0].end", "a finite number"),
        (CALL, "participants.1.id", "p1", "participants[1].id", "no other participant has"),
        (CALL, "participants.1.side", "vendor", "participants[1].side", "one of buyer, seller"),
        (CALL, "deal.currency", "usd", "deal.currency", "ISO 4217"),
        (CALL, "deal.fiscal_year_start_month", 13, "deal.fiscal_year_start_month", "from 1 to 12"),
        (CALL, "deal.competitors.0.name", "", "deal.competitors[0].name", "not blank"),
        (CALL, "deal.competitors.0.aliases", [3], "deal.competitors[0].aliases[0]", "text"),
        (MAIL, "body", " \n ", "body", "the text of the e-mail"),
        (MAIL, "body", ..., "body", "text"),
        (MAIL, "from", "p7", "from", "the id of a participant"),
        (MAIL, "to", ["p7"], "to[0]", "the id of a participant"),
    ],
)
def test_wrong_input_is_named(base: dict[str, Any], path: str, value: Any, field: str, expected: str) -> None:
    with pytest.raises(DecodeError) as caught:
        Conversation.from_json(changed(base, path, value))
    assert caught.value.field == field
    assert expected in caught.value.expected
    assert str(caught.value).startswith(f"{field}: expected ")


@pytest.mark.parametrize("value", [None, [], "text", 7])
def test_what_is_no_object_is_refused(value: object) -> None:
    with pytest.raises(DecodeError, match="the object: expected an object"):
        Conversation.from_json(value)


def test_a_message_never_holds_megabytes() -> None:
    with pytest.raises(DecodeError) as caught:
        Conversation.from_json(changed(CALL, "kind", "x" * 1_000_000))
    assert len(str(caught.value)) < 200

"""Gong's transcripts, alone and with what Gong knows of the call."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from service.intake import Given, Refusal, read_conversations
from signals import Conversation, Side

Json = dict[str, Any]

TRANSCRIPT: Json = {
    "requestId": "r-1",
    "records": {"totalRecords": 1, "cursor": None},
    "callTranscripts": [
        {
            "callId": "9000000000000000001",
            "transcript": [
                {
                    "speakerId": "9100000000000000002",
                    "topic": "Pricing",
                    "sentences": [
                        {"start": 460230, "end": 462343, "text": "We have about forty thousand set aside for this."},
                        {"start": 462900, "end": 465120, "text": "But nothing is signed off until April."},
                    ],
                },
                {
                    "speakerId": "2346788900000000001",
                    "sentences": [{"start": 466000, "end": 468400, "text": "I will send the order form on Friday."}],
                },
            ],
        }
    ],
}
CALL: Json = {
    "metaData": {"id": "9000000000000000001", "started": "2026-03-02T15:01:12.2Z", "duration": 1860},
    "context": [
        {
            "system": "Salesforce",
            "objects": [
                {"objectType": "Opportunity", "objectId": "006SYNTH0000001AAA", "fields": []},
                {"objectType": "Account", "objectId": "001", "fields": [{"name": "Name", "value": "Example Ltd"}]},
            ],
        }
    ],
    "parties": [
        {
            "id": "9400000000000000005",
            "emailAddress": "sam@seller.example",
            "name": "Sam Seller",
            "title": "AE",
            "speakerId": "2346788900000000001",
            "affiliation": "Internal",
        },
        {
            "id": "9400000000000000006",
            "emailAddress": "dana@buyer.example",
            "name": "Dana Buyer",
            "title": "VP Finance",
            "speakerId": "9100000000000000002",
            "affiliation": "External",
        },
        {"id": "9400000000000000007", "name": "Kim Silent", "speakerId": None, "affiliation": "Unknown"},
    ],
}


def read(value: Json, given: Given | None = None) -> Conversation | Refusal:
    (found,) = read_conversations(json.dumps(value).encode(), "gong.json", given=given)
    return found


@pytest.mark.parametrize(
    "beside",
    [{"calls": [CALL]}, {"callData": CALL, "isTest": False}, CALL],
    ids=["calls of /v2/calls/extensive", "the webhook's callData", "the bare call object"],
)
def test_transcript_with_its_call(beside: Json) -> None:
    found = read(TRANSCRIPT | beside)
    assert isinstance(found, Conversation)
    assert found.id == "gong-9000000000000000001"
    assert found.occurred_at == dt.datetime(2026, 3, 2, 15, 1, 12, 200000, tzinfo=dt.UTC)
    assert found.deal is not None
    assert (found.deal.id, found.deal.account) == ("006SYNTH0000001AAA", "Example Ltd")
    assert [(p.id, p.name, p.side) for p in found.participants] == [
        ("2346788900000000001", "Sam Seller", Side.SELLER),
        ("9100000000000000002", "Dana Buyer", Side.BUYER),
        ("9400000000000000007", "Kim Silent", None),
    ]
    first = found.segments[0]
    assert first.text == "We have about forty thousand set aside for this. But nothing is signed off until April."
    assert (first.speaker, first.start, first.end) == ("9100000000000000002", 460.23, 465.12)


def test_an_unknown_party_is_told_by_the_mail_domain() -> None:
    parties = [{**party, "affiliation": "Unknown"} for party in CALL["parties"]]
    found = read(TRANSCRIPT | {"calls": [CALL | {"parties": parties}]}, Given(our_domains=("seller.example",)))
    assert isinstance(found, Conversation)
    assert [person.side for person in found.participants] == [Side.SELLER, Side.BUYER, None]


def test_a_transcript_alone_needs_a_time_and_names_nobody() -> None:
    refusal = read(TRANSCRIPT)
    assert isinstance(refusal, Refusal)
    assert refusal.reason.startswith("callTranscripts[0].occurred_at: expected the time of the conversation")
    found = read(TRANSCRIPT, Given(occurred_at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC)))
    assert isinstance(found, Conversation)
    assert [person.id for person in found.participants] == ["9100000000000000002", "2346788900000000001"]
    assert found.deal is None


def test_one_bad_transcript_costs_the_others_nothing() -> None:
    good = TRANSCRIPT["callTranscripts"][0]
    bad = {"callId": "2", "transcript": [{"speakerId": "1", "sentences": [{"start": "soon", "text": "hi"}]}]}
    value = {"callTranscripts": [bad, good], "calls": [CALL]}
    refusal, found = read_conversations(json.dumps(value).encode(), "gong.json")
    assert isinstance(refusal, Refusal)
    assert refusal.field == "callTranscripts[0].transcript[0].sentences[0].start"
    assert isinstance(found, Conversation)


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"callData": CALL}, "callTranscripts"),
        ({"callTranscripts": "none"}, "callTranscripts"),
        ({"callTranscripts": ["x"]}, "callTranscripts[0]"),
        ({"callTranscripts": [{"transcript": []}]}, "callTranscripts[0].callId"),
        (
            {"callTranscripts": [{"callId": "9000000000000000001"}], "calls": [CALL]},
            "callTranscripts[0].segments",
        ),
    ],
)
def test_refusals_name_the_field(value: Json, field: str) -> None:
    refusal = read(value)
    assert isinstance(refusal, Refusal)
    assert refusal.field == field


def test_ids_that_came_as_numbers_stay_whole() -> None:
    transcript = json.loads(json.dumps(TRANSCRIPT))
    transcript["callTranscripts"][0]["callId"] = 9000000000000000001
    found = read(transcript, Given(occurred_at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC)))
    assert isinstance(found, Conversation)
    assert found.id == "gong-9000000000000000001"

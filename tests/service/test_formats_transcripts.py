"""Every transcript file of the formats: what is read in it, what it is taken for, and that it gets to a deal."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.intake import Format, Refusal, detect, receive
from signals import Conversation, ConversationKind, DecodeError, Evidence, Signal, signal_from_json
from tests.service.formats import AT, GIVEN, HERE, cases, content, told

SOURCES = [
    "assemblyai",
    "aws-call-analytics",
    "aws-transcribe",
    "chorus",
    "deepgram",
    "fireflies",
    "gong",
    "hubspot-call",
    "meet",
    "otter",
    "recall",
    "srt",
    "teams",
    "text",
    "vexa",
    "vtt",
    "whisper",
    "whisperx",
    "zoom",
]
CASES = cases(SOURCES)
IDS = [f"{source}/{file}" for source, file, _ in CASES]
GOOD = [case for case in CASES if "call" in case[2]]


@pytest.mark.parametrize("source", SOURCES)
def test_every_file_is_described_and_some_are_broken(source: str) -> None:
    files = {file.name for file in (HERE / source).iterdir()} - {"expected.toml"}
    described = [(file, entry) for where, file, entry in CASES if where == source]
    assert files == {file for file, _ in described}
    assert any("call" in entry for _, entry in described)
    assert any("refused" in entry for _, entry in described) or source in ("otter", "text")


@pytest.mark.parametrize(("source", "file", "expected"), CASES, ids=IDS)
def test_what_is_read(source: str, file: str, expected: dict[str, Any]) -> None:
    found = list(receive(content(source, file), "body", given=GIVEN, format=Format(source)))
    refusals = [
        {"place": each.place, "field": each.field, "expected": each.expected}
        for each in found
        if isinstance(each, Refusal)
    ]
    assert [told(each) for each in found if not isinstance(each, Refusal)] == expected.get("call", [])
    assert refusals == expected.get("refused", [])


@pytest.mark.parametrize(("source", "file", "expected"), CASES, ids=IDS)
def test_what_it_is_taken_for(source: str, file: str, expected: dict[str, Any]) -> None:
    """Never for something else: for its own source, for the kind of file that it is, or for nothing."""
    data = content(source, file)
    if expected["detected"] == "undecided":
        with pytest.raises(DecodeError) as caught:
            detect(data, "body")
        assert caught.value.expected.startswith(("the name of its source", "a conversation as "))
    else:
        assert detect(data, "body").value == expected["detected"]
        assert expected["detected"] in (source, file.rpartition(".")[2], "text")


def forty_thousand(conversation: Conversation) -> list[Signal]:
    """A budget for each mention of the sum, so that the way from a file to a deal needs no language."""
    texts = [(None, None, conversation.body)] if conversation.kind is ConversationKind.EMAIL else []
    texts += [(index, segment.speaker, segment.text) for index, segment in enumerate(conversation.segments)]
    found = []
    for index, speaker, text in texts:
        start = text.find("forty thousand")
        if start >= 0:
            evidence = Evidence(segment=index, start=start, end=start + 14, text="forty thousand")
            amount = {"low": 40000, "high": 40000, "currency": "USD", "per": "total"}
            source = {"type": "budget", "status": "approved", "amount": amount, "speaker": speaker, "confidence": 0.9}
            found.append(signal_from_json(source | {"evidence": [evidence.to_json()]}))
    return found


@pytest.fixture
def door(with_settings: Callable[..., Any]) -> Iterator[TestClient]:
    with with_settings() as service:
        context = dataclasses.replace(service.context, extract=forty_thousand)
        with TestClient(create_app(dataclasses.replace(service, context=context))) as client:
            yield client


@pytest.mark.parametrize(("source", "file", "expected"), GOOD, ids=[f"{source}/{file}" for source, file, _ in GOOD])
def test_over_http_to_signals_and_to_the_deal(
    door: TestClient, source: str, file: str, expected: dict[str, Any]
) -> None:
    """Posted as it is, its sum becomes a signal and the budget of a deal: the file's own, or the given one."""
    query = {"occurred_at": AT.isoformat(), "deal": "D-1", "wait": "true"}
    answer = door.post(f"/v1/ingest/{source}", params=query, content=content(source, file))
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert len(body["accepted"]) == len(expected["call"])
    assert [each["place"] for each in body["refused"]] == [each["place"] for each in expected.get("refused", [])]
    (first, *_) = body["accepted"]
    assert first["state"] == "read"
    assert {signal["type"] for signal in first["signals"]} == {"budget"}
    own = expected["call"][0].get("deal", "D-1").split(" of ")[0]
    assert door.get(f"/v1/deals/{own.replace('None', 'D-1')}").json()["budget"] is not None


@pytest.mark.parametrize("file", ["gong/with-calls.json", "recall/download.json", "otter/export.txt", "text/times.txt"])
def test_auto_over_http_knows_what_it_was_given(door: TestClient, file: str) -> None:
    answer = door.post(
        "/v1/ingest/auto", params={"occurred_at": AT.isoformat(), "wait": "true"}, content=content(*file.split("/"))
    )
    assert answer.status_code == 200, answer.text
    assert [signal["type"] for signal in answer.json()["accepted"][0]["signals"]] == ["budget"]


def test_auto_over_http_names_the_candidates(door: TestClient) -> None:
    answer = door.post("/v1/ingest/auto", content=content("whisperx", "undecided.json"))
    assert answer.status_code == 422
    assert "whisper or whisperx: POST it to /v1/ingest/whisper" in answer.json()["detail"]


def test_a_webhook_without_words_says_what_to_fetch(door: TestClient) -> None:
    answer = door.post("/v1/ingest/gong", content=content("gong", "webhook-without-words.json"))
    assert answer.status_code == 422
    assert 'POST /v2/calls/transcript with {"filter": {"callIds": ["9000000000000000001"]}}' in answer.json()["detail"]

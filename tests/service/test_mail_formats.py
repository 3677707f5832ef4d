"""Every mail of tests/service/formats: what is read in it, what it is taken for, and that it gets to a deal."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.intake import Envelope, Format, Given, Received, Refusal, detect, receive
from signals import Conversation, Evidence, Signal, signal_from_json
from tests.service.formats import HERE, cases, content, told

SOURCES = ["eml", "gmail", "graph-mail", "hubspot-email", "mbox"]
CASES = cases(SOURCES)
IDS = [f"{source}/{file}" for source, file, _ in CASES]
GOOD = [case for case in CASES if "mail" in case[2]]


def told_mail(received: Received) -> dict[str, Any]:
    """A mail in lines that people can check: the conversation's, then what its envelope tells."""
    envelope = received.envelope
    assert envelope is not None
    out = told(received)
    out |= {"subject": received.conversation.subject} if received.conversation.subject else {}
    out |= {"cc": list(received.conversation.cc)} if received.conversation.cc else {}
    out["nature"] = envelope.nature.value + (f" ({envelope.because})" if envelope.because else "")
    out["thread"] = list(envelope.thread_keys)
    others = [
        f"{'+'.join(role.value for role in person.roles)}: {person.name} <{person.address}>"
        for person in envelope.people
        if person.participant is None
    ]
    files = [f"{file.name}, {file.content_type}, {file.size}" for file in envelope.attachments]
    calendar = (
        [] if envelope.calendar is None else [f"{key}: {each}" for key, each in envelope.calendar.to_json().items()]
    )
    more = {"others": others, "attachments": files, "calendar": calendar, "lost": list(envelope.undelivered_to)}
    return out | {key: lines for key, lines in more.items() if lines}


@pytest.mark.parametrize("source", SOURCES)
def test_every_file_is_described_and_some_are_broken(source: str) -> None:
    files = {file.name for file in (HERE / source).iterdir()} - {"expected.toml"}
    described = [(file, entry) for where, file, entry in CASES if where == source]
    assert files == {file for file, _ in described}
    assert any("mail" in entry for _, entry in described)
    assert any("refused" in entry for _, entry in described)


@pytest.mark.parametrize(("source", "file", "expected"), CASES, ids=IDS)
def test_what_is_read(source: str, file: str, expected: dict[str, Any]) -> None:
    found = list(receive(content(source, file), "body", format=Format(source)))
    refusals = [str(each) for each in found if isinstance(each, Refusal)]
    assert [told_mail(each) for each in found if isinstance(each, Received)] == expected.get("mail", [])
    assert refusals == expected.get("refused", [])


@pytest.mark.parametrize(("source", "file", "expected"), CASES, ids=IDS)
def test_what_it_is_taken_for(source: str, file: str, expected: dict[str, Any]) -> None:
    assert detect(content(source, file), "body") == source


@pytest.mark.parametrize(("source", "file", "expected"), GOOD, ids=[f"{source}/{file}" for source, file, _ in GOOD])
def test_envelopes_survive_being_stored(source: str, file: str, expected: dict[str, Any]) -> None:
    for each in receive(content(source, file), "body"):
        if isinstance(each, Received) and each.envelope is not None:
            assert Envelope.from_json(each.envelope.to_json()) == each.envelope


def test_what_is_told_beside_the_file_completes_it() -> None:
    given = Given(our_domains=("seller.example",))
    (found,) = receive(content("eml", "reply.eml"), "body", given=given)
    assert isinstance(found, Received)
    assert [str(person.side) for person in found.conversation.participants] == ["buyer", "seller", "buyer"]


def first_word(conversation: Conversation) -> list[Signal]:
    """A budget on the first word of each mail, so that the way from a file to a deal needs no language."""
    word = conversation.body.split()[0]
    start = conversation.body.index(word)
    evidence = Evidence(segment=None, start=start, end=start + len(word), text=word)
    amount = {"low": 40000, "high": 40000, "currency": "USD", "per": "total"}
    source = {"type": "budget", "status": "approved", "amount": amount, "speaker": None, "confidence": 0.9}
    return [signal_from_json(source | {"evidence": [evidence.to_json()]})]


@pytest.fixture
def door(with_settings: Callable[..., Any]) -> Iterator[TestClient]:
    with with_settings() as service:
        context = dataclasses.replace(service.context, extract=first_word)
        with TestClient(create_app(dataclasses.replace(service, context=context))) as client:
            yield client


@pytest.mark.parametrize(("source", "file", "expected"), GOOD, ids=[f"{source}/{file}" for source, file, _ in GOOD])
def test_over_http_to_signals_and_to_the_deal(
    door: TestClient, source: str, file: str, expected: dict[str, Any]
) -> None:
    """The file is posted as it is; a signal in it becomes the budget of the deal, the file's own or the given one."""
    query = {"deal": "D-1", "wait": "true"}
    answer = door.post(f"/v1/ingest/{source}", params=query, content=content(source, file))
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert len(body["accepted"]) == len(expected["mail"])
    assert len(body["refused"]) == len(expected.get("refused", []))
    first = body["accepted"][0]
    assert (first["state"], [signal["type"] for signal in first["signals"]]) == ("read", ["budget"])
    own = expected["mail"][0].get("deal", "D-1").split(" of ")[0]
    budget = door.get(f"/v1/deals/{own}").json()["budget"]
    assert budget["amount"]["low"] == 40000


def test_auto_over_http(door: TestClient) -> None:
    answer = door.post("/v1/ingest/auto", params={"wait": "true", "deal": "D-1"}, content=content("mbox", "inbox.mbox"))
    body = answer.json()
    assert [each["id"] for each in body["accepted"]] == ["m1@buyer.example", "m3@buyer.example", "m5@buyer.example"]
    assert [each["place"] for each in body["refused"]] == ["body: message 2 (line 12)", "body: message 4 (line 29)"]


def test_more_conversations_than_one_request_may_bring(door: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those within the limit are taken, and the answer says what was left out."""
    monkeypatch.setattr("service.api.conversations.MOST_AT_ONCE", 1)
    mail = b"From: dana@buyer.example\nDate: Mon, 02 Mar 2026 16:12:05 -0500\nMessage-ID: <%d@x>\n\nhello there\n"
    mailbox = b"".join(b"From a Mon Mar  2 21:12:05 2026\n" + mail % number + b"\n" for number in range(3))
    answer = door.post("/v1/ingest/mbox", content=mailbox)
    assert answer.status_code == 202, answer.text
    assert [each["id"] for each in answer.json()["accepted"]] == ["0@x"]
    assert [each["expected"] for each in answer.json()["refused"]] == [
        "at most 1 conversations at a time: send those after the first 1 by themselves"
    ]

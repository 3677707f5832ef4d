"""Conversations over HTTP: taken in once, read, found again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.flows.read_conversation import read_conversation
from tests.service.samples import call, mail

Json = dict[str, Any]
Rows = Callable[[], dict[str, int]]

APPROVED = "b1: we have [budget status=approved amount=80000] for this"


def test_a_conversation_is_received_then_read(client: TestClient, service: Any) -> None:
    answer = client.post("/v1/conversations", json=call("c-1", "s1: hello", APPROVED))
    assert answer.status_code == 202
    assert answer.json() == {"id": "c-1", "state": "received", "url": "/v1/conversations/c-1"}
    assert client.get("/v1/conversations/c-1").json()["signals"] == []
    assert read_conversation(service.context, "c-1")
    found = client.get("/v1/conversations/c-1").json()
    assert (found["state"], found["reason"], found["deal"]) == ("read", None, "D-1")
    assert found["conversation"]["segments"][0]["text"] == "hello"
    (signal,) = found["signals"]
    assert (signal["type"], signal["state"], signal["conversation"]) == ("budget", "accepted", "c-1")
    assert signal["evidence"][0]["text"] == "[budget status=approved amount=80000]"


def test_the_same_again_changes_nothing(client: TestClient, rows: Rows) -> None:
    source = call("c-1", "s1: hello", APPROVED)
    first = client.post("/v1/conversations?wait=true", json=source)
    before = rows()
    # The same content in another order of keys, with a field that says nothing.
    again = dict(reversed(source.items())) | {"gold": []}
    second = client.post("/v1/conversations?wait=true", json=again)
    third = client.post("/v1/conversations", json=again)
    assert [each.status_code for each in (first, second, third)] == [200, 200, 200]
    assert first.json() == second.json()
    assert rows() == before
    assert before["conversations"] == before["signals"] == 1


def test_other_content_under_a_known_id_is_a_conflict(client: TestClient, rows: Rows) -> None:
    client.post("/v1/conversations?wait=true", json=call("c-1", "s1: hello", APPROVED))
    before = rows()
    answer = client.post("/v1/conversations?wait=true", json=call("c-1", "s1: hullo", APPROVED))
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["field"], answer.json()["value"]) == ("id", "c-1")
    assert rows() == before
    assert client.get("/v1/conversations/c-1").json()["conversation"]["segments"][0]["text"] == "hello"


def test_waiting_brings_signals_and_decisions(client: TestClient) -> None:
    answer = client.post("/v1/conversations?wait=true", json=call("c-1", "s1: hello", APPROVED))
    assert answer.status_code == 200
    body = answer.json()
    assert (body["id"], body["state"]) == ("c-1", "read")
    assert [signal["type"] for signal in body["signals"]] == ["budget"]
    assert {"gate_met", "field_updated"} <= {decision["type"] for decision in body["decisions"]}


def test_unsure_signals_stay_pending_and_move_nothing(client: TestClient) -> None:
    unsure = "b1: we have [budget status=approved amount=80000 sure=0.49] for this"
    body = client.post("/v1/conversations?wait=true", json=call("c-1", "s1: hello", unsure)).json()
    assert [signal["state"] for signal in body["signals"]] == ["pending"]
    assert client.get("/v1/deals/D-1").json()["budget"] is None


def test_the_confidence_that_is_enough_is_a_setting(with_settings: Callable[..., Any]) -> None:
    from service.app import create_app

    with with_settings(accept_at=0.95) as service, TestClient(create_app(service)) as client:
        body = client.post("/v1/conversations?wait=true", json=call("c-1", APPROVED)).json()
    assert [signal["state"] for signal in body["signals"]] == ["pending"]


def test_without_a_deal_it_is_read_and_kept(client: TestClient, rows: Rows) -> None:
    body = client.post("/v1/conversations?wait=true", json=call("c-1", APPROVED, deal=None)).json()
    assert (body["state"], body["deal"], body["decisions"]) == ("read", None, [])
    assert len(body["signals"]) == 1
    assert rows() | {"events": 0, "deals": 0} == rows()


def test_one_that_cannot_be_read_is_marked_and_the_others_go_on(client: TestClient) -> None:
    bad = client.post("/v1/conversations?wait=true", json=call("c-1", "b1: [boom]")).json()
    assert (bad["state"], bad["reason"]) == ("failed", "RuntimeError: the reading stumbled")
    good = client.post("/v1/conversations?wait=true", json=call("c-2", APPROVED)).json()
    assert good["state"] == "read"


def test_ids_may_hold_what_mail_ids_hold(client: TestClient) -> None:
    id = "a/b+c d?=&#@mail.example"
    answer = client.post("/v1/conversations", json=mail(id, "hi"))
    assert client.get(answer.json()["url"]).json()["id"] == id


def test_text_may_hold_anything_that_json_can(client: TestClient) -> None:
    strange = "b1: nul \x00, bell \x07, \U0001f600, \ufeff, ' -- \"; DROP TABLE deals"
    client.post("/v1/conversations?wait=true", json=call("c-1", strange, APPROVED))
    found = client.get("/v1/conversations/c-1").json()
    assert found["state"] == "read"
    assert found["conversation"]["segments"][0]["text"] == strange.removeprefix("b1: ")


@pytest.mark.parametrize("id", ["", " ", "x" * 251, "a\x00b", "a\nb", 7])
def test_ids_that_cannot_be_kept_are_refused(client: TestClient, id: Any) -> None:
    answer = client.post("/v1/conversations", json=call("c", "b1: hi") | {"id": id})
    assert answer.status_code == 422
    assert answer.json()["field"] == "id"


@pytest.mark.parametrize("deal", ["x" * 251, "a\x00b"])
def test_deals_ids_likewise(client: TestClient, deal: str) -> None:
    answer = client.post("/v1/conversations", json=call("c", "b1: hi", deal={"id": deal}))
    assert (answer.status_code, answer.json()["field"]) == (422, "deal.id")


def test_an_unknown_conversation_is_not_found(client: TestClient) -> None:
    answer = client.get("/v1/conversations/nope")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "there is no conversation 'nope'"


VTT = b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v Dana Reyes>We have [budget status=approved amount=80000].</v>"


def test_ingest_a_transcript_with_what_it_does_not_tell(client: TestClient) -> None:
    query = {"occurred_at": "2026-03-02T15:00:00Z", "deal": "D-9", "account": "Acme", "seller": "Sam", "wait": "true"}
    answer = client.post("/v1/ingest/vtt", content=VTT, params=query, headers={"Content-Type": "text/vtt"})
    assert answer.status_code == 200, answer.text
    (taken,) = answer.json()["accepted"]
    assert (taken["state"], taken["deal"], taken["signals"][0]["type"]) == ("read", "D-9", "budget")
    conversation = client.get(f"/v1/conversations/{taken['id']}").json()["conversation"]
    assert conversation["deal"] == {"id": "D-9", "account": "Acme"}
    assert conversation["participants"] == [{"id": "p1", "name": "Dana Reyes", "side": "buyer"}]


def test_ingest_takes_an_offset_whose_plus_sign_was_not_escaped(client: TestClient) -> None:
    answer = client.post("/v1/ingest/vtt?occurred_at=2026-03-02T15:00:00+02:00", content=VTT)
    found = client.get(answer.json()["accepted"][0]["url"]).json()["conversation"]
    assert found["occurred_at"] == "2026-03-02T15:00:00+02:00"


def test_ingest_without_its_time_says_how_to_give_it(client: TestClient) -> None:
    answer = client.post("/v1/ingest/auto", content=VTT)
    assert answer.status_code == 422
    assert answer.json()["field"] == "occurred_at"
    assert "?occurred_at=" in answer.json()["expected"]


def test_ingest_takes_the_good_ones_and_names_the_bad(client: TestClient) -> None:
    client.post("/v1/conversations", json=call("c-1", "b1: hi"))
    values = [call("c-1", "b1: ho"), call("c-2", "b1: hi"), call("c-3", "x: hi"), call("c-4", "b1: hi")]
    body = "\n".join(json.dumps(value) for value in values) + "\n{broken"
    answer = client.post("/v1/ingest/canonical", content=body.encode())
    assert answer.status_code == 202
    assert [each["id"] for each in answer.json()["accepted"]] == ["c-2", "c-4"]
    assert [each.get("place", each.get("value")) for each in answer.json()["refused"]] == ["c-1", "body:3", "body:5"]
    again = client.post("/v1/ingest/canonical", content=json.dumps(values[1]).encode())
    assert again.status_code == 200


def test_ingest_refuses_what_is_wholly_wrong(client: TestClient) -> None:
    assert client.post("/v1/ingest/canonical", content=b"[{}, 5]").status_code == 422
    assert client.post("/v1/ingest/canonical", content=b"{broken").status_code == 400
    assert client.post("/v1/ingest/vtt", content=b"not at all").status_code == 400
    unknown = client.post("/v1/ingest/fax", content=b"x")
    assert unknown.status_code == 404
    assert "canonical, vtt, srt, eml" in unknown.json()["expected"]


def test_ingest_a_mail(client: TestClient, with_settings: Callable[..., Any]) -> None:
    data = (
        b"From: Dana Reyes <dana@hollis.example>\nTo: sam@northstar.example\nMessage-ID: <m1@hollis.example>\n"
        b"Date: Mon, 02 Mar 2026 16:12:05 -0500\nSubject: Budget\n\nWe have [budget status=approved amount=80000]."
    )
    from service.app import create_app

    with with_settings(our_domains="northstar.example") as service, TestClient(create_app(service)) as client:
        answer = client.post("/v1/ingest/eml?deal=D-1&wait=true", content=data)
        assert answer.status_code == 200
        events = {decision["events"][0] for decision in answer.json()["accepted"][0]["decisions"]}
    assert "m1@hollis.example:1" in events | {"m1@hollis.example:1"}
    assert answer.json()["accepted"][0]["signals"][0]["type"] == "budget"

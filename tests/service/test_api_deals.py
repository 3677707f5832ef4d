"""Deals, their timelines, events from elsewhere, and what operators look at."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.flows.append_events import append_events
from tests.service.samples import call, mail

Json = dict[str, Any]

APPROVED = "b1: we have [budget status=approved amount=80000] for this"


def event(id: str, kind: str = "deal.created", deal: str = "D-1", **data: Any) -> Json:
    return {
        "id": id,
        "deal_id": deal,
        "type": kind,
        "occurred_at": data.pop("at", "2026-03-01T08:00:00Z"),
        "source": "crm",
        "data": data,
    }


def post(client: TestClient, *sources: Json) -> None:
    for source in sources:
        assert client.post("/v1/conversations?wait=true", json=source).status_code == 200


def test_a_deal_moves_and_its_timeline_says_why(client: TestClient) -> None:
    post(client, mail("m-1", "Tell me more."), call("c-1", "s1: hello", APPROVED))
    deal = client.get("/v1/deals/D-1").json()
    assert (deal["id"], deal["stage"]) == ("D-1", "discovery")
    timeline = client.get("/v1/deals/D-1/timeline").json()
    assert timeline["deal"] == "D-1"
    assert [decision["seq"] for decision in timeline["decisions"]] == list(range(1, len(timeline["decisions"]) + 1))
    for decision in timeline["decisions"]:
        assert decision["rule"], decision
        assert decision["why"], decision
        assert decision["events"], decision
        assert [cause["id"] for cause in decision["caused_by"]] == decision["events"]
        assert [quote["event"] for quote in decision["quotes"]] == decision["events"], decision
        assert all(quote["text"] and quote["conversation"] for quote in decision["quotes"])
    budget = [decision for decision in timeline["decisions"] if decision["rule"] == "signal.budget"]
    assert budget
    assert budget[0]["quotes"][0]["text"] == "[budget status=approved amount=80000]"
    assert budget[0]["quotes"][0]["speaker"] == {
        "id": "b1",
        "name": "Dana Reyes",
        "title": "VP Operations",
        "side": "buyer",
    }


def test_timelines_come_in_pages(client: TestClient) -> None:
    post(client, call("c-1", "s1: hello", APPROVED))
    whole = client.get("/v1/deals/D-1/timeline").json()["decisions"]
    paged: list[Json] = []
    cursor: int | None = 0
    while cursor is not None:
        page = client.get(f"/v1/deals/D-1/timeline?limit=2&cursor={cursor}").json()
        paged += page["decisions"]
        cursor = page["next"]
    assert paged == whole
    assert len(whole) > 2


def test_deals_come_in_pages_and_by_stage(client: TestClient) -> None:
    answer = client.post("/v1/events", json=[event(f"e-{n}", deal=f"D-{n}", account="Acme") for n in range(5)])
    assert len(answer.json()["accepted"]) == 5
    first = client.get("/v1/deals?limit=3").json()
    second = client.get(f"/v1/deals?limit=3&cursor={first['next']}").json()
    assert [deal["id"] for deal in first["deals"] + second["deals"]] == [f"D-{n}" for n in range(5)]
    assert second["next"] is None
    assert len(client.get("/v1/deals?stage=identified").json()["deals"]) == 5
    assert client.get("/v1/deals?stage=proposal").json()["deals"] == []


def test_signals_are_filtered_and_paged(client: TestClient) -> None:
    lines = [
        APPROVED,
        "b1: [champion person=Dana_Reyes status=advocating sure=0.3]",
        "b2: [milestone kind=demo_completed sure=0.6]",
    ]
    post(client, call("c-1", *lines), call("c-2", APPROVED, at="2026-03-03T09:00:00Z", deal={"id": "D-2"}))

    def types(query: str) -> list[str]:
        return [signal["type"] for signal in client.get(f"/v1/signals?{query}").json()["signals"]]

    assert types("") == ["budget", "champion", "milestone", "budget"]
    assert types("deal=D-2") == ["budget"]
    assert types("conversation=c-1&type=champion") == ["champion"]
    assert types("state=pending") == ["champion"]
    assert types("min_confidence=0.6") == ["budget", "milestone", "budget"]
    assert types("deal=nope") == []
    page = client.get("/v1/signals?limit=3").json()
    assert len(page["signals"]) == 3
    rest = client.get(f"/v1/signals?limit=3&cursor={page['next']}").json()
    assert ([signal["deal"] for signal in rest["signals"]], rest["next"]) == (["D-2"], None)


def test_events_good_bad_and_known(client: TestClient) -> None:
    batch = [
        event("e-1", account="Acme"),
        event("e-2", kind="gossip"),
        {"id": "e-3"},
        "nonsense",
        event("e-4", kind="activity.call", minutes=40, contacts=["Dana Reyes"], at="2026-03-02T08:00:00Z"),
        event("e-4", kind="activity.call", minutes=40, contacts=["Dana Reyes"], at="2026-03-02T08:00:00Z"),
    ]
    answer = client.post("/v1/events", json={"events": batch})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["accepted"], body["known"]) == (["e-1", "e-4"], ["e-4"])
    assert [(each["place"], each["field"]) for each in body["refused"]] == [
        ("events[1]", "type"),
        ("events[2]", "deal_id"),
        ("events[3]", None),
    ]
    assert any(decision["type"] == "gate_met" for decision in body["decisions"])
    again = client.post("/v1/events", json=batch[0]).json()
    assert (again["accepted"], again["known"], again["decisions"]) == ([], ["e-1"], [])


@pytest.mark.parametrize(
    "evidence", [[None], "words", 5, {"text": 5, "conversation": [], "speaker": {}}, {"text": "so"}]
)
def test_evidence_of_other_systems_may_be_anything(client: TestClient, evidence: Any) -> None:
    sent = event("e-1") | {"evidence": evidence}
    answer = client.post("/v1/events", json=sent)
    assert answer.status_code in (200, 422)
    if answer.status_code == 200:
        assert client.get("/v1/deals/D-1/timeline").status_code == 200


@pytest.mark.parametrize("shape", ["one", "list", "wrapped", "lines"])
def test_events_come_in_any_wrapping(client: TestClient, shape: str) -> None:
    both = [event("e-1"), event("e-2", kind="deal.updated", amount=5)]
    body = {
        "one": json.dumps(both[0]),
        "list": json.dumps(both),
        "wrapped": json.dumps({"events": both}),
        "lines": "\n".join(json.dumps(each) for each in both),
    }[shape]
    answer = client.post("/v1/events", content=body.encode())
    assert answer.json()["accepted"] == ["e-1", "e-2"][: 1 if shape == "one" else 2]


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{broken", 400), (b"[]", 422), (b'{"events": []}', 422), (b'{"type": "gossip"}', 422), (b"5", 422)],
)
def test_events_that_are_all_wrong(client: TestClient, body: bytes, status: int) -> None:
    assert client.post("/v1/events", content=body).status_code == status


def test_events_before_their_deal_wait_for_it(client: TestClient) -> None:
    early = event("e-2", kind="activity.call", minutes=40, contacts=["Dana Reyes"], at="2026-03-02T08:00:00Z")
    assert client.post("/v1/events", json=early).json()["decisions"] == []
    assert client.get("/v1/deals").json()["deals"] == []
    assert client.get("/v1/deals/D-1").json()["stage"] is None
    client.post("/v1/events", json=event("e-1", account="Acme"))
    assert client.get("/v1/deals/D-1").json()["gates"]["identified"]["first_contact"] is True


def test_the_same_event_id_under_another_deal_is_known(client: TestClient) -> None:
    client.post("/v1/events", json=event("e-1"))
    assert client.post("/v1/events", json=event("e-1", deal="D-2")).json()["known"] == ["e-1"]
    assert [deal["id"] for deal in client.get("/v1/deals").json()["deals"]] == ["D-1"]


def test_the_same_event_id_for_two_deals_at_once_is_taken_by_one(service: Any) -> None:
    answers: list[tuple[str, ...]] = []
    both = threading.Barrier(2)

    def send(deal: str) -> None:
        both.wait()
        answers.append(append_events(service.context, [event(f"e-{n}", deal=deal) for n in range(5)]).added)

    senders = [threading.Thread(target=send, args=(deal,)) for deal in ("D-1", "D-2")]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(id for added in answers for id in added) == [f"e-{n}" for n in range(5)]


def test_a_person_moves_a_deal(client: TestClient) -> None:
    client.post("/v1/events", json=event("e-1"))
    answer = client.post("/v1/deals/D-1/override", json={"to": "discovery", "reason": "we met", "by": "ana"})
    assert answer.status_code == 200
    assert answer.json()["deal"]["stage"] == "discovery"
    assert any(decision["rule"] == "override.stage" for decision in answer.json()["decisions"])
    far = client.post("/v1/deals/D-1/override", json={"to": "negotiation", "reason": "they said so", "by": "ana"})
    assert far.json()["deal"]["stage"] == "discovery"
    assert len(far.json()["deal"]["approvals"]) == 1


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"reason": "r", "by": "ana"}, "to"),
        ({"to": "discovery", "by": "ana"}, "reason"),
        ({"to": "discovery", "reason": " ", "by": "ana"}, "reason"),
        ({"to": "discovery", "reason": "r"}, "by"),
        ({"to": "heaven", "reason": "r", "by": "ana"}, "to"),
        ({"to": "discovery", "reason": "r", "by": "ana", "approved_by": 5}, "approved_by"),
        ([], None),
    ],
)
def test_overrides_say_what_is_missing(client: TestClient, value: Any, field: str | None) -> None:
    client.post("/v1/events", json=event("e-1"))
    answer = client.post("/v1/deals/D-1/override", json=value)
    assert (answer.status_code, answer.json().get("field")) == (422, field)


def test_nobody_moves_a_deal_that_is_none(client: TestClient, rows: Callable[[], dict[str, int]]) -> None:
    answer = client.post("/v1/deals/D-1/override", json={"to": "discovery", "reason": "we met", "by": "ana"})
    assert answer.status_code == 404
    assert rows()["deals"] == 0


def test_operators_see_health_readiness_and_figures(client: TestClient) -> None:
    post(client, call("c-1", APPROVED))
    client.post("/v1/conversations", json=call("c-2", APPROVED))
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").json()["ready"] is True
    figures = client.get("/metrics").text
    assert 'telltale_conversations{state="read"} 1.0' in figures
    assert 'telltale_conversations{state="received"} 1.0' in figures
    assert 'telltale_signals{state="accepted",type="budget"} 1.0' in figures
    assert 'telltale_requests_total{method="POST",route="/v1/conversations",status="202"} 1.0' in figures


def test_a_database_of_another_version_is_not_ready(client: TestClient, service: Any) -> None:
    from service.store.migrate import migrate

    migrate(service.context.database, "base")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "another version" in answer.json()["detail"]


def test_openapi_describes_every_call_with_examples(client: TestClient) -> None:
    described = client.get("/openapi.json").json()["paths"]
    for path in ("/v1/conversations", "/v1/ingest/{source}", "/v1/events", "/v1/deals/{id}/override"):
        operation = described[path]["post"]
        assert operation["description"]
        assert all(content["example"] for content in operation["requestBody"]["content"].values())
        assert operation["responses"]["422"]["content"]["application/problem+json"]["example"]["field"]
    for path in ("/v1/conversations/{id}", "/v1/signals", "/v1/deals", "/v1/deals/{id}", "/v1/deals/{id}/timeline"):
        assert described[path]["get"]["responses"]["200"]["content"]["application/json"]["example"]

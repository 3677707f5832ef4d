"""Reps see their deals, managers their team's; of others they hear what they hear of what there is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.service.access.conftest import deal, told

ANA, BEN, MIA = "ana@northstar.example", "ben@northstar.example", "mia@northstar.example"
Clients = dict[str, TestClient]


@pytest.fixture
def people(make: Callable[..., str], signed_in: Callable[[str], TestClient]) -> Clients:
    """ana and ben are reps; mia manages ana, max all; D-1 is ana's, D-2 ben's, D-3 nobody's."""
    clients = {
        "admin": signed_in(make("admin")),
        "ana": signed_in(make("rep", person=ANA)),
        "ben": signed_in(make("rep", person=BEN)),
        "mia": signed_in(make("manager", person=MIA, team=(ANA,))),
        "max": signed_in(make("manager", person="max@northstar.example")),
    }
    clients["admin"].post("/v1/events", json=[deal("D-1", ANA), deal("D-2", BEN), deal("D-3", None)])
    for id, of in (("c-1", "D-1"), ("c-2", "D-2"), ("c-3", None)):
        assert clients["admin"].post("/v1/conversations?wait=true", json=told(id, of)).json()["state"] == "read"
    return clients


def lists(client: TestClient) -> list[set[str]]:
    deals = {each["id"] for each in client.get("/v1/deals").json()["deals"]}
    found = {each["conversation"] for each in client.get("/v1/signals").json()["signals"]}
    waiting = {each["conversation"] for each in client.get("/v1/unassigned").json()["unassigned"]}
    return [deals, found, waiting]


def test_each_sees_their_own(people: Clients) -> None:
    assert lists(people["ana"]) == [{"D-1"}, {"c-1"}, set()]
    assert lists(people["ben"]) == [{"D-2"}, {"c-2"}, set()]
    assert lists(people["mia"]) == [{"D-1"}, {"c-1"}, set()]
    for everything in ("admin", "max"):
        assert lists(people[everything]) == [{"D-1", "D-2", "D-3"}, {"c-1", "c-2", "c-3"}, {"c-3"}]


PLACES: list[tuple[str, str, Any]] = [
    ("GET", "/v1/deals/{deal}", None),
    ("GET", "/v1/deals/{deal}/timeline", None),
    ("POST", "/v1/deals/{deal}/override", {"to": "proposal", "reason": "so", "by": "x"}),
    ("GET", "/v1/conversations/{conversation}", None),
    ("POST", "/v1/unassigned/{conversation}/assign", {"deal": "D-1"}),
    ("POST", "/v1/unassigned/{conversation}/dismiss", {}),
]


@pytest.mark.parametrize(("method", "path", "body"), PLACES, ids=[f"{place[0]} {place[1]}" for place in PLACES])
def test_what_is_others_is_answered_as_what_nobody_has(people: Clients, method: str, path: str, body: Any) -> None:
    def ask(deal: str, conversation: str) -> tuple[int, str]:
        url = path.format(deal=deal, conversation=conversation)
        answer = people["ana"].request(method, url, json=body)
        return answer.status_code, answer.text.replace(deal, "ID").replace(conversation, "ID")

    nobodys = ask("X-9", "x-9")
    assert nobodys[0] == 404
    assert ask("D-2", "c-2") == ask("D-3", "c-3") == nobodys


def test_a_rep_brings_in_calls_of_their_own_deals_and_of_none(people: Clients) -> None:
    ana = people["ana"]
    assert ana.post("/v1/conversations?wait=true", json=told("c-4", "D-1")).json()["signals"]
    others = [ana.post("/v1/conversations", json=told("c-5", id)) for id in ("D-2", "X-9")]
    assert [each.status_code for each in others] == [404, 404]
    assert others[0].text.replace("D-2", "ID") == others[1].text.replace("X-9", "ID")
    assert ana.post("/v1/conversations?wait=true", json=told("c-6", None)).json() == {"id": "c-6", "state": "read"}
    refused = ana.post("/v1/ingest/canonical", json=[told("c-7", "D-2")])
    assert refused.status_code == 404


def test_a_deal_that_changes_hands_is_seen_by_its_new_owner(people: Clients) -> None:
    handed = {**deal("D-1", BEN), "id": "handed", "type": "deal.updated", "occurred_at": "2026-03-05T08:00:00Z"}
    handed["data"] = {"owner": BEN}
    assert people["admin"].post("/v1/events", json=handed).is_success
    assert people["ana"].get("/v1/deals/D-1").status_code == 404
    assert people["ben"].get("/v1/deals/D-1").status_code == 200

"""The endpoints of reviews, as clients see them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from service.flows.context import Context
from tests.service.review.samples import BUDGET, UNSURE, only, post, state_of, talk

Json = dict[str, Any]

LARGER = {"type": "budget", "status": "approved", "amount": {"low": 95000, "high": 95000, "currency": "USD"}}


def test_a_review_answers_the_signal_its_state_and_the_decisions(context: Context, client: TestClient) -> None:
    post(context, talk(f"b1: we have {UNSURE} for it"))
    id = only(context).id
    shown = client.get(f"/v1/signals/{id}").json()
    assert (shown["state"], shown["pending_because"]) == ("pending", "its confidence 0.3 is below 0.5")
    before = client.get(f"/v1/signals/{id}/preview", params={"action": "accept"}).json()
    answer = client.post(f"/v1/signals/{id}/review", json={"action": "accept", "reason": "she said so"})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["state"], body["signal"]["id"], body["signal"]["pending_because"]) == ("accepted", str(id), None)
    assert [each["type"] for each in body["decisions"]] == [each["type"] for each in before["decisions"]]
    assert body["decisions"]
    (kept,) = client.get(f"/v1/signals/{id}").json()["reviews"]
    assert (kept["action"], kept["reason"], kept["by"]) == ("accept", "she said so", "local")
    undone = client.post(f"/v1/reviews/{kept['id']}/undo").json()
    assert undone["state"] == "pending"


def test_a_correction_may_be_previewed_and_is_refused_by_field(context: Context, client: TestClient) -> None:
    post(context, talk(f"b1: we have {BUDGET} for it"))
    url = f"/v1/signals/{only(context).id}"
    wrong = {"action": "correct", "signal": LARGER | {"status": "maybe"}}
    for path in ("review", "preview"):
        refused = client.post(f"{url}/{path}", json=wrong)
        assert (refused.status_code, refused.json()["field"]) == (422, "signal.status")
    right = {"action": "correct", "signal": LARGER}
    assert client.post(f"{url}/preview", json=right).json()["state"] == "corrected"
    assert only(context).state == "accepted"
    assert client.post(f"{url}/review", json=right).json()["signal"]["amount"]["low"] == 95000


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"action": "like"}, 422, "action"),
        ({"action": "correct"}, 422, "signal"),
        ({"action": "accept", "reason": 3}, 422, "reason"),
        ({"action": "accept", "expected": "new"}, 422, "expected"),
        ([], 422, None),
        ({"action": "accept", "expected": "dismissed"}, 409, "expected"),
    ],
)
def test_what_cannot_be_done_says_why(
    context: Context, client: TestClient, body: Any, status: int, field: str | None
) -> None:
    post(context, talk(f"b1: we have {UNSURE} for it"))
    answer = client.post(f"/v1/signals/{only(context).id}/review", json=body)
    assert (answer.status_code, answer.json().get("field")) == (status, field), answer.text
    assert only(context).state == "pending"


def test_a_conflict_tells_who_decided(context: Context, client: TestClient) -> None:
    post(context, talk(f"b1: we have {UNSURE} for it"))
    url = f"/v1/signals/{only(context).id}/review"
    first = client.post(url, json={"action": "dismiss", "expected": "pending"}).json()
    problem = client.post(url, json={"action": "accept", "expected": "pending"}).json()
    assert (problem["status"], problem["decided_by"], problem["review"]) == (409, "local", first["review"])
    assert problem["type"] == "urn:telltale:problem:decided"


def test_there_is_no_such_thing(client: TestClient) -> None:
    id = uuid4()
    assert client.get(f"/v1/signals/{id}").status_code == 404
    assert client.post(f"/v1/signals/{id}/review", json={"action": "accept"}).status_code == 404
    assert client.get(f"/v1/signals/{id}/preview", params={"action": "accept"}).status_code == 404
    assert client.post(f"/v1/reviews/{id}/undo").status_code == 404
    assert client.post("/v1/conversations/c-9/signals", json={"signal": LARGER}).status_code == 404
    assert client.post("/v1/conversations/c-9/participants/b1/side", json={"side": "buyer"}).status_code == 404
    assert client.post("/v1/conversations/c-9/complete", json={"complete": True}).status_code == 404


def test_reviews_come_in_pages(context: Context, client: TestClient) -> None:
    post(context, talk(f"b1: we have {UNSURE} for it"))
    id = only(context).id
    made = [
        client.post(f"/v1/signals/{id}/review", json={"action": action}).json()["review"]
        for action in ("accept", "dismiss", "accept")
    ]
    first = client.get("/v1/reviews", params={"limit": 2}).json()
    second = client.get("/v1/reviews", params={"limit": 2, "cursor": first["next"]}).json()
    assert [each["id"] for each in first["reviews"] + second["reviews"]] == made
    assert second["next"] is None


def test_all_that_are_sure_enough_are_accepted_at_once(context: Context, client: TestClient) -> None:
    lines = [f"b1: we have {UNSURE.replace('0.3', sure)} for it" for sure in ("0.3", "0.4", "0.45")]
    post(context, talk(*lines))
    done = client.post("/v1/signals/accept", json={"min_confidence": 0.4, "deal": "D-1"}).json()
    assert [each["signal"]["confidence"] for each in done["accepted"]] == [0.4, 0.45]
    assert (done["skipped"], done["more"]) == ([], False)
    assert client.post("/v1/signals/accept", json={"min_confidence": 0.4, "deal": "D-2"}).json()["accepted"] == []
    assert client.post("/v1/signals/accept", json={"min_confidence": 2}).json()["field"] == "min_confidence"


def test_a_missed_signal_and_a_side_are_added_over_http(context: Context, client: TestClient) -> None:
    people = [{"id": "x", "name": "Kim Ode"}, {"id": "s1", "name": "Sam Okoro", "side": "seller"}]
    post(context, talk("x: we have eighty for it", participants=people))
    words = {"segment": 1, "start": 8, "end": 14, "text": "eighty"}
    added = client.post("/v1/conversations/c-1/signals", json={"signal": LARGER | {"evidence": [words]}})
    assert (added.status_code, added.json()["state"]) == (200, "accepted")
    assert state_of(context)["budget"] is not None
    answer = client.post("/v1/conversations/c-1/participants/x/side", json={"side": "buyer"})
    assert answer.status_code == 200, answer.text
    assert [(s["participant"], s["side"]) for s in answer.json()["sides"]] == [("x", "buyer"), ("s1", "seller")]
    assert [s["state"] for s in answer.json()["signals"]] == ["accepted"]
    wrong = client.post("/v1/conversations/c-1/participants/x/side", json={"side": "both"})
    assert wrong.json()["field"] == "side"
    assert client.post("/v1/conversations/c-1/participants/y/side", json={"side": "buyer"}).status_code == 404


def test_precision_and_what_to_review_first(context: Context, client: TestClient) -> None:
    lines = [f"b1: we have {BUDGET.replace(']', f' sure={sure}]')} for it" for sure in ("0.9", "0.6", "0.52")]
    post(context, talk(*lines))
    signals = client.get("/v1/training/uncertain").json()["signals"]
    assert [each["confidence"] for each in signals] == [0.52, 0.6, 0.9]
    for each, action in zip(signals, ("dismiss", "accept", "accept"), strict=True):
        client.post(f"/v1/signals/{each['id']}/review", json={"action": action})
    assert client.get("/v1/training/uncertain").json()["signals"] == []
    shown = client.get("/v1/analytics/precision").json()
    assert (shown["all"]["reviewed"], shown["all"]["right"], shown["all"]["dismissed"]) == (3, 2, 1)
    assert shown["types"]["budget"]["precision"] == 0.6667
    assert [each["reviewed"] for each in shown["deciles"]] == [0, 0, 0, 0, 0, 1, 1, 0, 0, 1]

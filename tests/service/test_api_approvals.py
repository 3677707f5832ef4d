"""What waits for a manager, over the API."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.access.keys import Asked, make_key
from service.api.principal import Role

Json = dict[str, Any]


def asked(client: TestClient, deal: str = "D-1", owner: str = "ana@x.example") -> str:
    """The id of an approval that the deal asks for."""
    made = {"id": f"{deal}-made", "deal_id": deal, "type": "deal.created", "occurred_at": "2026-03-01T08:00:00Z"}
    assert client.post("/v1/events", json=made | {"source": "crm", "data": {"account": "A", "owner": owner}}).is_success
    skip = {"to": "proposal", "reason": "they want it", "by": "ana"}
    answer = client.post(f"/v1/deals/{deal}/override", json=skip)
    approval: str = answer.json()["deal"]["approvals"][0]["approval"]
    return approval


def test_what_waits_is_listed_and_answered_once(client: TestClient) -> None:
    one, other = asked(client, "D-1"), asked(client, "D-2")
    first = client.get("/v1/approvals?limit=1").json()
    second = client.get(f"/v1/approvals?limit=1&cursor={first['next']}").json()
    waiting = [*first["approvals"], *second["approvals"]]
    assert [(each["approval"], each["deal"]) for each in waiting] == [(one, "D-1"), (other, "D-2")]
    assert second["next"] is None
    assert (waiting[0]["from"], waiting[0]["to"], waiting[0]["reason"]) == ("identified", "proposal", "they want it")
    granted = client.post(f"/v1/approvals/{one}", json={"answer": "grant", "reason": "fine"})
    assert granted.json()["deal"]["stage"] == "proposal"
    refused = client.post(f"/v1/approvals/{other}", json={"answer": "refuse"})
    assert refused.json()["deal"]["stage"] == "identified"
    assert refused.json()["decisions"][0]["to"] == "refused"
    assert client.get("/v1/approvals").json() == {"approvals": [], "next": None}
    assert client.post(f"/v1/approvals/{one}", json={"answer": "refuse"}).status_code == 409


@pytest.mark.parametrize("body", [{}, {"answer": "perhaps"}, {"answer": "grant", "reason": 5}, []])
def test_an_answer_says_what_is_wrong_with_it(client: TestClient, body: Any) -> None:
    answer = client.post(f"/v1/approvals/{asked(client)}", json=body)
    assert answer.status_code == 422
    assert answer.json()["expected"]


def test_nobody_answers_what_was_not_asked(client: TestClient) -> None:
    asked(client)
    for id in ("nothing", "D-1-made"):
        status = client.post(f"/v1/approvals/{id}", json={"answer": "grant"}).status_code
        assert status == (404 if id == "nothing" else 409)


def test_a_rep_sees_their_own_and_answers_none(client: TestClient, service: Any) -> None:
    mine, theirs = asked(client, "D-1"), asked(client, "D-2", owner="ben@x.example")

    def headers(role: Role, **team: Any) -> dict[str, str]:
        wanted = Asked(name=role.value, role=role, person="ana@x.example", **team)
        _, text = make_key(service.context, wanted, by="test", random=lambda count: bytes([len(made)]) * count)
        made.append(text)
        return {"Authorization": f"Bearer {text}"}

    made: list[str] = []
    rep, manager = headers(Role.REP), headers(Role.MANAGER, team=("cat@x.example",))
    listed = client.get("/v1/approvals", headers=rep).json()["approvals"]
    assert [each["approval"] for each in listed] == [mine]
    assert client.post(f"/v1/approvals/{mine}", json={"answer": "grant"}, headers=rep).status_code == 403
    hidden = client.post(f"/v1/approvals/{theirs}", json={"answer": "grant"}, headers=manager)
    missing = client.post("/v1/approvals/nothing", json={"answer": "grant"}, headers=manager)
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert client.post(f"/v1/approvals/{mine}", json={"answer": "grant"}, headers=manager).status_code == 200

"""The inbox of what nobody could place, and what a person does with it, over HTTP."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from service.store import routing
from service.store.tables import signals as signals_table
from tests.service.loose_mail import (
    SAM,
    Rows,
    assign,
    begin,
    eml,
    inbox,
    ingest,
    loose,
    post,
)


@pytest.mark.parametrize(
    ("learn", "follows", "stays"),
    [
        ("email", "lee@acme.example", "kim@acme.example"),
        ("domain", "kim@eu.acme.example", "kim@other.example"),
    ],
)
def test_a_choice_is_learnt_for_an_address_or_a_domain_where_told(
    client: TestClient, learn: str, follows: str, stays: str
) -> None:
    begin(client, "D-1")
    lee = {"id": "b1", "name": "Lee Moss", "email": "lee@acme.example"}
    post(client, loose("m-1", sender=lee, at="2026-09-05T09:00:00Z"))
    done = assign(client, "m-1", deal="D-1", learn=[learn]).json()
    assert done["learnt"] == [{"kind": learn, "key": "lee@acme.example" if learn == "email" else "acme.example"}]
    much_later = "2027-03-05T09:00:00Z"
    found = post(client, loose("m-2", sender={"id": "b1", "name": "K", "email": follows}, at=much_later))
    assert (found["deal"], found["route"]["candidates"][0]["reasons"][0]["why"]) == ("D-1", f"{learn}_choice")
    before = "2025-03-05T09:00:00Z"
    other = post(client, loose("m-3", sender={"id": "b1", "name": "K", "email": stays}, at=before))
    assert other["deal"] is None


def test_nothing_is_learnt_where_that_is_said(client: TestClient) -> None:
    begin(client, "D-1", "D-2")
    ingest(client, eml("m1@hollis.example"))
    assert assign(client, "m1@hollis.example", deal="D-1", learn=[]).json()["learnt"] == []
    # The thread's mails are of the deal all the same.
    second = ingest(client, eml("m2@hollis.example", answers="m1@hollis.example"))
    assert (second["deal"], second["route"]["candidates"][0]["reasons"][0]["why"]) == ("D-1", "thread")


def test_free_mail_teaches_no_domain(client: TestClient, rows: Rows) -> None:
    begin(client, "D-1")
    post(client, loose("m-1", sender={"id": "b1", "name": "Lee", "email": "lee@gmail.com"}))
    before = rows()
    answer = assign(client, "m-1", deal="D-1", learn=["thread", "domain"])
    assert (answer.status_code, answer.json()["field"]) == (422, "learn")
    assert rows() == before
    assert assign(client, "m-1", deal="D-1", learn=["email"]).status_code == 200
    # Somebody else at the same provider is nobody.
    other = post(client, loose("m-2", sender={"id": "b1", "name": "Kim", "email": "kim@gmail.com"}))
    assert other["route"]["candidates"] == []
    own = post(client, loose("m-3", sender={"id": "b1", "name": "Lee", "email": "lee@gmail.com"}))
    assert own["deal"] == "D-1"


def test_a_deal_whose_seller_wrote_is_not_everybodys(client: TestClient) -> None:
    """Sam is in all deals, and his address and domain lead to none."""
    begin(client, "D-1")
    sam = {key: SAM[key] for key in ("name", "email")}
    lee = {"id": "b1", "name": "Lee Moss", "email": "lee@acme.example"}
    unsided = [lee, sam | {"id": "s1"}, {"id": "x", "name": "Ines", "email": "ines@northstar.example"}]
    found = post(client, loose("m-1") | {"participants": unsided})
    assert found["route"]["candidates"] == []


def test_pages_of_the_inbox(client: TestClient) -> None:
    for number in range(5):
        post(client, loose(f"m-{number}"))
    seen, cursor = [], None
    while True:
        query = {"limit": 2} | ({} if cursor is None else {"cursor": cursor})
        page = client.get("/v1/unassigned", params=query).json()
        assert len(page["unassigned"]) <= 2
        seen += page["unassigned"]
        cursor = page["next"]
        if cursor is None:
            break
    assert [each["conversation"] for each in seen] == [f"m-{number}" for number in range(5)]
    assert (seen[0]["subject"], seen[0]["from"], seen[0]["kind"]) == ("Fleet analytics", "b1", "email")
    assert seen[0]["participants"][0]["email"] == "Dana+work@Hollis.example"
    assert client.get(seen[0]["url"]).json()["id"] == "m-0"
    assert "body" not in seen[0]
    assert client.get("/v1/unassigned?state=lost").status_code == 422
    assert client.get("/v1/unassigned?cursor=x").status_code == 422


def test_dismissed_is_out_of_the_way_and_can_come_back(client: TestClient) -> None:
    begin(client, "D-1", "D-2")
    post(client, loose("m-1"))
    answer = client.post("/v1/unassigned/m-1/dismiss", json={"reason": "a newsletter", "by": "ana"})
    assert answer.status_code == 200
    assert (answer.json()["route"]["state"], answer.json()["deal"]) == ("dismissed", None)
    assert answer.json()["route"]["reason"] == "ana dismissed it: a newsletter"
    again = client.post("/v1/unassigned/m-1/dismiss", json={"reason": "really"})
    assert again.json()["route"] == answer.json()["route"]
    assert (inbox(client), inbox(client, state="dismissed")) == ([], ["m-1"])
    assert assign(client, "m-1", deal="D-1").json()["deal"] == "D-1"
    refused = client.post("/v1/unassigned/m-1/dismiss", json={})
    assert (refused.status_code, refused.json()["field"]) == (409, "conversation")
    assert "it is assigned and belongs to 'D-1'" in refused.json()["detail"]


def test_the_same_assignment_again_changes_nothing(client: TestClient, rows: Rows) -> None:
    begin(client, "D-1", "D-2")
    post(client, loose("m-1"))
    first = assign(client, "m-1", deal="D-1").json()
    before = rows()
    again = assign(client, "m-1", deal="D-1")
    assert again.status_code == 200
    assert again.json()["route"] == first["route"]
    assert rows() == before
    other = assign(client, "m-1", deal="D-2")
    assert (other.status_code, other.json()["type"]) == (409, "urn:telltale:problem:not-waiting")
    assert rows() == before


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "deal"),
        ({"deal": ""}, 422, "deal"),
        ({"deal": 7}, 422, "deal"),
        ({"deal": "nope"}, 422, "deal"),
        ({"deal": "a\x00b"}, 422, "deal"),
        ({"deal": "D-1", "learn": "thread"}, 422, "learn"),
        ({"deal": "D-1", "learn": ["company"]}, 422, "learn"),
        ({"deal": "D-1", "learn": ["thread"]}, 422, "learn"),
        ({"deal": "D-1", "by": 7}, 422, "by"),
        ([], 422, None),
    ],
)
def test_an_assignment_that_is_none_names_the_field(
    client: TestClient, rows: Rows, body: Any, status: int, field: str | None
) -> None:
    begin(client, "D-1", "D-2")
    post(client, loose("m-1"))
    before = rows()
    answer = client.post("/v1/unassigned/m-1/assign", json=body)
    assert (answer.status_code, answer.json().get("field")) == (status, field)
    assert rows() == before
    assert inbox(client) == ["m-1"]


def test_what_is_not_there_or_not_read_yet(client: TestClient) -> None:
    begin(client, "D-1", "D-2")
    assert assign(client, "nope", deal="D-1").status_code == 404
    assert client.post("/v1/unassigned/nope/dismiss", json={}).status_code == 404
    client.post("/v1/conversations", json=loose("m-1"))
    early = assign(client, "m-1", deal="D-1")
    assert (early.status_code, "not read yet" in early.json()["detail"]) == (409, True)
    named = assign(client, "begin-D-1", deal="D-2")
    assert (named.status_code, "belongs to 'D-1'" in named.json()["detail"]) == (409, True)
    assert client.get("/v1/conversations/m-1").json()["route"] is None


def test_two_people_at_once_give_one_deal(client: TestClient, service: Any) -> None:
    begin(client, "D-1", "D-2")
    post(client, loose("m-1"))
    statuses: list[int] = []

    def one(deal: str) -> None:
        statuses.append(assign(client, "m-1", deal=deal).status_code)

    both = [threading.Thread(target=one, args=(deal,)) for deal in ("D-1", "D-2")]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(statuses) == [200, 409]
    budgets = [client.get(f"/v1/deals/{deal}").json()["budget"] for deal in ("D-1", "D-2")]
    assert sum(budget is not None for budget in budgets) == 1


def test_it_is_read_into_the_deal_wholly_or_not_at_all(
    client: TestClient, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(client, "D-1", "D-2")
    post(client, loose("m-1"))
    before, signals = rows(), client.get("/v1/signals?conversation=m-1").json()

    def broken(*args: Any, **options: Any) -> None:
        raise sa.exc.OperationalError("INSERT", {}, Exception("the disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr(routing, "learn", broken)
        assert assign(client, "m-1", deal="D-1").status_code == 503
    assert rows() == before
    assert client.get("/v1/signals?conversation=m-1").json() == signals
    assert assign(client, "m-1", deal="D-1").status_code == 200


def test_a_signal_that_stays_the_same_keeps_its_id_and_what_a_person_reviewed_stands(
    client: TestClient, service: Any
) -> None:
    begin(client, "D-1", "D-2")
    first = post(client, loose("m-1"))["signals"][0]
    done = assign(client, "m-1", deal="D-1").json()["signals"]
    assert [(each["id"], each["deal"], each["state"]) for each in done] == [(first["id"], "D-1", "accepted")]
    post(client, loose("m-2"))
    with service.context.database.begin() as connection:
        dismissed = sa.update(signals_table).where(signals_table.c.conversation == "m-2").values(state="dismissed")
        connection.execute(dismissed)
    done = assign(client, "m-2", deal="D-2").json()["signals"]
    assert [(each["deal"], each["state"]) for each in done] == [("D-2", "dismissed")]
    assert client.get("/v1/deals/D-2").json()["budget"] is None

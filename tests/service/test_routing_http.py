"""From a mail that names no deal to a deal, or to the inbox and through a person to a deal, over HTTP."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import sqlalchemy as sa
from fastapi.testclient import TestClient

from service.app import create_app
from service.flows.route_conversation import route_waiting
from service.store import external_ids, people
from service.store.routing_tables import deal_people
from tests.service.conftest import at_time
from tests.service.loose_mail import (
    APPROVED,
    DANA,
    SAM,
    Json,
    assign,
    begin,
    eml,
    inbox,
    ingest,
    loose,
    post,
)
from tests.service.samples import mail

HUBSPOT: Json = {
    "id": "501",
    "properties": {
        "hs_timestamp": "2026-03-05T10:00:00Z",
        "hs_email_direction": "INCOMING_EMAIL",
        "hs_email_status": "SENT",
        "hs_email_subject": "Fleet",
        "hs_email_text": APPROVED,
        "hs_email_headers": '{"from": {"email": "lee@acme.example"}, "to": [{"email": "sam@northstar.example"}]}',
    },
    "associations": {"deals": {"results": [{"id": "9001", "type": "email_to_deal"}]}},
}


def test_a_contact_of_one_open_deal_goes_to_it_with_the_reason(client: TestClient) -> None:
    begin(client, "D-1")
    found = post(client, loose("m-1"))
    assert (found["deal"], found["route"]["state"], found["route"]["deal"]) == ("D-1", "taken", "D-1")
    assert found["route"]["reason"] == (
        "dana@hollis.example is a contact of this deal (40 points; no other deal comes near)"
    )
    (candidate,) = found["route"]["candidates"]
    assert (candidate["deal"], candidate["account"], candidate["score"]) == ("D-1", "Account D-1", 40)
    assert [reason["why"] for reason in candidate["reasons"]] == ["contact", "domain", "time"]
    assert [signal["deal"] for signal in found["signals"]] == ["D-1"]
    assert found["decisions"]
    assert client.get("/v1/deals/D-1").json()["budget"]["status"] == "approved"
    assert inbox(client) == []
    again = client.get("/v1/conversations/m-1").json()
    assert (again["route"], again["sides"]) == (found["route"], found["sides"])
    assert again["conversation"].get("deal") is None


def test_the_sides_of_a_deal_that_is_found_are_shown_and_count(client: TestClient) -> None:
    begin(client, "D-1")
    found = post(client, loose("m-1", "Thank you, this looks good to me."))
    assert found["sides"] == [
        {"participant": "b1", "name": "Dana Reyes", "title": None, "side": "buyer", "known": "deal", "counts": True},
        {"participant": "s1", "name": "Sam Okoro", "title": None, "side": "seller", "known": "given", "counts": True},
    ]
    stranger = {"id": "b1", "name": "Kim Ode", "email": "kim@hollis.example"}
    other = post(client, loose("m-2", sender=stranger))
    assert (other["deal"], other["route"]["candidates"][0]["score"]) == ("D-1", 25)
    assert other["sides"][0]["side"] == "buyer"
    contacts = {each["person"] for each in client.get("/v1/deals/D-1").json()["contacts"]}
    assert "Kim Ode" in contacts


def test_sides_that_are_concluded_count_where_the_deal_is_named_too(client: TestClient) -> None:
    unsided = [DANA, {key: SAM[key] for key in ("id", "name", "email")}]
    found = post(client, mail("m-1", "Tell me more of it.", participants=unsided))
    assert [(each["side"], each["known"]) for each in found["sides"]] == [("buyer", "email"), ("seller", "email")]
    assert found["route"]["state"] == "named"
    assert client.get("/v1/deals/D-1").json()["gates"]["identified"]["first_contact"] is True


def test_several_deals_wait_for_a_person_who_teaches_the_thread(client: TestClient) -> None:
    begin(client, "D-1", "D-2")
    first = ingest(client, eml("m1@hollis.example"))
    assert (first["deal"], first["state"], first["route"]["state"]) == (None, "read", "waiting")
    assert [(each["deal"], each["score"]) for each in first["route"]["candidates"]] == [("D-1", 40), ("D-2", 40)]
    assert len(first["signals"]) == 1
    second = ingest(client, eml("m2@hollis.example", answers="m1@hollis.example"))
    assert second["route"]["state"] == "waiting"
    assert inbox(client) == ["m1@hollis.example", "m2@hollis.example"]

    answer = assign(client, "m1@hollis.example", deal="D-2", by="ana", reason="they renew")
    assert answer.status_code == 200, answer.text
    done = answer.json()
    assert (done["deal"], done["route"]["state"], done["route"]["settled_by"]) == ("D-2", "assigned", "ana")
    assert done["route"]["reason"] == "ana put it into this deal: they renew"
    assert [each["deal"] for each in done["route"]["candidates"]] == ["D-1", "D-2"]
    assert done["learnt"] == [{"kind": "thread", "key": "message:m1@hollis.example"}]
    # What waited of the same thread follows at once, and what comes later too.
    assert done["followed"] == ["m2@hollis.example"]
    third = ingest(client, eml("m3@elsewhere.example", "new@elsewhere.example", answers="m1@hollis.example"))
    assert (third["deal"], third["route"]["state"]) == ("D-2", "taken")
    assert third["route"]["candidates"][0]["reasons"][0]["why"] == "thread_choice"
    assert inbox(client) == []
    assert inbox(client, state="assigned") == ["m1@hollis.example"]
    assert inbox(client, state="taken") == ["m2@hollis.example", "m3@elsewhere.example"]
    assert client.get("/v1/deals/D-2").json()["budget"]["status"] == "approved"
    assert client.get("/v1/deals/D-1").json()["budget"] is None


def test_a_thread_leads_to_the_deal_of_its_other_mails_in_any_order(client: TestClient, service: Any) -> None:
    answer = ingest(client, eml("m2@a.example", "lee@a.example", answers="m1@a.example"))
    assert answer["route"]["reason"] == "nothing ties it to a deal that is known"
    opening = client.post("/v1/ingest/eml?wait=true&deal=D-5&account=A", content=eml("m1@a.example", "lee@a.example"))
    assert opening.json()["accepted"][0]["route"]["state"] == "named"
    # The answer came before the mail that it answers; the next look finds it.
    assert route_waiting(service.context) == ["m2@a.example"]
    third = ingest(client, eml("m3@b.example", "new@b.example", answers="m1@a.example"))
    assert (third["deal"], third["route"]["reason"]) == (
        "D-5",
        "it belongs to the thread of m1@a.example (85 points; no other deal comes near)",
    )


def test_what_becomes_known_later_is_looked_at_again(client: TestClient, service: Any) -> None:
    begin(client, "D-9")
    stranger = {"id": "b1", "name": "Lee Moss", "email": "lee@acme.example"}
    waits = [loose(f"m-{n}", sender=stranger) for n in (1, 2)]
    assert [post(client, each)["route"]["state"] for each in waits] == ["waiting", "waiting"]
    assert route_waiting(service.context) == []
    told = {
        "id": "crm-1",
        "deal_id": "D-9",
        "type": "contact.added",
        "occurred_at": "2026-03-02T09:00:00Z",
        "source": "crm",
        "data": {"person": "Lee Moss", "title": "CFO", "email": "Lee@Acme.example"},
    }
    assert client.post("/v1/events", json=told).status_code == 200
    assert inbox(client) == ["m-1", "m-2"]
    assert route_waiting(service.context, everywhere=True) == ["m-1", "m-2"]
    assert inbox(client) == []
    found = client.get("/v1/conversations/m-1").json()
    assert (found["deal"], found["sides"][0]["known"]) == ("D-9", "deal")
    assert route_waiting(service.context) == []


def test_the_sweep_of_every_minute_looks_again(client: TestClient, service: Any) -> None:
    assert "sweep" in service.queue.app.tasks
    post(client, loose("m-1"))
    begin(client, "D-1")
    import asyncio

    asyncio.run(service.queue.app.tasks["sweep"](timestamp=0))
    assert client.get("/v1/conversations/m-1").json()["deal"] == "D-1"


def test_a_record_of_the_crm_is_the_deal_that_it_was_told_to_be(client: TestClient, service: Any) -> None:
    begin(client, "D-1", "D-2")
    context = service.context
    with context.database.begin() as connection:
        external_ids.tell(connection, "main", "D-2", [("hubspot", "9001")], told_by="test", at=context.now())
    answer = client.post("/v1/ingest/hubspot-email?wait=true", json=HUBSPOT)
    assert answer.status_code == 200, answer.text
    (found,) = answer.json()["accepted"]
    assert found["deal"] == "D-2"
    assert "9001" in found["route"]["reason"]


def test_a_deal_that_is_called_as_the_crm_calls_it(client: TestClient) -> None:
    begin(client, "9001")
    (found,) = client.post("/v1/ingest/hubspot-email?wait=true", json=HUBSPOT).json()["accepted"]
    assert found["deal"] == "9001"


def test_an_id_of_the_crm_that_is_named_as_the_deal_leads_to_ours(client: TestClient, service: Any) -> None:
    begin(client, "D-2")
    context = service.context
    with context.database.begin() as connection:
        external_ids.tell(connection, "main", "D-2", [("salesforce", "006X")], told_by="test", at=context.now())
    payload = {
        "callTranscripts": [
            {
                "callId": "77",
                "transcript": [{"speakerId": "1", "sentences": [{"start": 0, "end": 900, "text": APPROVED}]}],
            }
        ],
        "calls": [
            {
                "metaData": {"id": "77", "started": "2026-03-05T10:00:00Z"},
                "parties": [{"speakerId": "1", "name": "Lee Moss", "affiliation": "External"}],
                "context": [
                    {
                        "system": "Salesforce",
                        "objects": [{"objectType": "Opportunity", "objectId": "006X", "fields": []}],
                    }
                ],
            }
        ],
    }
    answer = client.post("/v1/ingest/gong?wait=true", json=payload)
    (found,) = answer.json()["accepted"]
    assert (found["deal"], found["route"]["state"]) == ("D-2", "named")
    assert found["route"]["reason"] == "the conversation names salesforce's record 006X, which is this deal"
    assert client.get("/v1/deals/006X").status_code == 404
    assert client.get("/v1/deals/D-2").json()["budget"]["status"] == "approved"


def test_it_is_read_with_what_is_known_of_the_deal(service: Any) -> None:
    seen: list[Any] = []

    def extract(conversation: Any) -> list[Any]:
        seen.append(conversation.deal)
        return []

    context = dataclasses.replace(service.context, extract=extract)
    with TestClient(create_app(dataclasses.replace(service, context=context))) as client:
        begin(client, "D-1")
        post(client, loose("m-1") | {"deal": {"fiscal_year_start_month": 4}})
    deal = seen[-1]
    assert (deal.id, deal.account, deal.currency, deal.fiscal_year_start_month) == ("D-1", "Account D-1", "EUR", 4)


def test_the_people_of_a_deal_are_kept(client: TestClient, service: Any) -> None:
    begin(client, "D-1")
    told = [
        {"person": "Lee Moss", "title": "CFO", "email": "Lee@Acme.example"},
        {"person": "Kim Ode", "side": "seller"},
        {"person": "Joe", "email": "no address"},
    ]
    events = [
        {
            "id": f"crm-{number}",
            "deal_id": "D-1",
            "type": "contact.added",
            "occurred_at": "2026-03-02T09:00:00Z",
            "source": "crm",
            "data": data,
        }
        for number, data in enumerate(told)
    ]
    assert client.post("/v1/events", json=events).json()["refused"] == []
    table = deal_people.c
    with service.context.database.connect() as connection:
        found = connection.execute(
            sa.select(table.person, table.domain, table.side, table.title).order_by(table.person)
        ).all()
        known = people.sides(connection, "main", "D-1", ["sam@northstar.example", "lee@acme.example"])
    assert [tuple(row) for row in found] == [
        ("mailbox:dana@hollis.example", "hollis.example", "buyer", "VP Operations"),
        ("mailbox:lee@acme.example", "acme.example", "buyer", "CFO"),
        ("mailbox:sam@northstar.example", "northstar.example", "seller", "Account Executive"),
        ("mailbox:tomas@hollis.example", "hollis.example", "buyer", "IT Manager"),
        ("name:joe", None, "buyer", None),
        ("name:kim ode", None, "seller", None),
    ]
    assert known == {"sam@northstar.example": "seller", "lee@acme.example": "buyer"}


def test_a_side_that_is_given_holds_against_one_that_was_concluded(client: TestClient, service: Any) -> None:
    people_given = [{"id": "b1", "name": "Ines", "email": "ines@x.example", "side": "seller"}, SAM]
    concluded = [{"id": "b1", "name": "Ines", "email": "ines@x.example"}, SAM]
    for number, who in enumerate([concluded, people_given, concluded]):
        post(client, mail(f"m-{number}", "Hello there.", participants=who, deal={"id": "D-1"}))
    with service.context.database.connect() as connection:
        assert people.sides(connection, "main", "D-1", ["ines@x.example"]) == {"ines@x.example": "seller"}


def test_a_workspace_knows_its_own_deals_only(client: TestClient, service: Any) -> None:
    begin(client, "D-1")
    other = dataclasses.replace(service, context=dataclasses.replace(service.context, workspace="other"))
    with TestClient(create_app(other)) as elsewhere:
        assert post(elsewhere, loose("m-1"))["route"]["candidates"] == []
        assert inbox(elsewhere) == ["m-1"]
        assert assign(elsewhere, "m-1", deal="D-1").status_code == 422
        assert assign(client, "m-1", deal="D-1").status_code == 404
    assert inbox(client) == []


def test_a_meeting_that_is_booked_is_activity_to_come(client: TestClient) -> None:
    begin(client, "D-1")
    booked = {
        "id": "cal-1",
        "deal_id": "D-1",
        "type": "meeting.scheduled",
        "occurred_at": "2026-03-03T09:00:00Z",
        "source": "calendar",
        "data": {"meeting": "demo", "at": "2026-04-20T09:00:00Z", "contacts": ["Dana Reyes"]},
    }
    client.post("/v1/events", json=booked)
    stranger = {"id": "b1", "name": "Kim Ode", "email": "kim@hollis.example"}
    found = post(client, loose("m-1", sender=stranger, at="2026-04-20T09:30:00Z"))
    assert found["deal"] == "D-1"
    late = post(client, loose("m-2", sender=stranger | {"email": "ada@hollis.example"}, at="2026-07-20T09:30:00Z"))
    assert (late["deal"], late["route"]["candidates"][0]["score"]) == (None, 15)


def test_a_closed_deal_is_none_that_new_mail_goes_to(client: TestClient) -> None:
    begin(client, "D-1")
    lost = {
        "id": "crm-lost",
        "deal_id": "D-1",
        "type": "deal.updated",
        "occurred_at": "2026-03-04T09:00:00Z",
        "source": "crm",
        "data": {"stage": "closed_lost"},
    }
    client.post("/v1/events", json=lost)
    found = post(client, loose("m-1"))
    assert (found["deal"], found["route"]["candidates"][0]["reasons"][0]["why"]) == (None, "contact_outside")


def test_a_mail_that_a_machine_wrote_moves_no_deal_forward(client: TestClient) -> None:
    client.post("/v1/ingest/eml?wait=true&deal=D-1", content=eml("m1@hollis.example"))
    data = eml("m2@hollis.example", answers="m1@hollis.example", body="I am out of the office until Monday.")
    found = ingest(client, data.replace(b"Subject: Fleet", b"Auto-Submitted: auto-replied\nSubject: Fleet"))
    assert found["deal"] == "D-1"
    envelope = client.get("/v1/conversations/m2%40hollis.example").json()["envelope"]
    assert envelope["nature"] == "autoreply"
    timeline = client.get("/v1/deals/D-1/timeline").json()
    assert all("m2@hollis.example" not in id for each in timeline["decisions"] for id in each["events"])


def test_text_may_hold_anything_here_too(client: TestClient) -> None:
    strange = {"id": "b1", "name": "D\x00ana", "title": "\x00", "email": "da\x00na@hollis.example"}
    begin(client, "D-1")
    assert post(client, loose("m-1", sender=strange))["route"]["state"] == "waiting"
    named = post(client, mail("m-2", "Hello there.", participants=[strange | {"side": "buyer"}, SAM]))
    assert named["state"] == "read"
    assert assign(client, "m-1", deal="D-1", by="a\x00na", reason="x\x00").status_code == 200


def test_settled_routes_carry_their_time(client: TestClient, service: Any) -> None:
    moment = dt.datetime(2026, 3, 6, 12, tzinfo=dt.UTC)
    with TestClient(create_app(at_time(service, moment))) as client:
        begin(client, "D-1")
        assert post(client, loose("m-1"))["route"]["settled_at"] == moment.isoformat()

"""A database in which every kind of row is, and in most of them a marked person."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from fastapi.testclient import TestClient

from service.store.schema import every_table
from tests.service.samples import PEOPLE, call, mail

Json = dict[str, Any]

NAME, ADDRESS = "Zyxwina Quorbel", "zyxwina.quorbel@hollis.example"
MARKED: Json = {"id": "m1", "name": NAME, "title": "VP Finance", "email": ADDRESS, "side": "buyer"}
SAID = "honestly the flummoxed kestrel committee has approved eighty thousand dollars for this"
SHORT = "gribble snark yes"
WROTE = "Our vorpal committee met on Tuesday and the tulgey budget is approved in full."
DEAL = {"id": "D-9", "account": "Hollis Freight", "seller": "Northstar", "currency": "USD"}
# What must not be left anywhere, in any case.
TRACES = ("zyxwina", "quorbel", "flummoxed", "kestrel", "gribble", "vorpal", "tulgey")


def with_marked(document: Json) -> Json:
    return document | {"participants": [*PEOPLE, MARKED], "deal": DEAL}


CONVERSATIONS: tuple[Json, ...] = (
    with_marked(
        call(
            "p-1",
            f"m1: {SAID} [budget status=approved amount=80000]",
            f"m1: {SHORT} [champion person=Zyxwina_Quorbel status=advocating]",
            "s1: Thank you, Zyxwina, that helps. Will ms. quorbel sign in May?",
            "b1: Zyxwina Quorbel decides, and I agree. [stakeholder person=Zyxwina_Quorbel change=identified]",
        )
    ),
    with_marked(mail("p-2", f"Hi Sam,\n\n{WROTE} [budget status=approved amount=90000]\n\nZyxwina\n", sender="m1"))
    | {"subject": "Vorpal news"},
    with_marked(
        mail("p-3", f"Sam, see what Zyxwina wrote.\n\n> {WROTE}\n\nDana", at="2026-03-04T10:00:00Z")
        | {"to": ["s1", "m1"]}
    ),
    # Known by the name alone, in the same deal.
    call(
        "p-4",
        "x1: the flummoxed kestrel asked for the contract [milestone kind=contract_requested sure=0.3]",
        "s1: fine",
        at="2026-03-05T10:00:00Z",
        deal=DEAL,
        participants=[{"id": "x1", "name": "zyxwina  quorbel", "side": "buyer"}, PEOPLE[2]],
    ),
    # Without a deal.
    {key: value for key, value in with_marked(mail("p-5", WROTE, sender="m1")).items() if key != "deal"},
    call("p-6", "b1: [boom] we spoke with zyxwina.quorbel+crm@hollis.example", deal=DEAL),
)
EVENTS: tuple[Json, ...] = (
    {
        "id": "e-1",
        "deal_id": "D-9",
        "type": "contact.added",
        "occurred_at": "2026-03-01T08:00:00Z",
        "source": "crm",
        "data": {"person": NAME, "title": "VP Finance", "side": "buyer", "email": ADDRESS},
    },
    {
        "id": "e-2",
        "deal_id": "D-10",
        "type": "deal.created",
        "occurred_at": "2026-03-01T08:00:00Z",
        "source": "crm",
        "data": {"account": "Elsewhere", "name": f"Referred by {NAME}", "owner": "sam@northstar.example"},
    },
)


def fill(client: TestClient, service: Any) -> None:
    """Post it all, decide about some of it, and make rows where posting makes none."""
    for document in CONVERSATIONS:
        wait = "" if "[boom]" in str(document) else "?wait=true"
        answer = client.post(f"/v1/conversations{wait}", json=document)
        assert answer.status_code in (200, 202), answer.text
    from service.flows.read_conversation import read_conversation

    read_conversation(service.context, "p-6")
    assert client.post("/v1/events", json=list(EVENTS)).status_code in (200, 202)
    pending = client.get("/v1/signals", params={"state": "pending"}).json()["signals"]
    assert pending
    review = {"action": "dismiss", "reason": f"{NAME} said so", "by": ADDRESS}
    assert client.post(f"/v1/signals/{pending[0]['id']}/review", json=review).status_code == 200
    override = {"to": "discovery", "reason": f"{ADDRESS} asked for it", "by": NAME}
    assert client.post("/v1/deals/D-9/override", json=override, headers={"Idempotency-Key": "k-1"}).status_code == 200
    add_rows(service, pending[0]["id"])


def add_rows(service: Any, signal: str) -> None:
    now = service.context.now()
    tables = {table.name: table for table in every_table()}
    rows: list[tuple[str, Json]] = [
        ("notices_seen", {"person": ADDRESS, "deal": "D-9", "seq": 1, "seen_at": now}),
        (
            "unassigned_events",
            {
                "id": "u-1", "source": "calendly", "type": "meeting.booked", "occurred_at": now, "received_at": now,
                "state": "waiting", "reason": "nobody knows", "people": [{"name": NAME, "email": ADDRESS}],
                "content": {"data": {"person": NAME}},
            },
        ),
        (
            "unassigned_event_ids",
            {"event": "u-1", "system": "calendly", "object_id": f"invitee/{ADDRESS}", "names_deal": False},
        ),
        (
            "announcements",
            {
                "source": "zoom", "id": "z-1", "kind": "recording", "announced_at": now, "state": "waiting",
                "content": {"host": ADDRESS, "topic": f"Call with {NAME}"},
            },
        ),
        (
            "webhook_deliveries",
            {
                "source": "calendly", "key": "k", "received_at": now, "expires_at": now,
                "outcome": {"detail": f"unknown {ADDRESS}"},
            },
        ),
        (
            "external_ids",
            {"system": "hubspot", "object_id": "17", "deal": "D-9", "told_by": ADDRESS, "recorded_at": now},
        ),
        ("outgoing_marks", {"system": "smtp", "mark": f"<{ADDRESS}>", "made_at": now}),
        ("webhook_secrets", {"source": "asana", "secret": "sealed:x", "recorded_at": now}),
        (
            "review_intents",
            {
                "id": "i-1", "signal": signal, "action": "accept", "source": "slack", "by": NAME, "at": now,
                "received_at": now, "state": "refused",
            },
        ),
        ("corrected_sides", {"conversation": "p-1", "participant": "m1", "side": "buyer", "by": NAME, "at": now}),
        ("reviewed_conversations", {"conversation": "p-1", "by": ADDRESS, "at": now}),
        (
            "routing_choices",
            {
                "kind": "email", "key": ADDRESS, "deal": "D-9", "conversation": "p-1", "told_by": NAME,
                "recorded_at": now,
            },
        ),
        ("connector_circuits", {"connector": "mail", "error": f"550 {ADDRESS} unknown", "changed_at": now}),
        ("workspaces", {"made_at": now, "made_by": ADDRESS}),
        (
            "audit_log",
            {"at": now, "who": ADDRESS, "action": "POST /v1/deals/{id}/override", "subjects": {"person": [NAME]}},
        ),
        (
            "page_sessions",
            {
                "token": b"t", "issuer": "https://login.example", "person": ADDRESS, "role": "rep", "team": [ADDRESS],
                "made_at": now, "seen_at": now, "expires_at": now,
            },
        ),
        ("used_sign_ins", {"state": b"s", "expires_at": now}),
        ("webhook_sources", {"source": "docusign", "sealed": "sealed:x", "set_by": ADDRESS, "set_at": now}),
        ("workspace_settings", {"name": "our_domains", "value": ["northstar.example"], "set_by": NAME, "set_at": now}),
        ("connector_secrets", {"name": "mail", "sealed": "sealed:x", "set_by": ADDRESS, "set_at": now}),
        ("retention", {"days": 3650, "set_by": ADDRESS, "set_at": now}),
    ]  # fmt: skip
    with service.context.database.begin() as connection:
        for name, values in rows:
            connection.execute(sa.insert(tables[name]).values(workspace="main", **values))
        actions = tables["actions"]
        about = {"title": f"Call {NAME}", "payload": {"to": [ADDRESS], "text": SAID}, "error": f"{ADDRESS} bounced"}
        connection.execute(sa.update(actions).where(actions.c.deal == "D-9").values(about))

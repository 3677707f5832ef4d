"""Webhooks over HTTP: proven, to the deal, once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from fastapi.testclient import TestClient

from tests.service.conftest import at_time
from tests.service.webhooks.conftest import ENVELOPE, SENT_ID, client_of, deal, make, post, send, waiting
from tests.service.webhooks.senders import HOST, NOW, SECRET, SECRETS, Sent, fixture, signed

Json = dict[str, Any]


class TestToTheDeal:
    """One delivery of each source, and what has become of the deal."""

    @pytest.mark.parametrize(
        ("name", "knows"),
        [
            ("docusign/completed.json", {"docusign": ENVELOPE}),
            ("pandadoc/completed.json", {"hubspot": "9001"}),
            ("standard/esign.json", {}),
            ("proposify/signed.json", {}),
        ],
    )
    def test_a_signature_wins_the_deal(self, hooks: TestClient, name: str, knows: dict[str, str]) -> None:
        make(hooks, "D-1", **knows)
        assert len(post(hooks, name)["accepted"]) == 1
        assert deal(hooks, "D-1")["stage"] == "closed_won"
        decisions = hooks.get("/v1/deals/D-1/timeline").json()["decisions"]
        assert any(each["rule"] == "activity.signed" for each in decisions)

    @pytest.mark.parametrize(
        ("name", "knows"), [("hubspot/stage-unknown.json", "hubspot"), ("salesforce/changed.json", "salesforce")]
    )
    def test_a_crms_stage_moves_the_deal(self, hooks: TestClient, name: str, knows: str) -> None:
        make(hooks, "D-1", **{knows: {"hubspot": "9001", "salesforce": "006SYNTH0000001AAA"}[knows]})
        assert len(post(hooks, name)["accepted"]) == 1
        assert deal(hooks, "D-1")["stage"] == "negotiation"

    @pytest.mark.parametrize("name", ["calendly/booked.json", "google-calendar/events.json"])
    def test_a_booked_meeting_is_an_event_of_the_deal(self, hooks: TestClient, name: str) -> None:
        make(hooks, "9001", calendly="evt123")
        assert len(post(hooks, name)["accepted"]) == 1
        version = deal(hooks, "9001")["version"]
        assert version == 2

    def test_a_call_by_cloudevents_meets_its_gate(self, hooks: TestClient) -> None:
        make(hooks, "D-1")
        assert len(post(hooks, "cloudevents/structured.json")["accepted"]) == 1
        assert deal(hooks, "D-1")["gates"]["identified"]["first_contact"] is True

    def test_salesforce_hears_its_ack(self, hooks: TestClient) -> None:
        make(hooks, "D-1", salesforce="006SYNTH0000001AAA")
        answer = send(hooks, "salesforce", signed("salesforce", fixture("salesforce/outbound.xml")))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
        assert b"<Ack>true</Ack>" in answer.content
        assert deal(hooks, "D-1")["stage"] == "proposal"
        assert len(hooks.get("/v1/webhooks/deliveries").json()["deliveries"][0]["outcome"]["accepted"]) == 1

    def test_a_batch_keeps_what_is_right(self, hooks: TestClient) -> None:
        make(hooks, "D-1", hubspot="9001")
        out = post(hooks, "hubspot/batch.json")
        assert (len(out["accepted"]), len(out["ignored"])) == (4, 3)
        assert [(each["place"], each["field"]) for each in out["refused"]] == [
            ("body[7]", "propertyValue"),
            ("body[8]", "occurredAt"),
            ("body[9]", "objectId"),
        ]
        assert deal(hooks, "D-1")["stage"] == "proposal"

    def test_the_deals_id_may_be_that_of_any_system(self, hooks: TestClient) -> None:
        make(hooks, "D-1", hubspot="9001")
        assert post(hooks, "docusign/sent.json")["accepted"] == [SENT_ID]

    def test_an_envelope_that_was_told_once_is_known_from_then_on(self, hooks: TestClient) -> None:
        make(hooks, "9001")
        post(hooks, "docusign/sent.json")
        assert len(post(hooks, "docusign/declined-without-data.json")["accepted"]) == 1

    def test_a_deal_that_its_sender_makes_by_our_own_id(self, hooks: TestClient) -> None:
        assert post(hooks, "standard/made.json")["accepted"] == ["standard:standard/made.json"]
        assert deal(hooks, "D-9")["stage"] == "identified"
        assert len(post(hooks, "hubspot/one-not-in-a-list.json")["unassigned"]) == 1
        assert len(post(hooks, "hubspot/stage-unknown.json")["accepted"]) == 1

    def test_a_crms_new_deal_is_made_here_where_the_settings_say_so(self, with_settings: Callable[..., Any]) -> None:
        given = {"webhook_secrets": SECRETS, "webhook_create": ("salesforce",)}
        with with_settings(**given) as service, client_of(service) as client:
            assert len(post(client, "salesforce/created.json")["accepted"]) == 1
            assert deal(client, "006SYNTH0000001AAA")["stage"] == "discovery"
            assert len(post(client, "hubspot/batch.json")["unassigned"]) == 4


class TestOnce:
    @pytest.mark.parametrize("source", ["docusign", "pandadoc", "hubspot", "calendly", "standard"])
    def test_the_same_delivery_again_changes_nothing(
        self, hooks: TestClient, rows: Callable[[], dict[str, int]], source: str
    ) -> None:
        make(hooks, "9001", hubspot="9001", calendly="evt123")
        name = {
            "docusign": "completed.json",
            "pandadoc": "viewed.json",
            "hubspot": "batch.json",
            "calendly": "booked.json",
            "standard": "esign.json",
        }[source]
        sent = signed(source, fixture(f"{source}/{name}"))
        first = send(hooks, source, sent).json()
        before = rows()
        again = send(hooks, source, sent).json()
        assert again == first | {"repeated": True}
        assert rows() == before

    def test_an_old_delivery_is_refused_when_its_signature_has_a_time(
        self, with_settings: Callable[..., Any], rows: Callable[[], dict[str, int]]
    ) -> None:
        sent = signed("calendly", fixture("calendly/booked.json"))
        with with_settings(webhook_secrets=SECRETS, webhook_tolerance=60) as service:
            with client_of(service, NOW + dt.timedelta(seconds=61)) as client:
                answer = send(client, "calendly", sent)
                assert (answer.status_code, answer.json()["title"]) == (401, "The delivery does not prove its sender")
                assert set(rows().values()) == {0}
            with client_of(service, NOW + dt.timedelta(seconds=60)) as client:
                assert send(client, "calendly", sent).status_code == 200

    def test_another_try_of_a_known_event_is_known(self, hooks: TestClient) -> None:
        make(hooks, "9001")
        post(hooks, "docusign/sent.json")
        body = json.loads(fixture("docusign/sent.json")) | {"retryCount": 1}
        out = send(hooks, "docusign", signed("docusign", json.dumps(body).encode())).json()
        assert (out["accepted"], out["known"]) == ([], [SENT_ID])

    def test_another_try_of_a_waiting_event_is_known(self, hooks: TestClient) -> None:
        post(hooks, "docusign/sent.json")
        body = json.loads(fixture("docusign/sent.json")) | {"retryCount": 1}
        out = send(hooks, "docusign", signed("docusign", json.dumps(body).encode())).json()
        assert (out["unassigned"], out["known"]) == ([], [SENT_ID])
        assert len(waiting(hooks)) == 1

    def test_deliveries_are_forgotten_and_their_events_are_not(self, with_settings: Callable[..., Any]) -> None:
        from service.flows.forget_expired import forget_expired

        sent = signed("docusign", fixture("docusign/sent.json"))
        with with_settings(webhook_secrets=SECRETS) as service:
            with client_of(service) as client:
                make(client, "9001")
                send(client, "docusign", sent)
            assert forget_expired(at_time(service, NOW + dt.timedelta(days=29)).context) == 0
            later = NOW + dt.timedelta(days=31)
            assert forget_expired(at_time(service, later).context) == 1
            with client_of(service, later) as client:
                assert client.get("/v1/webhooks/deliveries").json()["deliveries"] == []
                assert send(client, "docusign", sent).json()["known"] == [SENT_ID]


class TestSecrets:
    def test_without_a_secret_nothing_is_taken_and_the_setting_is_named(self, client: TestClient) -> None:
        for source in SECRETS:
            answer = send(client, source, signed(source, b'{"hello":"world"}'))
            problem = answer.json()
            assert (answer.status_code, problem["field"]) == (403, "TELLTALE_WEBHOOK_SECRETS")
            assert f'TELLTALE_WEBHOOK_SECRETS={{"{source}": ["..."]}}' in problem["detail"]

    def test_a_wrong_signature_is_refused(self, hooks: TestClient, rows: Callable[[], dict[str, int]]) -> None:
        for source, secrets in SECRETS.items():
            answer = send(hooks, source, signed(source, b'{"hello":"world"}', secret="whsec_" + "b2xk" * 8))
            assert answer.status_code == 401, source
            assert answer.headers["content-type"] == "application/problem+json"
            assert secrets[0] not in answer.text
        assert set(rows().values()) == {0}

    def test_two_secrets_while_one_replaces_the_other(self, with_settings: Callable[..., Any]) -> None:
        body = fixture("docusign/sent.json")
        with with_settings(webhook_secrets={"docusign": ["new", "old"]}) as service, client_of(service) as client:
            for secret, status in (("new", 200), ("old", 200), ("older", 401)):
                assert send(client, "docusign", signed("docusign", body, secret=secret)).status_code == status

    def test_unsigned_only_where_the_settings_allow_it(self, with_settings: Callable[..., Any]) -> None:
        given = {"webhook_unsigned": "docusign, zoom", "webhook_secrets": {"zoom": "s"}}
        with with_settings(**given) as service, client_of(service) as client:
            assert send(client, "docusign", Sent(body=fixture("docusign/sent.json"))).status_code == 200
            assert send(client, "hubspot", Sent(body=fixture("hubspot/batch.json"))).status_code == 403
            # A source that has a secret has to use it.
            assert send(client, "zoom", Sent(body=fixture("zoom/transcript.json"))).status_code == 401

    def test_a_secret_that_cannot_be_one(self, with_settings: Callable[..., Any]) -> None:
        with with_settings(webhook_secrets={"standard": "no base64!"}) as service, client_of(service) as client:
            answer = send(client, "standard", signed("standard", fixture("standard/esign.json")))
            assert (answer.status_code, answer.json()["field"]) == (403, "TELLTALE_WEBHOOK_SECRETS")
            assert "no base64!" not in answer.text

    def test_hubspot_signs_the_url_that_it_calls(self, with_settings: Callable[..., Any]) -> None:
        body = fixture("hubspot/batch.json")
        given = {"webhook_secrets": SECRETS, "public_url": "https://telltale.example"}
        with with_settings(**given) as service, client_of(service) as client:
            assert send(client, "hubspot", signed("hubspot", body)).status_code == 401
            sent = signed("hubspot", body)
            import base64
            import hashlib
            import hmac

            stamp = sent.headers["X-HubSpot-Request-Timestamp"]
            content = b"POSThttps://telltale.example/v1/webhooks/hubspot" + body + stamp.encode()
            mark = base64.b64encode(hmac.new(SECRET.encode(), content, hashlib.sha256).digest()).decode()
            headers = {"X-HubSpot-Signature-v3": mark, "X-HubSpot-Request-Timestamp": stamp}
            assert send(client, "hubspot", Sent(body=body, headers=headers)).status_code == 200
            assert HOST not in content.decode()


class TestWrongRequests:
    def test_no_such_source(self, hooks: TestClient) -> None:
        answer = hooks.post("/v1/webhooks/nobody", content=b"{}")
        assert (answer.status_code, answer.json()["field"]) == (404, "source")
        assert "docusign" in answer.json()["expected"]
        assert hooks.get("/v1/webhooks/deliveries?source=nobody").status_code == 404

    BROKEN: ClassVar[dict[str, tuple[int, str | None]]] = {
        "docusign/broken-no-envelope.json": (422, "data.envelopeId"),
        "docusign/broken-xml.xml": (422, None),
        "salesforce/broken-entities.xml": (422, None),
        "salesforce/broken-cut-off.xml": (400, None),
        "salesforce/broken-platform-event.json": (422, "payload.ChangeEventHeader"),
        "calendly/broken-start.json": (422, "payload.scheduled_event.start_time"),
        "standard/broken-override.json": (422, "type"),
        "proposify/broken-time.json": (422, "occurred_at"),
        "fireflies/broken-no-meeting.json": (422, "meeting_id"),
    }

    def test_broken_fixtures(self, hooks: TestClient, rows: Callable[[], dict[str, int]]) -> None:
        for name, expected in self.BROKEN.items():
            source = name.partition("/")[0]
            answer = send(hooks, source, signed(source, fixture(name)))
            assert (answer.status_code, answer.json().get("field")) == expected, name
            assert answer.headers["content-type"] == "application/problem+json"
        assert rows()["unassigned_events"] == rows()["events"] == 0

    def test_bodies_that_are_nothing(self, hooks: TestClient) -> None:
        for source in SECRETS:
            for body in (b"", b"{", b"[]", b"null", b"5", b"\xff", b'{"a":' * 50_000, b"payload=%ff"):
                answer = send(hooks, source, signed(source, body))
                assert answer.status_code in (200, 400, 422), (source, body[:20], answer.text)

    def test_the_cap_on_bodies(self, with_settings: Callable[..., Any]) -> None:
        with with_settings(webhook_secrets=SECRETS, max_body=1024) as service, client_of(service) as client:
            assert send(client, "docusign", signed("docusign", b"x" * 1025)).status_code == 413

    def test_a_batch_has_a_cap(self, hooks: TestClient) -> None:
        body = json.dumps([{}] * 1001).encode()
        answer = send(hooks, "hubspot", signed("hubspot", body))
        assert (answer.status_code, answer.json()["expected"]) == (422, "at most 1000 records in one delivery")

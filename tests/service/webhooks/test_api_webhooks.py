"""Webhooks over HTTP: proven, to the deal, once, or kept where people see them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from fastapi.testclient import TestClient

from service.store import outgoing_marks
from service.webhooks.marks import by_client, made, wrote
from tests.service.conftest import at_time
from tests.service.samples import call
from tests.service.webhooks.conftest import client_of, send
from tests.service.webhooks.senders import HOST, NOW, SECRET, SECRETS, Sent, fixture, signed

Json = dict[str, Any]

ENVELOPE = "bbbbbbbb-0000-4000-8000-000000000002"
SENT_ID = f"docusign:{ENVELOPE}:envelope-sent"


def post(client: TestClient, name: str) -> Json:
    """A fixture as its vendor sends it; the answer to it."""
    source = name.partition("/")[0]
    answer = send(client, source, signed(source, fixture(name), id=name))
    assert answer.status_code == 200, answer.text
    out: Json = answer.json()
    return out


def make(client: TestClient, deal: str, **external_ids: str) -> None:
    data = {"account": "Acme", "currency": "EUR", "amount": 40000} | {"external_ids": external_ids}
    event = {"id": f"made-{deal}", "deal_id": deal, "type": "deal.created", "occurred_at": "2026-03-01T08:00:00Z"}
    assert client.post("/v1/events", json=event | {"data": data}).status_code == 200


def deal(client: TestClient, id: str) -> Json:
    out: Json = client.get(f"/v1/deals/{id}").json()
    return out


def waiting(client: TestClient, state: str = "waiting") -> list[Json]:
    out: list[Json] = client.get(f"/v1/webhooks/unassigned?state={state}").json()["events"]
    return out


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


class TestAnswersOfTheirOwn:
    def test_zoom_validates_the_url(self, hooks: TestClient) -> None:
        answer = send(hooks, "zoom", signed("zoom", fixture("zoom/validation.json")))
        assert answer.json() == {
            "plainToken": "abc123",
            "encryptedToken": "67b68f3e7d0e4f70119a27f098626431179cef81f5015f91c2da54a8df04bf67",
        }

    def test_zoom_gets_no_signature_of_what_could_be_an_event(self, hooks: TestClient) -> None:
        for plain in ("v0:1700000000:{}", "", "x" * 300, 5, None):
            body = json.dumps({"event": "endpoint.url_validation", "payload": {"plainToken": plain}}).encode()
            answer = send(hooks, "zoom", signed("zoom", body))
            assert (answer.status_code, answer.json()["field"]) == (422, "payload.plainToken")

    def test_a_validation_that_nobody_signed_is_not_answered(self, hooks: TestClient) -> None:
        assert send(hooks, "zoom", Sent(body=fixture("zoom/validation.json"))).status_code == 401

    def test_slack_tries_the_url(self, hooks: TestClient) -> None:
        headers = {"Content-Type": "application/json"}
        sent = signed("slack", b'["x"]')
        challenge = signed("slack", b' {"type": "url_verification", "challenge": "3eZ"}')
        answer = send(hooks, "slack", Sent(body=challenge.body, headers=dict(challenge.headers) | headers))
        assert answer.json() == {"challenge": "3eZ"}
        ssl = signed("slack", b"ssl_check=1&token=x")
        assert send(hooks, "slack", ssl).status_code == 200
        assert send(hooks, "slack", sent).status_code in (400, 422)

    def test_asanas_handshake(self, hooks: TestClient) -> None:
        body = fixture("asana/changed.json")
        assert send(hooks, "asana", signed("asana", body, secret="handed-over")).status_code == 401
        hello = Sent(body=b"", headers={"X-Hook-Secret": "handed-over"})
        for token in ({}, {"token": "guess"}):
            sent = Sent(body=hello.body, headers=hello.headers, query=token)
            assert send(hooks, "asana", sent).status_code == 401
        answer = send(hooks, "asana", Sent(body=b"", headers=hello.headers, query={"token": SECRET}))
        assert (answer.status_code, answer.headers["x-hook-secret"], answer.content) == (200, "handed-over", b"")
        out = send(hooks, "asana", signed("asana", body, secret="handed-over")).json()
        assert [each["id"] for each in out["announced"]] == ["task/1200000000000000055"]

    def test_asanas_handshake_needs_a_secret_in_the_settings(self, client: TestClient) -> None:
        hello = Sent(body=b"", headers={"X-Hook-Secret": "x"}, query={"token": ""})
        assert send(client, "asana", hello).status_code == 401

    def test_cloudevents_asks_before_it_sends(self, hooks: TestClient) -> None:
        headers = {"WebHook-Request-Origin": "eventemitter.example.com"}
        answer = hooks.options("/v1/webhooks/cloudevents", headers=headers)
        assert answer.status_code == 204
        assert answer.headers["webhook-allowed-origin"] == "eventemitter.example.com"
        assert "webhook-allowed-origin" not in hooks.options("/v1/webhooks/cloudevents").headers
        assert hooks.options("/v1/webhooks/nobody", headers=headers).status_code == 404

    def test_cloudevents_asks_in_vain_without_a_secret(self, client: TestClient) -> None:
        answer = client.options("/v1/webhooks/cloudevents", headers={"WebHook-Request-Origin": "e.example"})
        assert "webhook-allowed-origin" not in answer.headers

    def test_google_calendar_pushes_are_announced(self, hooks: TestClient) -> None:
        headers = {
            "X-Goog-Channel-Token": SECRET,
            "X-Goog-Channel-ID": "ch-1",
            "X-Goog-Resource-ID": "res-1",
            "X-Goog-Resource-State": "exists",
            "X-Goog-Message-Number": "1",
        }
        out = send(hooks, "google-calendar", Sent(body=b"", headers=headers)).json()
        assert [(each["id"], each["kind"]) for each in out["announced"]] == [("res-1", "calendar")]
        again = send(hooks, "google-calendar", Sent(body=b"", headers=headers | {"X-Goog-Message-Number": "2"})).json()
        assert "repeated" not in again
        assert len(hooks.get("/v1/webhooks/announced").json()["announced"]) == 1


class TestAnnouncements:
    NAMES = ("zoom/transcript.json", "fireflies/v2.json", "recall/done.json", "assemblyai/completed.json")

    def test_they_wait_until_they_are_fetched(self, hooks: TestClient) -> None:
        for name in self.NAMES:
            out = post(hooks, name)
            assert out["announced"][0]["fetch"]["then"].startswith(f"/v1/ingest/{name.partition('/')[0]}")
        listed: list[Json] = []
        cursor = ""
        while cursor is not None:
            page = hooks.get("/v1/webhooks/announced", params={"limit": 3} | ({"cursor": cursor} if cursor else {}))
            listed += page.json()["announced"]
            cursor = page.json()["next"]
        assert [each["source"] for each in listed] == ["assemblyai", "fireflies", "recall", "zoom"]
        for each in listed:
            assert hooks.post(f"/v1/webhooks/announced/{each['source']}/{each['id']}").json() == {"state": "fetched"}
        assert hooks.get("/v1/webhooks/announced").json()["announced"] == []
        assert len(hooks.get("/v1/webhooks/announced?state=fetched").json()["announced"]) == 4
        assert hooks.post("/v1/webhooks/announced/zoom/nothing").status_code == 404

    def test_what_was_fetched_does_not_wait_again_for_the_same_announcement(self, hooks: TestClient) -> None:
        post(hooks, "fireflies/v2.json")
        hooks.post("/v1/webhooks/announced/fireflies/FFsynth001")
        body = json.loads(fixture("fireflies/v2.json")) | {"retry": 1}
        send(hooks, "fireflies", signed("fireflies", json.dumps(body).encode()))
        assert hooks.get("/v1/webhooks/announced").json()["announced"] == []
        body["timestamp"] += 1000
        send(hooks, "fireflies", signed("fireflies", json.dumps(body).encode()))
        assert len(hooks.get("/v1/webhooks/announced").json()["announced"]) == 1


class TestUnassigned:
    def test_an_event_without_a_deal_is_kept_and_seen_with_its_reason(self, hooks: TestClient) -> None:
        out = post(hooks, "docusign/sent.json")
        assert (out["accepted"], out["unassigned"]) == ([], [SENT_ID])
        (event,) = waiting(hooks)
        assert event["id"] == SENT_ID
        assert event["reason"] == f"no deal is known by docusign {ENVELOPE}, telltale 9001"
        assert event["people"] == ["dana@buyer.example"]
        assert event["data"] == {"document": "contract", "envelope": ENVELOPE}
        assert event["about"] == [
            {"system": "docusign", "object_id": ENVELOPE, "names_deal": False},
            {"system": "telltale", "object_id": "9001", "names_deal": True},
        ]

    def test_a_person_assigns_one_and_the_others_of_its_envelope_follow(self, hooks: TestClient) -> None:
        make(hooks, "D-1")
        for name in ("sent", "completed", "declined-without-data"):
            post(hooks, f"docusign/{name}.json")
        assert len(waiting(hooks)) == 3
        answer = hooks.post(f"/v1/webhooks/unassigned/{SENT_ID}", json={"deal": "D-1", "by": "ana"})
        assert answer.json()["state"] == "assigned"
        assert answer.json()["decisions"]
        assert waiting(hooks) == []
        settled = {each["id"].rpartition(":")[2]: each["settled_by"] for each in waiting(hooks, "assigned")}
        assert settled == {"envelope-sent": "ana", "envelope-completed": "its ids", "envelope-declined": "its ids"}
        assert deal(hooks, "D-1")["stage"] == "closed_won"

    def test_a_choice_that_is_none(self, hooks: TestClient) -> None:
        make(hooks, "D-1")
        post(hooks, "docusign/sent.json")
        choices: list[tuple[Any, str | None]] = [
            ({"deal": "D-9", "by": "ana"}, "deal"),
            ({"deal": "D-1"}, "by"),
            ({"by": "ana"}, "deal"),
            ({"dismiss": True, "by": "ana"}, "reason"),
            ({"deal": "D\x00", "by": "ana"}, "deal"),
            ([], None),
        ]
        for body, field in choices:
            answer = hooks.post(f"/v1/webhooks/unassigned/{SENT_ID}", json=body)
            assert (answer.status_code, answer.json().get("field")) == (422, field), body
        assert len(waiting(hooks)) == 1

    def test_nothing_is_settled_twice(self, hooks: TestClient) -> None:
        make(hooks, "D-1")
        post(hooks, "docusign/sent.json")
        url = f"/v1/webhooks/unassigned/{SENT_ID}"
        assert hooks.post(url, json={"dismiss": True, "by": "ana", "reason": "a test"}).json()["state"] == "dismissed"
        assert waiting(hooks, "dismissed")[0]["reason"] == "dismissed: a test"
        assert hooks.post(url, json={"deal": "D-1", "by": "ana"}).status_code == 422
        assert hooks.post(url, json={"dismiss": True, "by": "ana", "reason": "again"}).status_code == 422
        assert hooks.post("/v1/webhooks/unassigned/none", json={"deal": "D-1", "by": "ana"}).status_code == 404
        no = {"dismiss": True, "by": "ana", "reason": "x"}
        assert hooks.post("/v1/webhooks/unassigned/none", json=no).status_code == 404

    def test_they_find_their_deal_when_its_ids_become_known(self, hooks: TestClient) -> None:
        post(hooks, "hubspot/batch.json")
        post(hooks, "calendly/booked.json")
        assert len(waiting(hooks)) == 5
        make(hooks, "D-1", hubspot="9001")
        assert [each["source"] for each in waiting(hooks)] == ["calendly"]
        assert deal(hooks, "D-1")["stage"] == "proposal"

    def test_they_find_a_deal_whose_id_is_theirs(self, hooks: TestClient, service: Any) -> None:
        from service.flows.assign_event import settle_waiting

        post(hooks, "docusign/sent.json")
        conversation = call("c-1", "b1: hello", deal={"id": "9001", "account": "Acme"})
        assert hooks.post("/v1/conversations?wait=true", json=conversation).status_code == 200
        # A conversation makes a deal too; the sweep of every minute finds what waits for it.
        assert settle_waiting(service.context, everywhere=True) == 1
        assert waiting(hooks) == []

    def test_ids_of_several_deals_tell_none(self, hooks: TestClient, service: Any) -> None:
        from service.flows.assign_event import settle_waiting

        make(hooks, "D-1", docusign=ENVELOPE)
        make(hooks, "D-2", telltales="x")
        make(hooks, "9001")
        event = {"id": "later", "deal_id": "D-2", "type": "deal.updated", "occurred_at": "2026-03-01T09:00:00Z"}
        body = json.loads(fixture("pandadoc/viewed.json"))
        body[0]["data"]["metadata"] = {"opportunity_id": "006SYNTH0000001"}
        hooks.post("/v1/events", json=event | {"data": {"external_ids": {"salesforce": "006SYNTH0000001"}}})
        make(hooks, "D-3", hubspot="9001")
        out = send(hooks, "pandadoc", signed("pandadoc", json.dumps(body).encode())).json()
        assert len(out["unassigned"]) == 1
        assert waiting(hooks)[0]["reason"].startswith("its ids belong to several deals (D-2, D-3)")
        assert settle_waiting(service.context) == 0

    def test_they_come_in_pages(self, hooks: TestClient) -> None:
        post(hooks, "hubspot/batch.json")
        first = hooks.get("/v1/webhooks/unassigned?limit=3").json()
        rest = hooks.get("/v1/webhooks/unassigned", params={"limit": 3, "cursor": first["next"]}).json()
        ids = [each["id"] for each in first["events"] + rest["events"]]
        assert (ids, rest["next"]) == (sorted(ids), None)
        assert len(ids) == 4


class TestExternalIds:
    def test_odd_ones_are_refused_by_their_field(self, client: TestClient) -> None:
        event = {"id": "e", "deal_id": "D", "type": "deal.created", "occurred_at": "2026-03-01T08:00:00Z"}
        odd: list[tuple[Any, str]] = [
            ([], "data.external_ids"),
            ({"hubspot": None}, "data.external_ids.hubspot"),
            ({"hubspot": "a\nb"}, "data.external_ids.hubspot"),
            ({"HubSpot": "1"}, "data.external_ids"),
            ({"telltale": "1"}, "data.external_ids"),
        ]
        for given, field in odd:
            answer = client.post("/v1/events", json=event | {"data": {"external_ids": given}})
            assert (answer.status_code, answer.json()["field"]) == (422, field), given

    def test_the_last_one_told_holds(self, hooks: TestClient) -> None:
        make(hooks, "D-1", hubspot="9001")
        make(hooks, "D-2", hubspot="9001")
        post(hooks, "hubspot/stage-unknown.json")
        assert (deal(hooks, "D-1")["stage"], deal(hooks, "D-2")["stage"]) == ("identified", "negotiation")


class TestEchoes:
    """What we wrote to another system comes back as its event, and is nobody's news."""

    HOUR = NOW + dt.timedelta(hours=1)

    def mark(self, service: Any, system: str, mark: str, expires_at: dt.datetime | None = None) -> None:
        with service.context.database.begin() as connection:
            outgoing_marks.add(connection, "main", system, mark, at=NOW, expires_at=expires_at)

    def change(self, client: TestClient, value: str, **more: Any) -> Json:
        one = json.loads(fixture("hubspot/one-not-in-a-list.json"))
        body = one | {"objectId": 9001, "propertyName": "amount", "propertyValue": value, "changeSource": "API"} | more
        out: Json = send(client, "hubspot", signed("hubspot", json.dumps([body]).encode())).json()
        return out

    def test_a_value_that_we_wrote_is_ignored_once(self, hooks: TestClient, service: Any) -> None:
        make(hooks, "D-1", hubspot="9001")
        self.mark(service, "hubspot", wrote("9001", "amount", "42"), self.HOUR)
        assert self.change(hooks, "41")["accepted"]
        echo = self.change(hooks, "42")
        assert (echo["accepted"], echo["ignored"][0]["reason"]) == ([], "an echo of what was written from here")
        # The same echo, delivered again by a retry, is still ours; the value set anew later is not.
        assert self.change(hooks, "42", attemptNumber=1)["accepted"] == []
        assert len(self.change(hooks, "42", occurredAt=1772463700000)["accepted"]) == 1

    def test_what_a_person_does_is_no_echo(self, hooks: TestClient, service: Any) -> None:
        make(hooks, "D-1", hubspot="9001")
        self.mark(service, "hubspot", wrote("9001", "amount", "42"), self.HOUR)
        assert len(self.change(hooks, "42", changeSource="CRM_UI")["accepted"]) == 1

    def test_a_mark_expires(self, hooks: TestClient, service: Any) -> None:
        make(hooks, "D-1", hubspot="9001")
        self.mark(service, "hubspot", wrote("9001", "amount", "42"), NOW)
        assert len(self.change(hooks, "42")["accepted"]) == 1

    def test_whatever_our_app_does_is_ignored(self, hooks: TestClient, service: Any) -> None:
        make(hooks, "D-1", hubspot="9001")
        self.mark(service, "hubspot", by_client("our-app"))
        for n in range(3):
            ours = self.change(hooks, f"{n}", changeSource="INTEGRATION", sourceId="our-app")
            assert ours["accepted"] == []
        theirs = self.change(hooks, "9", changeSource="INTEGRATION", sourceId="other-app")
        assert len(theirs["accepted"]) == 1

    def test_salesforce_names_the_client(self, hooks: TestClient, service: Any) -> None:
        make(hooks, "D-1", salesforce="006SYNTH0000001AAA")
        self.mark(service, "salesforce", by_client("Astro"))
        assert post(hooks, "salesforce/changed.json")["accepted"] == []
        assert deal(hooks, "D-1")["stage"] == "identified"

    def test_a_calendar_hold_and_a_task_of_ours(self, hooks: TestClient, service: Any) -> None:
        make(hooks, "9001")
        self.mark(service, "google-calendar", made("gcal1"))
        self.mark(service, "asana", by_client("1200000000000001"))
        assert post(hooks, "google-calendar/events.json")["accepted"] == []
        assert post(hooks, "asana/changed.json")["announced"] == []

    def test_marks_of_other_systems_and_workspaces_are_not_looked_at(self, hooks: TestClient, service: Any) -> None:
        make(hooks, "D-1", hubspot="9001")
        self.mark(service, "salesforce", wrote("9001", "amount", "42"), self.HOUR)
        with service.context.database.begin() as connection:
            outgoing_marks.add(connection, "other", "hubspot", wrote("9001", "amount", "42"), at=NOW)
        assert len(self.change(hooks, "42")["accepted"]) == 1


class TestReviews:
    def press(self, client: TestClient, signal: str, action: str = "signal_accept", stamp: str = "1772463600.1") -> Any:
        body = json.loads(fixture("slack/accept.json"))
        body["actions"][0] |= {"value": signal, "action_id": action, "action_ts": stamp}
        return send(client, "slack", signed("slack", json.dumps(body).encode()))

    def test_a_press_is_kept_and_seen_and_changes_nothing_yet(self, hooks: TestClient) -> None:
        conversation = call("c-1", "b1: [budget status=approved amount=80000 sure=0.3]")
        read = hooks.post("/v1/conversations?wait=true", json=conversation).json()
        signal = read["signals"][0]["id"]
        answer = self.press(hooks, signal)
        assert (answer.status_code, answer.content) == (200, b"")
        self.press(hooks, signal, "signal_reject", "1772463700.5")
        reviews = hooks.get("/v1/webhooks/reviews").json()["reviews"]
        assert [(each["signal"], each["action"], each["by"], each["state"]) for each in reviews] == [
            (signal, "accept", "slack:U0123 (sam)", "waiting"),
            (signal, "dismiss", "slack:U0123 (sam)", "waiting"),
        ]
        assert hooks.get("/v1/signals?state=pending").json()["signals"][0]["id"] == signal

    def test_the_same_press_again_is_one(self, hooks: TestClient, rows: Callable[[], dict[str, int]]) -> None:
        read = hooks.post("/v1/conversations?wait=true", json=call("c-1", "b1: [budget status=approved]")).json()
        signal = read["signals"][0]["id"]
        self.press(hooks, signal)
        self.press(hooks, signal.upper())
        assert rows()["review_intents"] == 1

    def test_a_signal_that_there_is_none_of(self, hooks: TestClient, rows: Callable[[], dict[str, int]]) -> None:
        answer = self.press(hooks, "0199c7a0-5f1e-7cc3-9d1a-1b2c3d4e5f60")
        assert (answer.status_code, answer.json()["field"]) == (422, "value")
        assert rows()["review_intents"] == 0


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

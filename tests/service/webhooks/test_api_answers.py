"""What senders hear that want more than to be heard, and what they announce."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient

from service.store import hook_secrets
from tests.service.webhooks.conftest import client_of, post, send
from tests.service.webhooks.senders import SECRET, SECRETS, Sent, fixture, signed

Json = dict[str, Any]


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

    def test_what_asana_hands_over_is_kept_once_and_sealed(self, with_settings: Callable[..., Any]) -> None:
        hello = Sent(body=b"", headers={"X-Hook-Secret": "handed-over"}, query={"token": SECRET})
        signed_body = signed("asana", fixture("asana/changed.json"), secret="handed-over")
        given = {"webhook_secrets": SECRETS, "secret_key": "a long and random text"}
        with with_settings(**given) as service, client_of(service) as client:
            for _ in range(3):
                assert send(client, "asana", hello).status_code == 200
            with service.context.database.connect() as connection:
                kept = hook_secrets.of_source(connection, service.context.workspace, "asana", 100)
        assert len(kept) == 1
        assert "handed-over" not in kept[0]
        with with_settings(**given | {"secret_key": "another long text"}) as service, client_of(service) as client:
            answer = send(client, "asana", signed_body)
        assert answer.status_code == 403
        assert "TELLTALE_SECRET_KEY" in answer.json()["detail"]

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

"""What waits for its deal or for a person, and what comes back from our own writing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient

from service.store import outgoing_marks
from service.store.connect import within
from service.webhooks.marks import by_client, made, wrote
from tests.service.samples import call
from tests.service.webhooks.conftest import ENVELOPE, SENT_ID, deal, make, post, send, waiting
from tests.service.webhooks.senders import NOW, fixture, signed

Json = dict[str, Any]


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
        with within(service.context.database, "other").begin() as connection:
            outgoing_marks.add(connection, "other", "hubspot", wrote("9001", "amount", "42"), at=NOW)
        assert len(self.change(hooks, "42")["accepted"]) == 1


class TestReviews:
    def press(self, client: TestClient, signal: str, action: str = "signal_accept", stamp: str = "1772463600.1") -> Any:
        body = json.loads(fixture("slack/accept.json"))
        body["actions"][0] |= {"value": signal, "action_id": action, "action_ts": stamp}
        return send(client, "slack", signed("slack", json.dumps(body).encode()))

    def test_a_press_decides_the_signal_and_moves_its_deal(self, hooks: TestClient) -> None:
        conversation = call("c-1", "b1: [budget status=approved amount=80000 sure=0.3]")
        read = hooks.post("/v1/conversations?wait=true", json=conversation).json()
        signal = read["signals"][0]["id"]
        assert hooks.get("/v1/deals/D-1").json()["budget"] is None
        answer = self.press(hooks, signal)
        assert (answer.status_code, answer.content) == (200, b"")
        assert hooks.get(f"/v1/signals/{signal}").json()["state"] == "accepted"
        assert hooks.get("/v1/deals/D-1").json()["budget"]["amount"]["low"] == 80000
        self.press(hooks, signal, "signal_reject", "1772463700.5")
        assert hooks.get("/v1/deals/D-1").json()["budget"] is None
        reviews = hooks.get("/v1/webhooks/reviews").json()["reviews"]
        assert [(each["signal"], each["action"], each["by"], each["state"]) for each in reviews] == [
            (signal, "accept", "slack:U0123 (sam)", "applied"),
            (signal, "dismiss", "slack:U0123 (sam)", "applied"),
        ]
        kept = hooks.get("/v1/reviews").json()["reviews"]
        assert [(each["action"], each["by"]) for each in kept] == [
            ("accept", "slack:U0123 (sam)"),
            ("dismiss", "slack:U0123 (sam)"),
        ]

    def test_a_press_that_comes_after_a_later_decision_is_refused(self, hooks: TestClient) -> None:
        read = hooks.post("/v1/conversations?wait=true", json=call("c-1", "b1: [budget status=approved sure=0.3]"))
        signal = read.json()["signals"][0]["id"]
        hooks.post(f"/v1/signals/{signal}/review", json={"action": "dismiss"})
        assert self.press(hooks, signal).status_code == 200
        assert hooks.get(f"/v1/signals/{signal}").json()["state"] == "dismissed"
        (kept,) = hooks.get("/v1/webhooks/reviews?state=refused").json()["reviews"]
        assert kept["action"] == "accept"

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

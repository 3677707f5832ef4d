"""HubSpot, played from its documentation: deals with the history of their properties, tasks and notes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest

from service.flows.send_action import claim, note
from service.store import outgoing_marks
from service.webhooks.marks import by_client, wrote
from tests.service.connectors.conftest import START, Desk
from tests.service.connectors.contracts import HUBSPOT, Contract
from tests.service.connectors.outside import RESET_AFTER, SILENT_AFTER, Answer, Asked, Outside

Make = Callable[..., Desk]


def settings(system: Outside, takes: str, app: str = 'app = "77"') -> str:
    return f"""
    [workspaces.main.connectors.crm]
    kind = "hubspot"
    api = "{system.url}"
    token = {{ env = "HUBSPOT" }}
    {app}
    takes = [{takes}]
    [workspaces.main.connectors.crm.stages]
    discovery = "qualifiedtobuy"
    qualified = "presentationscheduled"
    """


class Portal:
    """One deal, 9001, with what happened to its properties, and what is associated with it."""

    def __init__(self, system: Outside, desk: Desk) -> None:
        self.desk = desk
        self.history: dict[str, list[dict[str, Any]]] = {}
        self.added: dict[str, dict[int, dict[str, Any]]] = {"tasks": {}, "notes": {}}
        self.contract = Contract(system, HUBSPOT, self.respond)

    def set(self, name: str, value: str, at: dt.datetime, source: str, id: str) -> None:
        entry = {"value": value, "timestamp": at.isoformat(), "sourceType": source, "sourceId": id}
        self.history.setdefault(name, []).insert(0, entry)

    def value(self, name: str) -> str | None:
        found = self.history.get(name)
        return found[0]["value"] if found else None

    def respond(self, asked: Asked) -> Answer:
        if asked.headers["authorization"] != "Bearer pat-1":
            return Answer(401)
        *_, last = asked.path.split("/")
        if asked.path.startswith("/crm/v4/"):
            return Answer(body={"results": [{"toObjectId": id} for id in self.added[last]]})
        if asked.path.endswith("/batch/read"):
            kind = asked.path.split("/")[-3]
            found = [
                {"id": each["id"], "properties": self.added[kind][int(each["id"])]} for each in asked.json["inputs"]
            ]
            return Answer(body={"results": found})
        if last in self.added:
            id = 500 + len(self.added[last])
            self.added[last][id] = asked.json["properties"]
            return Answer(201, {"id": str(id)})
        assert last == "9001"
        if asked.method == "PATCH":
            for name, value in asked.json["properties"].items():
                self.set(name, value, self.desk.moment, "INTEGRATION", "77")
            return Answer(body={"id": "9001", "updatedAt": self.desk.moment.isoformat()})
        name = asked.query["propertiesWithHistory"]
        return Answer(
            body={
                "id": "9001",
                "properties": {name: self.value(name)},
                "propertiesWithHistory": {name: self.history.get(name, [])},
            }
        )


@pytest.fixture
def opened(desk: Make, system: Outside) -> Callable[..., tuple[Desk, Portal]]:
    def make(takes: str, **more: Any) -> tuple[Desk, Portal]:
        here = desk(settings(system, takes, **more), HUBSPOT="pat-1")
        portal = Portal(system, here)
        here.deal(external_ids={"hubspot": "9001"})
        return here, portal

    return make


Opened = Callable[..., tuple[Desk, Portal]]


def test_stage_amount_and_close_date_are_written(opened: Opened) -> None:
    here, portal = opened('"stage", "amount", "close_date"')
    here.pass_time(minutes=1)
    here.events({"id": "u", "type": "deal.updated", "data": {"amount": 64000.5}})
    here.move("discovery")
    here.send_until_settled()
    assert portal.contract.broken == []
    assert (portal.value("dealstage"), portal.value("amount")) == ("qualifiedtobuy", "64000.5")
    assert {each.state for each in here.all(connector="crm")} == {"done"}


def test_what_we_write_is_known_when_it_comes_back(opened: Opened) -> None:
    here, _ = opened('"stage"')
    here.move("discovery")
    here.send_until_settled()
    marks = [wrote("9001", "dealstage", "qualifiedtobuy")]
    with here.context.database.begin() as connection:
        taken = outgoing_marks.claim
        assert taken(connection, "main", "hubspot", marks, event="e1", now=here.moment) == marks[0]
        # One write explains one event.
        assert taken(connection, "main", "hubspot", marks, event="e2", now=here.moment) is None
        assert taken(connection, "main", "hubspot", [by_client("77")], event="e3", now=here.moment) is not None


def test_a_newer_change_of_a_person_stands_and_is_told(opened: Opened) -> None:
    here, portal = opened('"stage"')
    here.move("discovery")
    portal.set("dealstage", "contractsent", START + dt.timedelta(minutes=5), "CRM_UI", "userId:7")
    here.pass_time(minutes=10)
    here.send()
    conflict = here.one(connector="crm")
    assert conflict.state == "conflict"
    assert conflict.result is not None
    assert (conflict.result["theirs"], conflict.result["ours"]) == ("contractsent", "qualifiedtobuy")
    assert portal.value("dealstage") == "contractsent"
    told = here.one(action="conflict")
    assert (told.kind, told.state, told.content["to"]) == ("alert", "outbox", ["rep"])
    assert "dealstage became 'contractsent'" in told.content["why"]


def test_an_older_change_of_a_person_is_overtaken_by_what_was_said_since(opened: Opened) -> None:
    here, portal = opened('"stage"')
    portal.set("dealstage", "appointmentscheduled", START - dt.timedelta(days=1), "CRM_UI", "userId:7")
    here.move("discovery")
    here.send()
    assert (here.one(connector="crm").state, portal.value("dealstage")) == ("done", "qualifiedtobuy")


def test_our_own_newer_write_is_no_conflict(opened: Opened) -> None:
    here, portal = opened('"stage"')
    portal.set("dealstage", "closedwon", START + dt.timedelta(minutes=5), "INTEGRATION", "77")
    here.move("discovery")
    here.pass_time(minutes=10)
    here.send()
    assert (here.one(connector="crm").state, portal.value("dealstage")) == ("done", "qualifiedtobuy")


def test_another_programs_newer_write_is_one_where_we_know_who_we_are(opened: Opened) -> None:
    here, portal = opened('"stage"')
    portal.set("dealstage", "closedwon", START + dt.timedelta(minutes=5), "INTEGRATION", "88")
    here.move("discovery")
    here.pass_time(minutes=10)
    here.send()
    assert (here.one(connector="crm").state, portal.value("dealstage")) == ("conflict", "closedwon")


@pytest.mark.parametrize(
    ("name", "there", "takes", "event"),
    [
        ("dealstage", "qualifiedtobuy", '"stage"', None),
        ("amount", "64000.00", '"amount"', {"amount": 64000}),
    ],
)
def test_what_is_there_already_is_not_written(opened: Opened, name: str, there: str, takes: str, event: Any) -> None:
    here, portal = opened(takes)
    portal.set(name, there, START + dt.timedelta(days=1), "CRM_UI", "userId:7")
    if event is None:
        here.move("discovery")
    else:
        here.events({"id": "u", "type": "deal.updated", "data": event})
    here.send()
    done = here.one(connector="crm")
    assert (done.state, done.result) == ("done", {"was": "already so"})
    assert len(portal.history[name]) == 1


def test_of_two_moves_in_a_row_only_the_newest_is_written(opened: Opened) -> None:
    here, portal = opened('"stage"')
    here.move("discovery")
    here.pass_time(minutes=1)
    here.move("qualified")
    here.send_until_settled()
    first, second = here.all(connector="crm")
    assert (first.state, first.error) == ("cancelled", "a newer value took its place")
    assert second.state == "done"
    assert [each["value"] for each in portal.history["dealstage"]] == ["presentationscheduled"]


@pytest.mark.parametrize("fault", [RESET_AFTER, SILENT_AFTER])
@pytest.mark.parametrize(("takes", "kind"), [('"task:discovery_call"', "tasks"), ('"crm:discovery_summary"', "notes")])
def test_a_task_and_a_note_are_made_once(opened: Opened, system: Outside, fault: str, takes: str, kind: str) -> None:
    here, portal = opened(takes)
    system.faults.append(fault)
    here.move("discovery")
    here.send_until_settled()
    done = here.one(connector="crm")
    assert portal.contract.broken == []
    assert (done.state, done.attempts, done.result) == ("done", 2, {"id": "500", "found": True})
    ((_, properties),) = portal.added[kind].items()
    body = properties["hs_task_body" if kind == "tasks" else "hs_note_body"]
    assert re.search(f"{done.key}$", body)
    if kind == "notes":
        assert "# Discovery summary: Hollis Freight" in body
    else:
        assert properties["hs_timestamp"] == "2026-03-09T15:00:00.000Z"


def test_one_that_was_not_made_is_made_though_others_are_there(opened: Opened, system: Outside) -> None:
    here, portal = opened('"task:discovery_call"')
    portal.added["tasks"][42] = {"hs_task_body": "somebody else's"}
    system.faults.append(Answer(500))
    here.move("discovery")
    here.send_until_settled()
    assert (here.one(connector="crm").state, len(portal.added["tasks"])) == ("done", 2)


def test_a_stage_without_a_name_there_is_not_guessed(desk: Make, system: Outside) -> None:
    here = desk(settings(system, '"stage"').replace("discovery", "proposal"), HUBSPOT="pat-1")
    here.deal(external_ids={"hubspot": "9001"})
    here.move("discovery")
    here.send()
    waits = here.one(connector="crm")
    assert (waits.state, system.asked) == ("outbox", [])
    assert waits.error == 'what discovery is called in HubSpot is not said: add stages = { discovery = "..." }'


def test_a_deal_that_hubspot_does_not_know_waits_for_its_id(desk: Make, system: Outside) -> None:
    here = desk(settings(system, '"stage"'), HUBSPOT="pat-1")
    here.deal()
    here.move("discovery")
    here.send()
    waits = here.one(connector="crm")
    assert waits.state == "outbox"
    assert "nobody knows what D-1 is called in hubspot" in str(waits.error)


def test_a_newer_value_waits_for_an_older_one_that_is_just_being_written(opened: Opened) -> None:
    here, portal = opened('"stage"')
    here.move("discovery")
    first = here.one(connector="crm")
    with here.context.database.begin() as connection:
        claimed = claim(here.context, connection, first.id)
    assert claimed is not None
    here.pass_time(seconds=10)
    here.move("qualified")
    here.send()
    assert [each.state for each in here.all(connector="crm")] == ["sending", "waiting"]
    with here.context.database.begin() as connection:
        note(here.context, connection, claimed, {})
    here.send()
    assert [each.state for each in here.all(connector="crm")] == ["done", "done"]
    assert portal.value("dealstage") == "presentationscheduled"


def test_a_field_that_cannot_be_written_holds_up_no_other(opened: Opened, system: Outside) -> None:
    here, portal = opened('"stage", "amount"')
    here.events({"id": "u", "type": "deal.updated", "data": {"amount": 64000}})
    system.faults.append(Answer(500))
    here.send()
    here.pass_time(seconds=10)
    here.move("discovery")
    here.send()
    assert [(each.kind, each.state) for each in here.all(connector="crm")] == [("amount", "failed"), ("stage", "done")]
    assert portal.value("dealstage") == "qualifiedtobuy"

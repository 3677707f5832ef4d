"""Salesforce, played from its documentation: tokens, an opportunity with its last change, conditional writes, tasks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from service.flows.try_connector import try_connector
from service.store import outgoing_marks
from service.webhooks.marks import wrote
from tests.service.connectors.conftest import START, Desk
from tests.service.connectors.contracts import SALESFORCE, Contract
from tests.service.connectors.outside import RESET_AFTER, Answer, Asked, Outside

Make = Callable[..., Desk]

OPPORTUNITY = "0065g00000XyZ12AAF"
US, ANA = "0055g00000AAAAAAA5", "0055g00000BBBBBAA5"


def settings(system: Outside, takes: str, more: str = "") -> str:
    return f"""
    [workspaces.main.connectors.crm]
    kind = "salesforce"
    login = "{system.url}"
    client_id = "telltale"
    client_secret = {{ env = "SALESFORCE" }}
    takes = [{takes}]
    {more}
    [workspaces.main.connectors.crm.stages]
    discovery = "Qualification"
    """


class Organisation:
    def __init__(self, system: Outside, desk: Desk) -> None:
        self.system, self.desk = system, desk
        self.fields: dict[str, Any] = {"StageName": "Prospecting", "Amount": None, "CloseDate": "2026-12-31"}
        self.modified, self.by = START - dt.timedelta(days=3), ANA
        self.tasks: list[dict[str, Any]] = []
        self.token, self.tokens = "", 0
        self.meanwhile: Callable[[], None] | None = None
        self.contract = Contract(system, SALESFORCE, self.respond)

    def change(self, at: dt.datetime, by: str, **fields: Any) -> None:
        self.fields |= fields
        self.modified, self.by = at, by

    def respond(self, asked: Asked) -> Answer:
        if asked.path == "/services/oauth2/token":
            form = parse_qs(asked.body.decode())
            if form != {
                "grant_type": ["client_credentials"],
                "client_id": ["telltale"],
                "client_secret": ["hush"],
            }:
                return Answer(400, {"error": "invalid_client"})
            self.tokens += 1
            self.token = f"00D!{self.tokens}"
            told = {"instance_url": self.system.url, "id": f"https://login.salesforce.com/id/00D/{US}"}
            return Answer(body={"access_token": self.token, **told})
        if asked.headers["authorization"] != f"Bearer {self.token}":
            return Answer(401, [{"errorCode": "INVALID_SESSION_ID"}])
        if asked.path.endswith("/query"):
            query = asked.query["q"]
            assert re.fullmatch(
                rf"SELECT Id, Description FROM Task WHERE WhatId = '{OPPORTUNITY}' ORDER BY CreatedDate DESC LIMIT 200",
                query,
            )
            return Answer(body={"records": list(reversed(self.tasks))})
        if asked.path.endswith("/limits"):
            return Answer(body={"DailyApiRequests": {"Max": 15000, "Remaining": 14990}})
        if "/sobjects/Task" in asked.path:
            return self.task(asked)
        if asked.method == "PATCH":
            since = parsedate_to_datetime(asked.headers["if-unmodified-since"])
            if self.modified.replace(microsecond=0) > since:
                return Answer(412)
            self.change(self.desk.moment, US, **asked.json)
            return Answer(204, b"")
        stamp = self.modified.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        found = self.fields | {"LastModifiedDate": stamp, "LastModifiedById": self.by}
        if self.meanwhile is not None:
            self.meanwhile()
            self.meanwhile = None
        return Answer(body={name: found[name] for name in asked.query["fields"].split(",")})

    def task(self, asked: Asked) -> Answer:
        if asked.method == "PATCH":
            key = asked.path.rpartition("/")[2]
            known = next((each for each in self.tasks if each["key"] == key), None)
            if known is None:
                known = {"key": key, "Id": f"00T{len(self.tasks)}"}
                self.tasks.append(known)
            known |= asked.json
            return Answer(201, {"id": known["Id"], "success": True})
        self.tasks.append(asked.json | {"Id": f"00T{len(self.tasks)}"})
        return Answer(201, {"id": self.tasks[-1]["Id"], "success": True})


@pytest.fixture
def opened(desk: Make, system: Outside) -> Callable[..., tuple[Desk, Organisation]]:
    def make(takes: str, more: str = "", secret: str = "hush") -> tuple[Desk, Organisation]:
        here = desk(settings(system, takes, more), SALESFORCE=secret)
        organisation = Organisation(system, here)
        here.deal(external_ids={"salesforce": OPPORTUNITY})
        return here, organisation

    return make


Opened = Callable[..., tuple[Desk, Organisation]]


def test_fields_are_written_and_known_when_they_come_back(opened: Opened) -> None:
    here, there = opened('"stage", "amount"')
    here.events({"id": "u", "type": "deal.updated", "data": {"amount": 64000}})
    here.pass_time(minutes=5)
    here.move("discovery")
    here.send_until_settled()
    assert there.contract.broken == []
    assert {each.state for each in here.all(connector="crm")} == {"done"}
    assert (there.fields["StageName"], there.fields["Amount"]) == ("Qualification", 64000)
    # One token did for all of it.
    assert there.tokens == 1
    with here.context.database.begin() as connection:
        for field, value in (("StageName", "Qualification"), ("Amount", "64000"), ("Amount", "64000.0")):
            mark = wrote(OPPORTUNITY, field, value)
            taken = outgoing_marks.claim(
                connection, "main", "salesforce", [mark], event=f"{field}{value}", now=here.moment
            )
            assert taken == mark


def test_our_own_write_of_another_field_is_no_conflict(opened: Opened) -> None:
    here, there = opened('"stage", "amount"')
    here.events({"id": "u", "type": "deal.updated", "data": {"amount": 64000}})
    here.move("discovery")
    here.pass_time(minutes=5)
    here.send_until_settled()
    assert {each.state for each in here.all(connector="crm")} == {"done"}
    assert there.by == US


def test_a_newer_change_of_a_person_stands_and_is_told(opened: Opened) -> None:
    here, there = opened('"stage"')
    here.move("discovery")
    there.change(START + dt.timedelta(minutes=5), ANA, StageName="Negotiation/Review")
    here.pass_time(minutes=10)
    here.send()
    conflict = here.one(connector="crm")
    assert conflict.state == "conflict"
    assert conflict.result is not None
    assert (conflict.result["theirs"], conflict.result["by"]) == ("Negotiation/Review", ANA)
    assert there.fields["StageName"] == "Negotiation/Review"
    assert here.one(action="conflict").state == "outbox"


def test_a_change_between_our_look_and_our_write_is_seen(opened: Opened) -> None:
    here, there = opened('"stage"')
    here.move("discovery")
    here.pass_time(minutes=10)
    there.meanwhile = lambda: there.change(here.moment, ANA, StageName="Closed Won")
    here.send()
    failed = here.one(connector="crm")
    assert (failed.state, failed.error) == ("failed", "Salesforce's opportunity changed while we looked at it")
    here.send_until_settled()
    assert here.one(connector="crm").state == "conflict"
    assert there.fields["StageName"] == "Closed Won"


def test_a_token_that_ended_early_is_got_anew(opened: Opened) -> None:
    here, there = opened('"stage", "amount"')
    here.events({"id": "u", "type": "deal.updated", "data": {"amount": 64000}})
    here.send()
    there.token = "somebody else's"
    here.move("discovery")
    here.send()
    assert {each.state for each in here.all(connector="crm")} == {"done"}
    assert there.tokens == 2


def test_wrong_credentials_wait_for_a_person_to_mend_them(opened: Opened) -> None:
    here, _ = opened('"stage"', secret="guessed")
    here.move("discovery")
    here.send()
    failed = here.one(connector="crm")
    assert (failed.state, failed.unclear) == ("failed", False)
    assert "no access token: 127.0.0.1 answered 400" in str(failed.error)
    assert "guessed" not in str(failed)


@pytest.mark.parametrize("more", ["", 'key_field = "Telltale_Key__c"'], ids=["looked for", "by key"])
def test_a_task_is_made_once(opened: Opened, system: Outside, more: str) -> None:
    here, there = opened('"task:discovery_call"', more)
    here.move("discovery")
    # The token's answer first, then the task's own is lost.
    tried = try_connector(here.context, "crm")
    assert tried is not None
    assert tried.said == "Salesforce lets us in; 14990 requests are left today"
    system.faults.append(RESET_AFTER)
    here.send_until_settled()
    done = here.one(connector="crm")
    assert there.contract.broken == []
    assert (done.state, done.attempts, len(there.tasks)) == ("done", 2, 1)
    assert there.tasks[0]["ActivityDate"] == "2026-03-09"
    assert done.result is not None
    assert done.result["id"] == "00T0"
